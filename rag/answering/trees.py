"""Weigh measures by small trees: each asks every case the same questions, and adds what was learned for the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Record(TypedDict):
    """Trees as they stand in a data file; `asks` holds pairs of a measure's name and a bound that it exceeds or not."""

    bias: float
    asks: list[list[tuple[str, float]]]
    adds: list[list[float]]


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Trees of one depth: `places` are the measures asked about (tree, question), `bounds` what they must exceed.

    `adds` holds for each tree what every row of answers adds, the first answer the highest binary digit.
    """

    names: tuple[str, ...]
    places: NDArray[np.intp]
    bounds: Numbers
    adds: Numbers
    bias: float

    @classmethod
    def of(cls, record: Record) -> Trees:
        """Return the trees of a record."""
        names = tuple(sorted({name for tree in record["asks"] for name, _ in tree}))
        places = [[names.index(name) for name, _ in tree] for tree in record["asks"]]
        bounds = [[bound for _, bound in tree] for tree in record["asks"]]
        return cls(names, np.array(places), np.array(bounds), np.array(record["adds"]), record["bias"])

    def probabilities(self, cases: Sequence[Mapping[str, float]]) -> list[float]:
        """Return the probability of each case; a measure that it lacks is 0."""
        rows = np.array([[case.get(name, 0.0) for name in self.names] for case in cases]).reshape(-1, len(self.names))
        answers = rows[:, self.places] > self.bounds
        chosen = answers @ (1 << np.arange(answers.shape[2])[::-1])
        total = self.bias + self.adds[np.arange(len(self.adds)), chosen].sum(axis=1)
        found: list[float] = (1 / (1 + np.exp(-total))).tolist()
        return found
