"""Prove that reading lost nothing: every character of a source is in a passage, metadata, or on the list of what was
left out, with the rule's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rag.datatypes import Article, Document, Provenance, Span, Value

_UNREAD, _BLANK, _METADATA, _PASSAGE, _FIRST_RULE = range(5)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of an article's provenance, as (name, text), and the names of what was not found."""

    number: int
    title: str
    known: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examination:
    """Where the characters of a source went; the counts and `unread` add up to `characters`."""

    source: str
    encoding: str
    characters: int
    passage: int
    metadata: int
    blank: int
    dropped: tuple[tuple[str, int], ...]
    unread: tuple[Span, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def examine(document: Document) -> Examination:
    """Return where each character of a document went."""
    text = document.raw.text
    kinds = np.full(len(text), _UNREAD, dtype=np.int16)
    kinds[[position for position, character in enumerate(text) if character.isspace()]] = _BLANK
    for value in _values(document):
        _paint(kinds, value.span, _METADATA)
    for passage in document.passages:
        for span in passage.spans:
            _paint(kinds, span, _PASSAGE)
    rules = sorted({dropped.rule for dropped in document.dropped})
    for dropped in document.dropped:
        _paint(kinds, dropped.span, _FIRST_RULE + rules.index(dropped.rule))
    counts = Counter(kinds.tolist())
    return Examination(
        source=document.raw.source,
        encoding=document.raw.encoding,
        characters=len(text),
        passage=counts[_PASSAGE],
        metadata=counts[_METADATA],
        blank=counts[_BLANK],
        dropped=tuple((rule, counts[_FIRST_RULE + number]) for number, rule in enumerate(rules)),
        unread=tuple(_runs(kinds == _UNREAD)),
        findings=tuple(_finding(article) for article in document.articles),
        notes=document.raw.notes,
    )


def _paint(kinds: np.ndarray[tuple[int], np.dtype[np.int16]], span: Span | None, kind: int) -> None:
    if span is not None:
        kinds[span.start : span.end] = kind


def _runs(mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Iterator[Span]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    for start, end in edges.reshape(-1, 2).tolist():
        yield Span(start, end)


def named_values(provenance: Provenance) -> list[tuple[str, Value | None]]:
    """Return the values of a provenance under the names that users meet, None where nothing was found."""
    single = ("title", "kind", "issuer", "speaker", "number", "issued_on", "effective_on")
    found: list[tuple[str, Value | None]] = [(name, getattr(provenance, name)) for name in single]
    for name, values in (("place", provenance.places), ("addressee", provenance.addressees)):
        found += [(name, value) for value in values] or [(name, None)]
    return found + list(provenance.elements)


def _values(document: Document) -> Iterator[Value]:
    for article in document.articles:
        for _, value in named_values(article.provenance):
            if value is not None:
                yield value


def _finding(article: Article) -> Finding:
    values = named_values(article.provenance)
    known = tuple((name, value.text) for name, value in values if value is not None)
    return Finding(article.number, article.title, known, tuple(name for name, value in values if value is None))
