"""The values of a document as JSON, for the store and the cache; nothing in them depends on where the file lies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rag.datatypes import Article, Passage, Provenance, RawDocument, Section, Span, Value

_SINGLE = ("title", "kind", "issuer", "speaker", "number", "issued_on", "effective_on")
_SEVERAL = ("places", "addressees")
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # to make one takes as long as to use it


def dump(record: object) -> str:
    """Return a record as compact JSON."""
    return _COMPACT.encode(record)


def raw_record(raw: RawDocument) -> list[Any]:
    """Return a raw document without its source and the paths of its twins."""
    return [raw.text, raw.sha256, raw.format, raw.encoding, raw.confidence, raw.pages, raw.notes]


def read_raw(record: Sequence[Any], source: str, also: Sequence[str]) -> RawDocument:
    """Return the raw document of a record, as it lies at `source`."""
    text, sha256, form, encoding, confidence, pages, notes = record
    return RawDocument(source, text, sha256, form, encoding, confidence, tuple(pages), tuple(notes), tuple(also))


def article_record(article: Article) -> list[Any]:
    """Return an article without the identity of its document."""
    found = article.provenance
    provenance: dict[str, Any] = {name: _value(getattr(found, name)) for name in _SINGLE if getattr(found, name)}
    provenance |= {name: [_value(v) for v in getattr(found, name)] for name in _SEVERAL}
    provenance |= {"keywords": found.keywords, "aliases": found.aliases}
    provenance["elements"] = [(name, _value(value)) for name, value in found.elements]
    sections = [(s.heading, s.mark, s.level, s.parent, *_span(s.span), *_span(s.extent)) for s in article.sections]
    return [article.number, *_span(article.span), provenance, sections]


def read_article(record: Sequence[Any], doc_id: str) -> Article:
    """Return the article of a record."""
    number, start, end, values, sections = record
    found: dict[str, Any] = {name: _read_value(values[name]) for name in _SINGLE if name in values}
    found |= {name: tuple(_read_value(v) for v in values[name]) for name in _SEVERAL}
    found |= {name: tuple(values[name]) for name in ("keywords", "aliases")}
    found["elements"] = tuple((name, _read_value(value)) for name, value in values["elements"])
    outline = tuple(Section(h, m, level, up, Span(a, b), Span(c, d)) for h, m, level, up, a, b, c, d in sections)
    return Article(doc_id, number, Span(start, end), Provenance(**found), outline)


def passage_record(passage: Passage) -> list[Any]:
    """Return a passage without its text and the identities of its document and article."""
    spans = [_span(span) for span in passage.spans]
    gaps = [_span(span) for span in passage.gaps]
    head = [passage.passage_id, passage.order, passage.kind, passage.headings]
    return [*head, passage.locator, spans, passage.page, gaps]


def read_passage(record: Sequence[Any], text: str, article_id: str, source: str) -> Passage:
    """Return the passage of a record."""
    passage_id, order, kind, headings, locator, spans, page, gaps = record
    return Passage(
        passage_id=passage_id,
        doc_id=article_id.split("/", maxsplit=1)[0],
        article_id=article_id,
        source=source,
        order=order,
        kind=kind,
        headings=tuple(headings),
        locator=locator,
        spans=tuple(Span(a, b) for a, b in spans),
        text=text,
        page=page,
        gaps=tuple(Span(a, b) for a, b in gaps),
    )


def _span(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _value(value: Value) -> list[Any]:
    return [value.text, _span(value.span) if value.span else None, value.confidence]


def _read_value(record: Sequence[Any]) -> Value:
    text, span, confidence = record
    return Value(text, Span(*span) if span else None, confidence)
