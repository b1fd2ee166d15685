"""Whatever a document, a model or a reader writes, the page shows it as text and nothing else."""

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ui import render
from ui.conversations import Exchange, Piece, Source
from ui.strings import Strings

PAYLOADS: list[str] = json.loads((Path(__file__).parents[2] / "data" / "payloads.json").read_text("utf-8"))
WORDS = Strings("zh-Hans")
HARMLESS = "无害"


class Outline(HTMLParser):
    """Collects the tags with the names of their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value or "" for name, value in attrs if name != "title"]  # which is only shown

    def handle_data(self, data: str) -> None:
        self.text += data


def make_source(text: str, number: int = 1) -> Source:
    return Source(number, text, text, text, text, text, 0, 2, text, 3)


def make_exchange(text: str) -> Exchange:
    return Exchange(
        text, rebuilt=text + "?", pieces=(Piece(text + "。[1]", (1,), verified=False),), sources=(make_source(text),),
        nearest=(make_source(text, 0),), status="partly", reason=text, notes=(text,), state="done",
    )  # fmt: skip


def test_there_are_sixty_payloads_or_more() -> None:
    assert len(PAYLOADS) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("state", ["done", "running", "failed", "stopped"])
def test_a_payload_in_every_field_leaves_the_tags_of_an_answer_as_they_are(payload: str, state: str) -> None:
    clean = Outline(render.answer(replace(make_exchange(HARMLESS), state=state), 1, WORDS))
    dirty = Outline(render.answer(replace(make_exchange(payload), state=state), 1, WORDS))
    assert dirty.tags == clean.tags
    assert not [value for value in dirty.values if value.lower().startswith(("javascript:", "data:", "http"))]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_as_question_or_suggestion_is_text(payload: str) -> None:
    shown = Outline(render.question(payload))
    assert shown.tags == [("p", ("class",))]
    assert shown.text == render._UNSEEN.sub("\ufffd", payload)
    assert Outline(render.welcome(WORDS, 1, 1, [payload])).tags == Outline(render.welcome(WORDS, 1, 1, [HARMLESS])).tags


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_markdown_could_read_is_left(payload: str) -> None:
    """Markdown needs a punctuation mark, a tab or a line end to begin anything."""
    shown = str(render.inert(payload))
    without_references = "".join(
        part.partition(";")[2] if index else part for index, part in enumerate(shown.split("&#"))
    )
    assert not [mark for mark in without_references if mark.isascii() and not mark.isalnum() and mark != " "]


def test_unseen_characters_are_marked() -> None:
    assert str(render.inert("a\u202eb\x00c\ud800d\U000e0041e")) == "a\ufffdb\ufffdc\ufffdd\ufffde"


def test_a_message_is_one_line_so_that_markdown_finds_no_paragraph() -> None:
    assert "\n" not in render.answer(make_exchange("一\n\n二"), 1, WORDS)


@pytest.mark.parametrize(
    ("text", "numbers", "shown"),
    [
        ("资金要落实。[1]", (1,), "资金要落实[1]。"),
        ("资金要落实。[1][2]", (1, 2), "资金要落实[1][2]。"),
        ("“资金要落实。”[1]", (1,), "“资金要落实[1]。”"),
        ("一是资金[1]，二是人员[2]。", (1, 2), "一是资金[1]，二是人员[2]。"),
        ("见注[1]，资金要落实。[1]", (1,), "见注[1]，资金要落实[1]。"),  # the first is the document's own
        ("资金要落实。[9]", (9,), "资金要落实。"),  # no such source
        ("资金要落实。[2]", (), "资金要落实。[2]"),  # not a marker of this sentence
        ("资金要落实", (1,), "资金要落实"),
    ],
)
def test_markers_are_links_before_the_closing_mark_and_unknown_ones_are_left_out(
    text: str, numbers: tuple[int, ...], shown: str
) -> None:
    exchange = Exchange("问", pieces=(Piece(text, numbers),), sources=(make_source("甲", 1), make_source("乙", 2)))
    html = render.answer(exchange, 1, WORDS)
    assert Outline(html).text.startswith(shown)
    assert html.count('class="k-mark"') == sum(f"[{number}]" in text and number in (1, 2) for number in numbers)


def test_a_marker_leads_to_the_place_of_the_quotation() -> None:
    source = replace(make_source("甲"), doc_id="17c8aaaaeb079db9", start=1090, end=1150)
    assert render.source_url(source) == "/source/17c8aaaaeb079db9?at=1090-1150#mark-1"
    assert render.source_url(replace(source, doc_id="../x?y")).startswith("/source/..%2Fx%3Fy?")


def test_a_quotation_in_the_other_script_is_also_shown_in_the_readers_and_marked_as_converted() -> None:
    source = replace(make_source("甲"), shown="農民增收875元")
    exchange = Exchange("农民要增收多少元?", sources=(source,), state="done")
    text = Outline(render.answer(exchange, 1, WORDS)).text
    assert "農民增收875元（字形转换，非原文）农民增收875元" in text
    assert "非原文" not in Outline(render.answer(replace(exchange, question="農民要增收多少元?"), 1, WORDS)).text


@pytest.mark.parametrize(
    ("status", "word"),
    [("verified", "已核对"), ("partly", "部分未核实"), ("refused", "未找到"), ("fallen back", "已核对")],
)
def test_the_status_is_said_in_words(status: str, word: str) -> None:
    assert word in Outline(render.answer(replace(make_exchange("甲"), status=status), 1, WORDS)).text


def test_a_draft_is_being_checked_while_it_grows_and_folded_when_it_was_left() -> None:
    exchange = replace(make_exchange("甲"), draft="还在写")
    growing = Outline(render.answer(replace(exchange, state="running"), 1, WORDS)).text
    assert "还在写（核对中）" in growing
    left = Outline(render.answer(replace(exchange, state="stopped"), 1, WORDS)).text
    assert "核对中" not in left
    assert "未核实的 2 句" in left
