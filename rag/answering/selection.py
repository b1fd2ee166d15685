"""Choose the fewest pieces that answer a question: the best, what it announces, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator

from rag.answering.candidates import Candidate, Piece, piece_of, sentences_of
from rag.answering.evidence import Evidence, Scored
from rag.answering.scorer import FEATURES
from rag.answering.sentences import MAX_QUOTE
from rag.answering.understand import Question
from rag.datatypes import Passage

_MOST = 3  # candidates of an answer
_LENGTH = 260  # characters of all of them
_GAIN = 0.18  # share of the question's weight that a further sentence must add
_NEAR = 3.0  # points that a further sentence may be worse than the best
_THIN = 0.5  # a sentence with less to say beyond the question (see the feature `novel`) only announces the answer
_ANNOUNCED = 130  # characters of what follows a sentence that announces
_CONTINUED = 110  # characters of an answer to an open question
_NOVEL = FEATURES.index("novel")


def select(evidence: Evidence) -> list[Piece]:
    """Return the pieces to quote, in order: of the best candidate, then of those that add what it lacks."""
    ranked = evidence.ranked
    pieces = list(spread(ranked[0], evidence.question))
    inside = ranked[0].inside
    for _ in range(_MOST - 1):
        length = sum(len(piece.shown) for piece in pieces)
        further = [
            s
            for s in ranked[:60]
            if evidence.terms.weight(s.inside - inside) >= _GAIN
            and s.score > ranked[0].score - _NEAR
            and length + s.candidate.length <= _LENGTH
            and not any(_overlap(piece, p) for piece in s.candidate.pieces for p in pieces)
        ]
        if not further:
            break
        pieces += further[0].candidate.pieces
        inside |= further[0].inside
    return _continued(pieces, evidence)


def spread(scored: Scored, question: Question) -> tuple[Piece, ...]:
    """Return the pieces of a candidate, and what follows a sentence that only announces it: a heading, a question."""
    candidate, unit = scored.candidate, scored.candidate.unit
    pieces = _widened(candidate) if question.kind == "list" else candidate.pieces
    if unit is None or not (scored.values[_NOVEL] < _THIN or unit.folded.endswith((":", "?"))):
        return pieces
    length = 0
    for following in _following(candidate.passage, unit.end):
        length += following.length
        if length > _ANNOUNCED and len(pieces) > 1:
            break
        pieces += following.pieces
    return pieces


def _following(passage: Passage, position: int) -> Iterator[Candidate]:
    """Yield the sentences of a passage from a position on."""
    for following in sentences_of(passage):
        if following.unit and not following.unit.is_clause and following.unit.start >= position:
            yield following


def _continued(pieces: list[Piece], evidence: Evidence) -> list[Piece]:
    """Return the pieces with what follows the last one, when the question asks for more than one fact."""
    if evidence.question.form or evidence.ranked[0].candidate.unit is None or len(pieces) > 1:
        return pieces
    unit = evidence.ranked[0].candidate.unit
    length = sum(len(piece.shown) for piece in pieces)
    for following in _following(unit.passage, unit.whole[1]):
        length += following.length
        if length > _CONTINUED:
            break
        pieces += following.pieces
    return pieces


def _widened(candidate: Candidate) -> tuple[Piece, ...]:
    """Return the whole sentence of a clause, so that no member of a list is left out."""
    unit = candidate.unit
    if unit is None or not unit.is_clause or unit.whole[1] - unit.whole[0] > MAX_QUOTE:
        return candidate.pieces
    whole = piece_of(candidate.passage, *unit.whole)
    return (whole,) if whole.end - whole.start <= MAX_QUOTE else candidate.pieces


def _overlap(a: Piece, b: Piece) -> bool:
    return a.passage.doc_id == b.passage.doc_id and a.start < b.end and b.start < a.end
