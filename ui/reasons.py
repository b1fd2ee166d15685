"""What the readers of files and the library say about themselves, in the language of the page."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from ui.strings import Strings

_COLUMNS = {"zh-Hans": 0, "zh-Hant": 1}


def explain(words: Strings, said: str) -> str:
    """Return `said`, which is English, in the language of `words`; as it is when the table does not know it."""
    column = _COLUMNS.get(words.language)
    if column is None:
        return said
    for pattern, told in _table():
        if found := pattern.fullmatch(said):
            return told[column].format(*found.groups())
    return said


@cache
def _table() -> list[tuple[re.Pattern[str], list[str]]]:
    table: dict[str, list[str]] = tomllib.loads(files("ui").joinpath("reasons.toml").read_text(encoding="utf-8"))
    # 'it has * pages, more than *'
    return [(re.compile(re.escape(said).replace(r"\*", "(.+?)"), re.DOTALL), told) for said, told in table.items()]
