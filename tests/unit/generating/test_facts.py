import pytest

from embeddings.terms import default_segmenter, fold_aligned
from rag.generating.facts import holders, names, quotations
from rag.generating.polarity import contradicts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("白苎县去年新增就业3150人。", {"白苎县"}),
        ("其中桐溆社区120个。", {"桐溆社区"}),
        ("领导小组由周砚农任组长。", {"周砚农"}),
        ("县委书记赵怀远作了讲话。", {"赵怀远"}),
        ("由市纪委监委对其谈话。", {"纪委", "监委"}),
        ("接种HPV疫苗。", {"hpv"}),
        ("其中C级危房37栋。", {"c级"}),
    ],
)
def test_names_are_found(text, expected):
    assert expected <= names(fold_aligned(text), default_segmenter())


@pytest.mark.parametrize(
    "text", ["全县各乡镇要按时报送。", "我区工作扎实推进。", "委托县(区)就近办理。", "每月调度一次。"]
)
def test_words_that_name_nobody_are_no_names(text):
    assert names(fold_aligned(text), default_segmenter()) == frozenset()


def test_who_holds_an_office_is_known():
    assert holders("由县长王叙白任组长,联系人是宋竹君。") == {"王叙白", "宋竹君"}


def test_quotations_are_compared_without_marks_and_spaces():
    assert quotations(fold_aligned("坚持“打早、 打小。”和「五個不漏」")) == ["打早、打小", "五个不漏"]


@pytest.mark.parametrize(
    ("claim", "source", "expected"),
    [
        ("学校可以强制学生参加。", "学校不得强制或者变相强制学生参加。", True),
        ("学校不得强制学生参加。", "学校不得强制或者变相强制学生参加。", False),
        ("可以组织老人参加扑火。", "严禁组织老人、妇女参加扑火。", True),
        ("老人、妇女不得参加扑火。", "严禁组织老人、妇女参加扑火。", False),
        ("发生了较大以上事故。", "没有发生较大以上事故。", True),
        ("发生事故17起。", "发生事故17起,没有发生较大以上事故。", False),
        ("4月底前要全部安装粉尘收集设施。", "没有粉尘收集设施的要全部安装。", False),
        ("已经达到55%的目标。", "没有达到55%的目标。", True),
        ("信访总量上升15.2%。", "信访总量下降15.2%。", True),
        ("水源有保障的8处。", "水源没有保障的8处。", True),
        ("不断提高水平。", "提高水平。", False),
        ("名木受树龄限制。", "名木不受树龄限制。", True),
        ("比率不得低于法定率。", "比率可以低于法定率。", True),
        ("比率不得低于法定率。", "比率可以高于法定率。", False),
        ("烈士成年子女有联系人。", "烈士未成年子女有联系人。", True),
        ("这项措施没有引起关注。", "这项措施引起关注。", True),
        ("直接或变相强制都不行。", "不得直接或变相强制。", False),
        ("珍视独立自主的权利。", "珍视得来不易的独立自主的权利。", False),
    ],
)
def test_a_denial_is_not_what_it_denies(claim, source, expected):
    assert contradicts(fold_aligned(claim), fold_aligned(source), default_segmenter()) is expected
