"""Write a generation: its terms are counted first, then everything is written in the order of rows."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.errors import IndexDamaged
from rag.search.archive import ArticleEntry, Entry, Vectors, Weighted
from rag.search.dense import EXACT_ROWS
from rag.search.manifest import Manifest, dump_manifest
from rag.search.milvus import records
from rag.search.milvus.literals import days, plain, several
from rag.search.milvus.records import make_records
from rag.search.milvus.server import Layout, Row, Server
from rag.search.milvus.weights import Term, counted, stored
from rag.search.record import dump

ARTICLES = Layout("number", integers=("number",), sparse=True)
_TEXTS = ("article_id", "places", "issuer", "kind", "sources")
_INTEGERS = ("row", "number", "first_day", "last_day")
_BATCH_BYTES = 4_000_000  # written at once; a server takes 64 MB
_PROBES = 8  # passages that are looked for before a generation is used
_NEAR = 1e-3  # by how much a product of two vectors may differ from ours
_COMPRESSION = 1
# a sparse vector must hold something; no term has the number 0
_NO_TERMS = {0: 1.0}


@dataclass(frozen=True, slots=True)
class Names:
    """The collections of a generation. Its own name is that of its passages, and what the alias names.

    There is a generation when its records have their name: until all is written and verified they have another.
    """

    passages: str

    @property
    def articles(self) -> str:
        """Return the name of the collection of articles."""
        return f"{self.passages}_articles"

    @property
    def records(self) -> str:
        """Return the name of the collection of records."""
        return f"{self.passages}_records"

    @property
    def building(self) -> str:
        """Return the name of the collection of records while it is written."""
        return f"{self.passages}_building"


@dataclass(slots=True)
class _Side:
    """What BM25 has to know of all passages, or of all articles."""

    rows: int = 0
    length: int = 0
    holding: Counter[str] = field(default_factory=Counter)

    def add(self, entry: Weighted) -> None:
        counts = counted(entry)
        self.rows += 1
        self.length += counts.total()
        self.holding.update(counts.keys())

    def store(self, entry: Weighted, numbers: Mapping[str, int]) -> dict[int, float]:
        return stored(counted(entry), numbers, self.length / self.rows) or _NO_TERMS


class _Rows:
    """Rows on their way to a collection."""

    def __init__(self, server: Server, name: str, layout: Layout) -> None:
        self._server = server
        self._name = name
        self._layout = layout
        self._waiting: list[Row] = []
        self._bytes = 0
        self._written = 0
        server.create(name, layout)

    def add(self, row: Row) -> None:
        self._waiting.append(row)
        self._written += 1
        self._bytes += sum(map(_size, row.values()))
        if self._bytes > _BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._server.add(self._name, self._waiting)
        self._waiting, self._bytes = [], 0

    def seal(self, *, exact: bool = True) -> None:
        """Have all rows indexed and served, and see that none is missing."""
        self._flush()
        self._server.seal(self._name, self._layout, exact=exact)
        held = self._server.count(self._name)
        if held != self._written:
            raise IndexDamaged(f"{self._name} holds {held} rows, not {self._written}; run `kaoju rebuild`")


def _size(value: object) -> int:
    """Return about how many bytes a value takes on the way."""
    if isinstance(value, str):
        return len(value.encode())
    return 8 * len(value) if isinstance(value, Sequence | Mapping | np.ndarray) else 8


class GenerationDraft:
    """A generation that is being written."""

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        self._names = Names(name)
        self._passages, self._articles = _Side(), _Side()
        self._records = _Rows(server, self._names.building, records.LAYOUT)
        self._inventory: list[tuple[str, str, tuple[str, ...], int, list[str]]] = []

    def write(
        self,
        entries: Callable[[], Iterator[Entry]],
        similar: Callable[[], Mapping[str, Sequence[str]]],
        dimension: int,
    ) -> dict[str, object]:
        """Write all but the manifest; see `Draft`."""
        for entry in entries():
            for one in entry.articles:
                self._articles.add(one.whole)
                for passage in one.passages:
                    self._passages.add(passage)
        terms = dict.fromkeys([*self._passages.holding, *self._articles.holding])
        numbers = {term: number for number, term in enumerate(terms, 1)}
        for term, number in numbers.items():
            held = Term(number, self._passages.holding[term], self._articles.holding[term])
            self._keep(f"term/{term}", held.dump())
        exact = self._passages.rows <= EXACT_ROWS
        layout = Layout("row", texts=_TEXTS, integers=_INTEGERS, dimension=dimension, sparse=True)
        passages = _Rows(self._server, self._names.passages, layout)
        articles = _Rows(self._server, self._names.articles, ARTICLES)
        probes = self._write(entries(), similar(), numbers, passages, articles)
        passages.seal(exact=exact)
        articles.seal()
        self._verify(probes)
        return {"kind": "exact" if exact else "graph"}

    def _write(
        self,
        entries: Iterator[Entry],
        similar: Mapping[str, Sequence[str]],
        numbers: Mapping[str, int],
        passages: _Rows,
        articles: _Rows,
    ) -> list[Vectors]:
        """Write the rows of all documents, and return some vectors to look for."""
        row = number = 0
        probes: list[Vectors] = []
        for entry in entries:
            self._keep_document(entry, similar.get(entry.doc_id, ()))
            probes = [*probes, *entry.vectors[:1]][-_PROBES:]
            vectors = iter(entry.vectors)
            for one in entry.articles:
                self._keep_article(entry, one, row)
                articles.add({"number": number, "sparse": self._articles.store(one.whole, numbers)})
                fields = {**_scope(entry, one), "number": number}
                for passage in one.passages:
                    found = {"dense": next(vectors), "sparse": self._passages.store(passage, numbers)}
                    passages.add({"row": row, **fields, **found})
                    row += 1
                number += 1
        return probes

    def _keep_document(self, entry: Entry, similar: Sequence[str]) -> None:
        self._keep(f"document/{entry.doc_id}", entry.raw)
        self._keep(f"source/{entry.doc_id}", dump([entry.source, entry.also, similar]).encode())
        articles = [one.article.article_id for one in entry.articles]
        self._inventory.append((entry.source, entry.doc_id, entry.also, entry.characters, articles))

    def _keep_article(self, entry: Entry, one: ArticleEntry, row: int) -> None:
        article = one.article
        self._keep(f"article/{article.article_id}", article.record)
        passages = dump([entry.source, row, article.passages]).encode("utf-8", "surrogatepass")
        self._keep(f"passages/{article.article_id}", zlib.compress(passages, _COMPRESSION))

    def _keep(self, key: str, data: bytes) -> None:
        for record in make_records(key, data):
            self._records.add(record)

    def _verify(self, probes: Sequence[Vectors]) -> None:
        """Look for passages that were written; with that the server has read what it will be asked for."""
        for vector in probes:
            hits = self._server.search(self._names.passages, "dense", vector, 1)
            if not hits or hits[0][1] < float(vector @ vector) - _NEAR:
                raise IndexDamaged(f"{self._names.passages} does not find a passage that it holds; run `kaoju rebuild`")
        self._server.search(self._names.passages, "sparse", _NO_TERMS, 1)
        self._server.search(self._names.articles, "sparse", _NO_TERMS, 1)

    def seal(self, manifest: Manifest) -> str:
        """Write the manifest, which makes the generation whole, and return its name."""
        self._keep("inventory", zlib.compress(dump(sorted(self._inventory)).encode(), _COMPRESSION))
        self._keep("manifest", dump_manifest(manifest).encode())
        self._records.seal()
        self._server.rename(self._names.building, self._names.records)
        return self._names.passages


def _scope(entry: Entry, one: ArticleEntry) -> dict[str, str | int]:
    """Return what filters look at; the texts of an article are folded already."""
    article = one.article
    first, last = days(article.date)
    return {
        "article_id": plain(article.article_id),
        "places": several(article.places.split("\n")) if article.places else "",
        "issuer": plain(article.issuer),
        "kind": plain(article.kind),
        "sources": several((entry.source, *entry.also)),
        "first_day": first,
        "last_day": last,
    }
