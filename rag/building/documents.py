"""Bring what was read together to documents, in the order of their identity, while further files are being read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.building.assemble import Placed
from rag.building.cache import Cache
from rag.building.prepare import Job, Part, Read
from rag.datatypes import SetAside


@dataclass(frozen=True, slots=True)
class _Copy:
    """One of the places where a document lies: its source, and where the cache has what was read there."""

    source: str
    key: str
    number: int


class Documents:
    """The documents that files hold; what was read of them is in the cache, and only its heads are in memory."""

    def __init__(self, cache: Cache) -> None:
        # what was set aside is read again: its cause may have been mended
        self._heads = {key: read for key, read in cache.heads().items() if not read.set_aside}
        self._cache = cache

    def known(self, job: Job) -> bool:
        """Return whether a file was read."""
        return job.key in self._heads

    def characters(self, job: Job) -> int:
        """Return the number of characters that were read from a file."""
        return sum(part.characters for part in self._heads[job.key].parts)

    def take(self, read: Read) -> None:
        """Keep what was read from a file."""
        self._cache.add(read)
        self._heads[read.key] = replace(read, parts=tuple(Part.of(part.head()) for part in read.parts))

    def set_aside(self, jobs: Sequence[Job]) -> list[SetAside]:
        """Return what was set aside of files that were read, by source."""
        every = [(job.source, one) for job in jobs for one in self._heads[job.key].set_aside]
        return [replace(one, source=f"{source}{one.source}") for source, one in every]

    def placed(
        self, jobs: Sequence[Job], removed: Collection[str], reads: Iterator[Read], step: Callable[[int, int], None]
    ) -> Iterator[Placed]:
        """Yield each document as soon as it was read; files with the same bytes are one.

        `jobs` are sorted by source, and archives among them known; `reads` brings the other files that are not known,
        best in the order of their bytes' hash, which is that of the documents. `step` is told how many of all are done.
        """
        copies = self._copies(jobs, removed)
        for number, doc_id in enumerate(sorted(copies), 1):
            while any(copy.key not in self._heads for copy in copies[doc_id]):
                self.take(next(reads))
            found = [copy for copy in copies[doc_id] if copy.number < len(self._heads[copy.key].parts)]
            if found:
                first, *others = found
                head = self._heads[first.key].parts[first.number].head()
                part = Part.of(head, self._cache.data(first.key, first.number))
                yield Placed(part, first.source, tuple(copy.source for copy in others))
            step(number, len(copies))

    def _copies(self, jobs: Sequence[Job], removed: Collection[str]) -> Mapping[str, Sequence[_Copy]]:
        """Return by its identity where each document lies, in order of source; of what is not known yet, may lie."""
        found: dict[str, list[_Copy]] = {}
        for job in jobs:
            read = self._heads.get(job.key)
            parts = [(part.doc_id, part.tail) for part in read.parts] if read else [(job.doc_id, "")]
            for number, (doc_id, tail) in enumerate(parts):
                if (source := f"{job.source}{tail}") not in removed:
                    found.setdefault(doc_id, []).append(_Copy(source, job.key, number))
        return found
