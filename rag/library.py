"""The composition root: build, open, search, ask; one object for as long as a program runs.

A library takes up a new snapshot by itself: each question is answered from the snapshot that is live when it begins,
and that snapshot stays open until the answer is done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.encoder import BUILTIN, Encoder, EncoderError, load_encoder
from embeddings.terms import Segmenter
from rag.archives import as_archive
from rag.building.build import Plan, Progress, Report, build_index, stale_words
from rag.building.roots import extend, take_over
from rag.datatypes import Answer, Filter, Hit, Turn
from rag.errors import IndexDamaged, SettingsError, StoreError, StoreUnreachable, UsageError
from rag.search.archive import Archive
from rag.search.manifest import Manifest
from rag.search.snapshot import Snapshot
from rag.settings import REFUSE_BELOW

if TYPE_CHECKING:
    from rag.building.cluster import Cluster
    from rag.generating import Generator

Watcher = Callable[[Progress], None]


class Library:
    """An index opened for asking, by any number of threads."""

    def __init__(
        self,
        archive: Archive,
        encoder: str | Encoder | None,
        loaded: Encoder | None = None,
        weight: float | None = None,
    ) -> None:
        self.report: Report | None = None
        self.generator: Generator | None = None
        self.cluster: Cluster | None = None
        self.refuse_below = REFUSE_BELOW
        self.notices: tuple[str, ...] = ()
        self._archive = archive
        self._chosen = encoder
        self._encoder, self._weight = loaded, weight
        self._lock = threading.Lock()
        self._pins: dict[Snapshot, int] = {}
        self._live = ""
        self._snapshot = self._take_up()

    @classmethod
    def build(
        cls,
        paths: Sequence[Path | str],
        index: Path | str | Archive = "kaoju-index",
        *,
        encoder: str | Encoder = BUILTIN,
        encoding: str | None = None,
        allow_secret: bool = False,
        workers: int = 0,
        cluster: Cluster | None = None,
        progress: Watcher | None = None,
    ) -> Library:
        """Build or update an index from files and folders, and open it. `library.report` says what was done.
        An index of these (or none) keeps what was added and leaves out what was taken out; others replace its own.

        Raises:
            UsageError: there is nothing at one of the paths.
            SettingsError: there is no such encoder.
            StoreError: nothing could be indexed, or another build runs.
        """
        archive, loaded = as_archive(index), _load(encoder)
        workers = workers if isinstance(encoder, str) else 1  # an object cannot be loaded by a worker
        plan = Plan(tuple(map(Path, paths)), loaded, encoding, allow_secret, workers=workers, cluster=cluster)
        report = build_index(archive, take_over(archive, plan), progress)
        library = cls(archive, encoder, loaded)
        library.report = report
        return library

    @classmethod
    def open(
        cls,
        index: Path | str | Archive = "kaoju-index",
        *,
        encoder: str | Encoder | None = None,
        generator: Generator | None = None,
        dense_weight: float | None = None,
    ) -> Library:
        """Open an index. When the live snapshot is damaged an older one is served, and `notices` says so.
        With a `generator` answers are written by its language model, each sentence checked. `dense_weight`, if given,
        takes the place of the index's own.

        Raises:
            IndexMissing: there is no index in this folder.
            IndexDamaged: no snapshot is sound.
            IndexMismatch: the index was made by another format, encoder or dictionary.
        """
        library = cls(as_archive(index), encoder, weight=dense_weight)
        library.generator = generator
        return library

    @property
    def folder(self) -> Path:
        """Return the folder of the index."""
        return self._archive.folder

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files of the snapshot; what is being answered is answered first."""
        with self._lock:
            if not self._pins.get(self._snapshot):
                self._snapshot.close()

    @property
    def fallen_back(self) -> bool:
        """Return whether an older snapshot is served because the live one is damaged."""
        return self._snapshot.name != self._live

    @staticmethod
    def verify(index: Path | str | Archive = "kaoju-index") -> dict[str, str]:
        """Check every file of every snapshot against its hash; return the fault of each, empty where it is sound.

        Raises:
            IndexMissing: there is no index in this folder.
        """
        archive = as_archive(index)
        return {name: archive.fault(name) for name in sorted({archive.current(), *archive.names()})}

    def ask(
        self, question: str, history: Sequence[Turn | Mapping[str, str]] = (), *, where: Filter | None = None
    ) -> Answer:
        """Return the answer to a question; `history` holds earlier turns, as `Turn` or as {"q": …, "a": …}."""
        return list(self.stream(question, history, where=where))[-1]

    def stream(
        self,
        question: str,
        history: Sequence[Turn | Mapping[str, str]] = (),
        *,
        where: Filter | None = None,
        fluent: bool = True,
    ) -> Iterator[Answer]:
        """Yield successive complete answers; the last one stands. Without `fluent` no language model is asked."""
        from rag.answering import answer

        turns = [turn if isinstance(turn, Turn) else Turn(turn["q"], turn["a"]) for turn in history]
        with self.reader() as reader:
            if fluent and self.generator is not None:
                yield from self.generator.answer(question, turns, reader, where, self.refuse_below)
            else:
                yield answer(question, turns, reader, where=where, refuse_below=self.refuse_below)

    def search(self, query: str, k: int = 5, where: Filter | None = None) -> list[Hit]:
        """Return the k best passages, ordered by `(-score, passage_id)`."""
        with self.reader() as reader:
            return reader.search(query, k, where)

    @contextmanager
    def reader(self) -> Iterator[Snapshot]:
        """Pin the live snapshot: what is read from it inside the `with` belongs together."""
        snapshot = self._pin()
        try:
            yield snapshot
        finally:
            self._unpin(snapshot)

    def _pin(self) -> Snapshot:
        with self._lock:
            if self._archive.current() != self._live:
                self._change()
            self._pins[self._snapshot] = self._pins.get(self._snapshot, 0) + 1
            return self._snapshot

    def _unpin(self, snapshot: Snapshot) -> None:
        with self._lock:
            self._pins[snapshot] -= 1
            if not self._pins[snapshot]:
                del self._pins[snapshot]
                if snapshot is not self._snapshot:
                    snapshot.close()

    def _change(self) -> None:
        """Take up the snapshot that was published; one that cannot be used leaves the old one in service."""
        old = self._snapshot
        try:
            self._snapshot = self._take_up()
        except StoreUnreachable:
            self._live = ""  # it is taken up when the server answers again
            raise
        except StoreError as error:
            self.notices = (f"an older snapshot, {old.name}, is served: {error}",)
            return
        if not self._pins.get(old):
            old.close()

    def _take_up(self) -> Snapshot:
        """Open the live snapshot, or the newest sound one before it."""
        order = self._archive.order()
        self._live = order[0]
        faults: list[str] = []
        for name in order:
            try:
                self._archive.check(name)
                snapshot = self._open(name)
            except IndexDamaged as error:
                faults.append(str(error))
                continue
            older = (f"an older snapshot, {name}, is served: {faults[0]}",) if faults else ()
            self.notices = (*stale_words(snapshot.manifest), *older)
            return snapshot
        raise IndexDamaged(f"no snapshot is sound: {faults[0]}")

    def _open(self, name: str) -> Snapshot:
        manifest = self._archive.manifest(name)
        if self._encoder is None or self._encoder.fingerprint != manifest.encoder_fingerprint:
            self._encoder = _load(self._chosen or manifest.encoder)
        volume, segmenter = self._archive.open(name, manifest), Segmenter(manifest.user_words)
        return Snapshot(name, manifest, volume, self._encoder, segmenter, self._weight)

    def info(self) -> Manifest:
        """Return the manifest of the snapshot that is served."""
        with self.reader() as reader:
            return reader.manifest

    def documents(self) -> list[tuple[str, str, tuple[str, ...], int]]:
        """Return (source, doc_id, paths of identical files, characters) of every document, in order of source."""
        with self.reader() as reader:
            return reader.sources()

    def rebuild(self, *, fresh: bool = False, progress: Watcher | None = None) -> Report:
        """Build anew from the folders that the manifest names; `fresh` reads every file again."""
        return self._rebuild(self.info(), fresh=fresh, progress=progress)

    def add(self, paths: Sequence[Path | str], *, progress: Watcher | None = None) -> Report:
        """Index further files and folders together with those of the manifest.

        Raises:
            UsageError: there is nothing at one of the paths.
        """
        return self._rebuild(extend(self.info(), paths), progress=progress)

    def restore(self, source: str, *, progress: Watcher | None = None) -> Report:
        """Index a document again that was taken out.

        Raises:
            UsageError: no document of that source was taken out.
        """
        manifest = self.info()
        if source not in manifest.removed:
            raise UsageError(f"no document {source!r} was removed from the index")
        left = tuple(one for one in manifest.removed if one != source)
        return self._rebuild(replace(manifest, removed=left), progress=progress)

    def remove(self, source: str, *, progress: Watcher | None = None) -> Report:
        """Take a document out of the index; its file stays, and later rebuilds leave it out.

        Raises:
            UsageError: there is no such document.
        """
        found = next((one for one in self.documents() if source in (one[0], *one[2])), None)
        if found is None:
            raise UsageError(f"there is no document {source!r} in the index; `kaoju list` prints them")
        manifest = self.info()
        removed = tuple(sorted((*manifest.removed, found[0], *found[2])))
        return self._rebuild(replace(manifest, removed=removed), progress=progress)

    def _rebuild(self, manifest: Manifest, *, fresh: bool = False, progress: Watcher | None = None) -> Report:
        assert self._encoder
        workers = 0 if self._chosen is None or isinstance(self._chosen, str) else 1
        plan = replace(Plan.again(manifest, self._encoder, workers), fresh=fresh, cluster=self.cluster)
        self.report = build_index(self._archive, plan, progress)
        return self.report

    def rollback(self) -> str:
        """Serve the newest sound snapshot before the live one, and return its name.

        Raises:
            StoreError: there is none.
        """
        return self._archive.rollback()


def _load(encoder: str | Encoder) -> Encoder:
    try:
        return load_encoder(encoder) if isinstance(encoder, str) else encoder
    except EncoderError as error:
        raise SettingsError(str(error)) from error
