"""No more is said than was asked: what leads to a list, what is left out, whom a notice is sent to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.answering import answer
from rag.answering.evidence import find_evidence
from rag.answering.scorer import score
from rag.answering.understand import understand
from rag.datatypes import Answer, Reader
from rag.library import Library
from tests.support.promises import check

RULES = """青砚县渡船管理办法

第一条　为了加强渡船管理，保障乘客安全，制定本办法。
第二条　本办法所称渡口，是指设有码头、供渡船靠泊和乘客上下的场所。
渡口值守员（以下简称值守员），是指在渡口执勤的人员。
第三条　渡口由县交通运输局批准设立。
第四条　渡口应当设置安全警示牌。
第五条　渡船分为下列两类：
（一）人力渡船；
（二）机动渡船。
第六条　有下列情形之一的，渡口不得开航：
（一）风力达到六级以上的；
（二）水位超过警戒线的；
（三）其他不得开航的情形。
第七条　违反本办法第六条规定，有下列情形之一的渡口开航的，由县交通运输局处五百元以下的罚款。
第八条　县交通运输局應配合下列事項：一、核發渡船牌照。二、檢查渡口設備。三、公布渡口名單。
"""
SPEECH = """在全县渡口管理会议上的讲话
青砚县县长　罗启山
（2023年6月8日）

同志们：

渡口管理要抓实。夜间一律停航，值守一律到人。谢谢大家！
"""
NOTICE = """青砚县交通运输局关于汛期渡口停航的通知

各乡镇渡口管理站，县航运公司，县水上救助中心：

为确保汛期渡口安全，现将有关事项通知如下：

一、六月一日起全县渡口夜间停航。

二、停航期间由渡口管理站安排三人值守。

三、值守纪律
（一）按时到岗。
（二）不得离岗。
各渡口管理站要按照汛期渡口停航通知的纪律，把渡口停航通知印发到每个值守人员。

青砚县交通运输局
2023年5月20日
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder: Path = tmp_path_factory.mktemp("said")
    (folder / "documents").mkdir()
    (folder / "documents" / "rules.txt").write_text(RULES, encoding="utf-8")
    (folder / "documents" / "notice.txt").write_text(NOTICE, encoding="utf-8")
    with Library.build([folder / "documents"], folder / "index") as library, library.reader() as found:
        yield found


def said(question: str, reader: Reader) -> tuple[Answer, list[str]]:
    found = answer(question, (), reader)
    check(found, reader)
    return found, [citation.shown for citation in found.citations]


def test_a_definition_is_the_whole_answer(reader):
    _, quoted = said("什么是渡口?", reader)
    assert quoted == ["第二条　本办法所称渡口，是指设有码头、供渡船靠泊和乘客上下的场所。"]


def test_a_word_that_is_shortened_before_it_is_defined_is_found(reader):
    _, quoted = said("什么叫渡口值守员?", reader)
    assert quoted == ["渡口值守员（以下简称值守员），是指在渡口执勤的人员。"]


def test_what_leads_to_a_list_stands_before_it(reader):
    _, quoted = said("渡船分为哪两类?", reader)
    assert quoted == ["第五条　渡船分为下列两类：", "（一）人力渡船；", "（二）机动渡船"]


def test_the_last_member_that_speaks_of_all_others_stands_for_its_list(reader):
    _, quoted = said("哪些情形不得开航?", reader)
    assert "不得开航" in quoted[0]
    assert [text[:3] for text in quoted[1:4]] == ["（一）", "（二）", "（三）"]


def test_a_list_that_begins_in_the_sentence_that_leads_to_it_is_quoted_whole(reader):
    _, quoted = said("县交通运输局应配合哪些事项?", reader)
    assert [text[:2] for text in quoted[1:4]] == ["一、", "二、", "三、"]
    assert quoted[0].endswith("事項：")


def test_whom_a_notice_is_sent_to_is_no_answer_unless_asked(reader):
    _, quoted = said("县水上救助中心在汛期渡口停航期间安排几人值守?", reader)
    assert "三人" in quoted[0]
    assert not any(text.startswith("各乡镇") for text in quoted)
    _, quoted = said("汛期渡口停航的通知发给了哪些单位?", reader)
    assert any(text.startswith("各乡镇渡口管理站") for text in quoted)


def test_what_leads_to_the_things_asked_for_is_answered_with_its_list(reader):
    _, quoted = said("渡口在什么情形下不开航?", reader)
    assert [text[:3] for text in quoted[:4]] == ["第六条", "（一）", "（二）", "（三）"]


def test_the_list_under_the_heading_that_is_asked_for_is_the_answer(reader):
    _, quoted = said("汛期渡口停航的通知列了哪几条值守纪律?", reader)
    assert [text[:3] for text in quoted[:2]] == ["（一）", "（二）"]


@pytest.mark.parametrize(
    ("question", "text", "more"),
    [
        ("汛期渡口停航有哪些值守纪律?", "（一）按时到岗", True),
        ("汛期渡口停航有哪些值守办法?", "（一）按时到岗", False),
        ("渡口有哪些情形不得开航?", "第六条　有下列情形之一的，渡口不得开航：", True),
        ("渡口开航有哪些手续?", "第六条　有下列情形之一的，渡口不得开航：", False),
    ],
)
def test_what_is_asked_for_by_its_kind_counts_more_than_its_words(reader, question, text, more):
    ranked = find_evidence(understand(question), reader).ranked
    found = next(s for s in ranked if s.candidate.pieces[0].shown == text)
    assert (found.score > score(found.values)) is more


def test_what_is_forbidden_is_answered_by_the_rule_not_by_its_punishment(reader):
    _, quoted = said("有哪些情形的渡口不准开航?", reader)
    assert "不得开航" in quoted[0]


def test_title_speaker_day_and_greeting_are_quoted_only_where_they_are_asked_for(tmp_path):
    (tmp_path / "speech.txt").write_text(SPEECH, encoding="utf-8")
    with Library.build([tmp_path / "speech.txt"], tmp_path / "index") as library, library.reader() as reader:
        _only_what_was_asked_for(reader)


def _only_what_was_asked_for(reader):
    _, quoted = said("罗启山要求渡口管理怎么抓?", reader)
    assert "渡口管理要抓实。" in quoted
    assert not any(text.startswith(("同志们", "青砚县县长", "（2023", "在全县")) for text in quoted)
    _, quoted = said("罗启山讲话是哪一天?", reader)
    assert any("2023年6月8日" in text for text in quoted)


@pytest.mark.parametrize(
    ("question", "kind", "subject"),
    [
        ("什么是渡口?", "definition", "渡口"),
        ("渡口是什么意思?", "definition", "渡口"),
        ("“渡口”的含义是什么?", "definition", "渡口"),
        ("渡口怎么管理?", "how", ""),
        ("违规开航如何处理?", "how", ""),  # 何处 is no place here
    ],
)
def test_what_is_to_be_defined_is_told_from_the_words_that_ask(question, kind, subject):
    found = understand(question)
    assert (found.kind, found.subject) == (kind, subject)


@pytest.mark.parametrize(("question", "member"), [("第二类是什么?", 2), ("第二类渡船有哪些?", 0), ("第三个是什么?", 3)])
def test_a_class_that_is_named_by_its_number_is_no_member_of_a_list(question, member):
    assert understand(question).member == member


def test_how_many_persons_is_asked_of_persons():
    found = understand("检查组最少要有几个人?")
    assert (found.form, found.measure) == ("figure", "个人")
    assert "个人" not in found.topic
