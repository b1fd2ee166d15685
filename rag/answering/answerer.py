"""Answer a question by quoting, or refuse it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from embeddings.terms import fold_aligned
from rag.answering.candidates import Piece
from rag.answering.compose import Draft, phrases, refuse
from rag.answering.evidence import Evidence, Scored, find_evidence, sides
from rag.answering.followup import standing_question
from rag.answering.refusal import reason_to_refuse
from rag.answering.selection import matching, select, spread
from rag.answering.structure import headings_above, named_part, text_of
from rag.answering.understand import is_traditional, understand
from rag.datatypes import Answer, Filter, Reader, Turn

_LOOKED = 5  # passages whose articles may hold a part that is named without its document


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
    if not evidence.ranked:
        return refuse(standing.text, words.off_topic, evidence.hits, notes)
    draft = Draft(reader)
    reasons = []
    for lead, pieces, own in compose(evidence, reader):
        reason = reason_to_refuse(own, pieces, reader)
        if reason:
            reasons.append(reason)
            continue
        for number, piece in enumerate(pieces):
            draft.quote(piece, "" if number else lead)
    if not draft.citations:
        return refuse(standing.text, reasons[0] if reasons else words.absent, evidence.hits, notes)
    for reason in reasons:
        draft.say(reason)
    return draft.finish(standing.text, notes)


def compose(evidence: Evidence, reader: Reader) -> list[tuple[str, list[Piece], Evidence]]:
    """Return the parts of an answer in the way that its kind asks for: a lead, what to quote, and what it rests on."""
    question = evidence.question
    found = sides(evidence, reader)
    if len(found) > 1:
        lead = phrases(question.traditional).named
        chosen = matching([own for _, own in found])
        return [
            (lead.format(name=name), list(spread(best, question, reader)), replace(own, ranked=(best, *own.ranked)))
            for (name, own), best in zip(found, chosen, strict=True)
        ]
    best = evidence.ranked[0].candidate
    if question.kind == "outline":
        return [("", [*headings_above(best, question.quoted, reader), *best.pieces], evidence)]
    listed = _with_member(evidence)
    if listed:
        return [("", [listed.candidate.pieces[question.member - 1]], replace(evidence, ranked=(listed,)))]
    return [("", _part(evidence, reader) or select(evidence, reader), evidence)]


def _part(evidence: Evidence, reader: Reader) -> list[Piece]:
    """Return the text of a part that is named by its number, when the question asks for no more than that."""
    question, scope = evidence.question, evidence.scope
    named = "".join(mention.text for mention in scope.mentions)
    for article_id in scope.articles or dict.fromkeys(h.passage.article_id for h in evidence.hits[:_LOOKED]):
        article = reader.article(article_id)
        extent = named_part(article, question.part, reader)
        known = named + fold_aligned(article.title)
        subject = [word for word in question.topic if word in (question.focus or question.folded)]
        if extent and any(word in known for word in question.topic) and all(word in known for word in subject):
            return text_of(extent, article, reader)
    return []


def _with_member(evidence: Evidence) -> Scored | None:
    """Return the best enumeration that has the member which a number names."""
    wanted = evidence.question.member
    lists = [s for s in evidence.ranked if s.candidate.members >= max(wanted, 2)] if wanted else []
    return lists[0] if lists else None
