"""Numbers in digits, in Han figures, and in both: what they are worth, and how they are written."""

from __future__ import annotations

import re
from fractions import Fraction

_ZERO_TO_NINE = "〇一二三四五六七八九"
_DIGITS = {c: n for n, c in enumerate(_ZERO_TO_NINE)} | {"零": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3}
_DIGITS |= {"0": 0, "o": 0}  # 二0二三年, 二O二三年: what typists write for 〇
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def value(figure: str) -> Fraction:
    """Return what a figure in either writing stands for: '1.86万' → 18600, '三十二' → 32, '二〇二一' → 2021."""
    figure = figure.translate({ord("多"): None, ord("余"): None})
    head = re.match(r"[\d,.]+", figure)
    if head:
        total = Fraction(head.group().replace(",", "").rstrip("."))
        for character in figure[head.end() :]:
            total *= _SCALES[character]
        return total
    whole, _, decimals = figure.partition("点")
    if not any(character in _SCALES for character in whole):
        total = Fraction(int("".join(str(_DIGITS[c]) for c in whole) or "0"))
    else:
        total = Fraction(_scaled(whole))
    scale = 1
    for character in decimals.lstrip("".join(_DIGITS)):
        scale *= _SCALES.get(character, 1)
    part = sum(Fraction(_DIGITS[c], 10 ** (n + 1)) for n, c in enumerate(decimals) if c in _DIGITS)
    return (total + part) * scale


def _scaled(figure: str) -> int:
    """Return the value of a Han figure with scales: '三千二百' '一百零一' '十二' '五千万'."""
    total = section = digit = 0
    for character in figure:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif (scale := _SCALES[character]) >= 10**4:
            total = (total + section + digit or 1) * scale if scale == 10**8 else total + (section + digit or 1) * scale
            section = digit = 0
        else:
            section += (digit or 1) * scale
            digit = 0
    return total + section + digit


def han(number: int) -> str:
    """Return a number below a hundred in Han figures, 百 and more as digits: 34 → 三十四."""
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    return (_ZERO_TO_NINE[tens] if tens > 1 else "") + ("十" if tens else "") + (_ZERO_TO_NINE[ones] if ones else "")
