"""Decide whether what was found answers the question at all."""

from __future__ import annotations

from rag.answering.compose import phrases
from rag.answering.evidence import Evidence
from rag.datatypes import Reader

_LEAST = 0.0  # share of the question's weight that the best evidence must hold, its passage and headings included


def reason_to_refuse(evidence: Evidence, reader: Reader) -> str:
    """Return why a question cannot be answered, or an empty string."""
    words = phrases(evidence.question.traditional)
    if not evidence.ranked:
        return words.off_topic
    best = evidence.ranked[0]
    return words.absent if best.values[0] + best.values[1] < _LEAST else ""
