"""Answers over the example documents: what is quoted, what is listed, compared, refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.answering import answer
from rag.datatypes import Filter, Reader, Turn
from rag.examples import DOCUMENTS
from rag.library import Library
from tests.support.promises import check


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    index: Path = tmp_path_factory.mktemp("examples")
    with Library.build([DOCUMENTS], index / "index") as library, library.reader() as found:
        yield found


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("二级保护的古树一年补助多少?", ["一千二百元"]),
        ("许怀远在全县安全生产工作会议上讲话是哪一天?", ["2022年3月9日"]),
        ("“四下沉”是哪四个?", ["人员下沉", "服务下沉", "资源下沉", "监督下沉"]),
        ("柳汀街道創建文明社區領導小組的組長是誰?", ["周硯農"]),
        ("什么叫古树后备资源?", ["八十年以上不满一百年"]),
        ("古树名木保护办法一共分几章?", ["总则", "认定与公布", "附则"]),
        ("办法第十二条规定了什么?", ["二十四小时"]),
        ("學校可以要求學生一定參加課後服務嗎?", ["不得强制"]),
        ("古树名木保护办法第十四条第二款讲什么?", ["移植后五年内的养护费用"]),
        ("古树名木保护办法第七条第二项是什么?", ["三百年以上不满五百年"]),
        ("反映停车难的意见占百分之三十四吗?", ["停車難,占意見總數的34%"]),
        ("课后服务通知第四条讲了什么?", ["师资和第三方管理"]),
        ("“一号工程”在防汛讲话的哪一部分?", ["三、抓住关键", "(一)抓工程"]),
        ("课后服务最晚到几点?", ["20时30分"]),
        ("2023年的政府工作报告提了哪五个聚焦?", ["聚焦项目建设", "聚焦民生实事"]),
        ("教育局用一个“年”来抓校园安全,名头叫什么?", ["校园安全提升年"]),
        ("作风整顿分哪三个环节?", ["学习讨论", "查摆剖析", "整改提高"]),
        ("防汛讲话第三部分第四点讲什么?", ["抓预警", "铜锣"]),
        ("防汛讲话第三部分要求抓住哪个一号工程?", ["一号工程"]),
        ("望槐县防汛讲话一共讲了几点?", ["肯定成绩", "明确目标", "抓住关键", "落实责任"]),
    ],
)
def test_the_answer_is_quoted(reader, question, held):
    found = answer(question, (), reader)
    check(found, reader)
    assert not found.refused
    assert all(text in found.text for text in held)
    assert len(found.text) <= 400


def test_each_side_of_a_comparison_is_named_and_quoted(reader):
    found = answer("望槐县防汛和青砚县森林防火,第一责任人分别是谁?", (), reader)
    check(found, reader)
    assert found.text.startswith("望槐县：")
    assert "\n青砚县：" in found.text
    assert len({citation.doc_id for citation in found.citations}) == 2


def test_things_joined_inside_of_an_article_are_answered_one_by_one(reader):
    found = answer("竹木加工厂和老旧渡船每家、每条各补助多少钱?", (), reader)
    check(found, reader)
    assert "3000元" in found.text
    assert "8万元" in found.text


def test_each_thing_gets_the_sentence_that_is_about_it_alone(reader):
    found = answer("石漪镇、松箬乡、云坳乡各设几个检查站?", (), reader)
    check(found, reader)
    assert [sentence.text.split("：")[0] for sentence in found.sentences] == ["石漪镇", "松箬乡", "云坳乡"]
    assert [count for count in ("5个", "4个", "6个") if count in found.text] == ["5个", "4个", "6个"]


def test_things_that_one_sentence_speaks_of_are_answered_by_it(reader):
    found = answer("小学和初中每学期最多分别收多少钱?", (), reader)
    check(found, reader)
    assert "小学每生每学期不超过300元,初中每生每学期不超过360元。[1]" in found.text
    assert "小学：" not in found.text


def test_a_body_with_its_place_is_one_name_and_no_comparison(reader):
    found = answer("临渌市教育局对教师和校外机构有什么要求?", (), reader)
    check(found, reader)
    assert "临渌市：" not in found.text


def test_a_member_of_a_list_is_answered_alone(reader):
    history = (Turn("“四下沉”是哪四个?", "人员下沉、服务下沉、资源下沉、监督下沉。"),)
    found = answer("第三个是什么?", history, reader)
    check(found, reader)
    assert found.question == "“四下沉”是哪四个,第三个是什么?"
    assert [citation.shown for citation in found.citations] == ["3.资源下沉"]
    assert found.question in found.notes[0]


def test_a_new_topic_is_not_dragged_back(reader):
    history = (Turn("二级保护的古树一年补助多少?", "不低于一千二百元。"),)
    found = answer("课后服务最晚到几点?", history, reader)
    check(found, reader)
    assert "20时30分" in found.text
    assert (found.question, found.notes) == ("课后服务最晚到几点?", ())
    # what points back is not asked by itself
    assert answer("它的血型是什么?", history, reader).question != "它的血型是什么?"


def test_no_article_answers_for_a_place_that_is_spoken_of_elsewhere_only(tmp_path):
    law = "海汀省红色文化传承条例\n第一条 为了传承红色文化,制定本条例。\n第二条 每年七月为本省的红色文化主题月。\n"
    news = "青砚县人民政府关于举办农产品展销会的通知\n各乡镇:\n一、展销会邀请松川省的客商参加。\n二、每镇报两个摊位。\n"
    for name, text in (("law.txt", law), ("news.txt", news)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with Library.build([tmp_path / "law.txt", tmp_path / "news.txt"], tmp_path / "index") as library:
        assert "每年七月" in library.ask("海汀省的红色文化主题月是几月?").text
        assert library.ask("松川省的红色文化主题月是几月?").refused


def test_the_law_of_one_city_does_not_answer_for_that_of_another(tmp_path):
    law = "海汀市绿色建筑条例\n第一条 海汀市新建居住建筑按照二星级以上标准建设。\n第二条 市住房部门主管本市绿色建筑工作。\n"
    news = "松川市举办灯会\n松川市三月举办灯会,各区参加,市民免费入场。\n"
    for name, text in (("a.txt", law), ("b.txt", news)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with Library.build([tmp_path / "a.txt", tmp_path / "b.txt"], tmp_path / "index") as library:
        assert "二星级" in library.ask("海汀市绿色建筑条例规定新建居住建筑按几星级建设?").text
        assert library.ask("松川市绿色建筑条例规定新建居住建筑按几星级建设?").refused


@pytest.mark.parametrize(
    "question",
    ["石漪镇的党委书记是谁?", "望槐县教育局的局长是谁?", "白苎县的县委书记是谁?", "桐溆镇的镇长叫什么名字?"],
)
def test_an_office_of_another_body_is_not_the_one_asked_for(reader, question):
    assert answer(question, (), reader).refused


def test_a_share_is_known_by_its_value(reader):
    assert "地区生产总值" in answer("白苎县2022年增长百分之四点八的是什么?", (), reader).text
    assert answer("白苎县2022年增长53.3%的是什么?", (), reader).refused


@pytest.mark.parametrize(
    ("question", "held"),
    [("石漪镇的镇长是谁?", "江一舟"), ("松箬乡的乡长叫什么名字?", "梁桂枝"), ("青砚县的县委书记是谁?", "许怀远")],
)
def test_the_holder_of_an_office_is_named(reader, question, held):
    assert held in answer(question, (), reader).text


def test_a_notice_to_all_provinces_answers_for_each(tmp_path):
    head = "关于做好档案防潮工作的通知\n"
    body = "一、档案库房每日测量湿度两次。\n二、湿度超过六成的,当日开机除湿。\n"
    news = "海汀省举办农产品展销会\n海汀省农业农村厅三月举办农产品展销会,各县报名。\n"
    asked = "海汀省的档案库房每天测量几次湿度?"
    for name, to in (("all", "各省、自治区、直辖市档案局:\n"), ("one", "松川省各县档案局:\n")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "notice.txt").write_text(head + to + body, encoding="utf-8")
        (folder / "news.txt").write_text(news, encoding="utf-8")
        with Library.build([folder], tmp_path / f"index-{name}") as library:
            assert ("两次" in library.ask(asked).text) is (name == "all")


def test_a_body_is_known_where_its_place_stands_apart_from_it(tmp_path):
    lines = "海汀市:仓库消防一月查一遍\n今年一月,市应急管理局派人驻厂,查完了全部120座仓库。\n"
    other = "海汀市应急管理局关于汛期值班的通告\n汛期值班电话全天畅通。\n"
    for name, text in (("a.txt", lines), ("b.txt", other)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with Library.build([tmp_path / "a.txt", tmp_path / "b.txt"], tmp_path / "index") as library:
        assert "120座" in library.ask("海汀市应急管理局查了多少座仓库?").text


def test_a_function_word_makes_no_unknown_name_of_a_known_one(tmp_path):
    text = "乙二醛\n室温下,乙二醛是无色液体。工业上,乙二醛可由乙二醇氧化制得,也可以由乙醛制得。\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with Library.build([tmp_path / "a.txt"], tmp_path / "index") as library:
        assert "氧化制得" in library.ask("工业上乙二醛是怎么制得的?").text


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("怎么用电脑做幻灯片?", "资料中没有"),
        ("統計局去年核實了多少家單位?", "資料原文此處沒有寫明"),
        ("墨溪县古树名木保护办法什么时候施行?", "墨溪县"),
        ("白苎县的“四个清零”包括哪些?", "白苎县"),
        ("柳汀街道的聯絡人電話是多少?", "資料"),
        ("白苎縣的「四個清零」包括哪些?", "白苎縣"),  # in the script of the question
        ("许怀远的家庭住址是什么?", "许怀远"),  # nothing of it stands in his speech
        ("柳汀街道有几家电影院?", "柳汀街道"),  # its figures are of other things
        ("   ", "请写出要问的问题"),
    ],
)
def test_what_is_not_there_is_refused_with_the_reason(reader, question, why):
    found = answer(question, (), reader)
    check(found, reader)
    assert found.refused
    assert why in found.reason


def test_a_list_of_as_many_members_as_were_asked_for_is_complete(reader):
    found = answer("桐溆镇要抓好的三件事是什么?", (), reader)
    check(found, reader)
    assert [citation.shown[:2] for citation in found.citations] == ["第一", "第二", "第三"]


def test_things_compared_are_named_in_the_script_of_the_question(reader):
    found = answer("石漪鎮、松箬鄉各設幾個檢查站?", (), reader)
    check(found, reader)
    assert [sentence.text.split("：")[0] for sentence in found.sentences] == ["石漪鎮", "松箬鄉"]


def test_a_filter_restricts_what_is_answered_from(reader):
    source = next(a for a in reader.articles() if "古树" in a.title)
    found = answer("第一责任人是谁?", (), reader, where=Filter(articles=(source.article_id,)))
    check(found, reader)
    assert {citation.doc_id for citation in found.citations} <= {source.doc_id}


_RULES = """海汀市临时摊位管理办法

第一条　本办法所称临时摊位是指农户或者居民在集市内自行设置、按日收取费用的各类售货点，其主要形式有：
（一）农户举办的摊位；
（二）居民合伙举办的摊位；
（三）农户与其他单位、个人联合举办的摊位；
（四）因集市扩建由集市外划入、所有权仍属农户的摊位。
第二条　试摆期满未申请的，市场部门应当令停止试摆，自停止试摆之日起三个月内不受理试摆申请。试摆期间，不得超过九十日。
第三条　申请减免租金的摊位，减免幅度如下：一、第一位申请的，减免百分之三十的租金。二、第二位申请的，减免百分之二十的租金。三、第三位申请的，减免百分之十的租金。
第四条　停止试摆三十日的摊位，试摆时应当再次申请试摆，试摆申请由市场部门受理。
"""
_TALK = "在集市建设总结会上的讲话\n同志们:去年一年,我们没有忘记为集市扩建义务出工的乡亲们。三百多名乡亲冒着大雪连夜出工。今后要把集市管好。\n"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder: Path = tmp_path_factory.mktemp("market")
    for name, text in (("rules.txt", _RULES), ("talk.txt", _TALK)):
        (folder / name).write_text(text, encoding="utf-8")
    files = [folder / "rules.txt", folder / "talk.txt"]
    with Library.build(files, folder / "index") as library, library.reader() as found:
        yield found


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("最多可以试摆几天?", ["试摆期间，不得超过九十日。[1]"]),
        ("第三位申请减免租金的减免多少?", ["百分之十的租金"]),
        ("第一位和第三位申请减免租金的,各减多少?", ["第一位：", "百分之三十", "第三位：", "百分之十的租金"]),
        ("为集市扩建义务出工的有多少人?", ["三百多名乡亲"]),
        ("哪个市规定试摆不得超过九十日?", ["海汀市["]),
        ("哪份办法规定试摆不得超过九十日?", ["海汀市临时摊位管理办法["]),
    ],
)
def test_rules_of_any_place_are_read_as_they_are_written(market, question, held):
    found = answer(question, (), market)
    check(found, market)
    assert all(text in found.text for text in held), found.text or found.reason


def test_each_of_several_clauses_that_ask_is_answered(market):
    found = answer("什么叫临时摊位,冒着大雪连夜出工的有谁?", (), market)
    check(found, market)
    assert "所称临时摊位是指" in found.text
    assert "乡亲冒着大雪" in found.text


def test_a_day_on_which_nothing_is_said_to_have_been_done_is_refused(tmp_path):
    (tmp_path / "log.txt").write_text(
        "行程公告\n陈某3月22日上午乘坐38路公交车到集市,3月23日中午乘坐26路公交车返回。\n", "utf-8"
    )
    with Library.build([tmp_path / "log.txt"], tmp_path / "index") as library:
        assert "38路" in library.ask("陈某3月22日乘坐哪路公交车?").text
        assert library.ask("陈某3月24日乘坐哪路公交车?").reason.startswith("资料中没有写明")


@pytest.mark.parametrize(
    ("told", "refused"), [("入驻企业三十日内备案。", True), ("入驻企业已有86家。", False), ("入驻了9个企业。", False)]
)
def test_a_figure_of_another_measure_is_none_of_what_is_asked(tmp_path, told, refused):
    (tmp_path / "park.txt").write_text(f"集市产业园情况通报\n集市产业园{told}集市产业园各企业按期用工。\n", "utf-8")
    with Library.build([tmp_path / "park.txt"], tmp_path / "index") as library:
        assert library.ask("集市产业园入驻了多少家企业?").refused is refused


def test_a_place_that_is_said_is_not_said_again(market):
    assert "海汀市[" not in answer("最多可以试摆几天?", (), market).text


def test_a_definition_that_only_leads_to_a_list_is_answered_with_it(tmp_path):
    others = "".join(f"第{n}条　临时摊位的临时摊位费由第{n}管理所收取，临时摊位按期复核。\n" for n in range(5, 45))
    (tmp_path / "rules.txt").write_text(_RULES + others, encoding="utf-8")
    with Library.build([tmp_path / "rules.txt"], tmp_path / "index") as library:
        assert "所称临时摊位是指" in library.ask("什么叫临时摊位?").text
