"""What a text is worth as an answer: numbers worked by hand."""

import json
import lzma

import pytest

from rag.answering.train.judged import adds, read_questions, recall, worth
from rag.datatypes import RawDocument

QUOTE = "每株每年补助一千二百元"  # 11 characters, 6 pieces of 6


def test_recall_is_the_share_of_pieces():
    assert recall(QUOTE, "二级古树" + QUOTE) == 1.0
    assert recall(QUOTE, QUOTE[:8]) == pytest.approx(3 / 6)
    assert recall("短", "长短") == 1.0
    assert recall("", QUOTE) == 0.0


def test_a_text_is_worth_what_it_holds_of_the_evidence_less_what_it_holds_beside():
    assert worth(QUOTE, [QUOTE], ()) == pytest.approx(1.0)
    assert worth("无关" * 10, [QUOTE], ()) == 0.0
    long = QUOTE + "又" * 100
    assert worth(long, [QUOTE], ()) == pytest.approx((60 + 1.5 * 11) / (60 + 111))
    assert worth(QUOTE, [QUOTE], ("一千二百元", "每月")) == pytest.approx(0.3 + 0.7 / 2)
    assert worth(QUOTE, [], ()) == 0.0


def test_a_sentence_adds_only_evidence_that_is_not_said_yet():
    assert adds(QUOTE, "", [QUOTE])
    assert not adds(QUOTE, QUOTE, [QUOTE])
    assert not adds("与此无关的一句话", "", [QUOTE])


@pytest.mark.parametrize(
    ("record", "source", "held"),
    [
        ({"evidence": [{"doc": "01", "quote": "甲,乙"}]}, "sub/01_a.txt", ("甲乙",)),
        ({"evidence": [{"doc": "01", "quote": "甲,乙"}]}, "02.txt", ()),
        ({"answers": ["甲"], "docid": "d1", "answer_start": 3}, "d1.txt", ("甲",)),
        ({"answers": ["甲"], "docid": "d1", "answer_start": 3}, "d11.txt", ()),
        ({"evidence": ["甲", "乙"], "gold": ["d1"]}, "d1.txt", ("甲", "乙")),
        ({"evidence": [], "gold": ["d1"]}, "d1.txt", ()),
    ],
)
def test_every_form_of_evidence_is_read(tmp_path, record, source, held):
    file = tmp_path / "questions.jsonl.xz"
    file.write_bytes(lzma.compress(json.dumps({"id": "q", "question": "问?", **record}).encode() + b"\n"))
    (judged,) = read_questions(file)
    assert judged.within(RawDocument(source, "", "0" * 64)) == held
    assert judged.within(RawDocument("other.txt", "", "0" * 64, also=(source,))) == held
