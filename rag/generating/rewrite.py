"""Whether a question that a model has rewritten still asks what was asked."""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.terms import default_segmenter, fold
from rag.datatypes import Turn
from rag.figures import figures
from rag.generating.facts import holders, labels


def keeps(question: str, written: str, history: Sequence[Turn]) -> bool:
    """Return whether a rewrite has every name and figure of the question, and none that nobody mentioned."""
    segmenter = default_segmenter()
    asked, now = fold(question), fold(written)
    heard = "\n".join([asked, *(fold(f"{turn.question}\n{turn.answer}") for turn in history)])
    kept = all(any(figure.carried_by(other) for other in figures(now)) for figure in figures(asked))
    heard_of = all(any(figure.carried_by(other) for other in figures(heard)) for figure in figures(now))
    before, after = ({*labels(text, segmenter), *holders(text)} for text in (asked, now))
    named = all(name in now for name in before) and all(name in heard for name in after)
    return bool(written) and kept and heard_of and named and "\n" not in written
