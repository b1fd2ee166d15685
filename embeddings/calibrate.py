"""How far an encoder can be trusted in a library: measured on the library itself, when its index is built.

A heading of the library is a question whose answer is known: the passage under it. How high an encoder ranks that
passage, above what chance would do, scales its part in the fusion.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors

# Part of the fusion at which the built-in encoder, the weakest that is of use, still costs less than 0.5 points of
# recall@5 on every set that was measured.
CAP = 0.3
# Standard errors taken off: what few probes show may be luck.
_DOUBT = 2.0


def calibrate(probes: Vectors, passages: Vectors, right: NDArray[np.int64]) -> float:
    """Return the dense part of the fusion, 0 to `CAP`.

    `probes` (n, d) are the query vectors of headings, `passages` (m, d) the vectors of all passages or of a sample, and
    `right` (n,) the row of each probe's passage. The measure is the mean reciprocal rank, less its doubt, from that of
    a random order (0) to 1. Ties count against the encoder, so that one that finds all texts alike has no part.
    """
    if len(probes) < 2:
        return 0.0
    scores = probes @ passages.T
    own = scores[np.arange(len(right)), right]
    reciprocals = 1.0 / (scores >= own[:, np.newaxis]).sum(axis=1)
    doubt = _DOUBT * reciprocals.std(ddof=1) / len(reciprocals) ** 0.5
    chance = float((1.0 / np.arange(1, len(passages) + 1)).mean())
    return CAP * max(0.0, (float(reciprocals.mean() - doubt) - chance) / max(1.0 - chance, chance))
