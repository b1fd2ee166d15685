"""Read a raw document: from its text to articles, outline, provenance and passages, no character unaccounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from embeddings.terms import Segmenter, default_segmenter, fold_aligned
from rag.datatypes import Article, Document, Dropped, Passage, RawDocument, Section, Span
from rag.errors import ReadingError
from rag.reading.articles import Line, RawArticle, split_articles
from rag.reading.card import read_card
from rag.reading.clean import Cleaned, clean
from rag.reading.head import read_head
from rag.reading.outline import Node, build_outline
from rag.reading.overview import heading_of
from rag.reading.provenance import read_provenance
from rag.reading.sidecar import override
from rag.reading.split import split_article

# Version of the reading rules: part of the manifest, so that an index tells by which rules it was made.
READING_RULES = 2


def read(
    raw: RawDocument,
    sidecar: Mapping[str, object] | None = None,
    segmenter: Segmenter | None = None,
    *,
    allow_secret: bool = False,
) -> Document:
    """Return a document with its articles, passages and what was left out, by rule.

    Raises:
        ReadingError: the document is marked 秘密, 机密 or 绝密 and `allow_secret` is not set.
        SettingsError: the sidecar has an unknown key or a value of the wrong kind.

    """
    cleaned = clean(raw.text)
    folded = fold_aligned(cleaned.text)
    reading = _Reading(raw, cleaned, folded, segmenter or default_segmenter())
    articles: list[Article] = []
    passages: list[Passage] = []
    dropped = list(cleaned.dropped)
    for number, part in enumerate(split_articles(cleaned.text, folded), start=1):
        article, found, left_out = _read_article(reading, part, number, sidecar, len(passages))
        _refuse_secret(raw, article, allow_secret)
        articles.append(article)
        passages += found
        dropped += left_out
    return Document(raw, tuple(articles), tuple(passages), tuple(sorted(dropped, key=lambda d: (d.span, d.rule))))


@dataclass(frozen=True, slots=True)
class _Reading:
    raw: RawDocument
    cleaned: Cleaned
    folded: str
    segmenter: Segmenter


def _read_article(
    reading: _Reading, part: RawArticle, number: int, sidecar: Mapping[str, object] | None, order: int
) -> tuple[Article, list[Passage], list[Dropped]]:
    raw, cleaned = reading.raw, reading.cleaned
    card = read_card(reading.folded, part.lines)
    nodes = build_outline(cleaned.text, card.rest)
    head = read_head(reading.folded, card.rest, frozenset(node.mark.start for node in nodes))
    provenance = read_provenance(cleaned, reading.folded, card.rest, head, card, part.mark, reading.segmenter)
    if sidecar:
        provenance = override(provenance, sidecar)
    dropped = [Dropped(cleaned.span(line.start, line.end), rule) for line, rule in part.noise]
    dropped += [Dropped(cleaned.span(line.start, line.end), "document card") for line in card.lines]
    dropped += [Dropped(cleaned.span(line.start, line.end), "repeated title") for line in head.repeated]
    if part.mark:
        dropped.append(Dropped(cleaned.span(part.mark.start, part.mark.end), "article mark"))
    body = [line for line in card.rest if line not in head.repeated]
    every: list[Line] = [*([part.mark] if part.mark else []), *part.lines, *(line for line, _ in part.noise)]
    extent = (min(line.start for line in every), max(line.end for line in every)) if every else (0, 0)
    span = cleaned.span(*extent) if every else Span(0, 0)
    article = Article(raw.doc_id, number, span, provenance, tuple(_section(cleaned, node) for node in nodes))
    return article, split_article(raw, cleaned, article, body, head.title, nodes, order), dropped


def _section(cleaned: Cleaned, node: Node) -> Section:
    start, end = node.mark.start, node.heading_end
    return Section(
        heading=heading_of(cleaned, node),
        mark=cleaned.text[start : node.mark.end],
        level=node.depth,
        parent=node.parent,
        span=cleaned.span(start, end),
        extent=cleaned.span(start, node.end),
    )


def _refuse_secret(raw: RawDocument, article: Article, allow: bool) -> None:
    secrecy = next((value.text for name, value in article.provenance.elements if name == "secrecy"), "")
    if secrecy and not allow:
        raise ReadingError(
            f"{raw.source!r} is marked {secrecy}", "it is indexed only when the operator allows marked documents"
        )
