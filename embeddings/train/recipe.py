"""What decides the built-in encoder: the numbers of `recipe.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path(__file__).with_name("recipe.toml")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The meaning of each number stands in `recipe.toml`."""

    seed: int
    terms: int
    dimension: int
    steps: int
    batch: int
    rate: float
    temperature: float
    hard: int
    hard_depth: int
    dropout: float
    news: int
    question_weight: int
    importance_power: float
    weight: float
    mix: Mapping[str, float]


def read_recipe(path: Path = DEFAULT) -> Recipe:
    """Read a recipe.

    Raises:
        TypeError: a number is missing, or one is not known.
    """
    return Recipe(**tomllib.loads(path.read_text(encoding="utf-8")))
