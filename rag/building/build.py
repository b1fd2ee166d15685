"""Build an index: find, read what is new, assemble, publish."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.terms import Segmenter
from rag.building.assemble import Counts, Placed, assemble
from rag.building.cache import Cache
from rag.building.documents import Documents
from rag.building.prepare import Contents, EntryDamaged, Job, Preparer, Read, make_job, rules, unpack
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
    from rag.building.cluster import Cluster

TERMS_FILE = "kaoju-terms.txt"
# Bytes to read below which child processes take longer to start than they save.
_ALONE = 1_500_000
# Bytes of free disk asked for a character that is known: twice the size of a snapshot.
_BYTES_NEEDED = 16


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
    """What to build and by what. `removed` are sources left out although they lie in a root.

    Files are read by processes of this machine, or by those of a cluster.
    """

    roots: tuple[Path, ...]
    encoder: Encoder
    encoding: str | None = None
    allow_secret: bool = False
    removed: tuple[str, ...] = ()
    workers: int = 0
    fresh: bool = False
    cluster: Cluster | None = None

    @classmethod
    def again(cls, manifest: Manifest, encoder: Encoder, workers: int) -> Plan:
        """Return the plan by which the documents of an index are read again."""
        roots = tuple(map(Path, manifest.roots))
        return cls(roots, encoder, manifest.encoding, manifest.allow_secret, manifest.removed, workers)


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
        if self._plan.fresh:
            self._cache.renew()
        documents = Documents(self._cache)
        new = list({job.key: job for job in jobs if not documents.known(job)}.values())
        self._refuse_full_disk(jobs, documents)
        # what an archive holds is not known before it was read
        with closing(self._do([job for job in new if job.archive])) as reads:
            for read in reads:
                documents.take(read)
        draft = self._archive.start()
        try:
            counts = self._assemble(draft, documents, jobs, [job for job in new if not job.archive])
            weight = dense_weight(self._plan.encoder, self._sample(documents, jobs, counts.documents))
            name = draft.publish(self._manifest(counts, weight))
        finally:
            draft.discard()
        if self._plan.cluster:
            self._plan.cluster.clear()
        self._cache.keep(job.key for job in jobs)
        seconds = time.monotonic() - self._begun
        sizes = counts.documents, counts.articles, counts.passages, counts.characters
        return Report(name, *sizes, len(new), len(jobs) - len(new), seconds, tuple(self._aside))

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
            self._progress(Progress("find", number, len(found), 0.0))
        return sorted(jobs, key=lambda job: job.source)

    def _refuse_full_disk(self, jobs: Sequence[Job], documents: Documents) -> None:
        needed = sum(_BYTES_NEEDED * documents.characters(job) if documents.known(job) else job.size for job in jobs)
        free = shutil.disk_usage(self._archive.folder).free
        if free < needed:
            raise StoreError(
                f"the disk of {self._archive.folder} has {free / 1e6:,.0f} MB left, a new snapshot needs "
                f"{needed / 1e6:,.0f}; free space, the index serves as before"
            )

    def _do(self, jobs: Sequence[Job]) -> Generator[Read, None, None]:
        plan = self._plan
        makers = Makers(plan.encoder.name, plan.encoder.fingerprint, self._words, plan.encoding, plan.allow_secret)
        workers = plan.workers or os.cpu_count() or 1
        if plan.cluster:
            yield from plan.cluster.do(jobs, makers)
        elif sum(job.size for job in jobs) < _ALONE or workers == 1:
            alone = Preparer(self._segmenter, plan.encoder, encoding=plan.encoding, allow_secret=plan.allow_secret)
            yield from map(alone.prepare, jobs)
        else:
            yield from do_jobs(jobs, makers, workers)

    def _assemble(self, draft: Draft, documents: Documents, jobs: Sequence[Job], new: Sequence[Job]) -> Counts:
        """Write every document as soon as it was read, while the next ones are being read."""
        begun = time.monotonic()

        def step(done: int, total: int) -> None:
            # known and new documents come in the order of their hashes, which mixes them evenly
            self._progress(Progress("index", done, total, (time.monotonic() - begun) * (total / done - 1)))

        # documents are written in the order in which they are read
        with closing(self._do(sorted(new, key=lambda job: job.digest))) as reads:

            def placed() -> Iterator[Placed]:
                return documents.placed(jobs, self._plan.removed, reads, step)

            counts = assemble(draft, placed, self._plan.encoder.dimension)
        self._cache.commit()
        self._aside = sorted([*self._aside, *documents.set_aside(jobs)], key=lambda one: one.source)
        if not counts.documents:
            where = ", ".join(map(str, self._plan.roots))
            why = "; ".join(f"{one.source}: {one.reason}" for one in self._aside[:3])
            said = f"there is no document to index in {where}{f' ({why})' if why else ''}"
            raise StoreError(f"{said}; give a folder with documents")
        return counts

    def _sample(self, documents: Documents, jobs: Sequence[Job], number: int) -> Iterator[Contents]:
        every = documents.placed(jobs, self._plan.removed, iter(()), lambda *_: None)
        return (unpack(one.part) for one in sample(every, number))

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
