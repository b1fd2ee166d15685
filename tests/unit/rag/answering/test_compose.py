"""What is shown is what is cited, figures and dates by value."""

import pytest

from rag.answering.compose import figures_stand


@pytest.mark.parametrize(
    ("shown", "quote", "why"),
    [
        ("增长3%", "增長３%", "the same in another script and width"),
        ("二〇二三年增长百分之三", "二○二三年增长百分之三", "a zero of dates in another writing"),
        ("2023年5月底前", "2023\n年5月底前", "a line breaks inside of a date"),
        ("雨量达到264毫米", "雨量达到2\n264毫米", "a page number stands inside of a figure"),
    ],
)
def test_a_figure_that_stands_in_the_quotation_is_shown(shown, quote, why):
    assert figures_stand(shown, quote), why


@pytest.mark.parametrize(
    ("shown", "quote"),
    [("增长3%", "增长13%"), ("12人", "1\n3人"), ("2023年5月", "2023年6月"), ("1.2万亿元", "1.2万元")],
)
def test_a_figure_that_does_not_stand_there_is_not(shown, quote):
    assert not figures_stand(shown, quote)
