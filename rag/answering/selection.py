"""Choose the fewest pieces that answer a question: the best, what it announces, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering.candidates import Candidate, Piece, enumerations_of, piece_of, sentences_of
from rag.answering.evidence import Evidence, Scored
from rag.answering.sentences import MAX_QUOTE
from rag.answering.understand import Question
from rag.datatypes import Passage, Reader

_MOST = 3  # candidates of an answer
_LENGTH = 300  # characters of all of them
_GAIN = 0.16  # share of the question's weight that a further sentence must add
_NEAR = 6.0  # points that a further sentence may be worse than the best
_CLOSE = 2.0  # points that a further sentence may be worse that adds nothing: either may be meant
_THIN = 0.5  # a sentence with less to say beyond the question (see the feature `novel`) only announces the answer
_LOOKED = 60  # candidates that may add something
_LISTING = ("list", "parts")
_GAP = 3  # characters between a sentence and the list that it leads to
_COMPARED = 12  # candidates of each side of a comparison that are tried
_ALIKE = 4.0  # points for two sides that say the same in the same words
_ANNOUNCED = 220  # characters of what follows a sentence that announces
_CONTINUED = 230  # characters of an answer to an open question


def select(evidence: Evidence, reader: Reader, most: int = _MOST) -> list[Piece]:
    """Return the pieces to quote, in order: of the best candidate, then of those that add what it lacks."""
    ranked = evidence.ranked
    pieces = list(spread(ranked[0], evidence.question, reader))
    inside = ranked[0].inside
    for _ in range(most - 1):
        length = sum(len(piece.shown) for piece in pieces)
        further = [
            s
            for s in ranked[:_LOOKED]
            if s.candidate.unit
            and ranked[0].score - s.score < _allowed(evidence.terms.weight(s.inside - inside))
            and length + s.candidate.length <= _LENGTH
            and not any(_overlap(piece, p) for piece in s.candidate.pieces for p in pieces)
        ]
        if not further:
            break
        pieces += further[0].candidate.pieces
        inside |= further[0].inside
    return _continued(pieces, evidence)


def _allowed(gain: float) -> float:
    """Return how many points worse than the best a sentence may be that adds this share of the question's weight."""
    return _NEAR if gain >= _GAIN else _CLOSE


def matching(sides: Sequence[Evidence]) -> list[Scored]:
    """Return one candidate for each side of a comparison, such that they speak of the same.

    Each side's best are weighed together with how much of the first side's they share, pair by pair.
    """
    if not sides:
        return []
    heads = [side.ranked[:_COMPARED] for side in sides]
    pairs = [
        (first.score + other.score + _ALIKE * _shared(first, other), -i, -j)
        for other_heads in heads[1:]
        for i, first in enumerate(heads[0])
        for j, other in enumerate(other_heads)
    ]
    first = heads[0][-max(pairs)[1]] if pairs else heads[0][0]
    others = [max(side, key=lambda other: other.score + _ALIKE * _shared(first, other)) for side in heads[1:]]
    return [first, *others]


def _shared(a: Scored, b: Scored) -> float:
    """Return which share of the pairs of characters of the shorter text stands in the longer one."""
    left, right = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (a.candidate.folded, b.candidate.folded))
    return len(left & right) / max(1, min(len(left), len(right)))


def spread(scored: Scored, question: Question, reader: Reader) -> tuple[Piece, ...]:
    """Return the pieces of a candidate, and what follows a sentence that only announces it: a list, a text."""
    candidate, unit = scored.candidate, scored.candidate.unit
    if unit is None:
        return candidate.pieces
    listing = question.kind in _LISTING or question.count > 0
    if listing:
        members = _led_to(candidate, question, reader)
        if members:
            return members
    pieces = _widened(candidate) if listing else candidate.pieces
    if not (scored.values["novel"] < _THIN or unit.folded.endswith((":", "?"))):
        return pieces
    length = 0
    for following in _following(candidate.passage, unit.end):
        length += following.length
        if length > _ANNOUNCED and len(pieces) > 1:
            break
        pieces += following.pieces
    return pieces


def _led_to(candidate: Candidate, question: Question, reader: Reader) -> tuple[Piece, ...]:
    """Return the members of the enumeration that a sentence leads to or begins, as many as asked when that is said."""
    own = candidate.pieces[0]
    for listed in enumerations_of(reader.article(candidate.passage.article_id), reader):
        first = listed.pieces[0]
        begins = own.start <= first.start < own.end or 0 <= first.start - own.end <= _GAP
        if begins and question.count in (0, listed.members):
            lead = () if own.start >= first.start - _GAP else (_up_to(own, first.start),)
            return tuple(piece for piece in lead if piece.shown) + listed.pieces
    return ()


def _up_to(piece: Piece, end: int) -> Piece:
    """Return the part of a piece before a raw position; a piece with left-out characters inside is not shortened."""
    if end >= piece.end or piece.end - piece.start != len(piece.shown):
        return piece
    return Piece(piece.passage, piece.start, end, piece.shown[: end - piece.start])


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
