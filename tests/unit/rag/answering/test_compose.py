"""What is shown is what is cited, figures and dates by value."""

import pytest

from rag.answering.candidates import Piece
from rag.answering.compose import Draft, figures_stand
from rag.examples import DOCUMENTS
from rag.library import Library


@pytest.mark.parametrize(
    ("shown", "quote", "why"),
    [
        ("增长3%", "增長３%", "the same in another script and width"),
        ("二〇二三年增长百分之三", "二○二三年增长百分之三", "a zero of dates in another writing"),
        ("2023年5月底前", "2023\n年5月底前", "a line breaks inside of a date"),
        ("雨量达到264毫米", "雨量达到2\n264毫米", "a page number stands inside of a figure"),
    ],
)
def test_a_figure_that_stands_in_the_quotation_is_shown(shown, quote, why):
    assert figures_stand(shown, quote), why


@pytest.mark.parametrize(
    ("shown", "quote"),
    [("增长3%", "增长13%"), ("12人", "1\n3人"), ("2023年5月", "2023年6月"), ("1.2万亿元", "1.2万元")],
)
def test_a_figure_that_does_not_stand_there_is_not(shown, quote):
    assert not figures_stand(shown, quote)


def test_a_piece_that_shows_another_figure_than_its_source_is_dropped_counted_and_said(tmp_path):
    with Library.build([DOCUMENTS], tmp_path / "index") as library, library.reader() as reader:
        passage = next(h.passage for h in reader.search("护林员 巡山") if "276名护林员" in h.passage.text)
        start = reader.raw(passage.doc_id).index("276名护林员")
        draft = Draft(reader)
        draft.quote(Piece(passage, start, start + 7, "267名护林员"))
        draft.quote(Piece(passage, start, start + 7, "276名护林员"))
        found = draft.finish("护林员有多少名?")
        assert [citation.shown for citation in found.citations] == ["276名护林员"]
        assert found.notes == ("1 quotations did not equal their source and were dropped",)
