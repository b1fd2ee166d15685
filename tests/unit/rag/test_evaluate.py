"""Measures are compared with cases worked by hand, and with what is known to hold on the examples."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import UsageError
from rag.evaluate import evaluate, holds, read_judged, recall, squeeze
from rag.examples import DOCUMENTS, QUESTIONS
from rag.library import Library

GOLD = Path(__file__).parents[4] / "shared" / "gold" / "dev.jsonl"
CORPUS = Path(__file__).parents[4] / "shared" / "corpus"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.build([DOCUMENTS], tmp_path_factory.mktemp("examples") / "index") as found:
        yield found


@pytest.mark.parametrize(
    ("answer", "wanted", "held"),
    [
        ("共12户", "2", False),
        ("共2户", "2", True),
        ("3.24%", "3.24%", True),
        ("13.24", "3.24", False),
        ("組長", "组长", True),
    ],
)
def test_a_figure_stands_alone_and_scripts_are_one(answer, wanted, held):
    assert holds(squeeze(answer), squeeze(wanted)) is held


def test_a_quotation_is_recognised_by_its_pieces():
    assert recall("一二三四五六七", "零一二三四五六") == pytest.approx(0.5)
    assert recall("三四", "一二三四") == 1.0
    assert recall("三五", "一二三四") == 0.0


def test_one_right_one_wrong_one_refused(library, tmp_path):
    rows = [
        {"id": "a", "type": "number", "question": "二级保护的古树一年补助多少?", "must_include": ["一千二百元"],
         "evidence": [{"doc": "004", "quote": "二级保护的,不低于一千二百元"}]},
        {"id": "b", "type": "number", "question": "二级保护的古树一年补助多少?", "must_include": ["九百元"],
         "evidence": [{"doc": "005", "quote": "县长是全县防汛工作的第一责任人"}]},
        {"id": "c", "type": "unanswerable", "question": "怎么用电脑做幻灯片?"},
    ]  # fmt: skip
    file = tmp_path / "q.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    report = evaluate(library, read_judged(file), k=5)
    figures = report.figures()
    assert (figures["supported"], figures["refused_unanswerable"], figures["overall"]) == (0.5, 1.0, 0.667)
    assert (figures["evidence_recall"], figures["recall@5"], figures["valid_citations"]) == (0.5, 0.5, 1.0)
    assert [outcome.judged.id for outcome in report.wrong] == ["b"]
    assert report.kinds == {"number": (1, 2), "unanswerable": (1, 1)}


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"question": "谁?", "history": [1]}'])
def test_a_bad_line_is_named_with_an_example(tmp_path, line):
    file = tmp_path / "q.jsonl"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 1 is no judged question.*write lines like"):
        read_judged(file)


def test_the_examples_are_answered_as_well_as_before(library):
    figures = evaluate(library, read_judged(QUESTIONS)).figures()
    assert figures["supported"] >= 0.85
    assert figures["refused_unanswerable"] >= 0.75
    assert figures["false_refusals"] <= 0.06
    assert figures["valid_citations"] == 1.0


@pytest.mark.skipif(not GOLD.exists(), reason="the judged questions on real documents are not on this machine")
def test_the_real_documents_are_answered_as_well_as_before(tmp_path):
    with Library.build([CORPUS], tmp_path / "index") as library:
        figures = evaluate(library, read_judged(GOLD)).figures()
    assert figures["supported"] >= 0.8
    assert figures["overall"] >= 0.8
    assert figures["evidence_recall"] >= 0.83
    assert figures["valid_citations"] == 1.0
    assert figures["mean_answer_chars"] <= 160
