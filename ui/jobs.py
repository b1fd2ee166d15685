"""Work on the library that goes on while the page is used: one piece at a time, with its progress."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from rag.building.build import Progress, Report
from rag.errors import KaojuError

_log = logging.getLogger(__name__)
Work = Callable[[Callable[[Progress], None]], Report | str]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: what it is, how far it is, and what came of it (a report, the name of a snapshot, a fault)."""

    name: str = ""
    running: bool = False
    done: int = 0
    total: int = 0
    seconds_left: float = 0.0
    report: Report | None = None
    snapshot: str = ""
    fault: str = ""


class Jobs:
    """Runs one job at a time, in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job = Job()

    def state(self) -> Job:
        """Return the job that runs, or the last one."""
        return self._job

    def start(self, name: str, work: Work) -> bool:
        """Start a job; False when another one runs."""
        with self._lock:
            if self._job.running:
                return False
            self._job = Job(name, running=True)
        threading.Thread(target=self._run, args=(work,), name=f"job {name}", daemon=True).start()
        return True

    def _run(self, work: Work) -> None:
        try:
            result = work(self._watch)
        except (KaojuError, OSError) as error:
            self._job = replace(self._job, running=False, fault=str(error))
        except Exception:
            _log.exception("the job %s failed", self._job.name)
            self._job = replace(self._job, running=False, fault="the program failed; its log says why")
            raise
        else:
            report = result if isinstance(result, Report) else None
            snapshot = result if isinstance(result, str) else ""
            self._job = replace(self._job, running=False, report=report, snapshot=snapshot)

    def _watch(self, progress: Progress) -> None:
        self._job = replace(self._job, done=progress.done, total=progress.total, seconds_left=progress.seconds_left)
