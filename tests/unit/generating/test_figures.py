from fractions import Fraction

import pytest

from rag.generating.figures import figures, value


@pytest.mark.parametrize(
    ("written", "worth"),
    [
        ("12", 12), ("1,320", 1320), ("36.48", Fraction("36.48")), ("1.86万", 18600), ("8000万", 80_000_000),
        ("三", 3), ("十", 10), ("十二", 12), ("三十", 30), ("二百零五", 205), ("三千二百", 3200), ("五千万", 50_000_000),
        ("一亿二千万", 120_000_000), ("二〇二一", 2021), ("两千", 2000), ("三点五", Fraction("3.5")),
    ],
)  # fmt: skip
def test_a_figure_has_one_value_in_every_writing(written, worth):
    assert value(written) == worth


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("百分之三", "3%"), ("四成", "40%"), ("24小时内", "二十四小时内"), ("不低于1200元", "不低于一千二百元"),
        ("二〇二三年五月六日", "2023年5月6日"), ("2006-04-15", "2006年4月15日"), ("5月25日", "2023年5月25日"),
        ("2024年5月25日", "5月25日"), ("三分之一", "三分之一"), ("1.2万亿元", "12000亿元"), ("每日", "每天"), ("300年", "三百年"),
    ],
)  # fmt: skip
def test_what_says_the_same_carries(one, other):
    assert figures(one)[0].carried_by(figures(other)[0])


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("3%", "3人", "a share is no count"),
        ("5月25日", "5月", "the source names no day"),
        ("2022年5月", "2022年", "the source names no month"),
        ("2022年5月", "2023年5月", "another year"),
        ("三级", "三类", "another rank"),
        ("不超过300元", "不低于300元", "a ceiling is no floor"),
        ("五百年以上", "不满五百年", "above is not below"),
        ("1.86万人", "18.6万人", "ten times as many"),
    ],
)
def test_what_says_something_else_does_not_carry(one, other, why):
    assert not figures(one)[0].carried_by(figures(other)[0]), why


@pytest.mark.parametrize("text", ["一定要", "统一部署", "进一步", "万一", "一般情况", "第一时间"])
def test_words_with_a_figure_in_them_are_no_figures(text):
    assert figures(text) == []
