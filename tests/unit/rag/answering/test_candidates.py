"""What is quoted of a heading that breaks off inside a sentence."""

import pytest

from rag.answering.candidates import completed, enumerations_of, piece_of
from rag.answering.sentences import MAX_QUOTE
from rag.datatypes import Passage, Span
from tests.support.shelf import Shelf, make_document


def make_passage(text: str) -> Passage:
    return Passage("p", "d", "d/1", "a.txt", 0, "leaf", (), "", (Span(0, len(text)),), text)


@pytest.mark.parametrize(
    ("text", "heading", "whole"),
    [
        ("一、自2月5日起,停征污水处理费。二、", "一、自2月5日起", "一、自2月5日起,停征污水处理费。"),
        (
            "(一)免税范围增加境外的外国公民;不含其他。",
            "(一)免税范围增加境外的外",
            "(一)免税范围增加境外的外国公民;不含其他。",
        ),
        ("一、严格责任。各地要抓好落实。", "一、严格责任", "一、严格责任"),
        ("一、严格责任\n各地要抓好落实。", "一、严格责任", "一、严格责任"),
        ("一、要求:抓好落实。", "一、要求:", "一、要求:"),
        ("一、甲" + "乙" * MAX_QUOTE + "。", "一、甲", "一、甲"),
    ],
)
def test_a_heading_that_breaks_off_inside_a_sentence_is_completed(text, heading, whole):
    assert completed(piece_of(make_passage(text), 0, len(heading))).shown == whole


LISTS = """工作要点

会议提出了三场硬仗。
第一场,打好治污仗。要拆除排口。
第二场,打好清淤仗。
第三场,打好采砂仗。
去年的成绩如下。
——水质持续向好。达标率提高。
——投入不断加大。
"""


def test_members_that_are_counted_in_words_or_set_out_by_dashes_are_a_list():
    shelf = Shelf([make_document(LISTS)])
    (article,) = shelf.articles()
    found = [[piece.shown for piece in listed.pieces] for listed in enumerations_of(article, shelf)]
    assert ["第一场,打好治污仗。", "第二场,打好清淤仗。", "第三场,打好采砂仗。"] in found
    assert ["——水质持续向好。", "——投入不断加大。"] in found
