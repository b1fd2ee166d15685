"""The example documents carry the traits they were written for, and the questions quote them word for word."""

import json
from collections import Counter

import pytest

from rag.examples import DOCUMENTS, QUESTIONS
from rag.reading.load import load

ROWS = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    found = {}
    for path in DOCUMENTS.iterdir():
        (document,) = load(path, path.name, sandbox=False)
        found[path.name[:3]] = document.text
    return found


def test_every_quotation_stands_once_in_its_document(texts):
    wrong = [
        (row["id"], evidence["quote"])
        for row in ROWS
        for evidence in row["evidence"]
        if texts[evidence["doc"]].count(evidence["quote"]) != 1
    ]
    assert wrong == []


def test_answerable_questions_have_evidence_and_the_others_none():
    for row in ROWS:
        assert bool(row["evidence"]) == bool(row["must_include"]) == (row["type"] != "unanswerable"), row["id"]


def test_the_questions_are_of_every_kind():
    kinds = Counter(row["type"] for row in ROWS)
    assert kinds["unanswerable"] >= 12
    assert set(kinds) >= {
        "number",
        "date",
        "who",
        "fact",
        "list",
        "definition",
        "section",
        "yesno",
        "compare",
        "followup",
    }
    assert Counter(row["script"] for row in ROWS)["hant"] >= 8
    assert len({row["id"] for row in ROWS}) == len(ROWS) >= 60


def test_the_documents_show_the_traits_that_the_reader_must_cope_with(texts):
    assert len(texts) == 11
    assert "創建文明社區" in texts["001"]
    assert "临委发〔2023〕14号" in texts["002"]
    assert texts["003"].count("\n篇") == 3
    assert "第二十一条" in texts["004"]
    assert "5+\n2、白+黑" in texts["005"]
    assert "（二）改造老旧小水厂" in texts["006"], "automatic numbering is recovered"
    assert "14500" in texts["006"], "tables are read"
    assert "872户" in texts["007"]
    assert "印发" in texts["008"]
    assert "×××亿元" in texts["011"]
