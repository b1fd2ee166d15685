"""What every encoder offers, and the one function that loads one by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
BUILTIN = "builtin"


class EncoderError(Exception):
    """An encoder could not be loaded or used; the message says what, where and what to do next."""


class Encoder(Protocol):
    """Text to vectors. Both methods return float32 rows of length 1, shape (number of texts, dimension).

    A text in which the encoder knows nothing has a row of zeros. `fingerprint` names all that decides the vectors;
    `weight` (0 to 1) is the dense share of the fusion that the encoder earned where it was measured, None where it was
    not: a library that is indexed with it finds out (`calibrate`).
    """

    @property
    def name(self) -> str:
        """Return the name under which the encoder was loaded."""
        ...

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Return a hash of weights, tokenizer, prompts and term rules."""
        ...

    @property
    def weight(self) -> float | None:
        """Return the dense share of the fusion, 0 to 1."""
        ...

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions."""
        ...

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages."""
        ...


def load_encoder(name: str = BUILTIN) -> Encoder:
    """Load the built-in encoder, a model folder, or a model of the hub that was fetched before.

    Raises:
        EncoderError: nothing can be loaded under that name.
    """
    from embeddings.static import SETTINGS, StaticEncoder

    if name == BUILTIN:
        return StaticEncoder(Path(__file__).parent / BUILTIN, BUILTIN)
    if (Path(name) / SETTINGS).is_file():
        return StaticEncoder(Path(name), name)
    from embeddings.transformer import TransformerEncoder

    return TransformerEncoder(name)
