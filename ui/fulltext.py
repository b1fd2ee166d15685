"""The full text of an article, with its outline, its pages and the marked quotations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.datatypes import Article, RawDocument, Reader, Span
from ui.places import Part, about_lines, article_at, articles_of, cut, read_spans

_DEEPEST = 5  # heading levels below the title that HTML can say
_HEADING_CHARS = 60  # a longer line is a paragraph, whatever mark it begins with
_SENTENCE_ENDS = ("。", "；", ";", ".", "，", ",")
# '第一段\r\n\r\n第二段': each run between line ends is a line
_LINE = re.compile("[^\r\n\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the full text; `level` is 0 when it is no heading, `page` the page that begins with it."""

    parts: tuple[Part, ...]
    level: int = 0
    anchor: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class View:
    """The full text of an article, ready to be set; `at` is the first quotation, `paged` whether the file has pages."""

    doc_id: str
    title: str
    about: tuple[str, ...]
    source: str
    at: str
    paged: bool
    siblings: tuple[tuple[str, str, bool], ...]
    outline: tuple[tuple[int, str, str], ...]
    lines: tuple[Line, ...]


def full_text(reader: Reader, document: RawDocument, places: Iterable[str]) -> View:
    """Return the article of a document in which the first of `places` (`start-end`) stands."""
    spans = _merged(read_spans(places, len(document.text)))
    marks = [span for span in spans if span.end > span.start]
    articles = articles_of(reader, document.doc_id)
    article = article_at(articles, spans[0].start if spans else 0)
    siblings = tuple(
        (one.title, f"/source/{document.doc_id}?at={one.span.start}-{one.span.start}", one is article)
        for one in articles
    )
    outline = tuple(
        (min(section.level, _DEEPEST), f"h-{position}", section.heading)
        for position, section in enumerate(article.sections)
    )
    return View(
        doc_id=document.doc_id,
        title=article.title,
        about=about_lines(article.provenance),
        source=document.source,
        at=f"{marks[0].start}-{marks[0].end}" if marks else "",
        paged=bool(document.pages),
        siblings=siblings if len(articles) > 1 else (),
        outline=outline,
        lines=tuple(_lines(document, article, marks)),
    )


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
        yield Line(cut(document.text, line, inside, numbers), level, anchor, page)


def _is_heading(line: str) -> bool:
    """Tell whether a line that the outline knows is set as a heading, not as the paragraph that it begins."""
    return len(line) <= _HEADING_CHARS and not line.rstrip().endswith(_SENTENCE_ENDS)
