"""What cards, full texts and pages have in common: documents, articles and places found, and texts cut at marks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.datatypes import Article, Provenance, RawDocument, Reader, Span


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line; `anchor` names the first stretch of a quotation."""

    text: str
    marked: bool = False
    anchor: str = ""


def find_document(reader: Reader, doc_id: str) -> RawDocument | None:
    """Return a document of the snapshot, or None when it holds none of that identity."""
    try:
        return reader.document(doc_id)
    except KeyError:
        return None


def articles_of(reader: Reader, doc_id: str) -> list[Article]:
    """Return the articles of a document, which are numbered from 1 without a gap."""
    found: list[Article] = []
    while True:
        try:
            found.append(reader.article(f"{doc_id}/{len(found) + 1}"))
        except KeyError:
            return found


def about_lines(found: Provenance) -> tuple[str, ...]:
    """Return who, when and which number, as far as known."""
    values = (found.issuer, found.speaker, found.number, found.issued_on)
    return tuple(dict.fromkeys(value.text for value in values if value and value.text))


def article_at(articles: Sequence[Article], offset: int) -> Article:
    """Return the article in which an offset stands."""
    starts = [article.span.start for article in articles]
    return articles[max(bisect_right(starts, offset) - 1, 0)]


def read_spans(places: Iterable[str], length: int) -> list[Span]:
    """Return the ranges that `places` (`start-end`) name, those that lie in a text of so many characters."""
    found = []
    for place in places:
        start, _, end = place.partition("-")
        if start.isdecimal() and end.isdecimal() and int(start) <= int(end) <= length:
            found.append(Span(int(start), int(end)))
    return found


def cut(raw: str, within: Span, marks: Sequence[Span], numbers: dict[Span, int] | None = None) -> tuple[Part, ...]:
    """Cut `within` where marks begin and end; a mark that `numbers` knows gets its anchor where it begins."""
    parts: list[Part] = []
    position = within.start
    for mark in marks:
        start, end = max(mark.start, within.start), min(mark.end, within.end)
        if position < start:
            parts.append(Part(raw[position:start]))
        anchor = f"mark-{numbers[mark]}" if numbers and start == mark.start else ""
        parts.append(Part(raw[start:end], marked=True, anchor=anchor))
        position = end
    if position < within.end:
        parts.append(Part(raw[position : within.end]))
    return tuple(parts)
