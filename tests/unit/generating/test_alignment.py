import pytest

from embeddings.terms import default_segmenter, fold_aligned
from rag.generating.alignment import Place, places
from rag.generating.exchange import exchanged
from rag.generating.operators import changes
from rag.generating.source import segments

SOURCE = (
    "一级保护的,每株每年补助不低于二千元;二级保护的,不低于一千二百元。由区城市管理局牵头,区消防救援大队配合。"
    "县长是第一责任人。排名末位的乡镇,由分管副县长约谈。省外返岗人员必须隔离14天。"
)


def lay(text: str, source: str = SOURCE) -> list[Place]:
    return places(fold_aligned(text), segments(fold_aligned(source), default_segmenter()))


def test_a_clause_stands_where_its_words_are_and_what_differs_is_told():
    (one,) = lay("省内返岗人员必须隔离14天。")
    assert one.segment.text == "省外返岗人员必须隔离14天。"
    assert [(slot.said, slot.stands) for slot in one.slots] == [("省内", "省外")]
    assert one.complete
    assert one.literal


def test_clauses_of_one_sentence_stay_together_where_their_figures_are():
    assert [one.segment.segment for one in lay("二级保护的,不低于1200元。")] == [1, 1]
    assert [one.segment.segment for one in lay("一级保护的,每株每年补助不低于二千元。")] == [0, 0]


def test_every_clause_has_a_place_however_strange():
    assert [one.clause for one in lay("甲乙丙,丁戊己。")] == ["甲乙丙", "丁戊己"]
    assert lay("") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("由区消防救援大队牵头,区城市管理局配合。", True),
        ("由区城市管理局牵头,区消防救援大队配合。", False),
        ("由县长约谈。", True),
        ("由分管副县长约谈。", False),
        ("省内返岗人员必须隔离14天。", True),
        ("省外返岗人员要隔离14天。", False),
    ],
)
def test_one_thing_in_the_place_of_another_is_seen(text, expected):
    source = fold_aligned(SOURCE)
    assert any(exchanged(one, source, default_segmenter(), settled=True) for one in lay(text)) is expected


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("事故起数下降19%和死亡人数分别下降14%和19%", "事故起数和死亡人数分别下降19%和14%", True),
        ("发放3800份专用发票和1000份普通发票", "发放1000份专用发票和3800份普通发票", True),
        ("发放1000份专用发票和3800份普通发票", "发放1000份专用发票和3800份普通发票", False),
        ("城镇和农村居民收入分别增长7.5%和6%", "城镇和农村居民收入分别增长6%和7.5%", True),
        ("城镇和农村居民收入分别增长6%和7.5%", "城镇和农村居民收入分别增长6%和7.5%", False),
        ("组织联系单位对村委会进行评议", "组织村委会对联系单位进行评议", True),
        ("养护责任人应当设立保护牌", "主管部门应当设立保护牌", True),
    ],
)
def test_figures_and_things_that_change_places_are_seen(text, source, expected):
    found = [exchanged(one, source, default_segmenter(), settled=True) for one in lay(text, source)]
    assert any(found) is expected


@pytest.mark.parametrize(
    ("clause", "source", "expected"),
    [
        ("全部矿山要停产", "部分矿山要停产", True),
        ("所有学校都可以复工", "全市符合要求的学校可以复工", True),
        ("各矿山一律停产", "全部矿山停产", False),
        ("部分矿山要停产", "全部矿山要停产", True),
        ("只禁止吸烟", "禁止吸烟、野炊", True),
        ("主管部门可以签订责任书", "主管部门应当签订责任书", True),
        ("初中必须开设自习", "初中可以开设自习", True),
        ("符合要求的必须登记", "符合要求的可以登记", True),
        ("学校要登记", "学校应当登记", False),
        ("信访总量增长15%", "信访总量下降15%", True),
        ("干部驻村不少于20天", "干部驻村不少于20天", False),
        ("三年共安排8000万元", "三年每年安排8000万元", True),
        ("三年共安排8000万元", "三年共安排8000万元", False),
        ("每所学校配备1名教师", "每所初中以上学校配备1名教师", True),
        ("每所初中以上学校配备1名教师", "每所初中以上学校配备1名教师", False),
    ],
)
def test_a_sentence_holds_no_otherwise_than_its_source(clause, source, expected):
    assert changes(clause, source) is expected
