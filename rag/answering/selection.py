"""Choose the fewest pieces that answer a question: the best, what it announces, and what it lacks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from embeddings.terms import fold_aligned
from rag.answering.candidates import Candidate, Piece, completed, enumerations_of, piece_of, sentences_of, up_to
from rag.answering.evidence import Evidence, Scored, measure
from rag.answering.features import held
from rag.answering.forms import measured
from rag.answering.further import belongs, pairs_of, shared, superfluous
from rag.answering.lead import lead_to
from rag.answering.scorer import wanted
from rag.answering.sentences import MAX_QUOTE
from rag.answering.understand import Question
from rag.datatypes import Reader

_MOST = 6  # sentences that are added to the best candidate
_LENGTH = 300  # characters of all of them
_WHOLE_LIST = 390  # characters of a list whose members are quoted as whole sentences
_WANTED = 0.04  # probability from which a further sentence is quoted: 0.1 is more precise, 0.03 more complete
_LOOKED = 40  # candidates that may be added
_REPEATS = 0.7  # share of a sentence's pairs of characters from which it only repeats what is quoted already
_OTHERS = 0.5  # share of a heading's weight that the headings beside it must hold to be asked for with it
_LISTING = ("list", "parts")
_REST = re.compile("其[他它]")  # (五)其他不予注册的情形
_GAP = 3  # characters between a sentence and the list that it leads to
_COMPARED = 12  # candidates of each side of a comparison that are tried
_ALIKE = 4.0  # points for two sides that say the same in the same words


def select(evidence: Evidence, reader: Reader) -> list[Piece]:
    """Return the pieces to quote: of the best candidate, then of those that most probably belong to the answer."""
    chosen = [evidence.ranked[0]]
    pieces = list(spread(chosen[0], evidence.question, reader))
    for figure in _figure_behind(chosen[0], evidence):
        chosen.append(figure)
        pieces += figure.candidate.pieces
    for _ in range(_MOST):
        length = sum(len(piece.shown) for piece in pieces)
        weighed = [(s, belongs(s, chosen, pieces, evidence)) for s in addable(pieces, evidence)]
        possible = [
            (s, measures)
            for s, measures in weighed
            if length + s.candidate.length <= _LENGTH and not superfluous(s, measures, pieces, evidence)
        ]
        likely = wanted([measures for _, measures in possible])
        best = max(range(len(likely)), key=likely.__getitem__, default=None)
        if best is None or likely[best] < _WANTED:
            break
        chosen.append(possible[best][0])
        further = chosen[-1].candidate
        pieces += _widened(further) if _asks_for_list(evidence.question) else further.pieces
    return pieces


def addable(pieces: Sequence[Piece], evidence: Evidence) -> list[Scored]:
    """Return the sentences that could be added: the next best ones, and those behind what is quoted already."""
    next_best = [s for s in evidence.ranked[:_LOOKED] if s.candidate.unit]
    behind = [
        measure(candidate, evidence.setting, held(candidate, evidence.terms))
        for piece in pieces
        for candidate in itertools.islice(_following(piece), 1)
    ]
    said = [pairs_of(piece.shown) for piece in pieces]
    found = {(_place(s), s.candidate.length): s for s in [*behind, *next_best]}
    return [
        s
        for s in found.values()
        if not any(_overlap(own, piece) for own in s.candidate.pieces for piece in pieces)
        and not any(_repeats(s.candidate.pieces[0].shown, pairs) for pairs in said)
    ]


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
    return shared(a.candidate.folded, b.candidate.folded)


def spread(scored: Scored, question: Question, reader: Reader) -> tuple[Piece, ...]:
    """Return the pieces of a candidate; where members are asked for, those of the list that a sentence leads to."""
    if scored.candidate.unit is None:
        return lead_to(scored.candidate.pieces[0], reader) + _members(scored.candidate)
    if not _asks_for_list(question):
        return scored.candidate.pieces
    return _led_to(scored, question, reader) or _widened(scored.candidate)


def _asks_for_list(question: Question) -> bool:
    return question.kind in _LISTING or question.count > 0


def _members(listed: Candidate) -> tuple[Piece, ...]:
    """Return the members of an enumeration as whole sentences, or as they are where that is too long for an answer."""
    whole = tuple(completed(piece) for piece in listed.pieces)
    return whole if sum(len(piece.shown) for piece in whole) <= _WHOLE_LIST else listed.pieces


def _led_to(scored: Scored, question: Question, reader: Reader) -> tuple[Piece, ...]:
    """Return the members of the enumeration that a sentence leads to or begins, as many as asked when that is said."""
    candidate, own = scored.candidate, scored.candidate.pieces[0]
    for listed in enumerations_of(reader.article(candidate.passage.article_id), reader):
        first = listed.pieces[0]
        begins = own.start <= first.start < own.end or 0 <= first.start - own.end <= _GAP or _is_rest(own, listed)
        if begins and question.count in (0, listed.members) and not _stands_out(own, listed, scored.inside):
            lead = (up_to(own, first.start),) if own.start < first.start - _GAP else ()
            return (lead_to(first, reader) or lead) + _members(listed)
    return ()


def _stands_out(own: Piece, listed: Candidate, inside: frozenset[str]) -> bool:
    """Return whether a sentence is the heading of one member that alone holds what is asked: not its list is meant."""
    if not any(own.start <= piece.start < own.end for piece in listed.pieces) or _is_rest(own, listed):
        return False
    lead = up_to(own, listed.pieces[0].start) if own.start < listed.pieces[0].start else None
    if lead and sum(term in fold_aligned(lead.shown) for term in inside) >= _OTHERS * len(inside):
        return False
    others = [fold_aligned(piece.shown) for piece in listed.pieces if not own.start <= piece.start < own.end]
    return not any(sum(term in text for term in inside) >= _OTHERS * len(inside) for text in others)


def _is_rest(own: Piece, listed: Candidate) -> bool:
    """Return whether a sentence is the last member of a list and speaks of all it has not named: 其他情形."""
    last = listed.pieces[-1]
    return own.start <= last.start < own.end and _REST.search(fold_aligned(own.shown)) is not None


def _figure_behind(best: Scored, evidence: Evidence) -> Iterator[Scored]:
    """Yield the sentence behind the best one, where it alone says the figure that is asked for."""
    unit = best.candidate.unit
    asked = evidence.question.measure if evidence.question.kind == "figure" else ""
    if unit is None or unit.is_clause or measured(asked, best.candidate.folded):
        return
    for candidate in itertools.islice(_following(best.candidate.pieces[-1]), 1):
        if measured(asked, candidate.folded):
            yield measure(candidate, evidence.setting, held(candidate, evidence.terms))


def _following(piece: Piece) -> Iterator[Candidate]:
    """Yield the whole sentences behind a piece in its passage."""
    for following in sentences_of(piece.passage):
        if following.unit and not following.unit.is_clause and following.pieces[0].start >= piece.end:
            yield following


def _widened(candidate: Candidate) -> tuple[Piece, ...]:
    """Return the whole sentence of a clause, so that no member of a list is left out; clause by clause, where it is too
    long for one quotation.
    """
    unit = candidate.unit
    if unit is None or not unit.is_clause:
        return candidate.pieces
    if unit.whole[1] - unit.whole[0] <= MAX_QUOTE:
        whole = piece_of(candidate.passage, *unit.whole)
        return (whole,) if whole.end - whole.start <= MAX_QUOTE else candidate.pieces
    clauses = [c for c in sentences_of(candidate.passage) if c.unit and c.unit.whole == unit.whole]
    fits = sum(clause.length for clause in clauses) <= _WHOLE_LIST
    return tuple(piece for clause in clauses for piece in clause.pieces) if fits else candidate.pieces


def _overlap(a: Piece, b: Piece) -> bool:
    return a.passage.doc_id == b.passage.doc_id and a.start < b.end and b.start < a.end


def _place(scored: Scored) -> tuple[str, int]:
    return scored.candidate.passage.doc_id, scored.candidate.pieces[0].start


def _repeats(text: str, said: frozenset[str]) -> bool:
    own = pairs_of(text)
    return len(own & said) > _REPEATS * len(own)
