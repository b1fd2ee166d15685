"""Bring the sparse and the dense ranking together by their scores, not by their ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

# The first hits must be right, and are placed by the weight that an encoder has earned. Those after them are read when
# the first do not answer: the less these say of the question, the more the dense side counts, at most so many times its
# weight, up to a part of the whole (docs/encoder.md).
_REACH, _MOST = 9.0, 0.9
# Part of the question that one sentence says: from here on the first hits answer, and below the other they do not.
_MUCH, _LITTLE = 0.8, 0.4
# Four articles among five hits are as good as five: one of several items is two passages, its text and its outline.
_SPREAD = 1.5


def fuse(sparse: Mapping[int, float], dense: Mapping[int, float], weight: float) -> dict[int, float]:
    """Return the convex sum of both sides for every row of either.

    A sparse score is divided by the pool's highest, so that 0 stays "no term in common"; a cosine is stretched from
    the pool's lowest (0) to its highest (1), since an encoder's cosines fill a narrow band. `weight` is the dense part.
    """
    highest = max(sparse.values(), default=0.0) or 1.0
    low, high = min(dense.values(), default=0.0), max(dense.values(), default=0.0)
    width = (high - low) or 1.0
    rows = list(sparse.keys() | dense.keys())
    lexical = np.array([sparse.get(row, 0.0) for row in rows], dtype=np.float64)
    near = np.array([dense.get(row, low) for row in rows], dtype=np.float64)
    fused = (1 - weight) * lexical / highest + weight * (near - low) / width
    return dict(zip(rows, fused.tolist(), strict=True))


def spread(owners: Sequence[int]) -> float:
    """Return 0 where all rows are of one article, 1 where nearly each is of another."""
    return min(1.0, _SPREAD * (len(set(owners)) - 1) / max(len(owners) - 1, 1))


def wider(weight: float, said: float, spread: float) -> float:
    """Return the dense part by which the hits after the first are placed.

    `said` is the part of the question, 0 to 1, that one sentence of the first hits says; `spread` is 0 where these are
    all of one article, and 1 where nearly each is of another.
    """
    missing = min(1.0, max(0.0, (_MUCH - said) / (_MUCH - _LITTLE)))
    return weight + missing * spread * (max(weight, min(_REACH * weight, _MOST)) - weight)


def widen(scores: Mapping[int, float], wide: Mapping[int, float], first: int) -> dict[int, float]:
    """Return the scores of rows, those after so many first ones handed out anew in the order of `wide`."""
    order = sorted(scores, key=lambda row: (-scores[row], row))
    rest = sorted(order[first:], key=lambda row: (-wide[row], row))
    return {row: scores[place] for row, place in zip(order[:first] + rest, order, strict=True)}
