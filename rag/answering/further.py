"""Measure whether one more sentence belongs to an answer that has begun."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.candidates import Piece
from rag.answering.evidence import Evidence, Scored
from rag.answering.forms import STRICT_FORMS

_ADJACENT = 3  # characters between two sentences of which the one follows the other
_SCALE = 10.0  # points of a score that count as one
_BUDGET = 300.0  # characters of a long answer
# what is taken over from the features of the sentence itself
_OWN = ("form", "novel", "short", "label", "titled", "heading_only", "asked", "context", "rank", "clause", "heading")
_OPEN = ("how", "why", "definition", "fact")  # kinds of questions whose answer may go on for several sentences


def belongs(scored: Scored, chosen: Sequence[Scored], pieces: Sequence[Piece], evidence: Evidence) -> dict[str, float]:
    """Return by name what speaks for quoting a sentence after those that were chosen; `pieces` are theirs."""
    question, terms, best = evidence.question, evidence.terms, chosen[0]
    values, piece = scored.values, scored.candidate.pieces[0]
    inside = frozenset().union(*(each.inside for each in chosen))
    answers = float(question.form in STRICT_FORMS and best.values["form"] > 0)
    next_to = float(any(_follows(piece, other) for other in pieces))
    is_open = float(not question.form and question.kind in _OPEN)
    thin = 1.0 - max(each.values["novel"] for each in chosen)
    count = len(pieces)
    return {
        "gap": (best.score - scored.score) / _SCALE,
        "score": scored.score / _SCALE,
        "gain": terms.weight(scored.inside - inside),
        "covered": values["covered"],
        "same_article": float(scored.candidate.passage.article_id == best.candidate.passage.article_id),
        "same_passage": float(scored.candidate.passage.passage_id == best.candidate.passage.passage_id),
        "next": next_to,
        "next_open": next_to * is_open,
        "next_thin": next_to * thin,
        "next_list": next_to * float(question.kind in ("list", "parts") or question.count > 0),
        "before": float(any(_follows(other, piece) for other in pieces)),
        "led": float(next_to and any(p.shown.rstrip().endswith((":", "：")) for p in pieces[-1:])),
        "open": is_open,
        "answers": answers,
        "count": min(count, 4) / 4.0,
        "length": sum(len(p.shown) for p in pieces) / _BUDGET,
        "own_length": scored.candidate.length / _BUDGET,
        **{name: values[name] for name in _OWN},
    }


def _follows(piece: Piece, other: Piece) -> bool:
    return piece.passage.doc_id == other.passage.doc_id and 0 <= piece.start - other.end <= _ADJACENT
