"""What grows is shown at a bearable pace, and nothing that was last is held back."""

import threading
import time
from collections.abc import Generator

import pytest

from ui.pace import paced

INTERVAL = 0.2
SLACK = 0.5  # seconds that a busy machine may be late


def test_a_burst_is_merged_and_its_last_state_is_shown_while_nothing_follows() -> None:
    held = threading.Event()

    def states() -> Generator[int, None, None]:
        yield from range(50)
        held.wait(20)
        yield 50

    shown = paced(states(), INTERVAL)
    begun = time.monotonic()
    first = next(shown)
    assert first == 49
    assert time.monotonic() - begun < INTERVAL + SLACK
    held.set()
    assert list(shown) == [50]


def test_what_is_there_at_once_is_shown_once() -> None:
    begun = time.monotonic()
    assert list(paced((number for number in range(10)), 30.0)) == [9]
    assert time.monotonic() - begun < SLACK


def test_at_most_one_state_is_shown_in_an_interval_and_always_the_last() -> None:
    def states() -> Generator[int, None, None]:
        for number in range(40):
            yield number
            time.sleep(0.02)

    begun = time.monotonic()
    shown = list(paced(states(), INTERVAL))
    assert shown[-1] == 39
    assert shown == sorted(set(shown))
    assert len(shown) <= (time.monotonic() - begun) / INTERVAL + 1


def test_an_error_is_raised_where_the_states_are_waited_for() -> None:
    def states() -> Generator[int, None, None]:
        yield 1
        raise ValueError("seven")

    with pytest.raises(ValueError, match="seven"):
        list(paced(states(), INTERVAL))


def test_who_leaves_lets_the_maker_go() -> None:
    closed = threading.Event()

    def states() -> Generator[int, None, None]:
        try:
            while True:
                yield 1
                time.sleep(0.01)
        finally:
            closed.set()

    shown = paced(states(), INTERVAL)
    assert next(shown) == 1
    shown.close()  # type: ignore[attr-defined]
    assert closed.wait(5)
