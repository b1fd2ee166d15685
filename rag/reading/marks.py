"""Find the marks of numbered structure (一、 (一) 1. 第一条 一是 ①) at line starts and inside lines."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from rag.reading.articles import Line, number_of

_N = "一二三四五六七八九十百千零〇"
# Each kind with an example of what it matches; the order decides where two could match.
_PATTERNS = [
    ("编", rf"第[{_N}\d]{{1,4}}(?:分)?编"),  # 第一编
    ("章", rf"第[{_N}\d]{{1,5}}章"),  # 第二章
    ("节", rf"第[{_N}\d]{{1,4}}节"),  # 第一节
    ("条", rf"第[{_N}\d]{{1,7}}条(?:之[{_N}\d]{{1,2}})?"),  # 第一百零一条之二
    (
        "第一",
        rf"第[{_N}]{{1,3}}(?=[,，、:：是])[,，、:：]?|(?:首先|其次|再次|最后)(?=[,，:：、是])[,，、:：]?",
    ),  # 第一,
    ("一是", rf"[{_N}]{{1,2}}(?:是(?!否|不是)|要(?!求|素|点|么))"),  # 一是, 一要
    ("一、", rf"[{_N}]{{1,3}}[、.．]"),  # 一、
    ("(一)", rf"[（(][{_N}]{{1,3}}[)）][、.．,，:：]?"),  # (一)
    ("1.1", r"\d{1,2}(?:[.．]\d{1,2}){1,4}(?![\d%％.．])[、 \u3000]?"),  # 1.1
    ("1.", r"\d{1,3}[、.．](?!\d)"),  # 1.
    ("(1)", r"[（(]\d{1,3}[)）][、.．]?"),  # (1)
    ("1)", r"\d{1,3}[)）](?!\d)[、.．]?"),  # 1)
    ("①", r"[①-⑳]"),  # ①
]
_KINDS = [kind for kind, _ in _PATTERNS]
_AT_START = re.compile("|".join(f"({pattern})" for _, pattern in _PATTERNS))
# Inside a line a mark follows punctuation; 条 and 章 are references there, and dotted numbers figures.
_INLINE_KINDS = ("第一", "一是", "(一)", "1.", "(1)", "1)", "①")
_INLINE = re.compile("|".join(f"({pattern})" for kind, pattern in _PATTERNS if kind in _INLINE_KINDS))
_BEFORE_INLINE = "。；;：:，,、！!？?”）) \u3000…."
_ORDINALS = {"首先": 1, "其次": 2, "再次": 3, "最后": 0}
_NEAR = 2500  # characters between neighbouring members of one list, at most


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbering mark: shown range, kind (one of the patterns' names), number (0: 最后), and where it stands."""

    start: int
    end: int
    kind: str
    number: int
    line: int
    inline: bool


def find_marks(text: str, lines: tuple[Line, ...]) -> list[Mark]:
    """Return the marks of an article in order. A mark inside a line counts only with a neighbour of its list nearby."""
    marks: list[Mark] = []
    for position, line in enumerate(lines):
        first = _AT_START.match(text, line.start, line.end)
        if first:
            marks.append(_mark(first, _KINDS, position, inline=False))
        begin = first.end() if first else line.start
        for match in _INLINE.finditer(text, begin, line.end):
            marks.append(_mark(match, _INLINE_KINDS, position, inline=True))
    return _with_neighbours(text, marks)


def _mark(match: re.Match[str], kinds: tuple[str, ...] | list[str], line: int, *, inline: bool) -> Mark:
    kind = kinds[(match.lastindex or 1) - 1]
    digits = re.sub(rf"[^{_N}\d①-⑳.．]", "", match[0].split("之")[0])
    if match[0][:2] in _ORDINALS:
        number = _ORDINALS[match[0][:2]]
    elif kind == "①":
        number = ord(digits) - ord("①") + 1
    elif kind == "1.1":
        number = int(re.split("[.．]", digits)[-1] or 0)
        kind = "1" + ".1" * len(re.findall("[.．]", digits))
    else:
        number = number_of(digits.strip(".．"))
    return Mark(match.start(), match.end(), kind, number, line, inline)


def _with_neighbours(text: str, marks: list[Mark]) -> list[Mark]:
    """Keep the marks that belong to a list: those at line starts, and inline ones whose neighbour is near."""
    places: dict[tuple[str, int], list[int]] = {}
    at_line_start = {mark.start for mark in marks if not mark.inline}
    for mark in marks:
        places.setdefault((mark.kind, mark.number), []).append(mark.start)

    def after(kind: str, number: int, low: int) -> int:
        starts = places.get((kind, number), [])
        index = bisect_left(starts, low)
        return starts[index] if index < len(starts) else len(text) + _NEAR

    def belongs(mark: Mark) -> bool:
        follows = after(mark.kind, mark.number - 1, mark.start - _NEAR) < mark.start
        following = after(mark.kind, mark.number + 1, mark.start + 1)
        if text[mark.start : mark.start + 2] in _ORDINALS:
            if mark.number == 1:
                return following < min(mark.start + _NEAR, after(mark.kind, 1, mark.start + 1))
            return follows or (mark.number == 0 and after(mark.kind, 2, mark.start - _NEAR) < mark.start)
        if not mark.inline:
            return True
        if text[mark.start - 1] in _BEFORE_INLINE:
            return follows if mark.number > 1 else following < mark.start + _NEAR
        if mark.kind == "(一)" and mark.number == 1 and text[mark.start - 1] != "第":
            return following in at_line_start and following < mark.start + _NEAR
        return mark.kind == "一是" and mark.number > 2 and follows

    return [mark for mark in marks if belongs(mark)]
