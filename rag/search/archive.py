"""What keeps snapshots, and what a snapshot is made of, whatever engine holds it.

`rag.search.shelf` keeps them in a folder of this machine, `rag.search.milvus` in a Milvus server. Nothing outside the
two knows which is in use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Article, Filter, Passage, RawDocument
from rag.errors import IndexDamaged, IndexMismatch, StoreError
from rag.search.manifest import Manifest
from rag.search.store import Packed

Vectors = NDArray[np.float32]
# The fields of an entry of a sparse index: (terms joined by spaces, how often each is counted).
Weighted = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class ArticleEntry:
    """An article to write: as it is stored, its own entry of the sparse index, and that of each of its passages."""

    article: Packed
    whole: Weighted
    passages: Sequence[Weighted]


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to write: as it is stored, where it lies, its articles, and the vectors of their passages."""

    doc_id: str
    source: str
    also: tuple[str, ...]
    characters: int
    raw: bytes
    articles: Sequence[ArticleEntry]
    vectors: Vectors


class Draft(Protocol):
    """A snapshot that is being written and that nobody can see yet."""

    def write(
        self,
        entries: Callable[[], Iterator[Entry]],
        similar: Callable[[], Mapping[str, Sequence[str]]],
        dimension: int,
    ) -> dict[str, object]:
        """Write all documents, and return the parameters of the dense index.

        `entries` yields them in order of their identities, each time it is called; `similar` says, after they were
        yielded once, which sources are reprints of a document.
        """
        ...

    def publish(self, manifest: Manifest) -> str:
        """Make what was written the live snapshot, and return its name."""
        ...

    def discard(self) -> None:
        """Remove what was written and not published."""
        ...


class Volume(Protocol):
    """A snapshot opened for reading, by any number of threads. Rows count its passages.

    What is not there is a KeyError. A filter works before the cut. Sparse scores are BM25 sums rounded to four digits,
    dense scores cosines.
    """

    def close(self) -> None:
        """Let go of what reading needs."""
        ...

    def find_sparse(self, terms: Sequence[str], depth: int, where: Filter | None) -> dict[int, float]:
        """Return about `depth` rows with the highest scores; of rows that tie at the cut, all or none are returned."""
        ...

    def find_dense(self, vector: Vectors, depth: int, where: Filter | None) -> dict[int, float]:
        """Return the `depth` rows nearest to a vector of shape (d,)."""
        ...

    def score_sparse(self, terms: Sequence[str], rows: Sequence[int]) -> dict[int, float]:
        """Return the scores of given rows; a row that holds none of the terms is left out."""
        ...

    def score_dense(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """Return the cosines of given rows."""
        ...

    def owners(self, rows: Sequence[int]) -> dict[int, int]:
        """Return the number of the article of each row."""
        ...

    def score_articles(self, terms: Sequence[str], numbers: Sequence[int]) -> dict[int, float]:
        """Return the scores of whole articles; one that holds none of the terms is left out."""
        ...

    def frequency(self, term: str) -> int:
        """Return in how many passages a folded term occurs."""
        ...

    def at(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of given rows."""
        ...

    def document(self, doc_id: str) -> RawDocument:
        """Return a document."""
        ...

    def article(self, article_id: str) -> Article:
        """Return an article."""
        ...

    def articles(self) -> list[Article]:
        """Return every article, in order of source and number."""
        ...

    def passages(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in document order."""
        ...

    def sources(self) -> list[tuple[str, str, tuple[str, ...], int]]:
        """Return (source, doc_id, paths of identical files, characters) of every document, in order of source."""
        ...


class Archive(Protocol):
    """Where snapshots are kept. `folder` holds what belongs to the index beside them: cache, lock, conversations."""

    folder: Path

    def names(self) -> list[str]:
        """Return the names of all whole snapshots, oldest first."""
        ...

    def current(self) -> str:
        """Return the name of the live snapshot."""
        ...

    def order(self) -> list[str]:
        """Return the names of snapshots in the order in which they are served: the live one, then older ones."""
        live = self.current()
        return [live, *(name for name in reversed(self.names()) if name < live)]

    def check(self, name: str) -> None:
        """Check that a snapshot is whole."""
        ...

    def fault(self, name: str) -> str:
        """Return what is wrong with a snapshot; empty when nothing is."""
        try:
            self.check(name)
        except (IndexDamaged, IndexMismatch) as error:
            return str(error)
        return ""

    def manifest(self, name: str) -> Manifest:
        """Return the manifest of a snapshot."""
        ...

    def open(self, name: str, manifest: Manifest) -> Volume:
        """Open a snapshot for reading."""
        ...

    def refuse_foreign(self) -> None:
        """Refuse to make an index where something else is kept."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Hold the lock of the one writer; it falls with the process, however that ends."""
        ...

    def start(self) -> Draft:
        """Sweep what killed builds left, and begin a snapshot. Hold the lock."""
        ...

    def activate(self, name: str) -> None:
        """Make a snapshot the live one, in one step. Hold the lock."""
        ...

    def rollback(self) -> str:
        """Make the newest sound snapshot before the live one the live one, and return its name.

        Raises:
            StoreError: there is none.
        """
        with self.writing():
            for name in self.order()[1:]:
                if not self.fault(name):
                    self.activate(name)
                    return name
        raise StoreError(f"{self.folder} holds no older sound snapshot; run `kaoju rebuild`")
