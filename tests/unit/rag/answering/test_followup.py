"""A follow-up is answered as the question that it stands for."""

import pytest

from rag.answering.followup import Standing, standing_question
from rag.datatypes import Turn

LEVELS = (Turn("二级保护的古树一年补助多少?", "每株每年不低于一千二百元。"),)
GRADES = (Turn("桐溆镇的C级危房要怎么处理?", "要在8月底前完成加固。"),)
SALES = (Turn("青砚县2010年社会消费品零售总额是多少?", "70亿元。"),)


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
        # nothing new is named
        (LEVELS, "的怎么办", Standing("二级保护的古树一年补助多少,的怎么办", "")),
        # what differs is exchanged, not what is the same: 保护 stays where it stands
        (LEVELS, "一级保护的呢?", Standing("一级保护的古树一年补助多少?", "一级保护")),
        ((Turn("小学课后服务最早几点结束?", ""),), "那初中呢?", Standing("初中课后服务最早几点结束?", "初中")),
        ((Turn("2006年城镇居民收入多少?", ""),), "农村的呢?", Standing("2006年农村居民收入多少?", "农村")),
        ((Turn("核定了多少低收入户?", ""),), "中低收入户呢?", Standing("核定了多少中低收入户?", "中低收入户")),
        ((Turn("青砚县有多少名护林员?", ""),), "白苎县呢?", Standing("白苎县有多少名护林员?", "白苎县")),
        ((Turn("青砚的领导班子要做到什么?", ""),), "党员干部呢?", Standing("青砚的党员干部要做到什么?", "党员干部")),
        ((Turn("办法第十二条规定了什么?", ""),), "第十三条呢?", Standing("办法第十三条规定了什么?", "第十三条")),
        ((Turn("“四个清零”的第一个是什么?", ""),), "第四个呢?", Standing("“四个清零”的第四个是什么?", "第四个")),
        (
            (Turn("水厂什么时候开工建设?", ""),),
            "它什么时候通水?",
            Standing("水厂什么时候通水?", "它什么时候通水?"),
        ),
        (
            (Turn("近期建设规划由谁制定?", ""),),
            "它的期限是几年?",
            Standing("近期建设规划的期限是几年?", "它的期限是几年?"),
        ),
        (
            (Turn("去年一共发生火灾多少起?", ""),),
            "充电引起的呢?",
            Standing("去年一共发生火灾多少起,充电引起的呢?", "充电引起"),
        ),
        (LEVELS, "由谁出钱?", Standing("二级保护的古树一年补助多少,由谁出钱?", "由谁出钱?")),
    ],
)
def test_what_is_left_out_is_taken_from_the_turn_before(history, said, standing):
    assert standing_question(said, history) == standing


@pytest.mark.parametrize(
    ("turns", "said", "standing"),
    [
        (["县统计局用什么方式征求意见?", "一共收到多少条?"], "排在第三的那个是什么?", "县统计局用什么方式征求意见"),
        (["望槐县有多少座水库?", "总投资多少?"], "由谁出?", "望槐县有多少座水库,总投资多少"),
        (["望槐县有多少座水库?", "总投资多少?", "什么时候完成?"], "由谁出?", "望槐县有多少座水库,总投资多少"),
        (["望槐县有多少座水库?", "总投资多少?", "堤防多长?"], "由谁修?", "望槐县有多少座水库,堤防多长"),
    ],
)
def test_of_a_chain_what_stands_alone_and_the_last_thing_named_are_carried(turns, said, standing):
    assert standing_question(said, [Turn(one, "") for one in turns]).text == f"{standing},{said}"


@pytest.mark.parametrize("said", ["红烧排骨怎么做才不柴?", "白苎县的“四个清零”包括哪些?", "桐溆镇一共有多少家竹木厂?"])
def test_a_new_topic_is_not_dragged_back(said):
    assert standing_question(said, LEVELS) == Standing(said)


def test_without_history_a_question_stands_as_it_is():
    assert standing_question("那它呢?", ()) == Standing("那它呢?")
