"""A question that asks several things: what a model takes it apart into, and how the parts come together again."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from embeddings.terms import default_segmenter, fold
from rag.datatypes import Answer, Citation, Hit, Sentence
from rag.generating.facts import names
from rag.generating.rewrite import keeps

# '甲县和乙县有什么不同' '两个县分别投入多少' '何时开始?由谁负责?': more than one thing is asked
_SEVERAL = re.compile(r"各[有是自]|分别|比较|相比|不同|区别|异同|哪个更|[?？;；].*[?？]", re.S)
# '1. ' '2、' '- ' before a question, which models write though asked not to
_NUMBER = re.compile(r"^\s*(?:\d{1,2}[.、)）]|[-*•])\s*")


def is_several(question: str) -> bool:
    """Return whether a question compares, or asks several things."""
    return _SEVERAL.search(question) is not None


def parts_of(question: str, written: str, most: int) -> list[str]:
    """Return the questions that a model took a question apart into; none when they lose or add a name or figure."""
    lines = [_NUMBER.sub("", line).strip() for line in written.splitlines()]
    parts = list(dict.fromkeys(line for line in lines if line))
    together = " ".join(parts)
    segmenter = default_segmenter()
    kept = keeps(question, together, ()) and all(n in fold(together) for n in names(fold(question), segmenter))
    return parts if kept and 1 < len(parts) <= most else []


def merged(rankings: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
    """Return the first k passages of several rankings, the best of each first, each once."""
    longest = max(map(len, rankings), default=0)
    turns = (ranking[place] for place in range(longest) for ranking in rankings if place < len(ranking))
    found: dict[str, Hit] = {}
    for hit in turns:
        found.setdefault(hit.passage.passage_id, hit)
    return list(found.values())[:k]


def joined(question: str, answers: Sequence[Answer]) -> Answer:
    """Return the answers to the parts of a question as one; what a part is refused for is said in its place.

    It is the first refusal when every part is refused.
    """
    if all(answer.refused for answer in answers):
        return dataclasses.replace(answers[0], question=question)
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for answer in answers:
        shift = len(citations)
        said = answer.sentences or (Sentence(f"{answer.question} {answer.reason}"),)
        sentences += [_shifted(sentence, shift) for sentence in said]
        citations += [dataclasses.replace(one, number=one.number + shift) for one in answer.citations]
    text = "\n".join(sentence.text for sentence in sentences)
    return Answer(question, text, tuple(sentences), tuple(citations))


def _shifted(sentence: Sentence, shift: int) -> Sentence:
    """Return a sentence whose citations are counted on from `shift`, the markers at its end with them."""
    text = sentence.text
    for number in reversed(sentence.citations):
        text = text.removesuffix(f"[{number}]")
    markers = "".join(f"[{number + shift}]" for number in sentence.citations)
    return Sentence(text + markers, tuple(number + shift for number in sentence.citations))
