from fractions import Fraction

import pytest

from rag.figures import carries, figures, share_carried, writings
from rag.numerals import value


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
        ("2023年", "二0二三年"), ("2023年", "二o二三年"), ("2023年5月", "民国112年5月"), ("民国一百一十二年", "2023年"),
        ("民国元年", "1912年"), ("2023年度", "112年度"), ("2023年5月", "112年5月"),
        ("“十四五”规划", "十四五时期"), ("“十五”末", "“十五”"), ("三点五亿元", "3.5亿元"),
        ("5个工作日", "5 个工作日"), ("2017年2月9日", "2017 年 2 月 9 日"), ("60天", "届满60日前"), ("30天", "届满30日前"),
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
        ("至少为九人", "最高为九人", "a floor is no ceiling"),
        ("五百年以上", "不满五百年", "above is not below"),
        ("1.86万人", "18.6万人", "ten times as many"),
        ("“十四五”期间", "“十三五”期间", "another plan"),
        ("“十四五”期间", "2021年", "a year is not the plan"),
        ("14号", "第14号", "a day is no number"),
        ("89号", "289号", "the end of a number is not the number"),
        ("30天", "3月30日", "a day of a month lasts one day"),
    ],
)
def test_what_says_something_else_does_not_carry(one, other, why):
    assert not figures(one)[0].carried_by(figures(other)[0]), why


@pytest.mark.parametrize(
    ("plan", "first"),
    [
        ("一五计划", 1953),
        ("三五计划", 1966),
        ("“九五”期间", 1996),
        ("“十五”末", 2001),
        ("十三五", 2016),
        ("“十四五”", 2021),
    ],
)
def test_a_five_year_plan_is_its_years(plan, first):
    assert figures(plan)[0].years == frozenset(range(first, first + 5))


@pytest.mark.parametrize(
    ("written", "others"),
    [
        ("百分之三十四", ("34%", "百分之三十四")),
        ("10%", ("10%", "百分之十")),
        ("2.5%", ("2.5%", "百分之二点五")),
        ("百分之零点零五", ("0.05%", "百分之零点零五")),
        ("二〇二三年", ("2023年",)),
        ("民国112年", ("2023年",)),
        ("112年度", ("2023年",)),
        ("112年", ()),  # may be as many years
        ("“十四五”", ("2021年", "2025年")),
        ("5月", ()),
    ],
)
def test_a_share_or_a_year_is_looked_for_in_other_writings(written, others):
    assert writings(figures(written)[0]) == others


@pytest.mark.parametrize("text", ["十五个乡镇", "二十五计划", "七五普法"])
def test_what_only_looks_like_a_plan_is_none(text):
    assert all(figure.unit != "period" for figure in figures(text))


def test_how_much_of_some_figures_a_text_says():
    asked = figures("2023年增长3%")
    assert [share_carried(asked, text) for text in ("二〇二三年增长百分之三", "二〇二二年增长百分之三", "无")] == [
        1,
        0.5,
        0,
    ]
    assert carries("到2020年底完成三千户", "3000户")
    assert not carries("达到2,640毫米", "达到264毫米")


@pytest.mark.parametrize("text", ["一定要", "统一部署", "进一步", "万一", "一般情况", "第一时间"])
def test_words_with_a_figure_in_them_are_no_figures(text):
    assert figures(text) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.8亿元", "8000万元"), ("24小时", "1天"), ("半年", "6个月"), ("一刻钟", "15分钟"), ("2.5万公斤", "25吨"),
        ("约186亿元", "186.4亿元"), ("近1.9万人", "1.86万人"), ("四成多", "41%"), ("十一万多", "11.4万"), ("一半", "50%"),
        ("60岁以上", "60周岁以上"), ("15天内", "15日内"), ("不得少于20天", "不少于20天"), ("星期六", "周六"),
    ],
)  # fmt: skip
def test_what_says_the_same_in_another_unit_or_rounded_carries(one, other):
    assert figures(one)[0].carried_by(figures(other)[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("186亿元", "186.4亿元"), ("约180亿元", "186亿元"), ("3天", "3个工作日"), ("1年", "1个"), ("30天", "1个月"),
        ("不超过300元", "不超过360元"), ("最高500元", "500元到5000元"), ("周日", "周六"), ("3米", "3亩"),
    ],
)  # fmt: skip
def test_another_unit_or_rounding_does_not_carry(one, other):
    assert not figures(one)[0].carried_by(figures(other)[0])
