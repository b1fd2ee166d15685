"""A yes or no is decided by a rule of the sort that is asked for."""

import pytest

from rag.answering.deciding import decides
from rag.answering.understand import understand


@pytest.mark.parametrize(
    ("question", "own", "other", "none"),
    [
        ("仓库里能不能抽烟?", "仓库内严禁烟火。", "仓库应当每日巡查。", "仓库建于2010年。"),
        ("晚归要不要登记?", "晚归者须登记。", "访客可以登记。", "登记簿放在门房。"),
        ("未成年人進場收不收門票?", "未成年人免门票。", "观众可以购票。", "门票印制一万张。"),
        ("临时工算不算职工?", "临时工不视为职工。", "职工应当签到。", "职工共三百人。"),
    ],
)
def test_a_rule_of_the_sort_asked_for_decides_most(question, own, other, none):
    asked = understand(question)
    assert asked.kind == "yesno"
    assert decides(asked, own) > decides(asked, other) > decides(asked, none) == 0


@pytest.mark.parametrize("text", ["反应迅速。", "应急管理局值班。", "相应设施完好。"])
def test_a_character_of_another_word_is_no_rule(text):
    assert decides(understand("要不要登记?"), text) == 0


def test_only_a_yes_or_no_is_decided():
    assert decides(understand("谁负责登记?"), "不得登记。") == 0
