"""How far an encoder can be trusted that was never measured: found out on a library's own texts, when it is indexed.

A heading of the library is a question whose answer is known: the passage under it. How high the encoder ranks that
passage, above what chance would do, scales its part in the fusion.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.encoder import Encoder, Vectors

# Part of the fusion at which the built-in encoder, the weakest that is of use, still costs less than 0.5 points of
# recall@5 on every set that was measured.
CAP = 0.3
# Headings asked: at ten texts a second a transformer takes 40 s for them and their passages.
PROBES = 200
# Standard errors taken off: what few probes show may be luck.
_DOUBT = 2.0


def earned(encoder: Encoder, pairs: Sequence[tuple[str, str]]) -> float:
    """Return the dense part of the fusion that an encoder earns on (heading, passage without its heading)."""
    if len(pairs) < 2:
        return 0.0
    probes = encoder.encode_query([heading for heading, _ in pairs])
    return calibrate(probes, encoder.encode_document([passage for _, passage in pairs]))


def calibrate(probes: Vectors, passages: Vectors) -> float:
    """Return the dense part of the fusion, 0 to `CAP`.

    `probes` (n, d) are the query vectors of headings, `passages` (m, d), m ≥ n, begins with that of each probe's
    passage. The measure is the mean reciprocal rank, less its doubt, from that of a random order (0) to 1. Ties count
    against the encoder, so that one that finds all texts alike has no part.
    """
    if len(probes) < 2:
        return 0.0
    scores = probes @ passages.T
    own = scores.diagonal()
    reciprocals = 1.0 / (scores >= own[:, np.newaxis]).sum(axis=1)
    doubt = _DOUBT * reciprocals.std(ddof=1) / len(reciprocals) ** 0.5
    chance = float((1.0 / np.arange(1, len(passages) + 1)).mean())
    return CAP * max(0.0, (float(reciprocals.mean() - doubt) - chance) / max(1.0 - chance, chance))
