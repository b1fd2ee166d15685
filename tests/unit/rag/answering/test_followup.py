"""A follow-up is answered as the question that it stands for."""

import pytest

from rag.answering.followup import Standing, standing_question
from rag.datatypes import Turn

LEVELS = (Turn("二级保护的古树一年补助多少?", "每株每年不低于一千二百元。"),)
GRADES = (Turn("桐溆镇的C级危房要怎么处理?", "要在8月底前完成加固。"),)
SALES = (Turn("青砚县2010年社会消费品零售总额是多少?", "70亿元。"),)
TWO = (Turn("县统计局用什么方式征求意见?", "发放征求意见表。"), Turn("一共收到多少条?", "共86条。"))


@pytest.mark.parametrize(
    ("history", "said", "standing"),
    [
        (LEVELS, "那一级的呢?", Standing("一级保护的古树一年补助多少?", "一级")),
        (GRADES, "那D级的怎么办?", Standing("桐溆镇的D级危房要怎么处理?", "D级")),
        (
            SALES,
            "那它是“十五”末的几倍?",
            Standing("青砚县2010年社会消费品零售总额是“十五”末的几倍?", "它是“十五”末的几倍?"),
        ),
        (LEVELS, "由谁出钱?", Standing("二级保护的古树一年补助多少,由谁出钱?", "由谁出钱?")),
    ],
)
def test_what_is_left_out_is_taken_from_the_turn_before(history, said, standing):
    assert standing_question(said, history) == standing


def test_a_follow_up_to_a_follow_up_reaches_back_to_the_subject():
    assert standing_question("排在第三的那个是什么?", TWO).text.startswith("县统计局用什么方式征求意见,一共收到多少条,")


@pytest.mark.parametrize("said", ["红烧排骨怎么做才不柴?", "白苎县的“四个清零”包括哪些?", "桐溆镇一共有多少家竹木厂?"])
def test_a_new_topic_is_not_dragged_back(said):
    assert standing_question(said, LEVELS) == Standing(said)


def test_without_history_a_question_stands_as_it_is():
    assert standing_question("那它呢?", ()) == Standing("那它呢?")
