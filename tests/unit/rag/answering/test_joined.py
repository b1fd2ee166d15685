"""Things that a question joins are asked about one by one."""

import pytest

from rag.answering.joined import things_joined


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("一级和三级古树的补助分别是多少?", ["一级古树的补助分别是多少?", "三级古树的补助分别是多少?"]),
        ("松柏镇、青竹乡、云岭乡各有几所学校?", ["松柏镇各有几所学校?", "青竹乡各有几所学校?", "云岭乡各有几所学校?"]),
        ("2024年和2026年的投资各是多少?", ["2024年的投资各是多少?", "2026年的投资各是多少?"]),
        ("“四争”和“四领”分别要求什么?", ["“四争”分别要求什么?", "“四领”分别要求什么?"]),
        ("水文条例和城市绿化条例各由谁主管?", ["水文条例各由谁主管?", "城市绿化条例各由谁主管?"]),
        ("申请不予受理和驳回,费用各怎么退?", ["申请不予受理,费用各怎么退?", "申请驳回,费用各怎么退?"]),
    ],
)
def test_each_thing_gets_its_own_question(question, things):
    assert [text for _, text in things_joined(question)] == things


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("发改委和财政局什么时候联合发文?", "nothing asks about each"),
        ("“一面旗、一团火”各指什么?", "a quoted row is one thing"),
        ("80至89岁和90至99岁的老人津贴各是多少?", "a range is not understood"),
        ("各镇要做什么?", "nothing is joined"),
        ("和", "nothing stands beside it"),
    ],
)
def test_other_questions_are_left_whole(question, why):
    assert things_joined(question) == [], why
