"""What a browser sends back is believed only as far as its types are right."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datatypes import Answer, Citation, Sentence
from ui.conversations import Conversation, Exchange, Piece, Source, dump, read_sources, revive

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
SOURCES = st.builds(
    Source, st.integers(0, 99), TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, st.integers(0, 10**9), st.integers(0, 10**9), TEXTS,
    st.none() | st.integers(1, 999), st.integers(0, 9),
)  # fmt: skip
EXCHANGES = st.builds(
    Exchange, TEXTS, TEXTS, st.lists(st.builds(Piece, TEXTS, st.lists(st.integers(0, 99)).map(tuple), st.booleans())).map(tuple),
    st.lists(SOURCES, max_size=3).map(tuple), st.lists(SOURCES, max_size=3).map(tuple),
    st.sampled_from(["verified", "partly", "refused", "fallen back"]), TEXTS, st.lists(TEXTS, max_size=2).map(tuple),
    st.sampled_from(["running", "done", "stopped", "failed"]), st.booleans(),
)  # fmt: skip


@given(st.builds(Conversation, TEXTS, TEXTS, TEXTS, st.lists(EXCHANGES, max_size=3).map(tuple)))
def test_a_conversation_comes_back_as_it_was_kept(conversation: Conversation) -> None:
    assert revive(dump(conversation)) == conversation


GOOD = json.loads(dump(Conversation("a", exchanges=(Exchange("问"),))))


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        7,
        "[]",
        "null",
        "{}",
        "{" * 100_000,
        json.dumps({"id": 1}),
        json.dumps({**GOOD, "exchanges": "x"}),
        json.dumps({**GOOD, "exchanges": [{"question": {"a": 1}}]}),
        json.dumps({**GOOD, "exchanges": [{"question": "问", "state": "evil"}]}),
        json.dumps({**GOOD, "exchanges": [{"question": "问", "limited": 1}]}),
        json.dumps({**GOOD, "exchanges": [{"question": "问" * 20_001}]}),
        json.dumps({**GOOD, "exchanges": [{"question": "问"}] * 501}),
    ],
)
def test_what_this_program_did_not_write_becomes_a_new_conversation(text: object) -> None:
    assert revive(text).exchanges == ()


@pytest.mark.parametrize("data", [None, {}, [1], [{"number": "1"}], [{"doc_id": "a"}]])
def test_a_page_that_sends_no_sources_is_told_so(data: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_sources(data)


def test_an_answer_is_kept_with_its_quotations() -> None:
    citation = Citation(
        1, "a.txt", "d1", "d1-1", "办法", "第一条", 3, 9, "每年\r\n一次", "每年一次", 2, "2021-03", ("b.txt",)
    )
    sentences = (Sentence("每年一次。[1]", (1,)), Sentence("另有规定。"))
    answer = Answer(
        "完整的问题", "每年一次。[1]\n另有规定。", sentences, (citation,), notes=("注", "按“完整的问题”作答")
    )
    kept = Exchange("问").answered(answer, (), final=True)
    assert kept.rebuilt == "完整的问题"
    assert kept.text == answer.text
    assert [piece.text for piece in kept.pieces] == ["每年一次。[1]", "\n另有规定。"]
    assert kept.sources == (Source(1, "d1", "a.txt", "办法", "第一条", "2021-03", 3, 9, "每年一次", 2, 1),)
    assert (kept.state, kept.notes) == ("done", ("注",))


def test_only_finished_exchanges_are_remembered_and_not_more_than_eight() -> None:
    exchanges = tuple(Exchange(f"问{n}", pieces=(Piece(f"答{n}"),), state="done") for n in range(12))
    turns = Conversation("a", exchanges=(*exchanges, Exchange("未完", state="stopped"))).history()
    assert [(turn.question, turn.answer) for turn in turns] == [(f"问{n}", f"答{n}") for n in range(4, 12)]


def test_markers_behind_a_sentence_belong_to_it_and_what_is_not_verified_is_folded() -> None:
    sentences = (
        Sentence("先查。", (1,)), Sentence("编的。", (), verified=False), Sentence("查。", (2, 1)), Sentence("再报。"),
    )  # fmt: skip
    answer = Answer("问", "先查。[1]查。[2][1]再报。", sentences, status="partly", draft="正在")
    growing = Exchange("问").answered(answer, (), final=False)
    assert [piece.text for piece in growing.pieces if piece.verified] == ["先查。[1]", "查。[2][1]", "再报。"]
    assert growing.text == answer.text
    assert growing.folded == ("编的。",)
    assert replace(growing, state="stopped").folded == ("编的。", "正在")


def test_a_sentence_that_is_not_in_the_text_moves_nothing() -> None:
    sentences = (Sentence("一。"), Sentence("没有这句。"), Sentence("二。"))
    pieces = Exchange("问").answered(Answer("问", "一。\n二。", sentences), (), final=True).pieces
    assert [piece.text for piece in pieces] == ["一。", "没有这句。", "\n二。"]
