"""Do jobs on a Ray cluster; the one door to ray.

A shard is a few files. A task reads, splits and encodes them and writes what came of it under a name made of what went
in, to a temporary name first: a shard is whole or not there, and a task that runs twice writes the same twice. Nothing
but the name comes back, so a driver that is killed and started again finds the finished shards where they lie.

Nodes need the same Kaoju, the documents under the same paths, and the folder of shards: a shared one, or an object
store by its fsspec address.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass, replace
from typing import IO, Any, cast

from rag.building.prepare import Job, Preparer, Read
from rag.building.workers import Makers, make_preparer, read_frame, write_frame
from rag.datatypes import SetAside
from rag.errors import SettingsError, StoreError

_SHARD = 64  # files: enough to outweigh the start of a task, few enough to lose little with a node
_AHEAD = 2  # shards given out for each core
_STALL_SECONDS = 900.0  # without one finished shard: what is wrong does not end by itself
_RETRIES = 3  # of a shard whose process or node died
_SUFFIX = ".shard"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Ray cluster (no address: one on this machine), and the folder or fsspec address where its shards are kept."""

    shards: str
    address: str = ""
    workers: int = 0

    def do(self, jobs: Sequence[Job], makers: Makers) -> Iterator[Read]:
        """Yield what comes of each job, in any order; what an interrupted build finished is not done again.

        Raises:
            SettingsError: the packages are not installed.
            StoreError: the cluster has no core, makes no progress, or a shard cannot be made.
        """
        folder = _Folder(self.shards)
        left = {job.key: job for job in jobs}
        for name in folder.names():
            for read in folder.read(name):
                if left.pop(read.key, None):
                    yield read
        waiting = list(left.values())
        if waiting:
            shards = deque(waiting[n : n + _SHARD] for n in range(0, len(waiting), _SHARD))
            yield from self._run(shards, makers, folder)

    def clear(self) -> None:
        """Remove the shards of a build that was published."""
        _Folder(self.shards).clear()

    def _run(self, shards: deque[list[Job]], makers: Makers, folder: _Folder) -> Iterator[Read]:
        ray = _import_ray()
        here = {"num_cpus": self.workers or os.cpu_count(), "include_dashboard": False}
        ray.init(self.address or "local", log_to_driver=False, **({} if self.address else here))
        try:
            cores = int(ray.cluster_resources().get("CPU", 0))
            if not cores:
                raise StoreError("the Ray cluster has no core to work on; start a node that has")
            task = ray.remote(num_cpus=1, max_retries=_RETRIES)(make_shard)
            dumped = json.dumps(asdict(makers))
            running: dict[Any, list[Job]] = {}
            while shards or running:
                while shards and len(running) < _AHEAD * cores:
                    shard = shards.popleft()
                    running[task.remote(folder.url, dumped, [astuple(job) for job in shard])] = shard
                yield from self._take(ray, running, shards, folder)
        finally:
            ray.shutdown()

    def _take(
        self, ray: Any, running: dict[Any, list[Job]], shards: deque[list[Job]], folder: _Folder
    ) -> Iterator[Read]:
        """Wait for a shard and yield what is in it; one whose process died again and again is cut in two."""
        died = (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError, ray.exceptions.NodeDiedError)
        done, _ = ray.wait(list(running), timeout=_STALL_SECONDS)
        if not done:
            raise StoreError(
                f"no shard was finished for {_STALL_SECONDS / 60:.0f} minutes; see `ray status`, then rebuild again: "
                "what is finished is kept"
            )
        shard = running.pop(done[0])
        try:
            yield from folder.read(ray.get(done[0]))
        except died as error:
            if len(shard) > 1:
                shards.extend([shard[: len(shard) // 2], shard[len(shard) // 2 :]])
            else:
                reason = f"the process that read it ended ({type(error).__name__})"
                yield Read(shard[0].key, (), (SetAside("", reason, "report this with the file"),))
        except ray.exceptions.RayTaskError as error:
            raise StoreError(
                f"a node could not make a shard ({error.cause}); see that it has all that it needs"
            ) from error


def make_shard(url: str, makers: str, jobs: Sequence[Sequence[Any]]) -> str:
    """Do the jobs of a shard on a node, unless that was done, and return its name."""
    folder = _Folder(url)
    name = hashlib.sha256("".join(job[-1] for job in jobs).encode()).hexdigest()[:32] + _SUFFIX
    if not folder.has(name):
        preparer = _preparer(makers)
        folder.write(name, (preparer.prepare(Job(*job)) for job in jobs))
    return name


@functools.cache
def _preparer(makers: str) -> Preparer:
    """Return what a process of a node prepares all its shards with."""
    values = json.loads(makers)
    return make_preparer(replace(Makers(**values), user_words=tuple(values["user_words"])))


class _Folder:
    """The folder of shards, wherever it is."""

    def __init__(self, url: str) -> None:
        import fsspec

        self.url = url
        self._system, self._path = fsspec.core.url_to_fs(url)
        self._system.makedirs(self._path, exist_ok=True)

    def names(self) -> list[str]:
        """Return the names of all finished shards."""
        found = (path.rsplit("/", 1)[-1] for path in self._system.ls(self._path, detail=False, refresh=True))
        return sorted(name for name in found if name.endswith(_SUFFIX))

    def has(self, name: str) -> bool:
        return bool(self._system.exists(f"{self._path}/{name}"))

    def read(self, name: str) -> Iterator[Read]:
        """Yield what is in a shard."""
        with self._system.open(f"{self._path}/{name}", "rb") as file, suppress(EOFError):
            while True:
                yield read_frame(cast("IO[bytes]", file))

    def write(self, name: str, reads: Iterator[Read]) -> None:
        """Write a shard: whole or not at all."""
        # whoever wrote it in the meantime wrote the same
        fresh = f"{self._path}/{name}.{uuid.uuid4().hex}"
        with self._system.open(fresh, "wb") as file:
            for read in reads:
                write_frame(cast("IO[bytes]", file), read)
        self._system.mv(fresh, f"{self._path}/{name}")

    def clear(self) -> None:
        """Remove all shards, and what killed tasks left."""
        self._system.rm(self._path, recursive=True)


def _import_ray() -> Any:
    # it would report to its makers
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise SettingsError(
            "the engine 'ray' needs packages that are not installed; run `pip install 'kaoju[cluster]'`"
        ) from error
    return ray
