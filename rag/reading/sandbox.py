"""Parse untrusted files in a child process with limits on memory, time and output; its faults become one sentence.

The two sides speak lines of JSON: the parent sends a header line and the bytes of a file, the child answers with one
line. Nothing that a child says is more than text and numbers.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import json
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from rag.errors import ReadingError
from rag.reading.formats import Extracted, extract

MEMORY = 1 << 30  # bytes of address space
SECONDS = 30  # of processor, and on the clock
MAX_CHARACTERS = 20_000_000  # of one document; the longest statute book has 3 million
_MAX_LINE = 6 * MAX_CHARACTERS + 1_000_000  # bytes; JSON writes \uXXXX for a character
_OPEN_FILES = 64
_REMEDY = "open it in its program and save it again, or save its text as .txt"


class Sandbox:
    """A child process that turns files into text, one at a time; it is started when needed and after every fault."""

    def __init__(self, *, memory: int = MEMORY, seconds: float = SECONDS) -> None:
        self._memory = memory
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._served = 0

    def extract(self, data: bytes, format: str) -> Extracted:
        """Return the text of a file of one of the formats of `rag.reading.formats`.

        Raises:
            ReadingError: the parser refused it, crashed, or went over a limit.

        """
        with self._lock:
            used = self._served > 0
            answer = self._ask(data, format)
            if answer.get("fault") == "memory" and used:  # what earlier files left behind may be in the way
                answer = self._ask(data, format)
        if "fault" in answer:
            raise ReadingError(_FAULTS[str(answer["fault"])].format(self._memory >> 20, self._seconds), _REMEDY)
        if "reason" in answer:
            raise ReadingError(str(answer["reason"]), str(answer["remedy"]))
        return _extracted(answer)

    def close(self) -> None:
        """End the child."""
        child, self._child, self._served = self._child, None, 0
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):  # what it did not take is lost with it
                        pipe.close()

    def _ask(self, data: bytes, format: str) -> dict[str, object]:
        """Send a file and return the answer, or a fault by name; after a fault the child is ended."""
        if self._child is None:
            self._child = _start(self._memory, self._seconds)
        child = self._child
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            child.kill()

        timer = threading.Timer(self._seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            line = _exchange(child, data, format)
        finally:
            timer.cancel()
        answer: dict[str, object] = {"fault": "time" if expired.is_set() else "crash"}
        if line.endswith(b"\n"):
            answer = json.loads(line)
        elif len(line) >= _MAX_LINE:
            answer = {"fault": "output"}
        elif not expired.is_set() and child.wait() in {-24, -9}:  # SIGXCPU, SIGKILL
            answer = {"fault": "time"}
        self._served += 1
        if "fault" in answer:
            self.close()
        return answer


_FAULTS = {
    "memory": "parsing it takes more than {0} MiB of memory",
    "time": "parsing it takes more than {1} seconds",
    "output": f"it holds more than {MAX_CHARACTERS:,} characters",
    "crash": "the parser crashed on it",
}


def _start(memory: int, seconds: float) -> subprocess.Popen[bytes]:
    root = Path(__file__).resolve().parents[2]
    # one thread for each numeric library: each more reserves address space
    environment = {"PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", __name__, str(memory), str(int(seconds) + 1)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,  # an interrupt of the terminal is the parent's to handle
    )


def _exchange(child: subprocess.Popen[bytes], data: bytes, format: str) -> bytes:
    assert child.stdin is not None
    assert child.stdout is not None
    with contextlib.suppress(BrokenPipeError):  # it may have said why before it went
        child.stdin.write(json.dumps({"format": format, "size": len(data)}).encode() + b"\n")
        child.stdin.write(data)
        child.stdin.flush()
    return child.stdout.readline(_MAX_LINE)


def _extracted(answer: dict[str, object]) -> Extracted:
    text, pages, notes, scanned = answer["text"], answer["pages"], answer["notes"], answer["scanned"]
    assert isinstance(text, str)
    assert isinstance(pages, list)
    assert isinstance(notes, list)
    assert isinstance(scanned, int)
    return Extracted(text, tuple(int(page) for page in pages), tuple(str(note) for note in notes), scanned)


_shared: dict[int, Sandbox] = {}


def shared_sandbox() -> Sandbox:
    """Return the sandbox of this process; one process after a fork does not speak to the child of the other."""
    found = _shared.get(os.getpid())
    if found is None:
        _shared.clear()
        found = _shared[os.getpid()] = Sandbox()
        atexit.register(found.close)
    return found


def main() -> None:
    """Serve as the child: answer one line for each file until the parent goes away."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # what a library prints is no answer
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(limit, (value, value))
    files: IO[bytes] = sys.stdin.buffer
    for header in iter(files.readline, b""):
        request = json.loads(header)
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, resource.RLIM_INFINITY))
        try:
            line = json.dumps(_answer(files.read(request["size"]), request["format"])).encode()
        except MemoryError:  # perhaps before the file was read: the next line would be none
            answers.write(b'{"fault": "memory"}\n')
            break
        answers.write(line + b"\n")
        answers.flush()
    answers.close()


def _answer(data: bytes, format: str) -> dict[str, object]:
    try:
        extracted = extract(data, format)
    except ReadingError as error:
        return {"reason": error.reason, "remedy": error.remedy}
    except MemoryError:
        raise
    except RecursionError:
        return {"reason": "its parts are nested too deeply", "remedy": _REMEDY}
    except Exception as error:  # noqa: BLE001 - parsers raise anything on damaged files
        return {"reason": f"it cannot be parsed as {format}: {type(error).__name__}: {error}"[:300], "remedy": _REMEDY}
    if len(extracted.text) > MAX_CHARACTERS:
        return {"fault": "output"}
    return dataclasses.asdict(extracted)


if __name__ == "__main__":
    main()
