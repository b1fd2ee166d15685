"""The quotations of an answer as cards: one for each document, its quotations in document order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from rag.datatypes import Article, Hit, RawDocument, Reader, Span
from rag.library import Library
from ui import render
from ui.catalogue import Catalogue
from ui.conversations import Source
from ui.places import Part, about_lines, article_at, articles_of, cut, find_document
from ui.strings import Strings

_AROUND = 240  # characters of the paragraph shown on each side of a quotation
_MORE_DEPTH = 50  # passages looked through for "n more in this document"
_NEAR = 0.75  # of the best passage's score: below, a passage shares no more than a word or two with the question


@dataclass(frozen=True, slots=True)
class Place:
    """A quotation in its paragraph, on a card."""

    number: int
    where: str
    parts: tuple[Part, ...]
    url: str
    reference: str
    page_url: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An article that an answer quotes, with the places in document order.

    `also` are reprints and identical files, each with the address of its text (empty: it is this text); `more` counts
    further passages. Of one that is `missing` the library holds no more this version, but perhaps one at `now`.
    """

    title: str
    about: tuple[str, ...]
    places: tuple[Place, ...]
    also: tuple[tuple[str, str], ...] = ()
    more: int = 0
    missing: bool = False
    now: str = ""


def cards_of(
    library: Library, catalogue: Catalogue, question: str, sources: Sequence[Source], words: Strings
) -> list[Card]:
    """Return a card for each document of `sources`, in order of first mention, with how much more of it is near."""
    with library.reader() as reader:
        addresses = catalogue.addresses(reader)
        hits = reader.search(question, _MORE_DEPTH) if question.strip() else []
        order = dict.fromkeys(source.doc_id for source in sources)
        made = [_card(reader, addresses, [one for one in sources if one.doc_id == doc_id], words) for doc_id in order]
    return [replace(card, more=_more(hits, doc_id, sources)) for card, doc_id in zip(made, order, strict=True)]


def _more(hits: Sequence[Hit], doc_id: str, sources: Sequence[Source]) -> int:
    """Return how many passages of a document are about as near to the question as the nearest, and not quoted."""
    near = (hit.passage for hit in hits if hit.passage.doc_id == doc_id and hit.score >= _NEAR * hits[0].score)
    quoted = [source.start for source in sources if source.doc_id == doc_id]
    return sum(not any(one.spans[0].start <= start < one.spans[-1].end for start in quoted) for one in near)


def _card(reader: Reader, addresses: Mapping[str, str], sources: Sequence[Source], words: Strings) -> Card:
    first = sources[0]
    ordered = sorted(sources, key=lambda source: (source.start, source.number))
    document = find_document(reader, first.doc_id)
    if document is None:
        places = tuple(_kept_place(source, words) for source in ordered)
        now = document_url(addresses.get(first.source, ""))
        return Card(first.title, (first.date,) if first.date else (), places, missing=True, now=now)
    articles = articles_of(reader, first.doc_id)
    placed = tuple(_place(source, document, article_at(articles, source.start), words) for source in ordered)
    article = article_at(articles, first.start)
    about = (*about_lines(article.provenance), document.source)
    also = tuple((name, "") for name in document.also)
    also += tuple((name, document_url(addresses.get(name, ""))) for name in document.similar)
    return Card(article.title or first.title, about, placed, also=also)


def document_url(doc_id: str) -> str:
    """Return the address of the full text of a document; empty for none."""
    return f"/source/{quote(doc_id, safe='')}" if doc_id else ""


def _where(source: Source, words: Strings) -> str:
    page = words("page_number", page=source.page) if source.page else ""
    return " · ".join(part for part in (source.locator, page) if part)


def _kept_place(source: Source, words: Strings) -> Place:
    reference = f"“{source.shown}”——《{source.title}》{source.locator}"
    return Place(source.number, _where(source, words), (Part(source.shown, marked=True),), "", reference)


def _place(source: Source, document: RawDocument, article: Article, words: Strings) -> Place:
    raw = document.text
    begin = max(raw.rfind("\n", 0, source.start) + 1, source.start - _AROUND)
    line_end = raw.find("\n", source.end)
    finish = min(len(raw) if line_end < 0 else line_end, source.end + _AROUND)
    parts = cut(raw, Span(begin, finish), (Span(source.start, source.end),))
    quotation = f"“{source.shown}”\n{reference(article, source.locator)}"
    page = bisect_right(document.pages, source.start) or None
    page_url = render.page_url(source.doc_id, page, f"{source.start}-{source.end}") if page else ""
    return Place(
        source.number, _where(replace(source, page=page), words), parts, render.source_url(source), quotation, page_url
    )


def reference(article: Article, locator: str = "") -> str:
    """Return the entry of an article as GB/T 7714 sets it: who. title: number[A]. (date): where."""
    found = article.provenance
    author = found.issuer or found.speaker
    who = author.text if author else ""
    number = f": {found.number.text}" if found.number else ""
    date = f"({found.issued_on.text})" if found.issued_on else ""
    where = f"{date}: {locator}" if date and locator else date or locator
    return " ".join(f"{part}." for part in (who, f"{article.title}{number}[A]", where) if part)
