"""Measure whether one more sentence belongs to an answer that has begun."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence

from embeddings.terms import fold_aligned
from rag.answering.candidates import Piece
from rag.answering.evidence import Evidence, Scored
from rag.answering.forms import STRICT_FORMS
from rag.answering.structure import path_at
from rag.answering.understand import Question
from rag.datatypes import Section

_ADJACENT = 3  # characters between two sentences of which the one follows the other
_SCALE = 10.0  # points of a score that count as one
_BUDGET = 300.0  # characters of a long answer
# what is taken over from the features of the sentence itself
_OWN = (
    "form", "novel", "short", "label", "titled", "heading_only", "asked", "context", "rank", "clause", "heading",
    "distinct",
)  # fmt: skip
_BEST = ("distinct", "covered", "novel")  # and from those of the best sentence
# kinds of questions that one sentence answers: one without the form of the answer says something else
_SINGLE = ("figure", "who", "where", "why")
_TIED = 0.1  # points of _SCALE between two sentences of which either may be the best
_THIN = 0.3  # of a best sentence that says little itself, as a heading
_LABEL = 15  # characters of a label, at most: 主诉:
_BESIDE = 12  # characters of a line beside the name of who speaks, as of an office
_GREETING = re.compile(r"(?:同志们|朋友们|各位|尊敬的|女士们)[^。;]{0,20}[:,!]?")  # 同志们:
_ARTICLE = re.compile("第.+[条條]")  # 第十二条
_FAR = 3000.0  # characters from which a sentence stands as far off as one of another document
_NEARBY = 200  # characters
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
        "held": terms.weight(inside),
        "alike": max(shared(piece.shown, other.shown) for other in pieces),
        **_asked(question),
        **_apart(piece, pieces),
        **{name: values[name] for name in _OWN},
        **{f"best_{name}": best.values[name] for name in _BEST},
    }


def _asked(question: Question) -> dict[str, float]:
    """Return what kind of question it is."""
    return {
        f"kind_{question.kind}": 1.0,
        "counted": float(question.count > 0),
        "form_asked": float(bool(question.form)),
        "form_strict": float(question.form in STRICT_FORMS),
    }


def _apart(piece: Piece, pieces: Sequence[Piece]) -> dict[str, float]:
    """Return how far a piece stands from the nearest of those quoted, and on which side of one nearby."""
    others = [other for other in pieces if other.passage.doc_id == piece.passage.doc_id]
    gaps = [(piece.start - other.end, other.start - piece.end) for other in others]
    least = min((max(*gap, 0) for gap in gaps), default=_FAR)
    return {
        "distance": math.log1p(min(least, _FAR)),
        "behind": float(any(0 <= behind <= _NEARBY for behind, _ in gaps)),
        "ahead": float(any(0 <= ahead <= _NEARBY for _, ahead in gaps)),
    }


@functools.lru_cache(maxsize=4096)
def pairs_of(text: str) -> frozenset[str]:
    """Return the pairs of characters that stand side by side in a text."""
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def shared(a: str, b: str) -> float:
    """Return which share of the pairs of characters of the shorter text stands in the longer one."""
    left, right = pairs_of(a), pairs_of(b)
    return len(left & right) / max(1, min(len(left), len(right)))


def _follows(piece: Piece, other: Piece) -> bool:
    return piece.passage.doc_id == other.passage.doc_id and 0 <= piece.start - other.end <= _ADJACENT


def superfluous(scored: Scored, measures: Mapping[str, float], pieces: Sequence[Piece], evidence: Evidence) -> bool:
    """Return whether a sentence says no more of what is asked than what is quoted, whatever its probability.

    `measures` are those of `belongs`. A list of as many members as were asked for
    is complete, but for what says its name. One that announces something is none without what it announces.
    """
    best, asked = evidence.ranked[0], evidence.question
    text = scored.candidate.folded.rstrip()
    if _of_the_head(scored, evidence):
        return True
    if best.candidate.members and best.candidate.members == asked.count:
        said = fold_aligned("\n".join(piece.shown for piece in pieces))
        return not any(quoted in text and quoted not in said for quoted in asked.quoted)
    if text.endswith(":") and len(text) > _LABEL and not measures["next"]:
        return True
    if measures["gain"] > 0 or measures["led"] or measures["next_thin"] > _THIN:
        return False
    kind, values = asked.kind, best.values
    if values["defines"] > 1 or (kind in _SINGLE and values["form"] >= 1 > scored.values["form"]):
        return True
    if measures["gap"] < _TIED and not measures["next"]:
        return False
    apart = kind != "how" or not measures["next"]
    return apart and _in_other_article(scored.candidate.pieces[0], pieces, evidence)


def _of_the_head(scored: Scored, evidence: Evidence) -> bool:
    """Return whether a sentence only greets, or only says the title, speaker, number or day of its article, unasked."""
    piece = scored.candidate.pieces[0]
    article = evidence.setting.articles_by_id.get(piece.passage.article_id)
    if article is None or scored.values["source"]:
        return False
    found = article.provenance
    spans = [value.span for value in (found.speaker, found.issued_on, found.number) if value and value.span]
    said = any(
        s.start < piece.end and piece.start < s.end and len(piece.shown) <= s.end - s.start + _BESIDE for s in spans
    )
    text = scored.candidate.folded.strip()
    return said or text in fold_aligned(article.title) or _GREETING.fullmatch(text) is not None


def _in_other_article(piece: Piece, quoted: Sequence[Piece], evidence: Evidence) -> bool:
    """Return whether a piece stands in another numbered article (第…条) than all that is quoted."""
    own = _numbered(piece, evidence)
    return own is not None and own not in [_numbered(other, evidence) for other in quoted]


def _numbered(piece: Piece, evidence: Evidence) -> Section | None:
    """Return the numbered article that a piece stands in."""
    article = evidence.setting.articles_by_id.get(piece.passage.article_id)
    path = path_at(article, piece.start) if article else []
    return next((section for section in path if _ARTICLE.match(section.mark)), None)
