"""Say where in an article a passage stands: 三、(二)第2点, 第三章第十二条."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.datatypes import Passage
from rag.reading.marks import Mark

POINT_KINDS = ("第一", "一是", "①", "1)", "(1)", "1.")
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))
_DIGITS = "零一二三四五六七八九"
_CAPITALS = str.maketrans("一二三四五六七八九十", "壹贰叁肆伍陆柒捌玖拾")
_MYRIAD = 10_000  # no statute has so many articles


def mark_text(mark: Mark) -> str:
    """Return a mark as a locator says it."""
    if mark.kind in POINT_KINDS:
        return f"第{mark.number}点" if mark.number else "末点"
    if mark.kind in ("一、", "一"):
        return f"{han(mark.number)}、"
    if mark.kind == "壹、":
        return f"{han(mark.number).translate(_CAPITALS)}、"
    if mark.kind == "(一)":
        return f"({han(mark.number)})"
    if mark.kind == "附件":
        return f"附件{mark.number or ''} "  # the blank keeps 附件 一、 apart from 附件一
    if mark.kind in ("编", "章", "节", "条"):
        return f"第{han(mark.number)}{mark.kind}" + (f"之{han(mark.branch)}" if mark.branch else "")
    return f"第{mark.number}项"


def han(number: int) -> str:
    """Return a number in Han characters: 12 → 十二, 110 → 一百一十, 101 → 一百零一; from 10,000 on in digits."""
    if number >= _MYRIAD:
        return str(number)
    text = _han(number)
    return text.removeprefix("一") if text.startswith("一十") else text


def _han(number: int) -> str:
    for unit, name in _UNITS:
        if number >= unit:
            head, rest = divmod(number, unit)
            gap = "零" if 0 < rest < unit // 10 else ""
            return _DIGITS[head] + name + gap + (_han(rest) if rest else "")
    return _DIGITS[number]


def number_locators(passages: Sequence[Passage]) -> list[str]:
    """Return the locators of passages, leaves of one place told apart: the second under 三、(二) is 三、(二)第2段."""
    totals = Counter(p.locator for p in passages if p.kind == "leaf")
    seen: Counter[str] = Counter()
    named = []
    for passage in passages:
        if passage.kind == "leaf" and (totals[passage.locator] > 1 or not passage.locator):
            seen[passage.locator] += 1
            named.append(f"{passage.locator}第{seen[passage.locator]}段")
        else:
            named.append(passage.locator.strip())
    return named
