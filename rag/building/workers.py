"""Do jobs in child processes, in batches, with no more than one batch waiting for each of them.

The children are plain processes of this program that talk over pipes: nothing of the caller's program is imported in
them, and none of them can end the build.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import IO

from embeddings.encoder import EncoderError, load_encoder
from embeddings.terms import Segmenter
from rag.building.prepare import Job, Part, Preparer, Read
from rag.datatypes import SetAside
from rag.errors import StoreError

_PROGRAM = str(Path(__file__).parents[2])
_READY = b"ready\n"
_BATCH = 64  # files given to a worker at a time: enough to keep it busy while the last batch is written away


@dataclass(frozen=True, slots=True)
class Makers:
    """What a worker needs to be the same as every other."""

    encoder: str
    fingerprint: str
    user_words: tuple[str, ...]
    encoding: str | None
    allow_secret: bool


def do_jobs(jobs: Sequence[Job], makers: Makers, workers: int) -> Iterator[Read]:
    """Yield what comes of each job, in any order."""
    waiting: queue.SimpleQueue[list[Job]] = queue.SimpleQueue()
    # large and small files are spread over the batches by their order, which is that of their names
    for start in range(0, len(jobs), _BATCH):
        waiting.put(list(jobs[start : start + _BATCH]))
    done: queue.Queue[Read | BaseException | None] = queue.Queue(maxsize=workers * _BATCH)
    stop = threading.Event()
    threads = [threading.Thread(target=_serve, args=(waiting, done, stop, makers)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        running = workers
        while running:
            found = done.get()
            if isinstance(found, BaseException):
                raise found
            if found is None:
                running -= 1
            else:
                yield found
    finally:
        stop.set()
        _drain(done, threads)


def _drain(done: queue.Queue[Read | BaseException | None], threads: Sequence[threading.Thread]) -> None:
    """Let the threads end that wait for a place in the queue."""
    while any(thread.is_alive() for thread in threads):
        with suppress(queue.Empty):
            done.get(timeout=0.05)


def _serve(
    waiting: queue.SimpleQueue[list[Job]],
    done: queue.Queue[Read | BaseException | None],
    stop: threading.Event,
    makers: Makers,
) -> None:
    """Feed one worker until no batch is left."""
    worker = None
    try:
        worker = _Worker(makers)
        while not stop.is_set():
            batch = waiting.get_nowait()
            for read in worker.do(batch):
                done.put(read)
    except queue.Empty:
        done.put(None)
    except BaseException as error:  # noqa: BLE001 - whatever ends a thread is raised where its results are awaited
        done.put(error)
    finally:
        if worker is not None:
            worker.close()


class _Worker:
    """A child process; one that dies is replaced, and the file that it died of is set aside."""

    def __init__(self, makers: Makers) -> None:
        self._makers = makers
        self._child = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # -P and the path: this very program, whatever lies in the folder where it was started
        command = [sys.executable, "-P", "-m", "rag.building.workers", json.dumps(asdict(self._makers))]
        paths = os.pathsep.join(filter(None, [_PROGRAM, os.environ.get("PYTHONPATH")]))
        environment = {**os.environ, "PYTHONPATH": paths}
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        assert child.stdout is not None
        said = child.stdout.readline()
        if said != _READY:
            child.kill()
            child.communicate()
            raise StoreError(said.decode().strip() or "a process that reads documents could not start")
        return child

    def do(self, batch: list[Job]) -> Iterator[Read]:
        """Yield what comes of a batch, the dead worker's last file set aside."""
        left = list(batch)
        while left:
            try:
                self._send(left)
                while left:
                    yield self._receive()
                    left.pop(0)
            except (EOFError, BrokenPipeError):
                code = self._child.wait()
                lost = left.pop(0)
                reason = f"the process that read it ended with code {code}"
                yield Read(lost.key, (), (SetAside("", reason, "report this with the file"),))
                self.close()
                self._child = self._start()

    def _send(self, batch: Sequence[Job]) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps([astuple(job) for job in batch]).encode() + b"\n")
        self._child.stdin.flush()

    def _receive(self) -> Read:
        assert self._child.stdout is not None
        return read_frame(self._child.stdout)

    def close(self) -> None:
        """End the process; what it was doing is lost."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(BrokenPipeError):
                assert pipe is not None
                pipe.close()


def write_frame(pipe: IO[bytes], read: Read) -> None:
    """Write what came of a job."""
    heads = [[*part.head(), len(part.data)] for part in read.parts]
    head = json.dumps([read.key, heads, [astuple(one) for one in read.set_aside]]).encode()
    pipe.write(len(head).to_bytes(8, "little") + head + b"".join(part.data for part in read.parts))
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> Read:
    """Read what came of a job.

    Raises:
        EOFError: there is no more.
    """
    size = int.from_bytes(_exactly(pipe, 8), "little")
    key, heads, aside = json.loads(_exactly(pipe, size))
    parts = [Part.of(head[:-1], _exactly(pipe, head[-1])) for head in heads]
    return Read(key, tuple(parts), tuple(SetAside(*one) for one in aside))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) != size:
        raise EOFError
    return data


def make_preparer(makers: Makers) -> Preparer:
    """Return what a process reads with.

    Raises:
        StoreError: the encoder is not the one that the build was begun with.
    """
    encoder = load_encoder(makers.encoder)
    if encoder.fingerprint != makers.fingerprint:
        raise StoreError(
            f"the encoder {makers.encoder!r} is {encoder.fingerprint} where documents are read, and "
            f"{makers.fingerprint} where the build began; see that all have the same one, and build again"
        )
    segmenter = Segmenter(makers.user_words)
    return Preparer(segmenter, encoder, encoding=makers.encoding, allow_secret=makers.allow_secret)


def main() -> None:
    """Do the batches that come over standard input until it ends."""
    values = json.loads(sys.argv[1])
    answers = sys.stdout.buffer
    # whatever a library prints must not get between the frames
    sys.stdout = sys.stderr
    try:
        preparer = make_preparer(replace(Makers(**values), user_words=tuple(values["user_words"])))
    except (StoreError, EncoderError) as error:
        answers.write(f"{error}\n".encode())
        return
    answers.write(_READY)
    answers.flush()
    for line in sys.stdin.buffer:
        for values in json.loads(line):
            write_frame(answers, preparer.prepare(Job(*values)))


if __name__ == "__main__":
    main()
