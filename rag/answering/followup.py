"""Rebuild the question that a follow-up stands for, from the turns before it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.datatypes import Turn


def standing_question(text: str, history: Sequence[Turn]) -> str:
    """Return the question with what it leaves unsaid put back."""
    return text
