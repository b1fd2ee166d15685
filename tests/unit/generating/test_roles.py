import pytest

from embeddings.terms import default_segmenter, fold_aligned
from rag.generating.alignment import places
from rag.generating.exchange import excluded
from rag.generating.facts import named
from rag.generating.order import misjudged
from rag.generating.roles import reassigned
from rag.generating.source import Source, segments

SOURCE = (
    "各乡镇人民政府是本辖区的责任主体,负责用地协调和矛盾调处。县水利局每月调度,连续两个季度排名末位的乡镇,由分管副县长约谈。"
    "土地使用者有权解除合同,由土地管理部门返还土地出让金。"
    "支委会委员认真参加各支部组织生活会。"
)


def source(text: str = SOURCE) -> Source:
    return Source(fold_aligned(text), "", "", default_segmenter())


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("用地协调和矛盾调处由县水利局负责", True),
        ("各乡镇政府负责用地协调和矛盾调处", False),
        ("排名末位的乡镇,由县水利局约谈", True),
        ("由副县长约谈", False),
        ("土地管理部门有权解除合同", True),
        ("土地使用者可以解除合同", False),
        ("各支部书记参加支委会组织生活会", True),
        ("支委会委员参加支部组织生活会", False),
        ("矛盾调处工作已经完成", False),
    ],
)
def test_a_deed_stays_with_who_does_it(clause, expected):
    assert reassigned(fold_aligned(clause), source(), default_segmenter()) is expected


@pytest.mark.parametrize(
    ("text", "passage", "expected"),
    [
        ("方案报省政府审批", "方案报省政府备案", True),
        ("方案报省政府备案", "方案报省政府备案", False),
        ("方案先审核后备案", "方案报省政府备案", False),
        ("线下培训企业", "线上培训企业", True),
    ],
)
def test_a_word_that_excludes_the_one_in_the_source_is_seen(text, passage, expected):
    (one,) = places(text, segments(passage, default_segmenter()))
    assert excluded(one, text) is expected


PENALTY = "情节轻微的,予以警告;数额较大的,处一年拘役;数额巨大的,处三年徒刑,并处罚金。逾期未报的,约谈。"
PENALTY += "一级保护的,每株每年补助不低于二千元;三级保护的,不低于八百元。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("数额较大的,处一年拘役", False),
        ("数额巨大的,并处罚金", False),
        ("数额较大的,处三年徒刑", True),
        ("逾期未报的,予以警告", True),
        ("三级保护的,每株每年补助不低于八百元", False),
        ("三级保护的,每株每年补助不低于二千元", True),
    ],
)
def test_what_follows_a_condition_follows_it_in_the_source(text, expected):
    assert misjudged(places(text, segments(PENALTY, default_segmenter()))) is expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("省卫健委", "省卫生健康委员会", True),
        ("卫健", "卫生健康部门", True),
        ("高管", "高级管理人员", True),
        ("张立群", "副局长张立新,群众", False),
        ("市财政局", "市教育局", False),
    ],
)
def test_a_body_is_known_by_its_shortened_name(name, text, expected):
    assert named(name, text) is expected
