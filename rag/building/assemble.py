"""Write the files of a snapshot from what was read.

Documents come in order of their identity, whatever the order of files and of reading: an index that was built anew and
one that was brought up to date are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.building.prepare import Contents, Part, unpack
from rag.reading.twins import group
from rag.search.dense import Vectors, build_dense
from rag.search.snapshot import ARTICLES, DENSE, PASSAGES, STORE
from rag.search.sparse import SparseWriter
from rag.search.store import StoreWriter

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
    folder: Path,
    placed: Mapping[str, Placed],
    data: Callable[[str], bytes],
    dimension: int,
    step: Callable[[], None],
) -> Counts:
    """Write both indexes and the store into a folder. `placed` and `data` go by the identity of a document."""
    parts = [one.part for one in placed.values()]
    passages = sum(part.passages for part in parts)
    writing = _Writing(folder, np.empty((passages, dimension), dtype=np.float32))
    for doc_id in sorted(placed):
        one = placed[doc_id]
        writing.add(one, unpack(Part.of(one.part.head(), data(doc_id))))
        step()
    dense = writing.finish()
    return Counts(
        documents=len(parts),
        articles=sum(part.articles for part in parts),
        passages=passages,
        characters=sum(part.characters for part in parts),
        dense=dense,
    )


class _Writing:
    """The writers of one snapshot, and how far they are."""

    def __init__(self, folder: Path, vectors: Vectors) -> None:
        self._store = StoreWriter(folder / STORE)
        self._passages = SparseWriter(folder / PASSAGES)
        self._articles = SparseWriter(folder / ARTICLES)
        self._dense = folder / DENSE
        self._vectors = vectors
        self._row = 0
        self._article = 0
        self._sources: list[tuple[str, str]] = []
        self._sketches: list[NDArray[np.uint64]] = []

    def add(self, placed: Placed, contents: Contents) -> None:
        """Write a document."""
        doc_id = placed.part.doc_id
        self._vectors[self._row : self._row + len(contents.vectors)] = contents.vectors
        self._store.add_document(doc_id, placed.source, placed.also, placed.part.characters, contents.raw)
        self._sources.append((doc_id, placed.source))
        self._sketches.append(contents.sketch)
        bodies = iter(contents.bodies)
        for article, (title, provenance) in zip(contents.articles, contents.heads, strict=True):
            self._store.add_article(self._article, doc_id, article, self._row)
            whole = [(title, _ARTICLE_WEIGHTS["title"]), (provenance, _ARTICLE_WEIGHTS["provenance"])]
            for headings, body, leaf in islice(bodies, len(article.passages)):
                fields = {"title": title, "provenance": provenance, "headings": headings, "body": body}
                weighted = [(terms, _PASSAGE_WEIGHTS[name]) for name, terms in fields.items()]
                self._passages.add(self._row, self._article, weighted)
                if leaf:
                    whole.append((body, _ARTICLE_WEIGHTS["body"]))
                self._row += 1
            self._articles.add(self._article, self._article, whole)
            self._article += 1

    def finish(self) -> dict[str, object]:
        """Say which documents are reprints, close all files, and return the parameters of the dense index."""
        for members in _groups(group(self._sketches)):
            for doc_id, source in (self._sources[i] for i in members):
                self._store.add_similar(
                    doc_id, sorted(self._sources[i][1] for i in members if self._sources[i][1] != source)
                )
        self._store.finish()
        self._passages.finish()
        self._articles.finish()
        return build_dense(self._vectors, self._dense)


def _groups(leaders: Sequence[int]) -> Iterator[list[int]]:
    """Yield the positions of each group of two or more."""
    groups: dict[int, list[int]] = {}
    for position, leader in enumerate(leaders):
        groups.setdefault(leader, []).append(position)
    yield from (members for members in groups.values() if len(members) > 1)
