"""Our door to Milvus against a real server; `make test-milvus` brings one up where nothing else can reach it.

The server of the wheel is of version 2.3: dense vectors only, so sparse ones are tested on Milvus Lite (test_archives).
"""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from rag.errors import StoreError, StoreUnreachable
from rag.search.milvus.generations import ALIAS
from rag.search.milvus.literals import among, plain
from rag.search.milvus.records import LAYOUT, Records, make_records
from rag.search.milvus.server import Address, Layout, Server

COMMAND = os.environ.get("MILVUS_SERVER", "")
pytestmark = pytest.mark.skipif(not COMMAND, reason="no real Milvus server: make test-milvus MILVUS_SERVER=…")
PASSAGES = Layout("row", texts=("kind",), integers=("row", "number"), dimension=16)
_PORT = 19630
_START_SECONDS = 90


class RealServer:
    def __init__(self, data: Path) -> None:
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        command = [COMMAND, "--data", str(self._data), "--proxy-port", str(_PORT)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                server = Server(Address(f"http://127.0.0.1:{_PORT}"))
                server.names()
            except StoreError:
                assert time.monotonic() < end, "Milvus does not answer"
                time.sleep(0.5)
            else:
                return server

    def kill(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    found = RealServer(tmp_path_factory.mktemp("milvus"))
    yield found
    found.kill()


@pytest.fixture(scope="module")
def server(real):
    return real.start()


@pytest.fixture
def vectors(seed):
    found = np.random.default_rng(seed).standard_normal((500, 16)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def fill(server: Server, name: str, vectors, *, exact: bool = True) -> None:
    server.create(name, PASSAGES)
    rows = [{"row": n, "number": n // 5, "kind": plain(f"种_{n % 3}"), "dense": v} for n, v in enumerate(vectors)]
    server.add(name, rows)
    server.add(name, rows[:50])
    server.seal(name, PASSAGES, exact=exact)


@pytest.mark.parametrize("exact", [True, False])
def test_dense_finds_what_brute_force_finds(server, vectors, exact):
    name = f"dense_{exact}"
    fill(server, name, vectors, exact=exact)
    assert server.count(name) == 500  # what was written twice is there once
    for query in vectors[:20]:
        cosines = vectors @ query
        found = server.search(name, "dense", query, 10)
        best = np.argsort(-cosines)[:10]
        assert dict(found) == pytest.approx({int(row): float(cosines[row]) for row in best}, abs=1e-4)
        some = server.search(name, "dense", query, 500, f"{among('kind', ['种_1'])} and number < 20")
        assert {row for row, _ in some} == {row for row in range(100) if row % 3 == 1}
    for one in server.fetch(name, among("row", [3, 499]), ["row", "dense"]):
        assert one["dense"] == pytest.approx(vectors[one["row"]].tolist())


def test_records_come_back_whatever_their_length(server, seed):
    data = {f"key_{n}": np.random.default_rng(seed + n).bytes(n) for n in (0, 1, 45_000, 45_001, 500_000)}
    server.create("records", LAYOUT)
    server.add("records", [row for key, kept in data.items() for row in make_records(key, kept)])
    server.seal("records", LAYOUT, exact=True)
    assert Records(server, "records").get([*data, "absent"]) == data


def test_a_text_is_measured_in_bytes(server):
    server.create("texts", LAYOUT)
    row = {"key": "k", "pieces": 1, "dense": [0.0, 0.0]}
    server.add("texts", [{**row, "data": "字" * 21_845}])
    with pytest.raises(StoreError):
        server.add("texts", [{**row, "data": "字" * 21_846}])


def test_a_collection_keeps_its_rows_under_a_new_name(server, vectors):
    fill(server, "before", vectors[:10])
    server.rename("before", "after")
    assert server.count("after") == 10
    assert "before" not in server.names()


def test_eighty_switches_under_two_readers(server, vectors):
    assert server.target(ALIAS) == ""
    for number, sign in ((1, 1), (2, -1)):
        fill(server, f"{ALIAS}_{number:06}", sign * vectors)
    server.point(ALIAS, f"{ALIAS}_000001")
    over = threading.Event()
    asked, mixed, failed = [0, 0], [0, 0], [0, 0]

    def read(number: int) -> None:
        mine = Server(Address(server.address.uri))
        while not over.is_set():
            asked[number] += 1
            for attempt in range(2):
                try:
                    name = mine.target(ALIAS)
                    sign = 1 if name.endswith("1") else -1
                    row, score = mine.search(name, "dense", sign * vectors[7], 1)[0]
                    held = mine.fetch(name, among("row", [7]), ["dense"])[0]["dense"]
                    mixed[number] += row != 7 or score < 0.99 or float(np.dot(held, vectors[7])) * sign < 0.99
                    break
                except StoreError:
                    failed[number] += attempt

    threads = [threading.Thread(target=read, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for turn in range(80):
        server.point(ALIAS, f"{ALIAS}_{turn % 2 + 1:06}")
        time.sleep(0.05)
    over.set()
    for thread in threads:
        thread.join()
    assert mixed == failed == [0, 0]
    assert min(asked) > 80


def test_a_kill_loses_nothing_and_is_waited_for(real, server, vectors):
    fill(server, "kept", vectors)
    server.create("unfinished", PASSAGES)
    rows = [{"row": n, "number": 0, "kind": "", "dense": v} for n, v in enumerate(vectors)]
    server.add("unfinished", rows[:250])
    real.kill()
    with pytest.raises(StoreUnreachable):
        server.count("kept")
    threading.Timer(1.0, real.start).start()
    server.add("unfinished", rows[250:])
    server.seal("unfinished", PASSAGES, exact=True)
    assert server.count("unfinished") == server.count("kept") == 500
    assert server.search("kept", "dense", vectors[3], 1)[0][0] == 3
