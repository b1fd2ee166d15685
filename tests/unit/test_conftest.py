"""The wall around the tests stands."""

import socket

import pytest


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
