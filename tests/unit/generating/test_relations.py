import pytest

from embeddings.terms import default_segmenter, fold_aligned
from rag.figures import figures
from rag.generating.alignment import places
from rag.generating.order import disordered
from rag.generating.relations import misdirected, turned
from rag.generating.source import Source

RULES = (
    "考核基数由时点数调整为算术平均值,该服务借鉴农民工银行卡特色服务的经验。应当将旅游业发展纳入国民经济规划。"
    "注销许可应当向人民银行申请,变更登记应当向市场监督管理局申请。清算过程接受人民银行的监督。"
    "标准由县财政局、县水利局制定。"
)
FIGURES = (
    "去年发生事故17起,死亡6人,同比分别下降19%和14.3%。农民工总量2.53亿人,比上年增长4.4%,"
    "其中外出农民工1.59亿人,增长3.4%。"
)
SEGMENTER = default_segmenter()


def source(text: str) -> Source:
    return Source(fold_aligned(text), "", "", SEGMENTER)


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("考核基数由算术平均值改为时点数", True),
        ("考核基数由时点数改为算术平均值", False),
        ("农民工银行卡特色服务借鉴该服务的经验", False),
        ("应当将国民经济规划纳入旅游业发展", True),
        ("旅游业发展要纳入国民经济规划", False),
    ],
)
def test_what_stands_on_both_sides_of_a_verb_is_not_turned_round(clause, expected):
    passage = source(RULES)
    assert turned(places(clause, passage.segments)[0], passage, SEGMENTER) is expected


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("注销许可应当向市场监督管理局申请", False),
        ("变更登记应当向公安局申请", True),
        ("清算过程接受县财政局的监督", True),
        ("清算过程接受人民银行监督", False),
        ("标准由县水利局制定", False),
        ("标准由县教育局制定", True),
    ],
)
def test_it_is_done_to_whom_and_by_whom_the_source_says(clause, expected):
    assert misdirected(places(clause, source(RULES).segments)[0], SEGMENTER) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("死亡人数同比下降19%", True),
        ("死亡人数同比下降14.3%", False),
        ("外出农民工1.59亿人,增长4.4%", True),
        ("外出农民工1.59亿人,增长3.4%", False),
    ],
)
def test_what_depends_on_order_keeps_it(text, expected):
    assert disordered(places(text, source(FIGURES).segments)) is expected


@pytest.mark.parametrize(
    ("text", "before", "stated", "expected"),
    [
        ("会议于25日召开。", "三月初以来,", "3月25日", True),
        ("会议于25日召开。", "三月初以来,", "4月25日", False),
        ("3月召开会议,25日结束。", "一月", "3月25日", True),
        ("会议于25日召开。", "", "3月25日", False),
    ],
)
def test_a_day_has_the_month_that_was_named_before(text, before, stated, expected):
    known = Source(text, "", "", SEGMENTER, before).figures
    assert any(figures(stated)[0].carried_by(figure) for figure in known) is expected


def test_a_document_number_names_its_year():
    assert figures("2015年")[0].carried_by(source("银发〔2015〕289号").figures[-1])
