"""A snapshot as a folder of this machine: SQLite, tantivy and faiss."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Article, Filter, Passage, RawDocument
from rag.errors import IndexDamaged
from rag.search.archive import Entry, Vectors
from rag.search.dense import DenseIndex, build_dense
from rag.search.manifest import Manifest
from rag.search.scope import matches
from rag.search.sparse import SparseIndex, SparseWriter
from rag.search.store import Scope, Store, StoreWriter

STORE, DENSE, PASSAGES, ARTICLES = "store.sqlite", "dense.faiss", "passages", "articles"
_CACHED = 64  # documents, articles and selections kept decoded


@dataclass(frozen=True, slots=True)
class FolderDraft:
    """An empty folder to write a snapshot into."""

    folder: Path

    def write(
        self,
        entries: Callable[[], Iterator[Entry]],
        similar: Callable[[], Mapping[str, Sequence[str]]],
        dimension: int,
    ) -> dict[str, object]:
        """Write both indexes and the store; see `Draft`."""
        store = StoreWriter(self.folder / STORE)
        passages, articles = SparseWriter(self.folder / PASSAGES), SparseWriter(self.folder / ARTICLES)
        vectors: list[Vectors] = [np.empty((0, dimension), dtype=np.float32)]
        row = number = 0
        for entry in entries():
            vectors.append(entry.vectors.copy())  # a view would keep all data of the document
            store.add_document(entry.doc_id, entry.source, entry.also, entry.characters, entry.raw)
            for one in entry.articles:
                store.add_article(number, entry.doc_id, one.article, row)
                articles.add(number, number, one.whole)
                for weighted in one.passages:
                    passages.add(row, number, weighted)
                    row += 1
                number += 1
        # what is left to do at the end waits for one thread each
        with ThreadPoolExecutor() as pool:
            ends = [pool.submit(passages.finish), pool.submit(articles.finish)]
            dense = pool.submit(build_dense, np.concatenate(vectors), self.folder / DENSE)
            for doc_id, sources in similar().items():
                store.add_similar(doc_id, sources)
            store.finish()
            for end in ends:
                end.result()
            return dense.result()


@dataclass(frozen=True, slots=True)
class Selection:
    """What a filter lets through: the numbers of articles, and a mask over the rows of passages."""

    articles: tuple[int, ...]
    rows: NDArray[np.bool_]


class Folder:
    """Implements `Volume`."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._store = Store(folder / STORE)
        self._dense = DenseIndex(folder / DENSE)
        self._passages = SparseIndex(folder / PASSAGES)
        self._articles = SparseIndex(folder / ARTICLES)
        self._owners = self._store.owners()
        self._check_counts(folder, manifest)
        self._select = functools.lru_cache(_CACHED)(self._selection)
        self.document: Callable[[str], RawDocument] = functools.lru_cache(_CACHED)(self._store.document)
        self.article: Callable[[str], Article] = functools.lru_cache(_CACHED)(self._store.article)

    def _check_counts(self, folder: Path, manifest: Manifest) -> None:
        wanted = manifest.passages
        counts = {
            STORE: self._store.count("passages"),
            DENSE: len(self._dense),
            PASSAGES: len(self._passages),
            f"the articles of {ARTICLES}": len(self._articles) - manifest.articles + wanted,
        }
        for name, found in counts.items():
            if found != wanted:
                raise IndexDamaged(f"{folder}: {name} holds {found} passages, not {wanted}; run `kaoju rebuild`")

    def close(self) -> None:
        """Close the files."""
        self._store.close()

    def find_sparse(self, terms: Sequence[str], depth: int, where: Filter | None) -> dict[int, float]:
        """Return about `depth` rows with the highest scores; of rows that tie at the cut, all or none are returned."""
        return self._passages.search(terms, depth, self._select(where).articles if where else None)

    def find_dense(self, vector: Vectors, depth: int, where: Filter | None) -> dict[int, float]:
        """Return the `depth` rows nearest to a vector of shape (d,)."""
        return self._dense.search(vector, depth, self._select(where).rows if where else None)

    def score_sparse(self, terms: Sequence[str], rows: Sequence[int]) -> dict[int, float]:
        """Return the scores of given rows; a row that holds none of the terms is left out."""
        return self._passages.score(terms, rows)

    def score_dense(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """Return the cosines of given rows."""
        return self._dense.score(vector, list(rows))

    def owners(self, rows: Sequence[int]) -> dict[int, int]:
        """Return the number of the article of each row."""
        return dict(zip(rows, self._owners[list(rows)].tolist(), strict=True))

    def score_articles(self, terms: Sequence[str], numbers: Sequence[int]) -> dict[int, float]:
        """Return the scores of whole articles; one that holds none of the terms is left out."""
        return self._articles.score(terms, numbers)

    def frequency(self, term: str) -> int:
        """Return in how many passages a folded term occurs."""
        return self._passages.frequency(term)

    def at(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of given rows."""
        return self._store.at(rows)

    def articles(self) -> list[Article]:
        """Return every article, in order of source and number."""
        return self._store.articles()

    def passages(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in document order."""
        return self._store.passages(article_id)

    def sources(self) -> list[tuple[str, str, tuple[str, ...], int]]:
        """Return (source, doc_id, paths of identical files, characters) of every document, in order of source."""
        return self._store.sources()

    def _selection(self, where: Filter) -> Selection:
        chosen = [scope for scope in self._scopes if matches(scope, where)]
        mask = np.zeros(len(self._owners), dtype=np.bool_)
        for scope in chosen:
            mask[scope.first : scope.last] = True
        return Selection(tuple(scope.number for scope in chosen), mask)

    @functools.cached_property
    def _scopes(self) -> list[Scope]:
        return self._store.scopes()
