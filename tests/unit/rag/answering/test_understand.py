"""What is read from a question alone."""

from fractions import Fraction

import pytest

from rag.answering.understand import is_traditional, number, understand


@pytest.mark.parametrize(
    ("question", "kind", "form"),
    [
        ("柳溪镇一共有多少名护林员?", "figure", "figure"),
        ("实施方案最晚什么时候交?", "date", "date"),
        ("计划到哪一年建成?", "date", "year"),
        ("组长由谁来当?", "who", "person"),
        ("柳溪镇在哪个县?", "where", "place"),
        ("“四下沉”是什么意思?", "definition", ""),
        ("要抓好哪五项工作?", "list", ""),
        ("办法一共分几章?", "parts", ""),
        ("第三部分讲了什么?", "parts", ""),
        ("防火是放在哪一大块里说的?", "outline", ""),
        ("为什么要开这个会?", "why", "reason"),
        ("怎么申请补助?", "how", ""),
        ("危房如何处理?", "how", ""),  # 何处 is no place here
        ("可以边上课边收费吗?", "yesno", ""),
        ("監督電話是多少?", "figure", "phone"),
        ("每户补助多少钱?", "figure", "money"),
        ("人员补助占比要达到百分之几?", "figure", "share"),
        ("领导小组的副组长叫什么名字?", "who", "deputy"),
        ("这份通知的文号是多少?", "figure", "number"),
        ("事故发生了几起?", "figure", "figure"),
        ("一共讲了几点?", "parts", ""),
        ("养老服务存在什么问题?", "list", ""),
        ("报告里要写明些什么?", "list", ""),
        ("入社的条件是什么?", "list", ""),
        ("靠哪几套制度?", "list", ""),  # 几套 asks for a figure, 哪几套 does not
        ("督查的频次有什么不同?", "list", "rate"),
        ("什么情形下要停航?", "list", ""),
        ("保护区里不准做什么?", "list", ""),
        ("以奖代补是怎么一回事?", "definition", ""),
        ("保护带划多宽?", "figure", "figure"),
        ("要求党员做到些什么?", "fact", ""),  # 什么 ends in 么 but asks for no yes or no
    ],
)
def test_a_question_shows_its_kind_and_the_form_of_its_answer(question, kind, form):
    found = understand(question)
    assert (found.kind, found.form) == (kind, form)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("患者的体温是多少?", ("体温",)),
        ("会上选出了几名代表?", ("选出", "代表")),
        ("谁负责巡山?", ("负责",)),
        ("介绍古树保护。", ()),
    ],
)
def test_what_stands_beside_the_word_that_asks_is_asked_about(question, asked):
    assert understand(question).asked == asked


def test_a_verb_that_the_dictionary_takes_for_a_conjunction_is_asked_about():
    assert "接管" in understand("证券公司接管的期限多久?").topic
    assert "而且" not in understand("而且渡口停航多久?").topic


def test_where_the_asker_is_has_no_name():
    assert understand("镇里打算靠哪些制度?").names == ()


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("材料样品存放在哪座城市?", ()),
        ("渡口里哪些东西不许托运?", ()),
        ("这种鱼分布于哪一大洋区?", ()),
        ("哪些临江市企业可以享受补贴?", ("临江市",)),  # a place before what is asked for
    ],
)
def test_what_is_asked_for_is_no_name(question, names):
    assert understand(question).names == names


def test_a_telephone_and_a_university_ask_for_no_number():
    assert understand("为什么电话本不受版权法保护?").form == "reason"
    assert understand("他从科罗拉多大学获得了什么学位?").form == ""


def test_where_to_look_is_told_from_what_is_asked():
    question = understand("根据柳汀街道的工作报告,组长是谁?")
    assert question.folded[: question.source] == "根据柳汀街道的工作报告,"
    assert understand("组长根据什么任命?").source == 0


def test_both_scripts_are_understood_alike():
    hans, hant = understand("请问主题活动有哪几个阶段?"), understand("請問主題活動有哪幾個階段?")
    assert (hans.kind, hans.topic, hans.count) == (hant.kind, hant.topic, hant.count)
    assert (hans.traditional, hant.traditional) == (False, True)


@pytest.mark.parametrize(
    ("question", "count", "member", "part"),
    [
        ("是哪四个方面?", 4, 0, ()),
        ("是哪一天?", 0, 0, ()),
        ("“五个进农家”是什么?", 5, 0, ()),
        ("四川省有什么规定?", 0, 0, ()),
        ("十件实事的第三件是什么?", 10, 3, ()),
        ("排在第三的那个问题是什么?", 0, 3, ()),
        ("第十二条规定了什么?", 0, 0, ((12, "条"),)),
        ("第2章的内容是什么?", 0, 0, ((2, "章"),)),
        ("第十四条第二款讲什么?", 0, 0, ((14, "条"), (2, "款"))),
        ("第三部分的第二点是什么?", 0, 0, ((3, "部分"), (2, "点"))),
    ],
)
def test_numbers_say_how_many_which_member_or_which_part(question, count, member, part):
    found = understand(question)
    assert (found.count, found.member, found.part) == (count, member, part)


def test_a_figure_is_matched_by_value_and_searched_for_in_every_writing():
    asked = understand("民国一百一十二年增长百分之三的是什么?")
    assert [figure.value for figure in asked.figures] == [(2023, 0, 0), Fraction(3, 100)]
    assert asked.topic == ("增长",)
    assert asked.query == asked.folded + " 2023年 3%"


def test_what_joins_two_bodies_is_no_part_of_a_name():
    assert "和县" not in understand("松柏街道和县财政局各有多少人?").names
    assert understand("有多少省份恢复了省际客运?").names == ()


def test_words_that_only_ask_are_no_topic():
    assert understand("请问护林员一天要巡山多少小时?").topic == ("护林员", "一天", "巡山", "小时")


def test_what_is_quoted_is_kept_whole_and_a_quoted_row_is_taken_apart():
    assert understand("「一盏灯、一面旗」各指什麼?").quoted == ("一盏灯", "一面旗")


@pytest.mark.parametrize(
    ("text", "value"), [("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("两", 2), ("7", 7), ("几", 0)]
)
def test_small_numbers_in_either_writing(text, value):
    assert number(text) == value


@pytest.mark.parametrize(("text", "traditional"), [("這是什麼", True), ("这是什么", False), ("A4", False), ("", False)])
def test_script_is_told_by_characters_that_only_one_has(text, traditional):
    assert is_traditional(text) is traditional
