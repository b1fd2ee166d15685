"""The word lists that checking turns on, read from their data file once."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Words:
    """`stop` words say nothing; `opposites` turn each other round; `glue` is what a tagger wrongly joins to a word.

    `contrary` are pairs of single characters of which one excludes the other.
    """

    stop: frozenset[str]
    opposites: tuple[tuple[str, str], ...]
    glue: str
    contrary: frozenset[frozenset[str]]


@functools.cache
def load_words() -> Words:
    """Read the lists."""
    table = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    pairs = (pair.split("-") for pair in table["opposites"].split())
    both = tuple(sided for one, other in pairs for sided in ((one, other), (other, one)))
    contrary = frozenset(frozenset(pair) for pair in table["contrary"].split())
    return Words(frozenset(table["stop"].split()), both, table["glue"], contrary)
