"""Ask official documents and get proven answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.datatypes import Answer, Article, Citation, Filter, Hit, Passage, Provenance, Sentence, SetAside, Span, Turn
from rag.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    KaojuError,
    SettingsError,
    StoreError,
    UsageError,
)

if TYPE_CHECKING:
    from rag.building.build import Progress, Report
    from rag.library import Library

__all__ = [
    "Answer",
    "Article",
    "Citation",
    "Filter",
    "Hit",
    "IndexBusy",
    "IndexDamaged",
    "IndexMismatch",
    "IndexMissing",
    "KaojuError",
    "Library",
    "Passage",
    "Progress",
    "Provenance",
    "Report",
    "Sentence",
    "SetAside",
    "SettingsError",
    "Span",
    "StoreError",
    "Turn",
    "UsageError",
]

_LATER = {"Library": "rag.library", "Progress": "rag.building.build", "Report": "rag.building.build"}


def __getattr__(name: str) -> object:
    """Import the indexes with the first use of a name that needs them, so that the rest starts at once."""
    if name not in _LATER:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LATER[name]), name)
