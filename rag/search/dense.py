"""The index of vectors; the one door to faiss."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def build_dense(vectors: Vectors, path: Path) -> dict[str, object]:
    """Write an exact index of unit rows, shape (n, d), and return its parameters. What fails is an OSError."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(f"faiss: {error}") from error
    return {"kind": "flat"}


class DenseIndex:
    """An index opened for searching, by any number of threads; scores are cosines."""

    def __init__(self, path: Path) -> None:
        self._index = faiss.read_index(str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return int(self._index.d)

    def search(self, vector: Vectors, depth: int, allowed: NDArray[np.bool_] | None = None) -> dict[int, float]:
        """Return the `depth` rows nearest to a vector of shape (d,), among the allowed rows, before the cut."""
        parameters = None
        if allowed is not None:
            # the selector reads the packed bits where they lie: they must outlive the search
            packed = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(  # type: ignore[call-arg]  # set by faiss's Python layer
                sel=faiss.IDSelectorBitmap(len(packed), faiss.swig_ptr(packed))
            )
        scores, rows = self._index.search(vector[np.newaxis], min(depth, len(self)), params=parameters)
        return {int(row): float(score) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0}

    def score(self, vector: Vectors, rows: list[int]) -> dict[int, float]:
        """Return the cosines of given rows."""
        if not rows:
            return {}
        found = self._index.reconstruct_batch(np.array(rows, dtype=np.int64)) @ vector
        return dict(zip(rows, found.tolist(), strict=True))
