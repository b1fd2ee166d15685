"""Recognise the forms that answers have: figures, dates, years, persons, reasons, telephone numbers, series."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.figures import Figure, figures

# 32个, 百分之三, 三十二, 1.2万亿: a figure; a Han figure needs a measure behind it.
_FIGURE = re.compile(
    r"\d|百分之|[一二三四五六七八九十百千万亿两]{1,8}(?:[个名条家户元人次项年天倍亩里米吨件所座万亿成]|分之)"
)
# 3月底, 2015年, 7月上旬, 二〇二三年, 周五前: a date.
_DATE = re.compile(
    r"(?:\d{1,4}|[〇零一二三四五六七八九十]{1,4})(?:年|月|日|号)|[上中下]旬|年底|月底|年初|年末"
    r"|[上下]半年|季度|星期|周[一二三四五六日]|万年|世纪|年代|年间|时期|当天|即日"
)
# 2015年, 770年, 二〇一五年, 民国一百年: a year.
_YEAR = re.compile(r"(?<!\d)\d{3,4}年|(?:19|20)\d{2}[-./]|[一二][〇零○九][〇零○一二三四五六七八九]{2}年|民国\S{1,4}年")
# 张三同志, 局长, 各支部书记, 领导小组: who acts.
_PERSON = re.compile(
    r"同志|书记|[局县市区镇乡州厅部处科站院校省村组社]长|主任|主席|总理|领导|委员|干部|负责人|责任人"
    r"|[组部局委会院厅科室站所]|单位|人员|群众|代表|老师|先生|女士"
)
_REASON = re.compile(r"因为|由于|因此|所以|为了|为|考虑到|鉴于|以便|原因|理由|导致|使")  # 考虑到时间紧
# 0311-88615047, 13800000000, 12345: a telephone number.
_PHONE = re.compile(
    r"\d{3,4}[-—－]\d{7,8}|1\d{10}|(?<!\d)\d{7,8}(?!\d)|(?<!\d)1[12]\d{1,3}(?!\d|[年月日.%万亿元个名户家条人])"
)
_FORMS = {"phone": _PHONE, "figure": _FIGURE, "date": _DATE, "year": _YEAR, "person": _PERSON, "reason": _REASON}
STRICT_FORMS = ("year", "figure", "date", "phone")  # an answer without one of these is none
# ××县, x个, ***: what stands for something left out.
BLANK = re.compile(
    r"[×xX]{1,4}(?=[个名条家户元人次项年天倍亩里米吨件所座万亿成%])|×{2,}|\*{2,}|[xX]{2,}|□{1,}|_{2,}|〔\s*〕"
)
_MONEY = {"钱": "元"}
_SERIES_MARKS = ("、", "[、和与及]", "[;；]")


def has_form(form: str, folded: str) -> bool:
    """Return whether a text holds what a form of answer asks for; every text holds no form."""
    return form not in _FORMS or _FORMS[form].search(folded) is not None


def form_places(form: str, folded: str) -> list[tuple[int, int]]:
    """Return where a text holds what a form of answer asks for."""
    return [match.span() for match in _FORMS[form].finditer(folded)] if form in _FORMS else []


def measured(measure: str, folded: str) -> bool:
    """Return whether a figure stands before the measure that was asked for: 多少条 → 86条."""
    if not measure:
        return False
    measure = _MONEY.get(measure, measure)
    return re.search(rf"[\d一二三四五六七八九十百千万亿两半余多]个?{re.escape(measure[:1])}", folded) is not None


def left_blank(measure: str, folded: str) -> bool:
    """Return whether the figure before a measure is left out: 投资额x亿元 for 多少亿元."""
    return bool(measure) and any(folded[m.end() : m.end() + 1] == measure[0] for m in BLANK.finditer(folded))


def years(found: Sequence[Figure]) -> frozenset[int]:
    """Return the years that some figures name."""
    return frozenset(year for figure in found for year in figure.years)


def other_year(asked: Sequence[Figure], folded: str) -> bool:
    """Return whether a text speaks of other years than the question only."""
    wanted = years(asked)
    found = years(figures(folded)) if wanted else frozenset()
    return bool(found) and not wanted & found


def series(folded: str, count: int) -> float:
    """Return how well a sentence looks like the series asked for, 0 to 1: parts between 、 or ; as many as asked."""
    if not count:
        return 0.5 * float("、" in folded)
    runs = re.split("[,，。]", folded)
    if any(len(re.split(mark, run)) == count for run in runs for mark in _SERIES_MARKS):
        return 1.0
    parts = max(len(re.split(mark, folded)) for mark in (*_SERIES_MARKS, "[,，]"))
    return 0.3 * float(parts >= count)
