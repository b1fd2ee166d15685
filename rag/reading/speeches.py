"""Find where the speeches of a compilation begin that no mark numbers: a title of a speech, who spoke, a greeting."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.reading.articles import Line

# 在全区河长制工作会议上的讲话, 交流发言（摘要）: the title of a speech, alone on its line.
_TITLE = re.compile(r"[^。；;,:：，!?！？]{2,58}(?:讲话|发言|致辞|讲话稿|发言稿)(?:[（(][^（()）]{1,20}[)）])?$")
# 同志们：, 各位代表：: whom a speech greets.
_GREETING = re.compile(r"(?:同志们|朋友们|各位|尊敬的|女士们|老师们|同学们)[^。；;]{0,30}[:：,，!！]?$")
# (2023年5月9日), 二〇一一年三月八日: the day of a speech, alone on its line.
_N = "[\\d〇零一二三四五六七八九十]"
_DAY = re.compile(rf"[（(]?{_N}{{4}}年{_N}{{1,3}}月{_N}{{1,3}}日[)）]?$")
_BELOW = 3  # lines below a title in which a greeting or a day stands
_SHORT = 30  # characters of a line that names who speaks
_LEAST = 2  # speeches with a greeting or a day: a single one is no compilation


def speech_starts(folded: str, lines: Sequence[Line], is_article: Callable[[Sequence[Line]], bool]) -> list[int]:
    """Return the positions of the lines at which the speeches after the first begin; none when it is no compilation.

    A line counts as a title when a greeting or a day follows it; where there are two such, also one below which only
    somebody's name stands.
    """
    titles = [n for n, line in enumerate(lines) if _TITLE.fullmatch(folded, line.start, line.end)]
    certain = {n for n in titles if any(_opens(folded, line) for line in _below(lines, n))}
    if len(certain) < _LEAST:
        return []
    starts = [0]
    for n in titles:
        named = n + 2 < len(lines) and _is_short(lines[n + 1]) and not _is_short(lines[n + 2])
        if (n in certain or named) and is_article(lines[starts[-1] : n]):
            starts.append(n)
    return starts[1:]


def _below(lines: Sequence[Line], position: int) -> list[Line]:
    """Return the lines right below a title, as far as they are short."""
    found: list[Line] = []
    for line in lines[position + 1 : position + 1 + _BELOW]:
        if not _is_short(line):
            break
        found.append(line)
    return found


def _opens(folded: str, line: Line) -> bool:
    return any(pattern.fullmatch(folded, line.start, line.end) for pattern in (_GREETING, _DAY))


def _is_short(line: Line) -> bool:
    return line.end - line.start <= _SHORT
