"""A second look at the best passages by a model that reads question and passage together; an option, off by default."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.encoder import Vectors
from embeddings.transformer import load_cross_encoder

_BATCH = 16


class Reranker:
    """A cross-encoder of sentence-transformers, from a folder or fetched before; the same rules as for encoders."""

    def __init__(self, name: str) -> None:
        """Load a folder, or a hub model that was fetched before.

        Raises:
            EncoderError: it cannot be loaded.
        """
        self.name = name
        self._model = load_cross_encoder(name)

    def score(self, question: str, passages: Sequence[str]) -> Vectors:
        """Return how well each passage answers the question, float32 of shape (n,); higher is better."""
        pairs = [(question, passage) for passage in passages]
        scores = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        return np.asarray(scores, np.float32).reshape(len(passages))
