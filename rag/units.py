"""What figures count and measure: read from its data file once."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Units:
    """`counted` is what a single Han figure must stand before to be one, `counters` what a thing may be counted by.

    `measures` gives for each unit the one that it is measured in, and how many of those it is.
    """

    counted: frozenset[str]
    counters: frozenset[str]
    measures: Mapping[str, tuple[str, Fraction]]


@functools.cache
def load_units() -> Units:
    """Read the lists."""
    table = tomllib.loads(files("rag").joinpath("units.toml").read_text(encoding="utf-8"))
    measures = {
        unit: (base, Fraction(worth))
        for base, units in table["measures"].items()
        for unit, worth in (one.split("=") for one in units.split())
    }
    return Units(frozenset(table["counted"]), frozenset(table["counters"]), measures)


def comparable(stated: str, known: str, special: Sequence[str]) -> bool:
    """Return whether a figure of one unit may be one of the other; what is not known as a unit may be any.

    A `special` unit is comparable with itself alone.
    """
    measured = {base for base, _ in load_units().measures.values()}
    if stated in special or known in special:
        return stated == known
    if stated in measured or known in measured:
        return stated == known or not {stated, known} <= measured | load_units().counters
    return True
