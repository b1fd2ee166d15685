"""Answer a question by quoting, or refuse it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.candidates import Piece
from rag.answering.compose import Draft, phrases, refuse
from rag.answering.evidence import Evidence, find_evidence, narrowed
from rag.answering.followup import standing_question
from rag.answering.refusal import reason_to_refuse
from rag.answering.selection import select
from rag.answering.structure import headings_above, named_part, text_of
from rag.answering.understand import is_traditional, understand
from rag.datatypes import Answer, Filter, Reader, Turn


def answer(question: str, history: Sequence[Turn], reader: Reader, *, where: Filter | None = None) -> Answer:
    """Return the answer to a question, standing on quotations only, or a refusal with the nearest passages."""
    begun = time.perf_counter()
    said = _answer(question, history, reader, where)
    return replace(said, elapsed_ms=round((time.perf_counter() - begun) * 1000, 2))


def _answer(text: str, history: Sequence[Turn], reader: Reader, where: Filter | None) -> Answer:
    words = phrases(is_traditional(text))
    if not text.strip():
        return refuse(text, words.empty, ())
    standing = standing_question(text, history)
    notes = (words.follow_up.format(question=standing.text),) if standing.focus else ()
    question = replace(understand(standing.text, focus=standing.focus), traditional=is_traditional(text))
    evidence = find_evidence(question, reader, where)
    reason = reason_to_refuse(evidence, reader)
    if reason:
        return refuse(standing.text, reason, evidence.hits, notes)
    draft = _compose(evidence, reader)
    if not draft.citations:
        return refuse(standing.text, words.absent, evidence.hits, notes)
    return draft.finish(standing.text, notes)


def _compose(evidence: Evidence, reader: Reader) -> Draft:
    """Return the answer in the way that its kind asks for."""
    draft = Draft(reader)
    question = evidence.question
    if len(evidence.scope.groups) > 1:
        for mention in evidence.scope.groups:
            own = narrowed(evidence, mention, reader)
            for number, piece in enumerate(select(own) if own.ranked else ()):
                draft.quote(piece, "" if number else phrases(question.traditional).named.format(name=mention.text))
        return draft
    if question.kind == "outline":
        best = evidence.ranked[0].candidate
        for piece in [*headings_above(best, question.quoted, reader), *best.pieces]:
            draft.quote(piece)
        return draft
    for piece in _part(evidence, reader) or _member(evidence) or select(evidence):
        draft.quote(piece)
    return draft


def _part(evidence: Evidence, reader: Reader) -> list[Piece]:
    """Return the text of a part that is named by its number, when the question asks for no more than that."""
    question = evidence.question
    if question.part is None or evidence.terms.weights or not evidence.scope.articles:
        return []
    article = reader.article(evidence.scope.articles[0])
    section = named_part(article, question.part)
    return text_of(section, article, reader) if section else []


def _member(evidence: Evidence) -> list[Piece]:
    """Return the one member of an enumeration that a number names."""
    wanted = evidence.question.member
    if not wanted:
        return []
    lists = [s.candidate for s in evidence.ranked if s.candidate.members >= wanted]
    return [lists[0].pieces[wanted - 1]] if lists else []
