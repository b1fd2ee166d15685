"""The encoder that needs neither torch nor a GPU: the mean of the vectors of a text's terms.

It reads the folder of a sentence-transformers `StaticEmbedding` model, and gives the vectors that
`SentenceTransformer(folder).encode(" ".join(terms))` gives, from numpy alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embeddings.encoder import EncoderError, Vectors
from embeddings.terms import default_segmenter

# Our own file in a model folder: it tells a model over terms from any other, and holds the weight in the fusion.
SETTINGS = "kaoju.json"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
UNKNOWN = "[UNK]"


class StaticEncoder:
    """A model of term vectors, stored as int8 rows (`embeddings`) with one float32 factor a row (`weights`)."""

    def __init__(self, folder: Path, name: str) -> None:
        """Read a model folder.

        Raises:
            EncoderError: a file is missing or is not what it should be.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            parts = {part: (folder / part).read_bytes() for part in (SETTINGS, TOKENIZER, WEIGHTS)}
            settings, tensors = json.loads(parts[SETTINGS]), load(parts[WEIGHTS])
            self._rows = dict(json.loads(parts[TOKENIZER])["model"]["vocab"])
            self._vectors: Vectors = tensors["embeddings"] * tensors["weights"][:, np.newaxis]
            self._weight = float(settings["weight"])
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise EncoderError(
                f"the encoder in {str(folder)!r} cannot be read ({error}); install the program again, or name another"
            ) from error
        self._rows.pop(UNKNOWN, None)
        self._name = name
        self._segmenter = default_segmenter()
        hashed = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts.values()))
        hashed.update(self._segmenter.fingerprint.encode())
        self._fingerprint = f"static-{hashed.hexdigest()[:16]}"

    @property
    def name(self) -> str:
        """Return the name under which the encoder was loaded."""
        return self._name

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return int(self._vectors.shape[1])

    @property
    def fingerprint(self) -> str:
        """Return a hash of weights, tokenizer, settings and term rules."""
        return self._fingerprint

    @property
    def weight(self) -> float:
        """Return the dense share of the fusion, 0 to 1."""
        return self._weight

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions, float32 rows of length 1 (zeros where no term is known)."""
        return self.encode_document(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages, float32 rows of length 1 (zeros where no term is known)."""
        return self.encode_terms([self._segmenter.terms(text) for text in texts])

    def encode_terms(self, texts: Sequence[Sequence[str]]) -> Vectors:
        """Return the vectors of texts that are cut into terms already, by the segmenter without a user's words."""
        vectors: Vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for number, terms in enumerate(texts):
            rows = [row for row in map(self._rows.get, terms) if row is not None]
            if rows:
                # added one row after the other, so that the bytes do not depend on a library's choice of threads
                vectors[number] = self._vectors.take(rows, axis=0).sum(axis=0) / np.float32(len(rows))
        lengths: Vectors = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
        lengths[lengths == 0] = 1
        return vectors / lengths
