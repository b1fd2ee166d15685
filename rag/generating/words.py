"""The word lists that checking turns on, read from their data file once."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Words:
    """`stop` words say nothing; `opposites` turn each other round; `glue` is what a tagger wrongly joins to a word.

    `contrary` are pairs of single characters of which one excludes the other, `actors` ends of the names of those who
    act, `equal` pairs of names of which the second stands for both, `exclusive` sets of words, by meaning, of which one
    excludes the others.
    """

    stop: frozenset[str]
    opposites: tuple[tuple[str, str], ...]
    glue: str
    contrary: frozenset[frozenset[str]]
    actors: tuple[str, ...]
    equal: tuple[tuple[str, str], ...]
    exclusive: tuple[tuple[tuple[str, ...], ...], ...]


@functools.cache
def load_words() -> Words:
    """Read the lists."""
    table = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    pairs = (pair.split("-") for pair in table["opposites"].split())
    both = tuple(sided for one, other in pairs for sided in ((one, other), (other, one)))
    contrary = frozenset(frozenset(pair) for pair in table["contrary"].split())
    equal = tuple((one, other) for one, other in (pair.split("-") for pair in table["equal"].split()))
    exclusive = tuple(
        tuple(tuple(words.split(",")) for words in line.split("/")) for line in table["exclusive"].strip().splitlines()
    )
    return Words(
        stop=frozenset(table["stop"].split()),
        opposites=both,
        glue=table["glue"],
        contrary=contrary,
        actors=tuple(table["actors"].split()),
        equal=equal,
        exclusive=exclusive,
    )
