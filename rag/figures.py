"""Figures and dates of a folded text, by value.

百分之三 is 3%, 1.86万 is 18600, 二〇二一年 and 民国110年 are 2021年, the 十四五 are the years 2021 to 2025.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from rag.numerals import han, value
from rag.units import comparable, load_units

_HAN = "〇零一二两三四五六七八九十百千万亿"
# '1,320' '36.48' '2〇' '三十' '1.86万' '8000万' '50多亿'
_VALUE = rf"(?:\d[\d,]*(?:\.\d+)?[多余]?[十百千万亿]*|[{_HAN}]+(?:点[{_HAN}]+)?)"
# '百分之三' '81.6%' '三分之一' '四成' '一半'
_SHARE = re.compile(
    rf"百分之(?P<percent>{_VALUE})|(?P<sign>\d+(?:\.\d+)?)%|(?P<under>{_VALUE})分之(?P<over>{_VALUE})|(?P<tenths>[{_HAN}])成"
    r"(?!立|果|效|绩|本|长|为)|(?P<word>一半|半数|全额)"
)
_WORDS = {"一半": Fraction(1, 2), "半数": Fraction(1, 2), "全额": Fraction(1)}
# '2023年5月6日' '5月25日' '4月' '二〇一一年' '25日' '民国112年5月' '民国元年' '112年度' '112年5月': at least one part;
# '2006-04-15' as well
_DATE = re.compile(
    r"(?:(?:民国(?P<roc>\d{1,3}|元|[〇零一二三四五六七八九十百]{1,6})|(?P<bare>(?<![\d.,])1\d\d)(?=年(?:度|\d{1,2}月))|(?P<y>\d{4}|[〇零0o一二三四五六七八九]{4}))年)?"
    r"(?:(?P<m>(?<!\d)\d{1,2}|[一二三四五六七八九十]{1,3})月(?!度))?"
    r"(?:(?P<d>(?<![\d第〕])\d{1,2}|[一二三四五六七八九十]{1,3})(?:日(?!以?内|之内)|号))?"
)
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})(?:-(?P<d>\d{2}))?")
_MONTHS, _MONTH_DAYS = 12, 31  # '届满60日前' is no date
REPUBLIC = 1911  # the year before its first one
# '十四五' '“十五”' '“十五”末' '八五期间': a five-year plan; '十五' alone is fifteen, '八五' alone may be anything
_PLAN = re.compile(
    r"(?<![一二三四五六七八九十百])(?P<plan>十[一二三四五六七八九](?=五)|(?<=“)十(?=五”)"
    r"|[一二三四五六七八九十](?=五”?(?:规划|计划|时期|期间|以来|[初末])))五"
)
_THIRD_PLAN, _FIRST_PLAN, _PLAN_YEARS = 1966, 1953, 5  # the third plan came three years late
PERIOD = "period"
# '周六' '星期三'
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?!次|个)")
_PLAIN = re.compile(rf"(?P<value>{_VALUE})[多余来]?(?P<unit>个?[\u4e00-\u9fff]{{0,3}})")
# '应在 5 个工作日内' is set with spaces; '12 34' are two figures
_GAP = re.compile(r"(?<=\d) (?=[\u4e00-\u9fff%])|(?<=[\u4e00-\u9fff]) (?=\d)")
# Words and list marks ('2.', '(3)'), not figures
_IDIOM = re.compile(
    r"(?:^|(?<=[\n。;\s]))\(?\d{1,2}[)、.](?!\d)|(?<![第每分之十百零])一[个家位名种项些](?![月半级体])|"
    r"(?<=这)一|(?<=在)第一位|前一[天日]|进一步|万一|第一时间|一时|千万(?=不|要)|统一|一定|一般|一律|一旦|一系列|一些|一线"
)
# '半年' '半个月' '半天' '一刻钟', which no digit tells
_HALVES = re.compile(r"(?<!每)(?:半个?(?P<unit>小时|天|月|年)|(?P<quarter>一刻钟))")
# '每月' '每半年' '每日' '一月一次' '半年检测1次': how often, in days
_RATE = re.compile(
    r"每(?P<half>半)?个?(?P<unit>天|日|周|星期|月|季|年|学期|学年)|"
    r"(?<![\d一二三四五六七八九十])一个?(?P<once>天|周|月|季|年)(?=一次|1次)"
    r"|(?<!每)半(?P<twice>年|月)(?=[\u4e00-\u9fff]{0,3}[一1]次)"
)
_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "月": 30, "季": 90, "年": 360, "学期": 180, "学年": 360}
RATE = "每"
# '不低于二千元' '不得少于20天' '超过15年' set a floor, '不超过300元' '不满五百年' a ceiling
_FLOOR = re.compile(
    r"(?:不得?(?:低于|少于|早于)|至少|最少|最低|起码|(?<!不)(?<!不得)(?:超过|高于|多于)|突破|逾|(?<!不)满)(?:每.|了|达|到|为)?$"
)
_CEILING = re.compile(
    r"(?:不得?(?:超过|高于|多于|晚于|超)|至多|最多|最高|不满|不足|不到|(?<!不)(?<!不得)(?:低于|少于))(?:每.|了|收|补助|可|为)?$"
)
_ABOVE = re.compile(r"[\u4e00-\u9fff]{0,4}?以上")
_BELOW = re.compile(r"[\u4e00-\u9fff]{0,4}?(?:以下|以内|之内)")
# '500元到5000元': from at least the one to at most the other
_TO = re.compile(r"[\u4e00-\u9fff]{0,2}?[至到~—-]$")
# '约186亿元' '近1.9万人' '82%左右'; '十一万多' '逾50亿' '四成多'
_ROUNDED = re.compile(r"(?:约|近|接近|大概|大致)(?:为|达|有)?$")
_ROUNDED_AFTER = re.compile(r"[\u4e00-\u9fff]{0,2}?(?:左右|上下)")
_OVER = re.compile(r"(?<![不未得])(?:逾|超过|超|突破)(?:了|达|到)?$")
_LABEL_UNITS = frozenset("级类届")
_REACH = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and what it counts: `unit` is `%`, `date`, `week` for a day of it, `period`, `每` for how often, the base
    unit of what is measured, else the character behind the figure.

    The value of a date is year, month and day, 0 where it is not given; that of a period its first and last year.
    `bound` is 1 for a floor, -1 for a ceiling. `slack` is how much a figure that is given as rounded may lack, and
    exceed, of the true one.
    """

    value: Fraction | tuple[int, ...]
    unit: str
    start: int
    end: int
    bound: int = 0
    slack: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))

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

    @property
    def days(self) -> Fraction | int:
        """Return how many days are meant by a figure that may be a number of days ('届满30日前'), else 0."""
        if isinstance(self.value, tuple):
            return self.value[2] if self.unit == "date" and not any(self.value[:2]) else 0
        return self.value if self.unit == "日" else 0

    def carried_by(self, other: Figure) -> bool:
        """Return whether `other` says as much: the same value; of a date, all that this one gives but the year."""
        if self.bound * other.bound < 0:
            return False
        if PERIOD in (self.unit, other.unit):
            return self.value == other.value
        if isinstance(self.value, tuple) or isinstance(other.value, tuple):
            return _same_date(self.value, other.value) or self.days == other.days != 0
        lacks, exceeds = self.slack
        near = self.value - exceeds <= other.value <= self.value + lacks
        return near and comparable(self.unit, other.unit, (*_LABEL_UNITS, RATE, "%", "week"))


def _same_date(one: Fraction | tuple[int, ...], other: Fraction | tuple[int, ...]) -> bool:
    if not isinstance(one, tuple) or not isinstance(other, tuple):
        return False
    year, *rest = zip(one, other, strict=True)
    same_year = year[0] == year[1] or not all(year)
    return same_year and all(mine in (0, theirs) for mine, theirs in rest) and (any(one[1:]) or all(year))


def writings(figure: Figure) -> tuple[str, ...]:
    """Return how a share is written in digits and in Han figures, and the years of a date or plan in digits.

    A year in Han figures (二〇二三年) has no words of its own to be searched by.
    """
    if figure.unit == "%" and isinstance(figure.value, Fraction):
        digits = f"{float(figure.value * 100):g}"
        whole, point, decimals = digits.partition(".")
        spelled = (han(int(whole)) if whole != "0" else "零") + ("点" if point else "")
        return f"{digits}%", f"百分之{spelled}{''.join('零一二三四五六七八九'[int(digit)] for digit in decimals)}"
    return tuple(f"{year}年" for year in sorted({min(figure.years), max(figure.years)})) if figure.years else ()


@functools.lru_cache(maxsize=4096)
def figures(folded: str) -> tuple[Figure, ...]:
    """Return the figures of a folded text in order; those of list marks ('三、', '(一)') are among them."""
    gaps = [match.start() for match in _GAP.finditer(folded)]
    if not gaps:
        return _figures(folded)
    gone = frozenset(gaps)
    kept = [place for place in range(len(folded)) if place not in gone]
    found = _figures("".join(folded[place] for place in kept))
    return tuple(replace(one, start=kept[one.start], end=kept[one.end - 1] + 1) for one in found)


def _figures(folded: str) -> tuple[Figure, ...]:
    taken = [False] * len(folded)
    for match in _IDIOM.finditer(folded):
        taken[match.start() : match.end()] = [True] * len(match.group())
    found: list[Figure] = []
    for reader in (_periods, _rates, _dates, _shares, _halves, _plain):
        for figure in reader(folded):
            if not any(taken[figure.start : figure.end]):
                taken[figure.start : figure.end] = [True] * (figure.end - figure.start)
                found.append(figure)
    found.sort(key=lambda figure: figure.start)
    return tuple(_qualified(folded, figure, found) for figure in found)


def share_carried(wanted: Sequence[Figure], folded: str) -> float:
    """Return which share of some figures a folded text says, whatever the writing; all of none."""
    own = figures(folded) if wanted else ()
    return sum(any(figure.carried_by(other) for other in own) for figure in wanted) / len(wanted) if wanted else 1.0


def carries(source: str, folded: str) -> bool:
    """Return whether a folded source says every figure and date of a folded text."""
    return folded == source or share_carried(figures(folded), source) == 1


def _qualified(text: str, figure: Figure, found: list[Figure]) -> Figure:
    """Return a figure with its bound, and with the slack that its words give it."""
    if isinstance(figure.value, tuple):
        return figure if figure.unit == "week" else replace(figure, bound=_bound(text, figure))
    before = text[max(0, figure.start - _REACH) : figure.start]
    step, none = _step(text[figure.start : figure.end], figure), Fraction(0)
    slack = (none, none)
    if _ROUNDED.search(before) or _ROUNDED_AFTER.match(text, figure.end):
        slack = (step / 2, step / 2)
    elif _OVER.search(before) or any(c in "多余" for c in text[figure.start : figure.end + 1]):
        slack = (step, none)
    return replace(figure, bound=_bound(text, figure) or _ranged(text, figure, found), slack=slack)


def _step(written: str, figure: Figure) -> Fraction:
    """Return what the last digit that is not 0 is worth: '1.9万' 1000, '82%' 1 %, '四成' 10 %."""
    assert isinstance(figure.value, Fraction)
    if figure.unit == "%" and "成" in written:
        return Fraction(1, 10)
    steps = (Fraction(10) ** power for power in range(15, -6, -1))
    return next((step for step in steps if not figure.value % step), Fraction(0))


def _bound(text: str, figure: Figure) -> int:
    before = text[max(0, figure.start - _REACH) : figure.start]
    if _FLOOR.search(before) or _ABOVE.match(text, figure.end):
        return 1
    return -1 if _CEILING.search(before) or _BELOW.match(text, figure.end) else 0


def _ranged(text: str, figure: Figure, found: list[Figure]) -> int:
    """Return 1 for the lower and -1 for the upper end of a range of measured quantities, else 0."""
    place = found.index(figure)
    for other, sign, (one, two) in ((place + 1, 1, (place, place + 1)), (place - 1, -1, (place - 1, place))):
        if 0 <= other < len(found) and found[other].unit == figure.unit and figure.unit in load_units().measures:
            return sign if _TO.fullmatch(text[found[one].end : found[two].start]) else 0
    return 0


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
        if republic := match["roc"] or match["bare"]:
            year = REPUBLIC + (1 if republic == "元" else int(value(republic)))
        if match.group() and month <= _MONTHS and day <= _MONTH_DAYS:
            yield Figure((year, month, day), "date", match.start(), match.end())
    for match in _WEEKDAY.finditer(text):
        day = "日一二三四五六".find(match["day"].replace("天", "日"))
        yield Figure(Fraction(day), "week", match.start(), match.end())


def _rates(text: str) -> Iterator[Figure]:
    for match in _RATE.finditer(text):
        days = Fraction(_DAYS[match["unit"] or match["once"] or match["twice"]])
        days /= 2 if match["half"] or match["twice"] else 1
        yield Figure(days, RATE, match.start(), match.end())


def _shares(text: str) -> Iterator[Figure]:
    for match in _SHARE.finditer(text):
        if match["word"]:
            share = _WORDS[match["word"]]
        elif match["over"]:
            share = value(match["over"]) / (value(match["under"]) or 1)
        elif match["tenths"]:
            share = value(match["tenths"]) / 10
        else:
            share = value(match["percent"] or match["sign"]) / 100
        yield Figure(share, "%", match.start(), match.end())


def _halves(text: str) -> Iterator[Figure]:
    for match in _HALVES.finditer(text):
        unit, worth = load_units().measures[match["unit"] or "分钟"]
        yield Figure(worth * (15 if match["quarter"] else Fraction(1, 2)), unit, match.start(), match.end())


def _plain(text: str) -> Iterator[Figure]:
    for match in _PLAIN.finditer(text):
        figure, unit = match["value"], match["unit"]
        lone = len(figure) == 1 and not figure.isdigit()
        if lone and unit[:1] not in load_units().counted:
            continue
        named = unit[1:] if unit[:1] == "个" else unit
        measures = load_units().measures
        base, worth = next((measures[named[:n]] for n in (3, 2, 1) if named[:n] in measures), (unit[:1], Fraction(1)))
        yield Figure(value(figure) * worth, base, match.start(), match.end("value"))
