"""The index of vectors; the one door to faiss.

Exact while small. Above, vectors are kept in one byte a dimension, or in two where one is not enough, and looked up in
the nearest of many cells; how many cells a search visits is found when the index is built, by comparing with the exact
ranking. Of 224,682 real passages in 128 dimensions a search takes 1.9 ms at recall 0.98, and 13.6 ms exactly; HNSW over
bytes stayed at 0.96 and took 20 s to build instead of 4.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

# Rows up to which every vector is compared: 50,000 rows of 256 dimensions take 51 MB and 5 ms.
EXACT_ROWS = 50_000
_CELLS_A_ROOT = 2  # cells for each square root of the number of rows: with 4, placing them takes four times as long
_TRAINING_A_CELL = 40  # rows that place a cell; faiss warns below 39
_ROUNDS = 4  # of placing them; ten find 0.002 to 0.003 more of the nearest, and take twice as long
_RECALL = 0.98  # of the exact hundred best, which the visited cells must hold: the fusion reads that deep
_SAMPLE, _BEST = 200, 100
_QUANTIZERS = {8: faiss.ScalarQuantizer.QT_8bit, 16: faiss.ScalarQuantizer.QT_fp16}  # by bits a dimension


def build_dense(vectors: Vectors, path: Path, exact_rows: int = EXACT_ROWS) -> dict[str, object]:
    """Write an index of unit rows, shape (n, d), and return its parameters. What fails is an OSError."""
    if len(vectors) > exact_rows:
        for bits, quantizer in _QUANTIZERS.items():
            index, recall = _build_cells(vectors, quantizer)
            if recall >= _RECALL:
                _write(index, path)
                found = {"cells": index.nlist, "visited": index.nprobe, "recall@100": round(recall, 4)}
                return {"kind": "cells", "bits": bits, **found}
    exact = faiss.IndexFlatIP(vectors.shape[1])
    exact.add(vectors)
    _write(exact, path)
    return {"kind": "exact"}


def _write(index: faiss.Index, path: Path) -> None:
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(f"faiss: {error}") from error


def _build_cells(vectors: Vectors, quantizer: int) -> tuple[faiss.IndexIVFScalarQuantizer, float]:
    """Return a compressed index and its recall, which stays low where the vectors do not bear compression."""
    rows, dimension = vectors.shape
    cells = int(_CELLS_A_ROOT * rows**0.5)
    centres = faiss.IndexFlatIP(dimension)
    index = faiss.IndexIVFScalarQuantizer(centres, dimension, cells, quantizer, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = _ROUNDS
    # evenly spaced rows instead of random ones: the same vectors give the same cells
    index.train(vectors[np.linspace(0, rows - 1, min(rows, _TRAINING_A_CELL * cells), dtype=np.int64)])
    index.add(vectors)
    step = rows // _SAMPLE
    # a question is no passage: what lies between two neighbours is as hard to find as it
    queries = vectors[:-1:step] + vectors[1::step]
    exact = faiss.knn(queries, vectors, _BEST, metric=faiss.METRIC_INNER_PRODUCT)[1]
    index.nprobe = 1
    while (recall := _recall(index, queries, exact)) < _RECALL and index.nprobe < cells:
        index.nprobe = min(2 * index.nprobe, cells)
    return index, recall


def _recall(index: faiss.IndexIVFScalarQuantizer, queries: Vectors, exact: NDArray[np.int64]) -> float:
    """Return the share of the exact best rows that are found."""
    found = index.search(queries, _BEST)[1]
    return float(np.mean([np.isin(wanted, rows).mean() for wanted, rows in zip(exact, found, strict=True)]))


class DenseIndex:
    """An index opened for searching, by any number of threads; scores are cosines."""

    def __init__(self, path: Path) -> None:
        self._index = cast("Any", faiss.read_index(str(path)))
        self._cells = hasattr(self._index, "nprobe")
        if self._cells:
            self._index.make_direct_map()

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
            selector = faiss.IDSelectorBitmap(len(packed), faiss.swig_ptr(packed))
            # few rows may be left in the nearest cells: all are visited
            options = {"sel": selector, "nprobe": self._index.nlist} if self._cells else {"sel": selector}
            kind = faiss.SearchParametersIVF if self._cells else faiss.SearchParameters
            parameters = kind(**options)
        scores, rows = self._index.search(vector[np.newaxis], min(depth, len(self)), params=parameters)
        found = rows[0] >= 0
        return dict(zip(rows[0][found].tolist(), scores[0][found].tolist(), strict=True))

    def score(self, vector: Vectors, rows: list[int]) -> dict[int, float]:
        """Return the cosines of given rows."""
        if not rows:
            return {}
        found = self._index.reconstruct_batch(np.array(rows, dtype=np.int64)) @ vector
        return dict(zip(rows, found.tolist(), strict=True))
