"""Build an index: find, read what is new, assemble, publish."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.terms import Segmenter
from rag.building.assemble import Counts, Placed, assemble
from rag.building.cache import Cache
from rag.building.prepare import EntryDamaged, Job, Part, Preparer, Read, make_job, rules, unpack
from rag.building.trust import dense_weight, sample
from rag.building.workers import Makers, do_jobs
from rag.datatypes import SetAside
from rag.errors import ReadingError, StoreError
from rag.reading.read import READING_RULES
from rag.reading.split import MAX_LEAF, MIN_LEAF
from rag.reading.walk import walk
from rag.search.archive import Archive, Draft
from rag.search.manifest import Manifest

if TYPE_CHECKING:
    from embeddings.encoder import Encoder

TERMS_FILE = "kaoju-terms.txt"
# Bytes to read below which child processes take longer to start than they save.
_ALONE = 1_500_000
# Bytes of free disk asked for a character: twice the size of a snapshot.
_BYTES_NEEDED = 16
_PART_OF_READING = 0.8  # of a full build's time, for the estimate


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` files of a stage, and the seconds that the whole build may still take."""

    stage: str
    done: int
    total: int
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did; `read` files were read, `reused` were known from the build before."""

    snapshot: str
    documents: int
    articles: int
    passages: int
    characters: int
    read: int
    reused: int
    seconds: float
    set_aside: tuple[SetAside, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build and by what. `removed` are sources left out although they lie in a root."""

    roots: tuple[Path, ...]
    encoder: Encoder
    encoding: str | None = None
    allow_secret: bool = False
    removed: tuple[str, ...] = ()
    workers: int = 0
    fresh: bool = False


def user_words(roots: Sequence[Path]) -> tuple[str, ...]:
    """Return the words of every `kaoju-terms.txt` in the roots: one a line, `#` begins a remark."""
    words: list[str] = []
    for root in roots:
        file = root / TERMS_FILE
        if file.is_file():
            try:
                lines = file.read_text(encoding="utf-8-sig").splitlines()
            except UnicodeDecodeError as error:
                raise StoreError(f"{file} is not UTF-8; save it as UTF-8, one word a line") from error
            words += [word for line in lines if (word := line.partition("#")[0].strip())]
    return tuple(sorted(set(words)))


def stale_words(manifest: Manifest) -> tuple[str, ...]:
    """Return what a user ought to know when the words in the roots are not those of an index."""
    roots = [Path(root) for root in manifest.roots]
    # a server that only answers need not have the documents
    if any(not root.exists() for root in roots) or Segmenter(user_words(roots)).user_words == manifest.user_words:
        return ()
    return ("kaoju-terms.txt was changed after the index was built; run `kaoju rebuild`",)


def build_index(archive: Archive, plan: Plan, progress: Callable[[Progress], None] | None = None) -> Report:
    """Build a snapshot from the plan's roots and publish it.

    Raises:
        IndexBusy: another build of this index runs.
        StoreError: nothing could be indexed, or the folder is no index.
        UsageError: there is nothing at one of the roots.
    """
    archive.refuse_foreign()
    found = list(walk(plan.roots))
    with archive.writing():
        try:
            return _build(archive, plan, found, progress or (lambda _: None))
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"{archive.folder} cannot be written ({error}); free space or check permissions, what was served "
                "before is served on"
            ) from error


def _build(
    archive: Archive, plan: Plan, found: Sequence[tuple[Path, str] | SetAside], progress: Callable[[Progress], None]
) -> Report:
    cache = Cache(archive.folder / "cache" / "read.sqlite")
    try:
        try:
            return _Build(archive, plan, cache, progress).run(found)
        except (EntryDamaged, sqlite3.DatabaseError):
            cache.clear()
            return _Build(archive, plan, cache, progress).run(found)
    finally:
        cache.close()


class _Build:
    def __init__(self, archive: Archive, plan: Plan, cache: Cache, progress: Callable[[Progress], None]) -> None:
        self._archive = archive
        self._plan = plan
        self._cache = cache
        self._progress = progress
        self._begun = time.monotonic()
        self._words = user_words(plan.roots)
        self._segmenter = Segmenter(self._words)
        self._aside: list[SetAside] = []

    def run(self, found: Sequence[tuple[Path, str] | SetAside]) -> Report:
        """Read, assemble and publish."""
        jobs = self._jobs(found)
        # what was set aside is tried again: its cause may have been mended
        kept = {} if self._plan.fresh else self._cache.heads()
        known = {key for key, read in kept.items() if not read.set_aside}
        new = list({job.key: job for job in jobs if job.key not in known}.values())
        self._read(new)
        self._cache.commit()
        heads = self._cache.heads()
        placed, where = self._place(jobs, heads)
        if not placed:
            raise StoreError(self._nothing())
        self._refuse_full_disk(placed)
        draft = self._archive.start()
        try:
            counts = self._assemble(draft, placed, where)
            name = draft.publish(self._manifest(counts, self._weight(placed, where)))
        finally:
            draft.discard()
        self._cache.keep(job.key for job in jobs)
        seconds = time.monotonic() - self._begun
        sizes = counts.documents, counts.articles, counts.passages, counts.characters
        return Report(name, *sizes, len(new), len(jobs) - len(new), seconds, tuple(self._aside))

    def _refuse_full_disk(self, placed: dict[str, Placed]) -> None:
        needed = _BYTES_NEEDED * sum(one.part.characters for one in placed.values())
        free = shutil.disk_usage(self._archive.folder).free
        if free < needed:
            raise StoreError(
                f"the disk of {self._archive.folder} has {free / 1e6:,.0f} MB left, a new snapshot needs "
                f"{needed / 1e6:,.0f}; free space, the index serves as before"
            )

    def _nothing(self) -> str:
        where = ", ".join(map(str, self._plan.roots))
        why = "; ".join(f"{one.source}: {one.reason}" for one in self._aside[:3])
        return f"there is no document to index in {where}{f' ({why})' if why else ''}; give a folder with documents"

    def _jobs(self, found: Sequence[tuple[Path, str] | SetAside]) -> list[Job]:
        options = f"{self._plan.encoding}/{self._plan.allow_secret}"
        makers = f"{rules()}/{self._segmenter.fingerprint}/{self._plan.encoder.fingerprint}/{options}"
        jobs = []
        for number, one in enumerate(found, 1):
            if isinstance(one, SetAside):
                self._aside.append(one)
            elif one[1] not in self._plan.removed:
                try:
                    jobs.append(make_job(*one, makers))
                except ReadingError as error:
                    self._aside.append(SetAside(one[1], error.reason, error.remedy))
            self._tell("find", number, len(found), 0.0)
        return jobs

    def _read(self, jobs: Sequence[Job]) -> None:
        begun = time.monotonic()
        for number, read in enumerate(self._do(jobs), 1):
            self._cache.add(read)
            spent = time.monotonic() - begun
            self._tell("read", number, len(jobs), spent / number * len(jobs) / _PART_OF_READING - spent)

    def _do(self, jobs: Sequence[Job]) -> Iterator[Read]:
        plan = self._plan
        size = sum(Path(job.path).stat().st_size for job in jobs)
        workers = plan.workers or os.cpu_count() or 1
        if size < _ALONE or workers == 1:
            alone = Preparer(self._segmenter, plan.encoder, encoding=plan.encoding, allow_secret=plan.allow_secret)
            return map(alone.prepare, jobs)
        return do_jobs(jobs, Makers(plan.encoder.name, self._words, plan.encoding, plan.allow_secret), workers)

    def _place(
        self, jobs: Sequence[Job], heads: dict[str, Read]
    ) -> tuple[dict[str, Placed], dict[str, tuple[str, int]]]:
        """Return each document with its source, and where the cache has its data; files with the same bytes are one."""
        placed: dict[str, Placed] = {}
        where: dict[str, tuple[str, int]] = {}
        for job in sorted(jobs, key=lambda job: job.source):
            read = heads[job.key]
            self._aside += [replace(one, source=f"{job.source}{one.source}") for one in read.set_aside]
            for number, part in enumerate(read.parts):
                source = f"{job.source}{part.tail}"
                if source in self._plan.removed:
                    continue
                first = placed.get(part.doc_id)
                if first:
                    placed[part.doc_id] = replace(first, also=(*first.also, source))
                else:
                    placed[part.doc_id] = Placed(part, source, ())
                    where[part.doc_id] = job.key, number
        self._aside.sort(key=lambda one: one.source)
        return placed, where

    def _assemble(self, draft: Draft, placed: dict[str, Placed], where: dict[str, tuple[str, int]]) -> Counts:
        begun = time.monotonic()

        def step(done: int) -> None:
            spent = time.monotonic() - begun
            self._tell("write", done, len(placed), spent / done * len(placed) - spent)

        dimension = self._plan.encoder.dimension
        return assemble(draft, placed, lambda doc_id: self._cache.data(*where[doc_id]), dimension, step)

    def _weight(self, placed: dict[str, Placed], where: dict[str, tuple[str, int]]) -> float:
        parts = (Part.of(one.part.head(), self._cache.data(*where[doc_id])) for doc_id, one in sample(placed))
        return dense_weight(self._plan.encoder, map(unpack, parts))

    def _manifest(self, counts: Counts, weight: float) -> Manifest:
        encoder = self._plan.encoder
        return Manifest(
            program=version("kaoju"),
            built_at=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            seconds=round(time.monotonic() - self._begun, 3),
            roots=tuple(str(root.resolve()) for root in self._plan.roots),
            removed=self._plan.removed,
            terms=self._segmenter.fingerprint,
            user_words=self._segmenter.user_words,
            encoder=encoder.name,
            encoder_fingerprint=encoder.fingerprint,
            dimension=encoder.dimension,
            encoding=self._plan.encoding,
            allow_secret=self._plan.allow_secret,
            reading=READING_RULES,
            splitter={"min_leaf": MIN_LEAF, "max_leaf": MAX_LEAF},
            dense=counts.dense,
            dense_weight=weight,
            documents=counts.documents,
            articles=counts.articles,
            passages=counts.passages,
            characters=counts.characters,
            set_aside=tuple(self._aside),
        )

    def _tell(self, stage: str, done: int, total: int, left: float) -> None:
        self._progress(Progress(stage, done, total, left))
