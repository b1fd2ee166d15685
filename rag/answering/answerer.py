"""Answer a question by quoting, or refuse it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.compose import Draft, phrases, refuse
from rag.answering.evidence import Evidence, Scored, find_evidence
from rag.answering.followup import standing_question
from rag.answering.refusal import reason_to_refuse
from rag.answering.selection import select
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
    notes = (words.follow_up.format(question=standing),) if standing != text else ()
    evidence = find_evidence(replace(understand(standing), traditional=is_traditional(text)), reader, where)
    reason = reason_to_refuse(evidence, reader)
    if reason:
        return refuse(standing, reason, evidence.hits, notes)
    draft = _compose(evidence, select(evidence), reader)
    if not draft.citations:
        return refuse(standing, words.absent, evidence.hits, notes)
    return draft.finish(standing, notes)


def _compose(evidence: Evidence, chosen: Sequence[Scored], reader: Reader) -> Draft:
    draft = Draft(reader)
    for scored in chosen:
        for piece in scored.candidate.pieces:
            draft.quote(piece)
    return draft
