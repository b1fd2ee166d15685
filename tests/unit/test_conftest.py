"""The wall around the tests stands."""

import re
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_a_foreign_address_is_refused():
    with socket.socket() as sock, pytest.raises(RuntimeError, match="reached out"):
        sock.connect(("192.0.2.1", 80))


def test_a_foreign_name_is_not_looked_up():
    with pytest.raises(RuntimeError, match="reached out"):
        socket.create_connection(("example.org", 80))


def test_loopback_is_open():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname()) as client:
            assert client.getpeername() == server.getsockname()


def test_every_target_that_picks_tests_by_a_mark_finds_some():
    marks = re.findall(r"/pytest .*-m '?(?:not )?(\w+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert marks
    assert [mark for mark in marks if not re.search(rf"(?:^@|= )pytest\.mark\.{mark}\b", code, re.M)] == []
