"""Questions to start with: those that come with the examples, else made from titles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha256

from rag.datatypes import Article
from rag.examples import DOCUMENTS, QUESTIONS
from ui.strings import Strings

_COUNT = 4
# Of the kinds of questions that come with the examples: those that show what can be asked.
_KINDS = ("number", "who", "list", "definition")


def starters(articles: Sequence[Article], words: Strings) -> list[str]:
    """Return questions to start with for a library of these articles."""
    if {article.doc_id for article in articles} == _examples():
        return _from_examples("hant" if words.language == "zh-Hant" else "hans")
    return _from_titles(articles, words)


@cache
def _examples() -> set[str]:
    return {sha256(path.read_bytes()).hexdigest()[:16] for path in DOCUMENTS.iterdir() if path.is_file()}


@cache
def _from_examples(script: str) -> list[str]:
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    asked = [one for one in asked if one["type"] != "unanswerable" and one["script"] == script and not one["history"]]
    asked.sort(key=lambda one: one["type"] not in _KINDS)
    first = {one["type"]: one["question"] for one in reversed(asked)}
    return list(reversed(first.values()))[:_COUNT]


def _from_titles(articles: Sequence[Article], words: Strings) -> list[str]:
    titled = [article.title for article in articles if article.title][:_COUNT]
    keys = ("suggest_what", "suggest_who")
    return [words(keys[position % 2], title=title) for position, title in enumerate(titled)]
