"""Questions to start with: each of another kind, in the reader's script, and such as the library can answer."""

import json
from hashlib import sha256

import pytest

from rag.datatypes import Article, Provenance, Span, Value
from rag.examples import DOCUMENTS, QUESTIONS
from ui.starters import starters
from ui.strings import Strings


def make_article(doc_id: str, title: str = "") -> Article:
    return Article(doc_id, 1, Span(0, 9), Provenance(title=Value(title) if title else None))


@pytest.mark.parametrize(("language", "script"), [("zh-Hans", "hans"), ("zh-Hant", "hant"), ("en", "hans")])
def test_the_examples_come_with_questions_of_their_own(language: str, script: str) -> None:
    served = [make_article(sha256(path.read_bytes()).hexdigest()[:16]) for path in DOCUMENTS.iterdir()]
    asked = starters(served, Strings(language))
    known = {one["question"]: one for one in map(json.loads, QUESTIONS.read_text("utf-8").splitlines())}
    assert len({known[question]["type"] for question in asked}) == 4
    assert {known[question]["script"] for question in asked} == {script}
    assert all(known[question]["evidence"] and not known[question]["history"] for question in asked)


def test_other_documents_are_asked_for_by_their_titles() -> None:
    articles = [make_article("a", "渡口办法"), make_article("b"), make_article("c", "灯会通知")]
    assert starters(articles, Strings("zh-Hans")) == [
        "《渡口办法》讲了哪几个方面？",
        "《灯会通知》是谁发的，什么时候发的？",
    ]
