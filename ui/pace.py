"""Show what grows at a pace that readers and servers can bear: the latest state, and never less than the last one."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
_END = object()


def paced(states: Generator[T, None, None], interval: float) -> Iterator[T]:
    """Yield the latest of `states`, at most one each `interval` seconds; none waits longer, and the last is yielded.

    The states are made in a thread of their own, so that one which nothing follows for a while is shown all the same.
    Closing this iterator closes `states` as soon as its next one is made. An error of theirs is raised here.
    """
    made: queue.SimpleQueue[Any] = queue.SimpleQueue()
    left = threading.Event()
    threading.Thread(target=_make, args=(states, made, left), name="kaoju-answer", daemon=True).start()
    latest: list[T] = []
    due = time.monotonic() + interval
    try:
        while True:
            try:
                event = made.get(timeout=max(due - time.monotonic(), 0.0) if latest else None)
            except queue.Empty:
                yield latest.pop()
                due = time.monotonic() + interval
                continue
            if event is _END:
                yield from latest
                return
            if isinstance(event, BaseException):
                raise event
            latest = [event]
    finally:
        left.set()


def _make(states: Generator[T, None, None], made: queue.SimpleQueue[Any], left: threading.Event) -> None:
    try:
        for state in states:
            made.put(state)
            if left.is_set():
                break
        made.put(_END)
    except BaseException as error:  # noqa: BLE001 - raised again where the states are waited for
        made.put(error)
    finally:
        states.close()
