"""The source pane: the quotations of an answer as cards, and the full text opened at one of them."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rag.datatypes import Article, Provenance, RawDocument, Reader, Span
from rag.library import Library
from ui import render
from ui.conversations import Source, read_sources
from ui.strings import Strings

_AROUND = 240  # characters of the paragraph shown on each side of a quotation
_MORE_DEPTH = 50  # passages looked through for "n more in this document"
_DEEPEST = 5  # heading levels below the title that HTML can say
_HEADING_CHARS = 60  # a longer line is a paragraph, whatever mark it begins with
_SENTENCE_ENDS = ("。", "；", ";", ".", "，", ",")
# '第一段\r\n\r\n第二段': each run between line ends is a line
_LINE = re.compile("[^\r\n\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line; `anchor` names the first stretch of a quotation."""

    text: str
    marked: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the full text; `level` is 0 when it is no heading, `page` the page that begins with it."""

    parts: tuple[Part, ...]
    level: int = 0
    anchor: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class View:
    """The full text of an article, ready to be set."""

    title: str
    about: tuple[str, ...]
    source: str
    siblings: tuple[tuple[str, str, bool], ...]
    outline: tuple[tuple[int, str, str], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A quotation in its paragraph, on a card."""

    number: int
    where: str
    parts: tuple[Part, ...]
    url: str
    reference: str


@dataclass(frozen=True, slots=True)
class Card:
    """An article that an answer quotes, with the places in document order."""

    title: str
    about: tuple[str, ...]
    places: tuple[Place, ...]
    also: tuple[str, ...] = ()
    more: int = 0
    missing: bool = False


def source_routes(library: Library, words_of: Callable[[Request], Strings]) -> list[Route]:
    """Return the routes of the source pane."""

    def full(request: Request) -> Response:
        words = words_of(request)
        with library.reader() as reader:
            view = full_text(reader, request.path_params["doc_id"], request.query_params.getlist("at"))
        if view is None:
            return HTMLResponse(render.page("missing.html", words), status_code=404)
        return HTMLResponse(render.page("source.html", words, view=view))

    async def body(request: Request) -> tuple[str, list[Source]]:
        data = json.loads(await request.body())
        return str(data.get("question", "")), read_sources(data.get("sources"))

    async def cards(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        try:
            question, sources = await body(request)
        except (ValueError, AttributeError):
            return Response("the request holds no list of sources", status_code=400)
        words = words_of(request)
        made = await run_in_threadpool(_cards_of, library, question, sources, words)
        return HTMLResponse(render.page("cards.html", words, cards=made))

    return [Route("/source/{doc_id}", full), Route("/cards", cards, methods=["POST"])]


def _cards_of(library: Library, question: str, sources: Sequence[Source], words: Strings) -> list[Card]:
    with library.reader() as reader:
        made = build_cards(reader, sources, words)
    if not question.strip():
        return made
    shown = {source.doc_id: 0 for source in sources}
    for hit in library.search(question, k=_MORE_DEPTH):
        spans = hit.passage.spans
        if hit.passage.doc_id in shown and not any(
            source.doc_id == hit.passage.doc_id and spans[0].start <= source.start < spans[-1].end for source in sources
        ):
            shown[hit.passage.doc_id] += 1
    order = list(dict.fromkeys(source.doc_id for source in sources))
    return [replace(card, more=shown[doc_id]) for card, doc_id in zip(made, order, strict=True)]


def build_cards(reader: Reader, sources: Sequence[Source], words: Strings) -> list[Card]:
    """Return a card for each document of `sources`, in order of first mention."""
    order = dict.fromkeys(source.doc_id for source in sources)
    return [_card(reader, [one for one in sources if one.doc_id == doc_id], words) for doc_id in order]


def _card(reader: Reader, sources: Sequence[Source], words: Strings) -> Card:
    first = sources[0]
    ordered = sorted(sources, key=lambda source: (source.start, source.number))
    document = find_document(reader, first.doc_id)
    if document is None:
        places = tuple(_kept_place(source, words) for source in ordered)
        return Card(first.title, (first.date,) if first.date else (), places, missing=True)
    articles = articles_of(reader, first.doc_id)
    placed = tuple(_place(source, document, _at(articles, source.start), words) for source in ordered)
    article = _at(articles, first.start)
    about = (*about_lines(article.provenance), document.source)
    return Card(article.title or first.title, about, placed, also=(*document.also, *document.similar))


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
    parts = _cut(raw, Span(begin, finish), (Span(source.start, source.end),))
    quotation = f"“{source.shown}”\n{reference(article, source.locator)}"
    return Place(source.number, _where(source, words), parts, render.source_url(source), quotation)


def reference(article: Article, locator: str = "") -> str:
    """Return the entry of an article as GB/T 7714 sets it: who. title: number[A]. (date): where."""
    found = article.provenance
    author = found.issuer or found.speaker
    who = author.text if author else ""
    number = f": {found.number.text}" if found.number else ""
    date = f"({found.issued_on.text})" if found.issued_on else ""
    where = f"{date}: {locator}" if date and locator else date or locator
    return " ".join(f"{part}." for part in (who, f"{article.title}{number}[A]", where) if part)


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


def _at(articles: Sequence[Article], offset: int) -> Article:
    starts = [article.span.start for article in articles]
    return articles[max(bisect_right(starts, offset) - 1, 0)]


def full_text(reader: Reader, doc_id: str, places: Iterable[str]) -> View | None:
    """Return the article in which the first of `places` (`start-end`) stands; None for an unknown document."""
    document = find_document(reader, doc_id)
    if document is None:
        return None
    spans = _merged(_spans(places, len(document.text)))
    marks = [span for span in spans if span.end > span.start]
    articles = articles_of(reader, doc_id)
    article = _at(articles, spans[0].start if spans else 0)
    siblings = tuple(
        (one.title, f"/source/{doc_id}?at={one.span.start}-{one.span.start}", one is article) for one in articles
    )
    outline = tuple(
        (min(section.level, _DEEPEST), f"h-{position}", section.heading)
        for position, section in enumerate(article.sections)
    )
    return View(
        title=article.title,
        about=about_lines(article.provenance),
        source=document.source,
        siblings=siblings if len(articles) > 1 else (),
        outline=outline,
        lines=tuple(_lines(document, article, marks)),
    )


def _spans(places: Iterable[str], length: int) -> list[Span]:
    found = []
    for place in places:
        start, _, end = place.partition("-")
        if start.isdecimal() and end.isdecimal() and int(start) <= int(end) <= length:
            found.append(Span(int(start), int(end)))
    return found


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _lines(document: RawDocument, article: Article, marks: Sequence[Span]) -> Iterable[Line]:
    numbers = {mark: position for position, mark in enumerate(marks, 1)}
    sections = iter(enumerate(article.sections))
    section = next(sections, None)
    pages = [(offset, page) for page, offset in enumerate(document.pages, 1) if offset < article.span.end]
    for found in _LINE.finditer(document.text, article.span.start, article.span.end):
        line = Span(found.start(), found.end())
        if not found[0].strip():
            continue
        level, anchor = 0, ""
        while section and section[1].span.start < line.end:
            level = min(section[1].level, _DEEPEST) if _is_heading(found[0]) else 0
            anchor = anchor or f"h-{section[0]}"
            section = next(sections, None)
        page = None
        while pages and pages[0][0] <= line.start:
            page = pages.pop(0)[1]
        inside = tuple(mark for mark in marks if mark.start < line.end and mark.end > line.start)
        yield Line(_cut(document.text, line, inside, numbers), level, anchor, page)


def _is_heading(line: str) -> bool:
    """Tell whether a line that the outline knows is set as a heading, not as the paragraph that it begins."""
    return len(line) <= _HEADING_CHARS and not line.rstrip().endswith(_SENTENCE_ENDS)


def _cut(raw: str, within: Span, marks: Sequence[Span], numbers: dict[Span, int] | None = None) -> tuple[Part, ...]:
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
