"""Documents, articles and passages in one SQLite file, written once and then only read."""

from __future__ import annotations

import functools
import itertools
import json
import sqlite3
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.terms import fold
from rag.datatypes import Article, Passage, RawDocument
from rag.search.record import article_record, dump, passage_record, raw_record, read_article, read_passage, read_raw

_COMPRESSION = 1  # zlib: 2.2 times smaller at 60 MB a second; higher levels cost three times the time for 15 %
_CACHED = 64  # raw texts kept unpacked
_PASSAGES = 4096  # passages kept decoded, some 3 kB each: to decode those of one answer takes 2 ms of its 10
# Chinese takes two bytes a character in UTF-16 and three in UTF-8
# Packed documents are as large as small pages, which would be left half empty
_SCHEMA = """
PRAGMA encoding = 'UTF-16le';
PRAGMA page_size = 16384;
CREATE TABLE documents (doc_id TEXT PRIMARY KEY, source TEXT, also TEXT, similar TEXT, characters INTEGER,
    raw BLOB);
CREATE TABLE articles (number INTEGER PRIMARY KEY, article_id TEXT UNIQUE, doc_id TEXT, first INTEGER, last INTEGER,
    places TEXT, issuer TEXT, kind TEXT, date TEXT, record BLOB);
-- text is NULL where it is the raw text of the spans
CREATE TABLE passages (row INTEGER PRIMARY KEY, article INTEGER, record BLOB, text TEXT);
"""
_PASSAGE = """SELECT row, passages.record, text, article_id, source FROM passages
    JOIN articles ON article = number JOIN documents USING (doc_id)"""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a filter looks at, of one article; texts are folded, `sources` holds the paths of identical files too.

    `number` counts the articles of the snapshot, `first` to `last` (exclusive) are the rows of its passages.
    """

    number: int
    article_id: str
    first: int
    last: int
    sources: tuple[str, ...]
    places: tuple[str, ...]
    issuer: str
    kind: str
    date: str


@dataclass(frozen=True, slots=True)
class Packed:
    """An article as it is stored: `record` packed, what filters look at, and (record, text) of every passage.

    The text is None where it is the raw text of the spans. Nothing depends on where the document lies.
    """

    article_id: str
    places: str
    issuer: str
    kind: str
    date: str
    record: bytes
    passages: Sequence[tuple[str, str | None]]


def pack_document(raw: RawDocument) -> bytes:
    """Return a raw document as it is stored."""
    return zlib.compress(dump(raw_record(raw)).encode(), _COMPRESSION)


def pack_article(article: Article, passages: Sequence[Passage], raw: str) -> Packed:
    """Return an article with its passages as they are stored; `raw` is the text that their spans cut."""
    found = article.provenance
    return Packed(
        article_id=article.article_id,
        places="\n".join(fold(place.text) for place in found.places),
        issuer=fold(found.issuer.text) if found.issuer else "",
        kind=fold(found.kind.text) if found.kind else "",
        date=found.issued_on.text if found.issued_on else "",
        record=zlib.compress(dump(article_record(article)).encode(), _COMPRESSION),
        passages=[(dump(passage_record(p)), None if p.text == cited(raw, p) else p.text) for p in passages],
    )


class StoreWriter:
    """Write a store: a document, then its articles with their passages, then the next document."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        # the file is new and is synced as a whole before it is published
        self._connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA} BEGIN;")

    def add_document(self, doc_id: str, source: str, also: Sequence[str], characters: int, packed: bytes) -> None:
        """Add a document that was packed."""
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)", (doc_id, source, dump(also), "[]", characters, packed)
        )

    def add_similar(self, doc_id: str, sources: Sequence[str]) -> None:
        """Say which other documents are reprints of one that was added."""
        self._connection.execute("UPDATE documents SET similar = ? WHERE doc_id = ?", (dump(sources), doc_id))

    def add_article(self, number: int, doc_id: str, article: Packed, first: int) -> None:
        """Add an article, the `number`-th of the snapshot, and its passages from row `first` on."""
        scope = article.places, article.issuer, article.kind, article.date
        last = first + len(article.passages)
        self._connection.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, article.article_id, doc_id, first, last, *scope, article.record),
        )
        self._connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?)",
            [(row, number, record.encode(), text) for row, (record, text) in enumerate(article.passages, first)],
        )

    def finish(self) -> None:
        """Close the file; nothing can be added after."""
        self._connection.execute("COMMIT")
        self._connection.close()


class Store:
    """A store opened for reading, by any number of threads."""

    def __init__(self, path: Path) -> None:
        # immutable: no lock, no journal, and a folder that cannot be written serves as well
        uri = f"{path.resolve().as_uri()}?immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self._raw = functools.lru_cache(_CACHED)(lambda doc_id: self.document(doc_id).text)
        self._extent = functools.lru_cache(_PASSAGES)(self._read_extent)
        self._kept: dict[int, Passage] = {}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def document(self, doc_id: str) -> RawDocument:
        """Return a document.

        Raises:
            KeyError: there is none of that identity.
        """
        found = self._rows("SELECT source, also, similar, raw FROM documents WHERE doc_id = ?", (doc_id,))
        if not found:
            raise KeyError(doc_id)
        source, also, similar, packed = found[0]
        raw = read_raw(json.loads(zlib.decompress(packed)), source, json.loads(also))
        return replace(raw, similar=tuple(json.loads(similar)))

    def sources(self) -> list[tuple[str, str, tuple[str, ...], int]]:
        """Return (source, doc_id, paths of identical files, characters) of every document, in order of source."""
        # sorted here: SQLite compares the bytes of UTF-16, low ones first
        found = sorted(self._rows("SELECT source, doc_id, also, characters FROM documents"))
        return [(source, doc_id, tuple(json.loads(also)), size) for source, doc_id, also, size in found]

    def article(self, article_id: str) -> Article:
        """Return an article.

        Raises:
            KeyError: there is none of that identity.
        """
        found = self._rows("SELECT doc_id, record FROM articles WHERE article_id = ?", (article_id,))
        if not found:
            raise KeyError(article_id)
        return read_article(json.loads(zlib.decompress(found[0][1])), found[0][0])

    def articles(self) -> list[Article]:
        """Return every article, in order of source and number."""
        found = sorted(self._rows("SELECT source, number, doc_id, record FROM articles JOIN documents USING (doc_id)"))
        return [read_article(json.loads(zlib.decompress(packed)), doc_id) for _, _, doc_id, packed in found]

    def passages(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in document order."""
        first, last = self._extent(article_id)
        kept = [found for row in range(first, last) if (found := self._kept.get(row))]
        if len(kept) == last - first:
            return kept
        return list(self._read("row >= ? AND row < ? ORDER BY row", (first, last)).values())

    def at(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of given rows."""
        kept = {row: found for row in rows if (found := self._kept.get(row))}
        missing = [row for row in rows if row not in kept]
        return kept | self._read(f"row IN ({','.join('?' * len(missing))})", missing) if missing else kept

    def _read(self, where: str, values: Sequence[int]) -> dict[int, Passage]:
        found = dict(self._passage(one) for one in self._rows(f"{_PASSAGE} WHERE {where}", values))
        with self._lock:
            self._kept |= found
            for row in list(itertools.islice(self._kept, max(len(self._kept) - _PASSAGES, 0))):
                del self._kept[row]
        return found

    def _read_extent(self, article_id: str) -> tuple[int, int]:
        found = self._rows("SELECT first, last FROM articles WHERE article_id = ?", (article_id,))
        return found[0] if found else (0, 0)

    def count(self, table: str) -> int:
        """Return the number of documents, articles or passages."""
        return int(self._rows(f"SELECT COUNT(*) FROM {table}")[0][0])  # noqa: S608 - our own names

    def scopes(self) -> list[Scope]:
        """Return what filters look at, for every article in order of number."""
        query = """SELECT number, article_id, first, last, source, also, places, issuer, kind, date
            FROM articles JOIN documents USING (doc_id) ORDER BY number"""
        return [
            Scope(number, article_id, first, last, (source, *json.loads(also)), tuple(places.split("\n")), *texts)
            for number, article_id, first, last, source, also, places, *texts in self._rows(query)
        ]

    def owners(self) -> NDArray[np.int32]:
        """Return the article number of every row, shape (passages,)."""
        found = np.array(self._rows("SELECT number, last - first FROM articles ORDER BY number"), dtype=np.int32)
        return np.repeat(found[:, 0], found[:, 1])

    def _passage(self, found: tuple[Any, ...]) -> tuple[int, Passage]:
        row, record, text, article_id, source = found
        passage = read_passage(json.loads(record), text or "", article_id, source)
        if text is None:
            passage = replace(passage, text=cited(self._raw(passage.doc_id), passage))
        return row, passage


def cited(raw: str, passage: Passage) -> str:
    """Return the raw text of a passage's spans, joined as shown text is."""
    return "\n".join(raw[span.start : span.end] for span in passage.spans)
