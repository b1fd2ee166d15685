"""Grow the trees of `rag.answering.trees` by gradient boosting of a logistic loss."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.train.fit import Case, Numbers
from rag.answering.trees import Record

_TREES, _DEPTH = 100, 4
_RATE = 0.1
_PRICE = 1.0  # of a squared step
_BOUNDS = 31  # of each measure, at equal shares of the cases
_SAMPLED = 0.5  # share of the cases, and of the measures, that a tree is grown on
_SEED = 1
_DIGITS = 4


def grow(cases: Sequence[Case]) -> Record:
    """Return the trees that tell the right cases from the others."""
    names = sorted({name for case in cases for name in case.measures})
    rows = np.array([[case.measures.get(name, 0.0) for name in names] for case in cases])
    right = np.array([case.right for case in cases], dtype=np.float64)
    weight = np.array([case.weight for case in cases])
    weight /= weight.mean()
    shares = np.linspace(0, 1, _BOUNDS + 2)[1:-1]
    bounds = [np.unique(np.quantile(column, shares).round(_DIGITS)) for column in rows.T]
    ranks = np.array([np.searchsorted(own, column) for own, column in zip(bounds, rows.T, strict=True)])
    bias = float(np.log((weight @ right) / (weight @ (1 - right))))
    total, chance = np.full(len(cases), bias), np.random.default_rng(_SEED)
    asks, adds = [], []
    for _ in range(_TREES):
        expected = 1 / (1 + np.exp(-total))
        slope, bend = weight * (right - expected), weight * expected * (1 - expected)
        drawn = np.flatnonzero(chance.random(len(cases)) < _SAMPLED)
        open_to = chance.permutation(len(names))[: max(1, int(len(names) * _SAMPLED))]
        tree = _tree(ranks[:, drawn], slope[drawn], bend[drawn], open_to)
        answers = np.zeros(len(cases), dtype=np.intp)
        for measure, rank in tree:
            answers = answers * 2 + (ranks[measure] > rank)
        up = np.bincount(answers[drawn], slope[drawn], 2**_DEPTH)
        down = np.bincount(answers[drawn], bend[drawn], 2**_DEPTH) + _PRICE
        step = (_RATE * up / down).round(_DIGITS)
        total += step[answers]
        asks.append([(names[measure], float(bounds[measure][rank])) for measure, rank in tree])
        adds.append(step.tolist())
    return {"bias": round(bias, _DIGITS), "asks": asks, "adds": adds}


def _tree(ranks: NDArray[np.intp], slope: Numbers, bend: Numbers, open_to: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return the questions of one tree, each a measure and the rank of its bound: those that lower the loss most."""
    found: list[tuple[int, int]] = []
    answers = np.zeros(ranks.shape[1], dtype=np.intp)
    for _ in range(_DEPTH):
        gains = [(*_best_bound(answers, 2 ** len(found), ranks[measure], slope, bend), measure) for measure in open_to]
        _, rank, measure = max(gains)
        found.append((int(measure), rank))
        answers = answers * 2 + (ranks[measure] > rank)
    return found


def _best_bound(
    answers: NDArray[np.intp], size: int, ranks: NDArray[np.intp], slope: Numbers, bend: Numbers
) -> tuple[float, int]:
    """Return how much the best bound of a measure gains, and its rank."""
    width = _BOUNDS + 1
    place = answers * width + ranks
    up = np.bincount(place, slope, size * width).reshape(size, width).cumsum(axis=1)
    down = np.bincount(place, bend, size * width).reshape(size, width).cumsum(axis=1)
    low = up**2 / (down + _PRICE)
    high = (up[:, -1:] - up) ** 2 / (down[:, -1:] - down + _PRICE)
    gain = (low + high).sum(axis=0)[: int(ranks.max(initial=0)) or 1]
    rank = int(gain.argmax())
    return float(gain[rank]), rank
