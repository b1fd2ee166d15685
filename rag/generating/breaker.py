"""Leave an endpoint alone for a while after it failed repeatedly, so that nobody waits for what is known to be down."""

from __future__ import annotations

import threading
import time

from rag.generating.fault import Fault

_FAILURES = 2  # one may be chance
_REST_SECONDS = 30.0


class Breaker:
    """Count failures in a row; after two, refuse calls for half a minute, then let one show whether it is better."""

    def __init__(self, rest: float = _REST_SECONDS) -> None:
        self._rest = rest
        self._failures = 0
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def enter(self) -> None:
        """Let a call through; of those that come after a rest one alone, until it is known how it ended.

        Raises:
            Fault: of kind `resting`.
        """
        with self._lock:
            if time.monotonic() < self._closed_until:
                raise Fault("resting")
            if self._failures >= _FAILURES:
                self._closed_until = time.monotonic() + self._rest

    def record(self, fault: Fault | None) -> None:
        """Take note of how a call ended; a reply that was only cut is none of the endpoint's failures."""
        with self._lock:
            if fault is None or fault.kind == "cut":
                self._failures, self._closed_until = 0, 0.0
                return
            self._failures += 1
            if self._failures >= _FAILURES:
                self._closed_until = time.monotonic() + self._rest
