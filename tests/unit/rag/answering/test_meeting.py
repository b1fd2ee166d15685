"""Whether what is asked about, the form of the answer and its dates stand in one sentence."""

from __future__ import annotations

import re

import pytest

from embeddings.terms import fold_aligned
from rag.answering.meeting import Wanted, wanted_by
from rag.answering.terms import Terms
from rag.answering.understand import understand

RECORD = fold_aligned(
    "姓名:蓝某某。职业:退休工人。2020年7月,公司投资了智能建筑项目,金额为3亿元。员工满意。公司资助社区项目。"
)


def wanted(question: str) -> Wanted:
    return wanted_by(understand(question), Terms((), 0.0, re.compile("(?!)")), ())


@pytest.mark.parametrize(
    ("question", "least", "most"),
    [
        ("蓝某某的职业是什么?", 0.8, 1.0),
        ("蓝某某的血型是什么?", 0.0, 0.3),  # nothing of it stands there
        ("公司2020年7月投资了多少亿元?", 0.8, 1.0),
        ("公司2020年9月投资了多少亿元?", 0.0, 0.2),  # another month
        ("蓝某某的职业有多少年?", 0.0, 0.3),  # no figure stands beside it
    ],
)
def test_an_answer_is_where_words_form_and_dates_meet(question: str, least: float, most: float) -> None:
    assert least <= wanted(question).met(RECORD) <= most


def test_a_date_is_no_figure_that_counts() -> None:
    asked = wanted("员工满意度是多少?")
    assert asked.met("2021年6月,员工满意度提高。") < 0.2
    assert asked.met("2021年6月,员工满意度为85%。") > 0.8


def test_a_place_may_stand_there_unrecognised_but_not_a_figure() -> None:
    assert wanted("蓝某某的祖籍是哪里?").met("蓝某某祖籍江苏徐州。") > 0.6
    assert wanted("蓝某某的祖籍是哪里?").met("蓝某某喜欢下棋。") < 0.3
    assert wanted("蓝某某的祖籍有多少人?").met("蓝某某祖籍江苏徐州。") < 0.3


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("蓝某某最喜欢的食物是什么?", {"喜欢", "食物"}),
        ("甲公司和乙公司相比,哪家公司的总资产更高?", {"总资产"}),  # the kind and the degree are not what is asked about
        ("公司2020年7月成立了哪个部门?", {"成立"}),  # a text names the department, not that it is one
    ],
)
def test_what_is_asked_about_stands_beside_the_word_that_asks(question: str, words: set[str]) -> None:
    assert set(wanted(question).words) == words


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("甲公司和乙公司相比,谁的判决时间更早?", "date"),
        ("比较甲公司和乙公司的总资产,哪家公司更高?", "figure"),
        ("甲公司的判决时间是哪一年?", "year"),
    ],
)
def test_what_is_compared_has_its_own_form(question: str, form: str) -> None:
    assert wanted(question).form == form


def test_a_month_that_is_not_said_is_missing() -> None:
    assert (wanted("公司2020年9月投资了什么?").undated(RECORD), wanted("公司2020年7月投资了什么?").undated(RECORD)) == (
        1,
        0,
    )


def test_part_of_a_word_says_part_of_it() -> None:
    whole, part, none = (wanted("消耗量是多少?").met(text) for text in ("消耗量5吨", "能源消耗5吨", "收入5元"))
    assert none < part < whole
    assert part == pytest.approx((0.45 + 0.3) / 1.5, abs=0.01)  # half of its pairs, beside what counts as said anyway
