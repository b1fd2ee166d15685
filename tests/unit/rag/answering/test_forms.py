"""Forms of answers are recognised by what closed classes of words and digits tell."""

import pytest

from rag.answering.forms import has_form, left_blank, measured, other_year, series
from rag.figures import figures


@pytest.mark.parametrize(
    ("form", "text", "held"),
    [
        ("figure", "共有三十二户", True),
        ("figure", "一定要认真", False),
        ("date", "于3月底前报送", True),
        ("date", "尽快报送", False),
        ("date", "结束时间不晚于20时30分", True),
        ("date", "每天不少于2小时", False),
        ("figure", "第五条 应当设立举报电话", False),
        ("name", "所长陈明远介绍说", True),
        ("name", "厅长莫近山告诉记者", True),
        ("figure", "应当在会议举行的三十日前发给代表", True),
        ("year", "到2015年进入前列", True),
        ("year", "從年9月起", False),
        ("year", "二〇二三年五月", True),
        ("phone", "联系电话:0311-88615047", True),
        ("phone", "2023年投入1200万元", False),
        ("money", "每株每年不低于一千二百元", True),
        ("money", "2024年 | 水厂改造 | 9800 | 县水利局", True),
        ("money", "共开放152款", False),
        ("money", "总额超过13亿美元", True),
        ("name", "1 石漪镇 5个 镇长 江一舟", True),
        ("name", "书记带头值班", False),
        ("name", "局长王远近日表示", True),
        ("name", "副局长王远介绍", False),
        ("deputy", "副局长  王远", True),
        ("deputy", "局长 王远", False),
        ("share", "占总数的四成", True),
        ("share", "共有32个", False),
        ("name", "由县长王守田任组长", True),
        ("name", "周书林同志任组长", True),
        ("name", "王市长昨天调研时提出", False),
        ("name", "副局长×××同志任副组长", False),
        ("number", "临教发〔2022〕33号", True),
        ("number", "2022年33号楼", False),
        ("place", "办公室设在县水利局", True),
        ("place", "工作认真负责", False),
        ("rate", "实行“周调度、月通报”", True),
        ("rate", "每半个月督查一次", True),
        ("rate", "于3月底前督查", False),
        ("date", "清明节当日道路设有交通管制", True),
        ("date", "晚春或初夏开花", True),
        ("date", "满15岁举办", True),
        ("money", "拨款4亿5000万加元", True),
        ("figure", "只发表了三篇论文", True),
        ("figure", "其中一篇论文", False),
        ("figure", "应当至少保持十五公尺之距离", True),
        ("figure", "至迟不得超过二十四小时", True),
        ("", "什么都行", True),
    ],
)
def test_a_text_has_the_form_or_not(form, text, held):
    assert has_form(form, text) is held


def test_a_measure_is_looked_for_behind_a_figure():
    assert measured("条", "共征求意见86条")
    assert measured("钱", "每株补助1200元")
    assert not measured("条", "这条路长86米")
    assert measured("位", "本会置委员十七人")
    assert measured("天看", "于七日内审查完毕")


def test_a_figure_that_is_left_out_is_no_figure():
    assert left_blank("亿元", "年内投资额x亿元")
    assert left_blank("家", "核实单位xxxx家")
    assert not left_blank("亿元", "年内投资额3亿元")


def test_another_year_than_the_one_asked_about():
    assert other_year(figures("2022年"), "2023年增长6%")
    assert not other_year(figures("2022年"), "二〇二二年和2023年")
    assert not other_year(figures("2022年"), "“十四五”时期")
    assert not other_year(figures("19号"), "2023年增长6%")


@pytest.mark.parametrize(
    ("text", "count", "value"),
    [
        ("比学习、比干劲、比服务", 3, 1.0),
        ("光明和阳光两个公司", 2, 1.0),
        ("比学习、比干劲", 0, 0.5),
        ("认真学习", 3, 0.0),
    ],
)
def test_a_series_is_counted(text, count, value):
    assert series(text, count) == pytest.approx(value)
