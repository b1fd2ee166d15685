"""A Milvus Lite server in a process of its own, on loopback, that can be killed and started again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.search.milvus.generations import Generations
from rag.search.milvus.server import Address

_PATIENCE = 60.0


class LiteServer:
    """The server; what it was given lies in `data` and is there again when it is started again."""

    def __init__(self, data: Path) -> None:
        self._data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(
            [*command, "--data-dir", str(self._data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        import grpc

        # it listens before it answers
        with grpc.insecure_channel(f"127.0.0.1:{self._port}", [("grpc.use_local_subchannel_pool", 1)]) as channel:
            grpc.channel_ready_future(channel).result(_PATIENCE)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def database(self) -> str:
        """Return the name of a new, empty database."""
        from pymilvus import MilvusClient

        name = f"t{uuid.uuid4().hex[:12]}"
        MilvusClient(self.uri).create_database(name)
        return name

    def generations(self, folder: Path) -> Generations:
        """Return an empty archive on this server."""
        database = self.database()
        archive = Generations(folder, Address(self.uri, database=database))
        archive.database = database
        return archive


@contextlib.contextmanager
def lite_server(data: Path) -> Iterator[LiteServer]:
    """Run a server, or skip the test where its packages are not installed."""
    pytest.importorskip("pymilvus", reason="the extra 'cluster' is not installed")
    pytest.importorskip("milvus_lite", reason="milvus-lite is not installed")
    server = LiteServer(data)
    server.start()
    try:
        yield server
    finally:
        server.kill()
