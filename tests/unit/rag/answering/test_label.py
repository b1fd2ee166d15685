"""What a question calls the thing that it asks for, and whether the articles named say that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.answering.label import Label, label_of, weighs_figures
from rag.answering.understand import understand
from rag.library import Library


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("海汀公司的员工满意度是多少?", Label("员工满意度", "figure")),
        ("海汀公司2021年度的总资产分别是多少?", Label("总资产", "figure")),
        ("比较甲公司和乙公司的总资产,哪家公司的总资产更高?", Label("总资产", "figure")),
        ("李某某被逮捕的日期是什么时候?", Label("逮捕", "date")),
        ("李某某的母亲的名字是什么?", Label("母亲", "")),  # a form alone is of what stands before it
        ("当天的天气情况如何?", Label("天气情况", "")),
        ("海汀公司决定向股东分发多少股利?", None),  # no label, but what is done
        ("海汀公司的主要措施是什么?", None),  # names the form alone
        ("海汀公司的通知的发文字号是多少?", None),
        ("海汀公司是一家什么样的公司?", None),
    ],
)
def test_the_label_is_what_stands_before_the_words_that_ask(question: str, label: Label | None) -> None:
    assert label_of(understand(question), frozenset()) == label


def test_names_of_articles_are_no_part_of_a_label() -> None:
    question = understand("海汀公司的值班室是哪里?")
    assert label_of(question, frozenset(range(4))) == Label("值班室", "")
    assert label_of(question, frozenset(range(8))) is None


@pytest.mark.parametrize(
    ("label", "text", "heard", "said", "given"),
    [
        (Label("员工满意度", "figure"), "员工满意度为85%。", True, True, True),
        (Label("员工满意度", "figure"), "2021年6月,员工满意度提高。", True, False, False),  # a date counts nothing
        (Label("员工满意度", "figure"), "员工的满意度升到85%。", True, True, False),  # in other words
        (Label("员工满意度", "figure"), "员工满意度从80%提高到一定数值。", True, False, False),  # not told
        (Label("员工满意度", "figure"), "员工共有80人。", False, False, False),
        (Label("逮捕", "date"), "2022年4月1日被刑事拘留,同年5月被逮捕。", True, True, True),
        (Label("判决日期", ""), "如不服本判决,可以上诉。", True, False, False),  # the form need not be said
    ],
)
def test_an_article_speaks_of_a_label_says_its_form_or_gives_it(
    label: Label, text: str, heard: bool, said: bool, given: bool
) -> None:
    assert (label.heard(text), label.said(text)) == (heard, said)
    assert not label.form or label.given(text) == given


def test_which_is_more_is_asked_of_figures() -> None:
    assert weighs_figures(understand("甲公司和乙公司,哪家公司的总资产更高?"))
    assert not weighs_figures(understand("甲公司和乙公司,哪家成立更早?"))
    assert not weighs_figures(understand("甲公司和乙公司的总资产分别是多少?"))


COMPANIES = {
    "海汀": "总资产为5000万元",
    "桐溆": "总资产为6000万元",
    "白苎": "总资产为7000万元",
    "青砚": "总资产为8000万元",
}
PADDING = "公司坚持稳中求进,完善治理结构,改进生产流程,重视安全与培训,服务社区居民,接受社会监督。" * 30


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("companies")
    reports = {f"{name}印务有限公司": f"年末,公司的{told}。员工满意度为85%。" for name, told in COMPANIES.items()}
    reports["柳汀印务有限公司"] = "公司的总资产有所增加。3月以2000万元收购了一家印厂。员工满意度为90%。"
    for name, told in reports.items():
        text = f"{name}年度报告\n{name}是一家印务公司。{told}\n{PADDING}\n"
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with Library.build([folder], folder / "index") as library:
        yield library


def test_a_figure_that_other_articles_give_under_this_label_is_missing_here(library: Library) -> None:
    assert "5000万元" in library.ask("海汀印务有限公司的总资产是多少?").text
    assert library.ask("柳汀印务有限公司的总资产是多少?").refused


def test_what_no_sentence_of_a_long_article_speaks_of_is_refused(library: Library) -> None:
    assert library.ask("海汀印务有限公司的建筑面积是多少?").refused
    assert library.ask("海汀印务有限公司的天气情况如何?").refused


def test_which_is_more_needs_both_figures(library: Library) -> None:
    assert not library.ask("海汀印务有限公司和桐溆印务有限公司,哪家公司的总资产更高?").refused
    assert library.ask("海汀印务有限公司和柳汀印务有限公司,哪家公司的总资产更高?").refused
    assert not library.ask("海汀印务有限公司和柳汀印务有限公司,哪家公司的员工满意度更高?").refused
