"""Find the marks of numbered structure (一、 (一) 1. 第一条 一是 ①) at line starts and inside lines."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.reading.articles import Line, number_of

_N = "一二三四五六七八九十百千零〇"
_CAPITALS = "壹贰貳叁參肆伍陆陸柒捌玖拾"
# Each kind with an example of what it matches; the order decides where two could match.
_PATTERNS = [
    ("附件", rf"附 ?[件表录] ?[{_N}\d]{{0,3}}[.．]?$"),  # 附件1, alone on its line
    ("编", rf"第 ?[{_N}\d]{{1,4}} ?(?:分)?编"),  # 第一编
    ("章", rf"第 ?[{_N}\d]{{1,5}} ?章"),  # 第二章, 第 二 章
    ("节", rf"第 ?[{_N}\d]{{1,4}} ?节"),  # 第一节
    ("条", rf"第 ?[{_N}\d]{{1,7}}(?:-\d{{1,2}})? ?条(?:之[{_N}\d]{{1,2}})?"),  # 第一百零一条之二, 第 7-1 条
    (
        "第一",
        rf"第[{_N}]{{1,3}}(?=[,，、:：是])(?!、第)[,，、:：]?|(?:首先|其次|再次|最后)(?=[,，:：、是])[,，、:：]?",
    ),  # 第一, but not 第二、第三产业
    ("一是", rf"[{_N}]{{1,2}}(?:是(?!否|不是)|要(?!求|素|点|么))"),  # 一是, 一要
    ("壹、", rf"[{_CAPITALS}]{{1,3}}[、.．]"),  # 壹、
    ("一、", rf"[{_N}]{{1,3}}[、.．]"),  # 一、
    ("一", rf"[{_N}]{{1,2}}$"),  # 一, alone on its line
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
_INLINE_KINDS = ("第一", "一是", "一、", "(一)", "1.", "(1)", "1)", "①")
# The first characters are looked at first: few places can begin a mark.
_INLINE = re.compile(
    rf"(?=[第首其再最（(\d①-⑳{_N}])(?:"
    + "|".join(f"({pattern})" for kind, pattern in _PATTERNS if kind in _INLINE_KINDS)
    + ")"
)
# 一、任务（一）宣传⏎（二）…: kinds whose first member may stand on the line of the heading above.
_LINE_KINDS = ("一、", "(一)", "1.")
_BEFORE_INLINE = "。；;：:，,、！!？?”）) \u3000…."
_BEFORE_TOP = "：:。；;"  # 符合下列條件：一、…；二、…: inside a line 一、 needs more, for numerals are everywhere
# 第六条(一)至(十)、本条(一)所列: a member of another list that is named, not begun
_REFERENCE = re.compile(r"(?<=[条項项款])[（(][^）)]{1,4}[）)](?=[至、和及或与所的规中项])")
_ORDINALS = {"首先": 1, "其次": 2, "再次": 3, "最后": 0}
# 編 節 條 最後 總之: a numbering word in traditional script, and what it is in simplified.
_SIMPLIFIED = str.maketrans("編節條後點項們總謝讓註發聯繫關複報錄圖題詞", "编节条后点项们总谢让注发联系关复报录图题词")
_TRADITIONAL = re.compile(f"[{''.join(map(chr, _SIMPLIFIED))}]")
_BRACKETED = 40  # characters in brackets before a figure, at most
_NEAR = 2500  # characters between neighbouring members of one list, at most


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbering mark: shown range, kind (one of the patterns' names), number (0: 最后), and where it stands.

    `inline` is false too for a first member whose siblings begin lines. `branch` counts what was put in between later:
    2 in 第七条之二.
    """

    start: int
    end: int
    kind: str
    number: int
    line: int
    inline: bool
    branch: int = 0


def simplify(text: str) -> str:
    """Return a text with its numbering words in simplified script, character for character."""
    return text.translate(_SIMPLIFIED) if _TRADITIONAL.search(text) else text


def find_marks(text: str, lines: Sequence[Line]) -> list[Mark]:
    """Return the marks of an article in order. A mark inside a line counts only with a neighbour of its list nearby."""
    text = simplify(text)
    marks: list[Mark] = []
    for position, line in enumerate(lines):
        first = _AT_START.match(text, line.start, line.end)
        if first and not (first.lastindex == 1 and position == 0):  # what begins with 附件 is the attachment itself
            marks.append(_mark(first, _KINDS, position, inline=False))
        begin = first.end() if first else line.start
        for match in _INLINE.finditer(text, begin, line.end):
            marks.append(_mark(match, _INLINE_KINDS, position, inline=True))
    near = _Neighbours(text, marks)
    return [replace(mark, inline=False) if near.leads(mark) else mark for mark in marks if near.belongs(mark)]


def _mark(match: re.Match[str], kinds: tuple[str, ...] | list[str], line: int, *, inline: bool) -> Mark:
    kind = kinds[(match.lastindex or 1) - 1]
    main, _, branch = match[0].replace("-", "之").partition("之")
    digits = re.sub(rf"[^{_N}{_CAPITALS}\d①-⑳.．]", "", main)
    if match[0][:2] in _ORDINALS:
        number = _ORDINALS[match[0][:2]]
    elif kind == "①":
        number = ord(digits) - ord("①") + 1
    elif kind == "1.1":
        number = int(re.split("[.．]", digits)[-1] or 0)
        kind = "1" + ".1" * len(re.findall("[.．]", digits))
    else:
        number = number_of(digits.strip(".．"))
    return Mark(match.start(), match.end(), kind, number, line, inline, number_of(branch.strip(" 条")))


def _in_brackets(text: str, at: int) -> bool:
    """Return whether a bracket is open before a position: the 1) of （格式见附 1） closes it and is no mark."""
    before = text[max(0, at - _BRACKETED) : at]
    return max(before.rfind("（"), before.rfind("(")) > max(before.rfind("）"), before.rfind(")"))


class _Neighbours:
    """The candidates of one text by kind and number, to tell the marks of lists from figures and references."""

    def __init__(self, text: str, marks: Sequence[Mark]) -> None:
        self.text = text
        self.at_line_start = {mark.start for mark in marks if not mark.inline}
        self.places: dict[tuple[str, int], list[int]] = {}
        for mark in marks:
            self.places.setdefault((mark.kind, mark.number), []).append(mark.start)

    def after(self, kind: str, number: int, low: int) -> int:
        """Return where the first such mark from `low` on stands; out of reach when there is none."""
        starts = self.places.get((kind, number), [])
        index = bisect_left(starts, low)
        return starts[index] if index < len(starts) else len(self.text) + _NEAR

    def belongs(self, mark: Mark) -> bool:
        """Return whether a mark is one of a list: it begins a line, or its neighbour is near."""
        text = self.text
        follows = self.after(mark.kind, mark.number - 1, mark.start - _NEAR) < mark.start
        following = self.after(mark.kind, mark.number + 1, mark.start + 1)
        after_stop = text[mark.start - 1 : mark.start] in (_BEFORE_TOP if mark.kind == "一、" else _BEFORE_INLINE)
        if text[mark.start : mark.start + 2] in _ORDINALS:
            return (after_stop or not mark.inline) and self._ordinal(mark, follows, following)
        if (mark.kind == "1)" and _in_brackets(text, mark.start)) or _REFERENCE.match(text, mark.start):
            return False
        if mark.kind == "一":
            return following < len(text) if mark.number == 1 else self.after("一", mark.number - 1, 0) < mark.start
        if not mark.inline:
            # a decimal figure alone is no 1.1, and 第一条建议是… no article
            figure = mark.kind.startswith("1.1") and mark.number > 1
            word = mark.kind == "条" and mark.number == 1 and text[mark.end : mark.end + 1].isalpha()
            return not (figure or word) or follows or following < len(text)
        if after_stop:
            return follows if mark.number > 1 else following < mark.start + _NEAR
        if mark.kind == "(一)" and text[mark.start - 1] != "第":
            return following < mark.start + _NEAR and self._run_in(mark, following)
        return mark.kind == "一是" and mark.number > 2 and follows

    def _run_in(self, mark: Mark, following: int) -> bool:
        """Return whether a mark stands behind a heading on its line, and those before and after it begin lines.

        二、加强账户管理（三）…⏎（四）…: the third member of a list that runs on across the headings.
        """
        if following not in self.at_line_start or self.after(mark.kind, mark.number, mark.start + 1) < following:
            return False
        before = self.places.get((mark.kind, mark.number - 1), [])
        index = bisect_left(before, mark.start)
        return mark.number == 1 or (index > 0 and before[index - 1] in self.at_line_start)

    def _ordinal(self, mark: Mark, follows: bool, following: int) -> bool:
        """Return whether 首先 is followed by 其次 before another 首先, and the others by those before them."""
        if mark.number == 1:
            return following < min(mark.start + _NEAR, self.after(mark.kind, 1, mark.start + 1))
        return follows or (mark.number == 0 and self.after(mark.kind, 2, mark.start - _NEAR) < mark.start)

    def leads(self, mark: Mark) -> bool:
        """Return whether a mark inside a line stands as if it began one: its list goes on at the next."""
        if mark.inline and mark.kind == "(一)" and mark.number > 1:
            return self._run_in(mark, self.after(mark.kind, mark.number + 1, mark.start + 1))
        if not mark.inline or mark.number != 1 or mark.kind not in _LINE_KINDS:
            return False
        second = self.after(mark.kind, 2, mark.start)
        return second in self.at_line_start and second < self.after(mark.kind, 1, mark.start + 1)
