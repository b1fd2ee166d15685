"""The list of the library: one row for each article, filtered and cut into pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from embeddings.terms import fold
from rag.datatypes import Article
from rag.search.snapshot import Snapshot
from ui.places import about_lines

T = TypeVar("T")
PER_PAGE = 50
SCRIPTS = ("hans", "hant")
_SAMPLE = 400  # characters that tell in which script a text is written
_TRADITIONAL_SHARE = 0.04  # of them that folding changes; simplified texts stay below 0.01 (variants, quoted names)


@dataclass(frozen=True, slots=True)
class Row:
    """An article as the list shows it."""

    article_id: str
    doc_id: str
    source: str
    title: str
    about: tuple[str, ...]
    issuer: str
    places: tuple[str, ...]
    kind: str
    date: str
    start: int

    @property
    def year(self) -> str:
        """Return the year of issue, or nothing."""
        return self.date[:4]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is filtered by; an empty field does not restrict."""

    text: str = ""
    place: str = ""
    issuer: str = ""
    kind: str = ""
    year: str = ""
    script: str = ""

    def fits(self, row: Row) -> bool:
        """Tell whether a row is wanted, whatever its script."""
        exact = ((self.issuer, row.issuer), (self.kind, row.kind), (self.year, row.year))
        if any(want and want != have for want, have in exact) or (self.place and self.place not in row.places):
            return False
        text = fold("\n".join((row.title, row.source, *row.about)))
        return all(fold(word) in text for word in self.text.split())


class Once(Generic[T]):
    """What is made of a snapshot, once for each that is live."""

    def __init__(self, make: Callable[[Snapshot], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: tuple[str, T] | None = None

    def __call__(self, reader: Snapshot) -> T:
        """Return what is made of this snapshot."""
        name = f"{reader.name} {reader.manifest.built_at}"
        with self._lock:
            if self._made is None or self._made[0] != name:
                self._made = name, self._make(reader)
            return self._made[1]


class Catalogue:
    """The rows of the live snapshot, made once for each."""

    def __init__(self) -> None:
        self._rows = Once(lambda reader: tuple(_rows(reader)))
        self._scripts: Once[dict[str, str]] = Once(lambda reader: {})
        self._addresses = Once(lambda reader: {source: doc_id for source, doc_id, _, _ in reader.sources()})

    def rows(self, reader: Snapshot) -> tuple[Row, ...]:
        """Return a row for every article of a snapshot, in order of source."""
        return self._rows(reader)

    def matching(self, reader: Snapshot, wanted: Wanted) -> list[Row]:
        """Return the rows that are wanted. Telling the script takes reading the text: it is told where it matters."""
        fitting = [row for row in self.rows(reader) if wanted.fits(row)]
        return [row for row in fitting if self.script(reader, row) == wanted.script] if wanted.script else fitting

    def script(self, reader: Snapshot, row: Row) -> str:
        """Return in which script the text of a row is written."""
        known = self._scripts(reader)
        if row.article_id not in known:
            known[row.article_id] = _script(reader.raw(row.doc_id)[row.start : row.start + _SAMPLE])
        return known[row.article_id]

    def addresses(self, reader: Snapshot) -> Mapping[str, str]:
        """Return the identity of every document of a snapshot by its source."""
        return self._addresses(reader)


def _rows(reader: Snapshot) -> list[Row]:
    sources = {doc_id: source for source, doc_id, _, _ in reader.sources()}
    return [_row(article, sources[article.doc_id]) for article in reader.articles()]


def _row(article: Article, source: str) -> Row:
    found = article.provenance
    return Row(
        article_id=article.article_id,
        doc_id=article.doc_id,
        source=source,
        title=article.title,
        about=about_lines(found),
        issuer=found.issuer.text if found.issuer else "",
        places=tuple(place.text for place in found.places),
        kind=found.kind.text if found.kind else "",
        date=found.issued_on.text if found.issued_on else "",
        start=article.span.start,
    )


def _script(text: str) -> str:
    folded = fold(text)
    changed = sum(
        before != after for before, after in zip(text, folded, strict=False) if "\u4e00" <= before <= "\u9fff"
    )
    return "hant" if changed >= _TRADITIONAL_SHARE * max(len(text), 1) else "hans"


def choices(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return the values that occur, by the name of the filter."""
    return {
        "place": sorted({place for row in rows for place in row.places}),
        "issuer": sorted({row.issuer for row in rows} - {""}),
        "kind": sorted({row.kind for row in rows} - {""}),
        "year": sorted({row.year for row in rows} - {""}, reverse=True),
        "script": list(SCRIPTS),
    }
