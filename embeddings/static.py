"""The encoder that needs neither torch nor a GPU: the mean of the vectors of a text's terms.

It reads the folder of a sentence-transformers `StaticEmbedding` model, and gives the vectors that
`SentenceTransformer(folder).encode(" ".join(terms))` gives, from numpy alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import EncoderError, Vectors
from embeddings.terms import Terms, default_segmenter

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
        self._pairs = _Pairs(self._rows)
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
        return self.encode_terms([[terms] for terms in self._segmenter.cut(texts)])

    def encode_terms(self, texts: Sequence[Sequence[Terms]]) -> Vectors:
        """Return the vectors of texts that are cut into terms already, by the segmenter without a user's words.

        Each text is given in pieces; what several begin with is added up once.
        """
        vectors: Vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        rows = self._rows_of({id(terms): terms for pieces in texts for terms in pieces})
        heads: dict[tuple[int, ...], tuple[Vectors, int]] = {}
        for number, pieces in enumerate(texts):
            *first, last = map(id, pieces)
            if (key := tuple(first)) not in heads:
                heads[key] = self._added((vectors[:0], 0), [rows[one] for one in first])
            total, count = self._added(heads[key], [rows[last]])
            if count:
                vectors[number] = total[0] / np.float32(count)
        lengths: Vectors = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
        lengths[lengths == 0] = 1
        return vectors / lengths

    def _rows_of(self, pieces: Mapping[int, Terms]) -> dict[int, NDArray[np.int64]]:
        """Return the rows of the terms of each piece that the model knows."""
        if not pieces:
            return {}
        every = list(pieces.values())
        pairs = self._pairs.find(np.concatenate([terms.pairs for terms in every]))
        bounds = np.cumsum([len(terms.pairs) for terms in every])[:-1]
        found = {}
        for key, terms, rows in zip(pieces, every, np.split(pairs, bounds), strict=True):
            words = [row for row in map(self._rows.get, terms.words) if row is not None]
            found[key] = np.concatenate([np.array(words, dtype=np.int64), rows[rows >= 0]])
        return found

    def _added(self, before: tuple[Vectors, int], rows: Sequence[NDArray[np.int64]]) -> tuple[Vectors, int]:
        """Return a sum, shape (1, d) or (0, d), and the number of its terms, with the vectors of further rows added.

        They are added one after the other, so that the bytes do not depend on a library's choice of threads.
        """
        total, count = before
        further = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
        if not len(further):
            return before
        block: Vectors = np.empty((len(total) + len(further), self.dimension), dtype=np.float32)
        block[: len(total)] = total
        self._vectors.take(further, axis=0, out=block[len(total) :], mode="clip")
        return block.sum(axis=0, keepdims=True), count + len(further)


class _Pairs:
    """The rows of terms of two characters by their code points: a hash table in arrays, asked for many at once."""

    _FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio

    def __init__(self, rows: Mapping[str, int]) -> None:
        """Place the terms of two characters; a slot that is taken leaves its term to the next one."""
        pairs = {term: row for term, row in rows.items() if len(term) == 2}
        self._bits = (4 * len(pairs) + 1).bit_length()  # over four slots a term: one is always free
        keys = np.frombuffer("".join(pairs).encode("utf-32-le", "surrogatepass"), dtype="<u8")
        values = np.fromiter(pairs.values(), dtype=np.int64, count=len(pairs))
        self._keys = np.zeros(1 << self._bits, dtype=np.uint64)
        self._values = np.full(1 << self._bits, -1, dtype=np.int64)
        slots = self._slots(keys)
        while len(keys):
            free = self._keys[slots] == 0
            self._keys[slots[free]] = keys[free]
            placed = self._keys[slots] == keys
            self._values[slots[placed]] = values[placed]
            keys, values, slots = keys[~placed], values[~placed], self._next(slots[~placed])

    def find(self, pairs: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return the row of each pair of code points, shape (n, 2); -1 where it is no term."""
        keys = np.ascontiguousarray(pairs).view("<u8")[:, 0]
        rows = np.full(len(keys), -1, dtype=np.int64)
        left, slots = np.arange(len(keys)), self._slots(keys)
        while len(left):
            there = self._keys[slots]
            same = there == keys[left]
            rows[left[same]] = self._values[slots[same]]
            on = ~same & (there != 0)
            left, slots = left[on], self._next(slots[on])
        return rows

    def _slots(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        return ((keys * self._FACTOR) >> np.uint64(64 - self._bits)).astype(np.int64)

    def _next(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        return (slots + 1) & ((1 << self._bits) - 1)
