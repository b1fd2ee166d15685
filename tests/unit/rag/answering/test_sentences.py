"""Sentences and clauses are cut by punctuation of either width, and map back to the raw text."""

from hypothesis import given
from hypothesis import strategies as st

from rag.answering.candidates import piece_of
from rag.answering.sentences import MAX_QUOTE, units_of
from rag.datatypes import Passage, RawDocument, Span
from rag.reading.read import read


def make_passage(text: str) -> Passage:
    return Passage("p", "d", "d/1", "a.txt", 0, "leaf", (), "", (Span(0, len(text)),), text)


def shown(text: str) -> list[str]:
    return [text[u.start : u.end] for u in units_of(make_passage(text))]


def test_both_widths_end_a_sentence_and_closing_marks_belong_to_it():
    assert shown("他说:“好!”再来?走。\n完;了") == ["他说:“好!”", "再来?", "走。", "完;了"]


def test_a_long_sentence_is_also_offered_clause_by_clause():
    text = "一" * 60 + ";" + "二" * 60 + "。"
    assert shown(text) == [text, "一" * 60 + ";", "二" * 60 + "。"]


def test_what_is_too_long_to_quote_is_cut_at_a_comma():
    text = "一" * 200 + "," + "二" * 200 + "。"
    assert [len(s) for s in shown(text)] == [201, 201]


@given(st.text(alphabet="甲乙。;!\n ”,1", max_size=900))
def test_every_character_but_spaces_stands_in_a_unit_short_enough_to_quote(text):
    units = units_of(make_passage(text))
    assert all(0 < u.end - u.start <= MAX_QUOTE for u in units)
    held = {i for u in units for i in range(u.start, u.end)}
    assert {i for i, c in enumerate(text) if not c.isspace()} <= held


def test_a_piece_is_the_raw_text_between_its_offsets():
    raw = RawDocument("a.txt", "讲话\n\n一、 取得的经 1 验\n第一,抓紧 2 抓实。第二,抓 3 细。\n", "f" * 64)
    for passage in read(raw).passages:
        for unit in units_of(passage) if passage.kind == "leaf" else ():
            piece = piece_of(passage, unit.start, unit.end)
            kept = "".join(raw.text[passage.offsets()[i]] for i in range(unit.start, unit.end))
            assert piece.shown == kept
            assert raw.text[piece.start : piece.end].startswith(kept[0])
            assert raw.text[piece.start : piece.end].endswith(kept[-1])
