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
        ("蓝某某的职业是什么?", 1.0, 1.0),
        ("蓝某某的血型是什么?", 0.0, 0.3),  # nothing of it stands there
        ("公司2020年7月投资了多少亿元?", 1.0, 1.0),
        ("公司2020年9月投资了多少亿元?", 0.0, 0.0),  # another month
        ("蓝某某的职业有多少年?", 0.0, 0.3),  # no figure stands beside it
    ],
)
def test_an_answer_is_where_words_form_and_dates_meet(question: str, least: float, most: float) -> None:
    assert least <= wanted(question).met(RECORD) <= most


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("蓝某某最喜欢的食物是什么?", {"喜欢", "食物"}),
        ("甲公司和乙公司相比,哪家公司的总资产更高?", {"总资产"}),  # the kind and the degree are not what is asked about
        ("公司2020年7月成立了哪个部门?", {"成立", "部门"}),
    ],
)
def test_what_is_asked_about_stands_beside_the_word_that_asks(question: str, words: set[str]) -> None:
    assert set(wanted(question).words) == words


def test_part_of_a_word_says_part_of_it() -> None:
    assert wanted("消耗量是多少?").met("能源消耗5吨") == pytest.approx(0.45)
