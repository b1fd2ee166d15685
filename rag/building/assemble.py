"""Put together the snapshot of what was read.

Documents come in order of their identity, whatever the order of files and of reading: an index that was built anew and
one that was brought up to date are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rag.building.prepare import Contents, Part, unpack
from rag.reading.twins import group
from rag.search.archive import ArticleEntry, Draft, Entry

# How often the terms of a field are counted. Measured on the policy notices: provenance twice, doc@5 0.951 to 0.953.
_PASSAGE_WEIGHTS = {"title": 1, "provenance": 2, "headings": 1, "body": 1}
_ARTICLE_WEIGHTS = {"title": 3, "provenance": 3, "body": 1}


@dataclass(frozen=True, slots=True)
class Placed:
    """A document to assemble: its part and where it lies."""

    part: Part
    source: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was assembled."""

    documents: int
    articles: int
    passages: int
    characters: int
    dense: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Written:
    """What is remembered of a document that was written."""

    source: str
    articles: int
    passages: int
    characters: int
    sketch: NDArray[np.uint64]


def assemble(draft: Draft, documents: Callable[[], Iterator[Placed]], dimension: int) -> Counts:
    """Write a draft; `documents` yields all of them in order of their identity, each time it is called."""
    written: dict[str, _Written] = {}

    def entries() -> Iterator[Entry]:
        for one in documents():
            part, contents = one.part, unpack(one.part)
            sizes = part.articles, part.passages, part.characters
            written[part.doc_id] = _Written(one.source, *sizes, contents.sketch)
            yield _entry(one, contents)

    dense = draft.write(entries, lambda: _reprints(written), dimension)
    every = written.values()
    return Counts(
        documents=len(every),
        articles=sum(one.articles for one in every),
        passages=sum(one.passages for one in every),
        characters=sum(one.characters for one in every),
        dense=dense,
    )


def _entry(placed: Placed, contents: Contents) -> Entry:
    bodies = iter(contents.bodies)
    articles = []
    for article, (title, provenance) in zip(contents.articles, contents.heads, strict=True):
        whole = [(title, _ARTICLE_WEIGHTS["title"]), (provenance, _ARTICLE_WEIGHTS["provenance"])]
        passages = []
        for headings, body, leaf in islice(bodies, len(article.passages)):
            fields = {"title": title, "provenance": provenance, "headings": headings, "body": body}
            passages.append([(terms, _PASSAGE_WEIGHTS[name]) for name, terms in fields.items()])
            if leaf:
                whole.append((body, _ARTICLE_WEIGHTS["body"]))
        articles.append(ArticleEntry(article, whole, passages))
    part = placed.part
    return Entry(part.doc_id, placed.source, placed.also, part.characters, contents.raw, articles, contents.vectors)


def _reprints(written: Mapping[str, _Written]) -> dict[str, list[str]]:
    """Return the sources of the reprints of each document that has any."""
    groups: dict[int, list[str]] = {}
    for doc_id, leader in zip(written, group([one.sketch for one in written.values()]), strict=True):
        groups.setdefault(leader, []).append(doc_id)
    return {
        doc_id: sorted(written[other].source for other in members if other != doc_id)
        for members in groups.values()
        if len(members) > 1
        for doc_id in members
    }
