"""A snapshot opened for reading: both indexes and the store, as one ranking."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from embeddings.terms import Segmenter
from rag.datatypes import Article, Filter, Hit, Passage, RawDocument
from rag.errors import IndexDamaged, IndexMismatch
from rag.search.dense import DenseIndex
from rag.search.diversity import diversify
from rag.search.fusion import fuse
from rag.search.manifest import Manifest
from rag.search.scope import matches
from rag.search.sparse import SparseIndex
from rag.search.store import Scope, Store
from rag.search.wording import content, regional

STORE, DENSE, PASSAGES, ARTICLES = "store.sqlite", "dense.faiss", "passages", "articles"
# Rows taken from each side before fusion; on the policy notices 100 and 400 rank alike.
_DEPTH = 200
# Part of its article's score that a passage is given; measured on the policy notices: doc@1 0.784 to 0.823.
_ARTICLE_WEIGHT = 0.5
_MAX_QUERY = 2_000  # characters; a question that is longer is cut here
_CACHED = 64  # documents and articles kept decoded


@dataclass(frozen=True, slots=True)
class Selection:
    """What a filter lets through: the numbers of articles, and a mask over the rows of passages."""

    articles: tuple[int, ...]
    rows: NDArray[np.bool_]


class Snapshot:
    """A `Reader`: it never changes, and any number of threads may ask it."""

    def __init__(self, folder: Path, manifest: Manifest, encoder: Encoder, segmenter: Segmenter) -> None:
        _check_makers(folder, manifest, encoder, segmenter)
        self.name = folder.name
        self.manifest = manifest
        self._encoder = encoder
        self._segmenter = segmenter
        self._store = Store(folder / STORE)
        self._dense = DenseIndex(folder / DENSE)
        self._passages = SparseIndex(folder / PASSAGES)
        self._articles = SparseIndex(folder / ARTICLES)
        self._owners = self._store.owners()
        self._check_counts(folder)
        self._select = functools.lru_cache(_CACHED)(self._selection)
        self._document = functools.lru_cache(_CACHED)(self._store.document)
        self._article = functools.lru_cache(_CACHED)(self._store.article)

    def _check_counts(self, folder: Path) -> None:
        wanted = self.manifest.passages
        counts = {
            STORE: self._store.count("passages"),
            DENSE: len(self._dense),
            PASSAGES: len(self._passages),
            f"the articles of {ARTICLES}": len(self._articles) - self.manifest.articles + wanted,
        }
        for name, found in counts.items():
            if found != wanted:
                raise IndexDamaged(f"{folder}: {name} holds {found} passages, not {wanted}; run `kaoju rebuild`")

    def close(self) -> None:
        """Close the files."""
        self._store.close()

    def count(self) -> int:
        """Return the number of passages."""
        return self.manifest.passages

    def frequency(self, term: str) -> int:
        """Return in how many passages a folded term of the sparse index occurs."""
        return self._passages.frequency(term)

    def document(self, doc_id: str) -> RawDocument:
        """Return a document with its text, encoding, pages and the paths of identical files.

        Raises:
            KeyError: there is none of that identity.
        """
        return self._document(doc_id)

    def article(self, article_id: str) -> Article:
        """Return an article with its provenance and outline.

        Raises:
            KeyError: there is none of that identity.
        """
        return self._article(article_id)

    def raw(self, doc_id: str) -> str:
        """Return the raw text of a document."""
        return self.document(doc_id).text

    def articles(self) -> list[Article]:
        """Return every article, in order of source and number."""
        return self._store.articles()

    def passages(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in document order."""
        return self._store.passages(article_id)

    def sources(self) -> list[tuple[str, str, tuple[str, ...], int]]:
        """Return (source, doc_id, paths of identical files, characters) of every document, in order of source."""
        return self._store.sources()

    def search(self, query: str, k: int = 10, where: Filter | None = None) -> list[Hit]:
        """Return the k best passages of the fused ranking, ordered by `(-score, passage_id)`."""
        query = content(query[:_MAX_QUERY])
        terms = self._segmenter.terms(query)
        terms += regional(query, terms, self._segmenter)
        chosen = self._select(where) if where and where != Filter() else None
        if not terms or k < 1 or (chosen and not chosen.articles):
            return []
        depth = max(_DEPTH, 2 * k)
        vector = self._encoder.encode_query([query])[0]
        sparse = self._passages.search(terms, depth, chosen.articles if chosen else None)
        dense = self._dense.search(vector, depth, chosen.rows if chosen else None)
        # each side scores what only the other one found, so that a missing score never stands for a low one
        sparse |= self._passages.score(terms, sorted(dense.keys() - sparse.keys()))
        dense |= self._dense.score(vector, sorted(sparse.keys() - dense.keys()))
        lexical = self._with_articles(terms, sparse, sorted(dense))
        fused = diversify(fuse(lexical, dense, self._encoder.weight), self._owners)
        best = sorted(fused, key=lambda row: (-fused[row], row))[:k]
        found = self._store.at(best)
        return [Hit(found[row], fused[row], lexical[row], dense[row]) for row in best]

    def _with_articles(self, terms: Sequence[str], sparse: dict[int, float], rows: Sequence[int]) -> dict[int, float]:
        """Return the sparse score of every row with its article's part added."""
        groups = dict(zip(rows, self._owners[rows].tolist(), strict=True))
        whole = self._articles.score(terms, sorted(set(groups.values())))
        return {row: sparse.get(row, 0.0) + _ARTICLE_WEIGHT * whole.get(groups[row], 0.0) for row in rows}

    def _selection(self, where: Filter) -> Selection:
        chosen = [scope for scope in self._scopes if matches(scope, where)]
        mask = np.zeros(self.count(), dtype=np.bool_)
        for scope in chosen:
            mask[scope.first : scope.last] = True
        return Selection(tuple(scope.number for scope in chosen), mask)

    @functools.cached_property
    def _scopes(self) -> list[Scope]:
        return self._store.scopes()


def _check_makers(folder: Path, manifest: Manifest, encoder: Encoder, segmenter: Segmenter) -> None:
    pairs = [
        ("terms", manifest.terms, segmenter.fingerprint),
        ("encoder", manifest.encoder_fingerprint, encoder.fingerprint),
        ("dimension", manifest.dimension, encoder.dimension),
    ]
    for name, made, here in pairs:
        if made != here:
            raise IndexMismatch(f"{folder} was made with {name} {made}, here it is {here}; run `kaoju rebuild`")
