"""Weigh what was measured, by numbers learned from judged and mined questions."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TypedDict

from rag.answering.trees import Record, Trees

_STEEPEST = 30.0  # beyond it a probability is 0 or 1 to machine precision


class Weights(TypedDict):
    """What was learned, as it stands in a file: `score` by feature of a candidate, `further` by measure of a further
    sentence, `answerable` by doubt about an answer.
    """

    score: dict[str, float]
    further: Record
    answerable: dict[str, float]


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned, ready for use."""

    score: Mapping[str, float]
    further: Trees
    answerable: Mapping[str, float]

    @classmethod
    def of(cls, weights: Weights) -> Learned:
        """Return what a file holds."""
        return cls(weights["score"], Trees.of(weights["further"]), weights["answerable"])


@functools.cache
def learned() -> Learned:
    """Return what was learned."""
    text = files("rag.answering").joinpath("weights.json").read_text(encoding="utf-8")
    return Learned.of(json.loads(text))


def score(features: Mapping[str, float]) -> float:
    """Return how well a candidate fits, in points; only differences mean something."""
    weights = learned().score
    return sum([weights[name] * value for name, value in features.items() if name in weights])


def answerable(doubts: Mapping[str, float]) -> float:
    """Return the probability that an answer with these doubts is one."""
    weights = learned().answerable
    total = weights["bias"] + sum([weights[name] * value for name, value in doubts.items() if name in weights])
    return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, total))))


def wanted(measures: Sequence[Mapping[str, float]]) -> list[float]:
    """Return of each further sentence the probability that it belongs to an answer."""
    return learned().further.probabilities(measures)
