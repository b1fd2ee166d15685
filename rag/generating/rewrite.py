"""Whether a question that a model has put anew, or taken apart, still asks what was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from embeddings.terms import default_segmenter, fold
from rag.datatypes import Hit, Turn
from rag.figures import figures
from rag.generating.facts import holders, labels, names

# '甲县和乙县有什么不同' '两个县分别投入多少' '何时开始?由谁负责?': more than one thing is asked
_SEVERAL = re.compile(r"各[有是自]|分别|比较|相比|不同|区别|异同|哪个更|[?？;；].*[?？]", re.S)
# '1. ' '2、' '- ' before a question, which models write though asked not to
_NUMBER = re.compile(r"^\s*(?:\d{1,2}[.、)）]|[-*•])\s*")


def keeps(question: str, written: str, history: Sequence[Turn]) -> bool:
    """Return whether a rewrite has every name and figure of the question, and none that nobody mentioned."""
    return bool(written) and "\n" not in written and _same(question, written, history)


def is_several(question: str) -> bool:
    """Return whether a question compares, or asks several things."""
    return _SEVERAL.search(question) is not None


def parts_of(question: str, written: str, most: int) -> list[str]:
    """Return the questions that a model took a question apart into; none when they lose or add a name or figure."""
    lines = [_NUMBER.sub("", line).strip() for line in written.splitlines()]
    parts = list(dict.fromkeys(line for line in lines if line))
    lost = not _same(question, "\n".join(parts), ()) or not _tagged(question) <= _tagged("\n".join(parts))
    return [] if lost or not 1 < len(parts) <= most else parts


def merged(rankings: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
    """Return the first k passages of several rankings, the best of each first, each once."""
    longest = max(map(len, rankings), default=0)
    turns = (ranking[place] for place in range(longest) for ranking in rankings if place < len(ranking))
    return list({hit.passage.passage_id: hit for hit in reversed(list(turns))}.values())[::-1][:k]


def _same(question: str, written: str, history: Sequence[Turn]) -> bool:
    segmenter = default_segmenter()
    asked, now = fold(question), fold(written)
    heard = "\n".join([asked, *(fold(f"{turn.question}\n{turn.answer}") for turn in history)])
    kept = all(any(figure.carried_by(other) for other in figures(now)) for figure in figures(asked))
    heard_of = all(any(figure.carried_by(other) for other in figures(heard)) for figure in figures(now))
    before, after = ({*labels(text, segmenter), *holders(text)} for text in (asked, now))
    return kept and heard_of and all(name in now for name in before) and all(name in heard for name in after)


def _tagged(text: str) -> frozenset[str]:
    return names(fold(text), default_segmenter())
