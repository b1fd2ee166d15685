"""Figures and dates of a folded text, by value.

百分之三 is 3%, 1.86万 is 18600, 二〇二一年 and 民国110年 are 2021年, the 十四五 are the years 2021 to 2025.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

_ZERO_TO_NINE = "〇一二三四五六七八九"
_DIGITS = {c: n for n, c in enumerate(_ZERO_TO_NINE)} | {"零": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3}
_DIGITS |= {"0": 0, "o": 0}  # 二0二三年, 二O二三年: what typists write for 〇
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_HAN = "〇零一二两三四五六七八九十百千万亿"
# '1,320' '36.48' '2〇' '三十' '1.86万' '8000万'
_VALUE = rf"(?:\d[\d,]*(?:\.\d+)?[十百千万亿]*|[{_HAN}]+(?:点[{_HAN}]+)?)"
# '百分之三' '81.6%' '三分之一' '四成'
_SHARE = re.compile(
    rf"百分之(?P<percent>{_VALUE})|(?P<sign>\d+(?:\.\d+)?)%|(?P<under>{_VALUE})分之(?P<over>{_VALUE})|(?P<tenths>[{_HAN}])成"
)
# '2023年5月6日' '5月25日' '4月' '二〇一一年' '25日' '民国112年5月' '民国元年': at least one part; '2006-04-15' as well
_DATE = re.compile(
    r"(?:(?:民国(?P<roc>\d{1,3}|元|[〇零一二三四五六七八九十百]{1,6})|(?P<y>\d{4}|[〇零0o一二三四五六七八九]{4}))年)?"
    r"(?:(?P<m>\d{1,2}|[一二三四五六七八九十]{1,3})月(?!度))?(?:(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?"
)
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})(?:-(?P<d>\d{2}))?")
_REPUBLIC = 1911  # the year before its first one
# '十四五' '“十五”' '“十五”末' '八五期间': a five-year plan; '十五' alone is fifteen, '八五' alone may be anything
_PLAN = re.compile(
    r"(?<![一二三四五六七八九十百])(?P<plan>十[一二三四五六七八九](?=五)|(?<=“)十(?=五”)"
    r"|[一二三四五六七八九十](?=五”?(?:规划|计划|时期|期间|以来|[初末])))五"
)
_THIRD_PLAN, _FIRST_PLAN, _PLAN_YEARS = 1966, 1953, 5  # the third plan came three years late
PERIOD = "period"
_PLAIN = re.compile(rf"(?P<value>{_VALUE})(?P<unit>[\u4e00-\u9fff]{{0,2}})")
# Words and list marks ('2.', '(3)'), not figures
_IDIOM = re.compile(
    r"(?:^|(?<=[\n。;\s]))\(?\d{1,2}[)、.](?!\d)|进一步|万一|第一时间|一时|千万(?=不|要)|统一|一定|一般"
)
# What a single Han figure must stand before to be one: '三级' but not '三思', '一次' but not '一定'
_COUNTED = frozenset(
    "年月日天时分秒次个位名人户家条件项类级等批座处所栋株辆艘台套份篇张吨亩元米里倍成章款点步季周届组层步遍把支只头件公平万千百亿"
)
# '每月' '每半年' '每日': how often, in days
_RATE = re.compile(r"每(?P<half>半)?个?(?P<unit>天|日|周|星期|月|季|年)")
_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "月": 30, "季": 90, "年": 360}
RATE = "每"
# '不低于二千元' '超过15年' '五百年以上' set a floor, '不超过300元' '不满五百年' '六十分以下' a ceiling
_FLOOR = re.compile(r"(?:不低于|不少于|不早于|至少|(?<!不)超过|(?<!不)高于|(?<!不)多于|突破)(?:每.)?$")
_CEILING = re.compile(r"(?:不超过|不高于|不多于|不晚于|至多|最多|不满|不足|不到|(?<!不)低于|(?<!不)少于)(?:每.)?$")
_ABOVE = re.compile(r"[\u4e00-\u9fff]{0,3}?以上")
_BELOW = re.compile(r"[\u4e00-\u9fff]{0,3}?(?:以下|以内|之内)")
_LABEL_UNITS = frozenset("级类届")
_BOUND_REACH = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and what it counts: `unit` is `%`, `date`, `period`, `每` for how often, else the character behind it.

    The value of a date is year, month and day, 0 where it is not given; that of a period its first and last year.
    `bound` is 1 for a floor, -1 for a ceiling.
    """

    value: Fraction | tuple[int, ...]
    unit: str
    start: int
    end: int
    bound: int = 0

    @property
    def is_label(self) -> bool:
        """Return whether the figure only tells which one is meant ('二级', '第三类')."""
        return self.unit in _LABEL_UNITS or self.unit == RATE

    @property
    def years(self) -> frozenset[int]:
        """Return the years that a date or a period names."""
        if not isinstance(self.value, tuple):
            return frozenset()
        if self.unit == PERIOD:
            return frozenset(range(self.value[0], self.value[1] + 1))
        return frozenset(self.value[:1]) - {0}

    def carried_by(self, other: Figure) -> bool:
        """Return whether `other` says as much: the same value; of a date, all that this one gives but the year."""
        if self.bound * other.bound < 0:
            return False
        if PERIOD in (self.unit, other.unit):
            return self.value == other.value
        if isinstance(self.value, tuple) and isinstance(other.value, tuple):
            year, *rest = zip(self.value, other.value, strict=True)
            same_year = year[0] == year[1] or not all(year)
            return (
                same_year and all(mine in (0, theirs) for mine, theirs in rest) and (any(self.value[1:]) or all(year))
            )
        alike = self.unit == other.unit if self.is_label else (self.unit == "%") == (other.unit == "%")
        return alike and self.value == other.value


def writings(figure: Figure) -> tuple[str, ...]:
    """Return how a share is written in digits and in Han figures, and the years of a date or plan in digits.

    A year in Han figures (二〇二三年) has no words of its own to be searched by.
    """
    if figure.unit == "%" and isinstance(figure.value, Fraction):
        percent = figure.value * 100
        return f"{float(percent):g}%", *([f"百分之{_han(int(percent))}"] if percent.denominator == 1 else [])
    return tuple(f"{year}年" for year in sorted({min(figure.years), max(figure.years)})) if figure.years else ()


def _han(number: int) -> str:
    """Return a number below a hundred in Han figures, 百 and more as digits: 34 → 三十四."""
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    return (_ZERO_TO_NINE[tens] if tens > 1 else "") + ("十" if tens else "") + (_ZERO_TO_NINE[ones] if ones else "")


@functools.lru_cache(maxsize=4096)
def figures(folded: str) -> tuple[Figure, ...]:
    """Return the figures of a folded text in order; those of list marks ('三、', '(一)') are among them."""
    taken = [False] * len(folded)
    for match in _IDIOM.finditer(folded):
        taken[match.start() : match.end()] = [True] * len(match.group())
    found: list[Figure] = []
    for reader in (_periods, _rates, _dates, _shares, _plain):
        for figure in reader(folded):
            if not any(taken[figure.start : figure.end]):
                taken[figure.start : figure.end] = [True] * (figure.end - figure.start)
                found.append(replace(figure, bound=_bound(folded, figure)))
    return tuple(sorted(found, key=lambda figure: figure.start))


def share_carried(wanted: Sequence[Figure], folded: str) -> float:
    """Return which share of some figures a folded text says, whatever the writing; all of none."""
    own = figures(folded) if wanted else ()
    return sum(any(figure.carried_by(other) for other in own) for figure in wanted) / len(wanted) if wanted else 1.0


def carries(source: str, folded: str) -> bool:
    """Return whether a folded source says every figure and date of a folded text."""
    return folded == source or share_carried(figures(folded), source) == 1


def _bound(text: str, figure: Figure) -> int:
    before = text[max(0, figure.start - _BOUND_REACH) : figure.start]
    if _FLOOR.search(before) or _ABOVE.match(text, figure.end):
        return 1
    return -1 if _CEILING.search(before) or _BELOW.match(text, figure.end) else 0


def _periods(text: str) -> Iterator[Figure]:
    for match in _PLAN.finditer(text):
        plan = int(value(match["plan"]))
        first = _FIRST_PLAN + _PLAN_YEARS * (plan - 1) if plan < 3 else _THIRD_PLAN + _PLAN_YEARS * (plan - 3)
        yield Figure((first, first + _PLAN_YEARS - 1), PERIOD, match.start(), match.end())


def _dates(text: str) -> Iterator[Figure]:
    for match in _ISO.finditer(text):
        yield Figure((int(match["y"]), int(match["m"]), int(match["d"] or 0)), "date", match.start(), match.end())
    for match in _DATE.finditer(text):
        parts = match["y"], match["m"], match["d"]
        year, month, day = (int(value(part)) if part else 0 for part in parts)
        if match["roc"]:
            year = _REPUBLIC + (1 if match["roc"] == "元" else int(value(match["roc"])))
        if match.group():
            yield Figure((year, month, day), "date", match.start(), match.end())


def _rates(text: str) -> Iterator[Figure]:
    for match in _RATE.finditer(text):
        yield Figure(Fraction(_DAYS[match["unit"]], 2 if match["half"] else 1), RATE, match.start(), match.end())


def _shares(text: str) -> Iterator[Figure]:
    for match in _SHARE.finditer(text):
        if match["over"]:
            share = value(match["over"]) / (value(match["under"]) or 1)
        elif match["tenths"]:
            share = value(match["tenths"]) / 10
        else:
            share = value(match["percent"] or match["sign"]) / 100
        yield Figure(share, "%", match.start(), match.end())


def _plain(text: str) -> Iterator[Figure]:
    for match in _PLAIN.finditer(text):
        figure, unit = match["value"], match["unit"]
        lone = len(figure) == 1 and not figure.isdigit()
        if lone and unit[:1] not in _COUNTED:
            continue
        yield Figure(value(figure), unit[:1], match.start(), match.end("value"))


def value(figure: str) -> Fraction:
    """Return what a figure in either writing stands for: '1.86万' → 18600, '三十二' → 32, '二〇二一' → 2021."""
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
