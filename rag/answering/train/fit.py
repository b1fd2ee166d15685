"""Fit linear models: softmax over the candidates of a question, and logistic, both with squared weights as a price."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STEPS = 800
_RATE, _SLOW, _FAST = 0.05, 0.999, 0.9  # Adam: Kingma and Ba, 2015
_PRICE = 0.003  # of a squared weight of a feature scaled to deviation 1
_NEARLY = 0.8  # share of the best worth from which a candidate counts as right
_DIGITS = 3

Numbers = NDArray[np.float64]
Measures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates of one question: measures, and worth of each (0 to 1)."""

    question: str
    measures: tuple[Measures, ...]
    worth: tuple[float, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Case:
    """One yes or no: its measures, and what is right."""

    question: str
    measures: Measures
    right: bool
    weight: float


def fit_choices(choices: Sequence[Choice]) -> dict[str, float]:
    """Return the weights under which the right candidates of a question are the most probable of all its candidates."""
    names, rows, scale = _table([m for choice in choices for m in choice.measures])
    ends = np.cumsum([0, *(len(choice.measures) for choice in choices)])
    owner = np.repeat(np.arange(len(choices)), np.diff(ends))
    right = np.concatenate([np.array(c.worth) >= _NEARLY * max(c.worth) for c in choices])
    weight = np.array([choice.weight for choice in choices])
    share = (weight / weight.sum())[owner]

    def slope(weights: Numbers) -> Numbers:
        scores = rows @ weights
        powers = np.exp(scores - np.maximum.reduceat(scores, ends[:-1])[owner])
        chosen = powers / np.add.reduceat(powers, ends[:-1])[owner]
        wanted = powers * right
        wanted /= (np.add.reduceat(wanted, ends[:-1]) + 1e-12)[owner]
        result: Numbers = rows.T @ ((chosen - wanted) * share) + 2 * _PRICE * weights
        return result

    return _named(names, _descend(slope, len(names)) / scale)


def fit_cases(cases: Sequence[Case], signs: Mapping[str, int]) -> dict[str, float]:
    """Return the weights of a logistic model; `signs` fixes those of which only one sign makes sense (+1, -1)."""
    names, rows, scale = _table([case.measures for case in cases])
    mean = rows.mean(axis=0)
    rows = np.hstack([np.ones((len(cases), 1)), rows - mean])
    right = np.array([case.right for case in cases], dtype=np.float64)
    weight = np.array([case.weight for case in cases])
    price = np.array([0.0, *(2 * _PRICE for _ in names)])
    sign = np.array([0, *(signs.get(name, 0) for name in names)])

    def slope(weights: Numbers) -> Numbers:
        off = (1 / (1 + np.exp(-rows @ weights)) - right) * weight / weight.sum()
        result: Numbers = rows.T @ off + price * weights
        return result

    found = _descend(slope, len(names) + 1, lambda weights: np.where(sign * weights < 0, 0.0, weights))
    return {"bias": round(float(found[0] - mean @ found[1:]), _DIGITS)} | _named(names, found[1:] / scale)


def _table(measures: Sequence[Measures]) -> tuple[list[str], Numbers, Numbers]:
    """Return the names of all measures, their values scaled to deviation 1, and the scales."""
    names = sorted({name for each in measures for name in each})
    rows = np.array([[each.get(name, 0.0) for name in names] for each in measures])
    scale = rows.std(axis=0)
    scale[scale < 1e-9] = 1.0
    return names, rows / scale, scale


def _descend(
    slope: Callable[[Numbers], Numbers], size: int, bound: Callable[[Numbers], Numbers] = lambda weights: weights
) -> Numbers:
    """Return where a convex loss is least, from zero on, by Adam with a falling rate."""
    weights, first, second = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, _STEPS + 1):
        now = slope(weights)
        first = _FAST * first + (1 - _FAST) * now
        second = _SLOW * second + (1 - _SLOW) * now**2
        move = first / (1 - _FAST**step) / (np.sqrt(second / (1 - _SLOW**step)) + 1e-8)
        weights = bound(weights - _RATE * (1 - step / (_STEPS + 1)) * move)
    return weights


def _named(names: Sequence[str], weights: Numbers) -> dict[str, float]:
    return {name: round(float(weight), _DIGITS) for name, weight in zip(names, weights, strict=True)}
