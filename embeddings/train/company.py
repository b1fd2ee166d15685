"""Where training starts: terms that keep the same company get vectors that are near each other.

How much more often than by chance two terms stand near each other (positive pointwise mutual information, the contexts
smoothed as in Levy, Goldberg and Dagan 2015) is brought to few dimensions by a randomised singular value decomposition
(Halko, Martinsson and Tropp 2011). So a word that no question holds is known by what is written around it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array, csr_array

from embeddings.train.bags import Bags
from embeddings.train.contrast import Vectors

_WINDOW = 5  # places between two terms that count as near
_LEAST = 2  # times they must be seen near each other
_SMOOTHING = 0.75  # power of the frequency of a context: rare contexts count less
_CHUNK = 4_000_000  # terms whose neighbours are counted at a time
_SPARE, _ROUNDS = 32, 3  # dimensions beyond those wanted, and rounds, of the decomposition


def start(texts: Sequence[Bags], informations: Vectors, dimension: int, seed: int) -> Vectors:
    """Return the first vectors of terms, shape (terms, dimension), as long as the terms are rare."""
    vectors = _decompose(_associations(_neighbours(texts, len(informations))), dimension, seed)
    vectors -= vectors.mean(axis=0)
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), np.finfo(np.float32).tiny)
    factors: Vectors = informations / informations.mean() / lengths
    return vectors * factors[:, np.newaxis]


def _neighbours(texts: Sequence[Bags], terms: int) -> csr_array:
    """Return how often each two terms stand near each other in a text; symmetric."""
    counted = csr_array((terms, terms), dtype=np.float32)
    for bags in texts:
        ids, owners = bags.ids.astype(np.int64), bags.owners()
        for first in range(0, len(ids), _CHUNK):
            pairs = []
            for distance in range(1, _WINDOW + 1):
                right, owner = (all_[first + distance : first + distance + _CHUNK] for all_ in (ids, owners))
                left, same = ids[first : first + len(right)], owners[first : first + len(right)] == owner
                same &= left != right
                pairs.append(np.minimum(left, right)[same] * terms + np.maximum(left, right)[same])
            places, counts = np.unique(np.concatenate(pairs), return_counts=True)
            values = (counts.astype(np.float32), (places // terms, places % terms))
            counted += csr_array(values, shape=(terms, terms))
    counted.data[counted.data < _LEAST] = 0
    counted.eliminate_zeros()
    return counted + counted.T


def _associations(counted: csr_array) -> csr_array:
    """Return the positive pointwise mutual information of terms and contexts."""
    pairs = counted.tocoo()
    totals = counted.sum(axis=1)
    contexts = totals**_SMOOTHING / (totals**_SMOOTHING).sum()
    information = np.log(pairs.data / (totals[pairs.row] * contexts[pairs.col]))
    kept = information > 0
    values = (information[kept].astype(np.float32), (pairs.row[kept], pairs.col[kept]))
    return coo_array(values, shape=counted.shape).tocsr()


def _decompose(matrix: csr_array, dimension: int, seed: int) -> Vectors:
    """Return the left singular vectors, each as long as the root of its value; fewer where the matrix is small."""
    terms = matrix.shape[0]
    drawn = np.random.default_rng(seed).standard_normal((terms, dimension + _SPARE), dtype=np.float32)
    basis = np.linalg.qr(matrix @ drawn)[0]
    for _ in range(_ROUNDS):
        basis = np.linalg.qr(matrix @ (matrix.T @ basis))[0]
    small = (matrix.T @ basis).T
    turned, squares, _ = np.linalg.svd(small @ small.T)
    vectors: Vectors = (basis @ turned[:, :dimension]) * squares[:dimension] ** np.float32(0.25)
    return vectors
