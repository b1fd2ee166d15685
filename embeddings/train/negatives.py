"""Find wrong passages that a lexical index ranks high: what an encoder has to learn beyond shared words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.train.bags import Bags, Numbers

_K1, _B = 1.2, 0.75
_COMMON = 8_000  # passages; a term of more of them tells little, and would take nine tenths of the time


@dataclass(frozen=True, slots=True)
class Postings:
    """BM25 in columns: term t stands in `rows[starts[t]:starts[t + 1]]` with these scores."""

    starts: Numbers
    rows: Numbers
    scores: NDArray[np.float64]
    size: int

    def score(self, terms: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the BM25 score of every passage by the terms that are not common."""
        held = [(self.starts[t], self.starts[t + 1]) for t in terms]
        places = np.concatenate([np.arange(0), *(np.arange(a, b) for a, b in held if b - a <= _COMMON)])
        return np.bincount(self.rows[places], self.scores[places], self.size).astype(np.float64)


def index(passages: Bags, terms: int) -> Postings:
    """Return the postings of passages over a vocabulary of so many terms."""
    pairs, counts = np.unique(passages.ids.astype(np.int64) * len(passages) + passages.owners(), return_counts=True)
    term, row = pairs // len(passages), pairs % len(passages)
    held = np.bincount(term, minlength=terms)
    idf = np.log(1 + (len(passages) - held + 0.5) / (held + 0.5))
    lengths = np.diff(passages.offsets)
    norm = _K1 * (1 - _B + _B * lengths[row] / lengths.mean())
    starts = np.concatenate([[0], np.cumsum(held)])
    return Postings(starts, row, idf[term] * counts * (_K1 + 1) / (counts + norm), len(passages))


def hardest(queries: Bags, right: Numbers, passages: Bags, keys: Numbers, *, terms: int, depth: int) -> Numbers:
    """Return the `depth` best passages of each query, shape (queries, depth), none of them right.

    `right` is the key of a query's passage, `keys` those of all passages. What is right for a query that is asked more
    than once is right every time.
    """
    postings = index(passages, terms)
    asked = queries.keys({})
    wanted: dict[int, set[int]] = {}
    for question, key in zip(asked.tolist(), right.tolist(), strict=True):
        wanted.setdefault(question, set()).add(key)
    found = {}
    for row, question in enumerate(asked.tolist()):
        if question not in found:
            scores = postings.score(queries.ids[queries.offsets[row] : queries.offsets[row + 1]])
            scores[np.isin(keys, list(wanted[question]))] = -1
            found[question] = np.argpartition(-scores, depth - 1)[:depth].copy()  # a slice would keep the whole
    return np.stack([found[question] for question in asked.tolist()])
