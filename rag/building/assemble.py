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
    """A document to assemble: its part, without data, and where it lies."""

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


def assemble(
    draft: Draft,
    placed: Mapping[str, Placed],
    data: Callable[[str], bytes],
    dimension: int,
    step: Callable[[int], None],
) -> Counts:
    """Write a draft. `placed` and `data` go by the identity of a document; `step` is told how many were written."""
    parts = [one.part for one in placed.values()]
    sketches: dict[str, NDArray[np.uint64]] = {}

    def entries() -> Iterator[Entry]:
        for number, doc_id in enumerate(sorted(placed), 1):
            contents = unpack(Part.of(placed[doc_id].part.head(), data(doc_id)))
            sketches[doc_id] = contents.sketch
            yield _entry(placed[doc_id], contents)
            step(number)

    dense = draft.write(entries, lambda: _reprints(placed, sketches), dimension)
    return Counts(
        documents=len(parts),
        articles=sum(part.articles for part in parts),
        passages=sum(part.passages for part in parts),
        characters=sum(part.characters for part in parts),
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


def _reprints(placed: Mapping[str, Placed], sketches: Mapping[str, NDArray[np.uint64]]) -> dict[str, list[str]]:
    """Return the sources of the reprints of each document that has any."""
    doc_ids = list(sketches)
    groups: dict[int, list[str]] = {}
    for doc_id, leader in zip(doc_ids, group(list(sketches.values())), strict=True):
        groups.setdefault(leader, []).append(doc_id)
    return {
        doc_id: sorted(placed[other].source for other in members if other != doc_id)
        for members in groups.values()
        if len(members) > 1
        for doc_id in members
    }
