"""What answers, the readers of files and the library say about themselves, in the language of the page."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from importlib.resources import files

from rag.answering.phrases import HANS, HANT
from rag.generating.prompt import load_phrases
from ui.strings import LANGUAGES, Strings

# '{name}' in a phrase, where what was asked or counted is filled in
_BLANK = re.compile(r"\\\{\w+\\\}|\\\*")


def explain(words: Strings, said: str) -> str:
    """Return `said` in the language of `words`; as it is when the table does not know it."""
    column = LANGUAGES.index(words.language)
    for pattern, told in _table():
        if found := pattern.fullmatch(said):
            return told[column].format(*(explain(words, part) for part in found.groups()))
    return said


@cache
def _table() -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    """Return what can be said, and what it is in every language with `{0}`, `{1}` … where its blanks are."""
    told = tomllib.loads(files("ui").joinpath("reasons.toml").read_text(encoding="utf-8"))
    return [(_pattern(said), (*chinese, _numbered(said))) for said, chinese in told.items()] + list(_phrases())


def _phrases() -> Iterator[tuple[re.Pattern[str], tuple[str, ...]]]:
    """Yield the fixed phrases of answers, which are in the script of the question, those that have English words."""
    english = tomllib.loads(files("ui").joinpath("remarks.toml").read_text(encoding="utf-8"))
    hans, hant = load_phrases()
    pairs = {"answering": (asdict(HANS), asdict(HANT)), "generating": (dict(hans.notes), dict(hant.notes))}
    for room, (simplified, traditional) in pairs.items():
        for name, translated in english[room].items():
            told = tuple(_numbered(text) for text in (simplified[name], traditional[name], translated))
            yield from ((_pattern(text), told) for text in (simplified[name], traditional[name]))


def _pattern(said: str) -> re.Pattern[str]:
    # 'it has * pages, more than *', '{count}句未能在资料中核实，已收起。'
    return re.compile(_BLANK.sub("(.+?)", re.escape(said)), re.DOTALL)


def _numbered(text: str) -> str:
    """Return a text with its blanks numbered in order."""
    parts = re.split(r"\{\w*\}|\*", text)
    return "".join(f"{part}{{{number}}}" for number, part in enumerate(parts[:-1])) + parts[-1]
