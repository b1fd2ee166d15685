"""Work on the library that goes on while the page is used: one piece at a time, with its progress."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.responses import RedirectResponse

from rag.building.build import Progress, Report
from rag.errors import KaojuError
from ui.checkup import Checkup

_log = logging.getLogger(__name__)
Result = Report | Checkup | str
Work = Callable[[Callable[[Progress], None]], Result]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: what it is, how far it is, and what came of it (a report, what the doctor
    found, the name of a snapshot, a fault).
    """

    name: str = ""
    running: bool = False
    done: int = 0
    total: int = 0
    seconds_left: float = 0.0
    result: Result | None = None
    fault: str = ""

    @property
    def outcome(self) -> str:
        """Return what kind of result there is: `Report`, `Checkup`, `str`, `NoneType`."""
        return type(self.result).__name__


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
            self._job = replace(self._job, running=False, result=result)

    def _watch(self, progress: Progress) -> None:
        self._job = replace(self._job, done=progress.done, total=progress.total, seconds_left=progress.seconds_left)


def to_job(*, started: bool) -> RedirectResponse:
    """Return the way to where a job is seen; one that was not started found another one running."""
    return RedirectResponse("/library#job" if started else "/library?busy=1#job", 303)
