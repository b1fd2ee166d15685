"""Decide which articles a filter lets through."""

from __future__ import annotations

from collections.abc import Callable, Collection

from embeddings.terms import fold
from rag.datatypes import Filter
from rag.search.store import Scope


def matches(scope: Scope, where: Filter) -> bool:
    """Return whether an article passes every field of a filter that is not empty."""
    return (
        _any(where.places, lambda wanted: any(_same_place(place, wanted) for place in scope.places))
        and _any(where.issuers, lambda wanted: fold(wanted) in scope.issuer)
        and _any(where.kinds, lambda wanted: fold(wanted) == scope.kind)
        and _any(where.sources, lambda wanted: wanted in scope.sources)
        and _any(where.articles, lambda wanted: wanted == scope.article_id)
        and (not where.folder or any(_inside(source, where.folder) for source in scope.sources))
        and _dated(scope.date, where.since, where.until)
    )


def _any(wanted: Collection[str], passes: Callable[[str], bool]) -> bool:
    return not wanted or any(map(passes, wanted))


def _same_place(place: str, wanted: str) -> bool:
    """Return whether a place is in what was found; a found place may lack the last character (云溪 for 云溪市)."""
    key = fold(wanted)
    return bool(place) and (key in place or place == key[:-1])


def _inside(source: str, folder: str) -> bool:
    return source.startswith(f"{folder.strip('/')}/")


def _dated(date: str, since: str, until: str) -> bool:
    """Return whether a date may lie between two others; each may be a year, a month or a day."""
    if not (since or until):
        return True
    after = date[: len(since)] >= since[: len(date)]
    before = not until or date[: len(until)] <= until[: len(date)]
    return bool(date) and after and before
