"""A generation opened for reading. Every request goes to its collections by their own names, never by the alias."""

from __future__ import annotations

import functools
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rag.datatypes import Article, Filter, Passage, RawDocument
from rag.errors import IndexDamaged
from rag.search.archive import Vectors
from rag.search.manifest import Manifest
from rag.search.milvus.draft import Names
from rag.search.milvus.literals import among, expression
from rag.search.milvus.records import Records
from rag.search.milvus.server import MAX_HITS, Server
from rag.search.milvus.weights import Term, asked
from rag.search.record import read_article, read_passage, read_raw
from rag.search.store import cited
from rag.search.ties import DIGITS, cut

_CACHED = 64  # documents and articles kept decoded
_CACHED_TERMS = 20_000  # and terms, of some 30 a question


class Generation:
    """Implements `Volume`."""

    def __init__(self, server: Server, name: str, manifest: Manifest) -> None:
        self._server = server
        self._names = Names(name)
        self._manifest = manifest
        self._records = Records(server, self._names.records)
        self._known: dict[str, Term | None] = {}
        self.document: Callable[[str], RawDocument] = functools.lru_cache(_CACHED)(self._document)
        self.article: Callable[[str], Article] = functools.lru_cache(_CACHED)(self._article)
        self._held: Callable[[str], tuple[str, int, list[Any]]] = functools.lru_cache(_CACHED)(self._holding)

    def close(self) -> None:
        """Do nothing: the connection is the archive's."""

    def check(self) -> None:
        """Check that every passage and article is there.

        Raises:
            IndexDamaged: some are missing.
        """
        counts = {self._names.passages: self._manifest.passages, self._names.articles: self._manifest.articles}
        for name, wanted in counts.items():
            held = self._server.count(name)
            if held != wanted:
                raise IndexDamaged(f"{name} holds {held} rows, not {wanted}; run `kaoju rollback` or `kaoju rebuild`")

    def find_sparse(self, terms: Sequence[str], depth: int, where: Filter | None) -> dict[int, float]:
        """Return about `depth` rows with the highest scores; of rows that tie at the cut, all or none are returned."""
        return self._sparse(terms, depth, expression(where) if where else "")

    def score_sparse(self, terms: Sequence[str], rows: Sequence[int]) -> dict[int, float]:
        """Return the scores of given rows; a row that holds none of the terms is left out."""
        return self._sparse(terms, len(rows) + 1, among("row", rows)) if rows else {}

    def _sparse(self, terms: Sequence[str], depth: int, where: str) -> dict[int, float]:
        held = {text: (term.number, term.passages) for text, term in self._terms(terms).items()}
        return self._ranked(self._names.passages, asked(terms, held, self._manifest.passages), depth, where)

    def score_articles(self, terms: Sequence[str], numbers: Sequence[int]) -> dict[int, float]:
        """Return the scores of whole articles; one that holds none of the terms is left out."""
        held = {text: (term.number, term.articles) for text, term in self._terms(terms).items()}
        query = asked(terms, held, self._manifest.articles)
        return self._ranked(self._names.articles, query, len(numbers) + 1, among("number", numbers)) if numbers else {}

    def _ranked(self, name: str, query: Mapping[int, float], depth: int, where: str) -> dict[int, float]:
        if not query:
            return {}

        def run(limit: int) -> list[tuple[int, float]]:
            hits = self._server.search(name, "sparse", query, limit, where)
            return sorted(((row, round(score, DIGITS)) for row, score in hits), key=lambda hit: (-hit[1], hit[0]))

        return cut(run, depth, MAX_HITS)

    def find_dense(self, vector: Vectors, depth: int, where: Filter | None) -> dict[int, float]:
        """Return the `depth` rows nearest to a vector of shape (d,)."""
        chosen = expression(where) if where else ""
        return dict(self._server.search(self._names.passages, "dense", vector, min(depth, MAX_HITS), chosen))

    def score_dense(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """Return the cosines of given rows."""
        found = self._server.fetch(self._names.passages, among("row", rows), ["row", "dense"]) if rows else []
        return {one["row"]: float(np.asarray(one["dense"], dtype=np.float32) @ vector) for one in found}

    def owners(self, rows: Sequence[int]) -> dict[int, int]:
        """Return the number of the article of each row."""
        found = self._server.fetch(self._names.passages, among("row", rows), ["row", "number"]) if rows else []
        return {one["row"]: one["number"] for one in found}

    def frequency(self, term: str) -> int:
        """Return in how many passages a folded term occurs."""
        found = self._terms([term])
        return found[term].passages if found else 0

    def _terms(self, terms: Sequence[str]) -> dict[str, Term]:
        """Return those of the terms that the generation has."""
        known = self._known
        new = sorted({term for term in terms if term not in known})
        if new:
            found = self._records.get([f"term/{term}" for term in new])
            fresh = {term: Term.of(found[f"term/{term}"]) if f"term/{term}" in found else None for term in new}
            # replaced as a whole: other threads read it meanwhile
            known = self._known = fresh if len(known) > _CACHED_TERMS else known | fresh
        return {term: held for term in dict.fromkeys(terms) if (held := known.get(term))}

    def at(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of given rows."""
        found = self._server.fetch(self._names.passages, among("row", rows), ["row", "article_id"]) if rows else []
        return {one["row"]: self._passage(one["article_id"], one["row"]) for one in found}

    def passages(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in document order."""
        _, first, passages = self._held(article_id)
        return [self._passage(article_id, first + number) for number in range(len(passages))]

    def _passage(self, article_id: str, row: int) -> Passage:
        source, first, passages = self._held(article_id)
        record, text = passages[row - first]
        passage = read_passage(json.loads(record), text or "", article_id, source)
        return (
            passage if text is not None else replace(passage, text=cited(self.document(passage.doc_id).text, passage))
        )

    def articles(self) -> list[Article]:
        """Return every article, in order of source and number."""
        article_ids = [article_id for *_, articles in self._inventory for article_id in articles]
        found = self._records.get([f"article/{article_id}" for article_id in article_ids])
        return [_read_article(article_id, found[f"article/{article_id}"]) for article_id in article_ids]

    def sources(self) -> list[tuple[str, str, tuple[str, ...], int]]:
        """Return (source, doc_id, paths of identical files, characters) of every document, in order of source."""
        return [(source, doc_id, tuple(also), size) for source, doc_id, also, size, _ in self._inventory]

    @functools.cached_property
    def _inventory(self) -> list[tuple[str, str, list[str], int, list[str]]]:
        return [tuple(one) for one in json.loads(zlib.decompress(self._records.one("inventory")))]

    def _document(self, doc_id: str) -> RawDocument:
        found = self._records.get([f"document/{doc_id}", f"source/{doc_id}"])
        source, also, similar = json.loads(found[f"source/{doc_id}"])
        raw = read_raw(json.loads(zlib.decompress(found[f"document/{doc_id}"])), source, also)
        return replace(raw, similar=tuple(similar))

    def _article(self, article_id: str) -> Article:
        return _read_article(article_id, self._records.one(f"article/{article_id}"))

    def _holding(self, article_id: str) -> tuple[str, int, list[Any]]:
        """Return the source of an article, the row of its first passage, and its passages as they are stored."""
        source, first, passages = json.loads(zlib.decompress(self._records.one(f"passages/{article_id}")))
        return source, first, passages


def _read_article(article_id: str, record: bytes) -> Article:
    return read_article(json.loads(zlib.decompress(record)), article_id.split("/", maxsplit=1)[0])
