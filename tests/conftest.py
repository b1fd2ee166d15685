"""What every test gets: no way out to a network, and the seed that repeats its chances."""

import os
import random
import socket
from collections.abc import Callable
from typing import Any

import pytest

SEED = int(os.environ.get("TEST_SEED", str(random.SystemRandom().randrange(2**32))))
SCALES = ("sample", "full", "night")
_LOOPBACK = ("127.", "::1", "localhost")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--scale", choices=SCALES, default="sample", help="how much of the long suites to run")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    hashes = os.environ.get("PYTHONHASHSEED", "random")
    terminalreporter.write_line(f"seeds: TEST_SEED={SEED} PYTHONHASHSEED={hashes} (set both to repeat)")


@pytest.fixture
def seed() -> int:
    """Return the seed of this run, printed at its head."""
    return SEED


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Callable[[int, int, int], int]:
    """Return a function that picks how many cases a long suite runs: in `make test`, `make test-all`, at night."""
    chosen = SCALES.index(request.config.getoption("--scale"))
    return lambda sample, full, night: (sample, full, night)[chosen]


@pytest.fixture(autouse=True)
def seeded() -> None:
    random.seed(SEED)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection and look-up that is not of this machine."""

    def guard(function: Callable[..., Any], host_of: Callable[..., object]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            host = host_of(*args)
            if isinstance(host, str) and not host.startswith(_LOOPBACK):
                raise RuntimeError(f"a test reached out to {host!r}; tests use this machine only")
            return function(*args, **kwargs)

        return guarded

    def target(sock: socket.socket, address: object, *_: object) -> object:
        return address[0] if sock.family != socket.AF_UNIX and isinstance(address, tuple) else None

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guard(getattr(socket.socket, name), target))
    monkeypatch.setattr(socket, "getaddrinfo", guard(socket.getaddrinfo, lambda host, *_: host or None))
