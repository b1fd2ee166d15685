"""Weigh what was measured, by numbers learned from judged and mined questions."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from importlib.resources import files

_STEEPEST = 30.0  # beyond it a probability is 0 or 1 to machine precision


@functools.cache
def learned() -> Mapping[str, Mapping[str, float]]:
    """Return the learned weights: `score` by feature of a candidate, `further` by measure of a
    further sentence, `answerable` by doubt about an answer.
    """
    data: dict[str, dict[str, float]] = json.loads(
        files("rag.answering").joinpath("weights.json").read_text(encoding="utf-8")
    )
    return data


def score(features: Mapping[str, float]) -> float:
    """Return how well a candidate fits, in points; only differences mean something."""
    weights = learned()["score"]
    return sum([weights[name] * value for name, value in features.items() if name in weights])


def answerable(doubts: Mapping[str, float]) -> float:
    """Return the probability that an answer with these doubts is one."""
    return _probability("answerable", doubts)


def wanted(measures: Mapping[str, float]) -> float:
    """Return the probability that a further sentence belongs to an answer."""
    return _probability("further", measures)


def _probability(model: str, measures: Mapping[str, float]) -> float:
    weights = learned()[model]
    total = weights["bias"] + sum([weights[name] * value for name, value in measures.items() if name in weights])
    return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, total))))
