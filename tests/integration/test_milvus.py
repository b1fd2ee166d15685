"""A library on Milvus: the answers of the local one, through switches, kills and restarts of the server."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from rag.datatypes import Filter
from rag.errors import StoreError, StoreUnreachable
from rag.examples import DOCUMENTS
from rag.library import Library
from rag.search.milvus.generations import Generations
from rag.search.milvus.server import Address, Server
from tests.support.corpus import HashedEncoder, document, write_corpus
from tests.support.milvus import lite_server

_BACK_SECONDS = 60.0

QUERIES = ["古树补助多少", "柳汀区防汛值班", "每季度通报", "列入财政预算", "望槐县消防通道限期整改", "qwzx"]
QUESTIONS = ["二级保护的古树一年补助多少?", "谁是防汛第一责任人", "养老服务用房按什么标准配建"]


@pytest.fixture(scope="module")
def lite(tmp_path_factory):
    with lite_server(tmp_path_factory.mktemp("lite")) as server:
        yield server


@pytest.fixture
def folder(tmp_path) -> Path:
    write_corpus(tmp_path / "documents")
    return tmp_path / "documents"


def write(folder: Path, version: str) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(6):
        text = document(f"柳汀{number}区", "防汛", f"水库每日巡查,第{version}版,附件{number}。")
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")


def build(folder: Path, archive) -> Library:
    return Library.build([folder], archive, encoder=HashedEncoder())


def ranking(library: Library, where: Filter | None = None):
    return [[(h.passage, round(h.score, 3)) for h in library.search(q, 20, where)] for q in QUERIES]


def test_the_same_passages_in_the_same_order(folder, tmp_path, lite):
    with build(folder, tmp_path / "index") as here, build(folder, lite.generations(tmp_path / "far")) as there:
        assert ranking(there) == ranking(here)
        for where in (Filter(places=("青砚县",)), Filter(folder="柳汀区"), Filter(kinds=("通知",), until="1990")):
            assert ranking(there, where) == ranking(here, where)
        assert there.documents() == here.documents()
        assert replace(there.info(), built_at="", seconds=0) == replace(
            here.info(), built_at="", seconds=0, files={}, dense={"kind": "exact"}
        )
        with there.reader() as far, here.reader() as near:
            assert far.articles() == near.articles()


def test_the_same_answers_and_proofs(tmp_path, lite):
    with (
        Library.build([DOCUMENTS], tmp_path / "index") as here,
        Library.build([DOCUMENTS], lite.generations(tmp_path / "far")) as there,
    ):
        cited = 0
        for question in QUESTIONS:
            one, other = here.ask(question), there.ask(question)
            assert other.text == one.text
            assert other.citations == one.citations
            cited += len(one.citations)
            with there.reader() as reader:
                assert all(reader.raw(c.doc_id)[c.start : c.end] == c.quote for c in other.citations)
        assert cited


def test_eighty_switches_under_two_readers(tmp_path, lite, count):
    archive = lite.generations(tmp_path / "index")
    for version in "甲乙":
        write(tmp_path / "documents", version)
        build(tmp_path / "documents", archive).close()
    names = archive.names()
    command = [sys.executable, "-m", "tests.support.reading", str(tmp_path / "index"), lite.uri, archive.database]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    turns = count(12, 80, 400)
    for turn in range(turns):
        with archive.writing():
            archive.activate(names[turn % 2])
        time.sleep(0.3)
        for child in children:  # each of them asks at least once between two switches
            assert child.stdout.readline() == "next\n"
    for child in children:
        out, _ = child.communicate(timeout=60)
        requests, mixed, failed, seen = json.loads(out.splitlines()[-1])
        assert (mixed, failed) == (0, 0)
        assert seen == ["乙", "甲"]
        assert requests >= turns


def test_a_server_killed_between_queries_answers_when_it_is_back(folder, tmp_path):
    with lite_server(tmp_path / "lite") as server:
        archive = server.generations(tmp_path / "index")
        with build(folder, archive) as library:
            expected = ranking(library)
            server.kill()
            time.sleep(1.1)  # the name of the live generation is kept for a second
            with pytest.raises(StoreUnreachable, match=server.uri):
                library.search(QUERIES[0])
            server.start()
            assert ranking(library) == expected


def test_a_server_killed_in_the_middle_of_a_build_is_waited_for(folder, tmp_path, monkeypatch):
    with lite_server(tmp_path / "lite") as server:
        archive = server.generations(tmp_path / "index")
        with build(folder, archive) as library:
            expected = ranking(library)
        add, added = Server.add, []

        def add_and_kill(self, name, rows):
            added.append(name)
            if len(added) == 2:
                server.kill()
                threading.Timer(2.0, server.start).start()
            add(self, name, rows)

        monkeypatch.setattr(Server, "add", add_and_kill)
        with build(folder, archive) as library:
            assert len(archive.names()) == 2
            assert ranking(library) == expected


def test_a_build_that_fails_leaves_the_old_generation_and_reads_nothing_twice(folder, tmp_path, lite, monkeypatch):
    archive = lite.generations(tmp_path / "index")
    with build(folder, archive) as library:
        expected = ranking(library)
    (folder / "新.txt").write_text(document("柳汀区", "绿化", "每年植树一万株。"), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(Server, "rename", lambda *_: (_ for _ in ()).throw(StoreError("no")))
        with pytest.raises(StoreError):
            build(folder, archive)
    with Library.open(archive, encoder=HashedEncoder()) as library:
        assert ranking(library) == expected
    with build(folder, archive) as library:
        assert library.report.read == 0
        assert library.report.documents == 26
    assert all("_building" not in name for name in Server(Address(lite.uri, database=archive.database)).names())


def test_what_is_missing_is_noticed_and_the_generation_before_is_served(folder, tmp_path, lite):
    archive = lite.generations(tmp_path / "index")
    build(folder, archive).close()
    first = archive.current()
    build(folder, archive).close()
    second = archive.current()
    server = Server(Address(lite.uri, database=archive.database))
    server.drop(f"{second}_articles")
    assert "_articles" in archive.fault(second)
    with Library.open(archive, encoder=HashedEncoder()) as library:
        assert library.fallen_back
        assert first in library.notices[-1]


def test_a_store_that_is_not_there_is_said_at_once(tmp_path, monkeypatch, capsys):
    pytest.importorskip("pymilvus", reason="the extra 'cluster' is not installed")
    from ui.command import main

    monkeypatch.chdir(tmp_path)
    (tmp_path / "kaoju.toml").write_text('store = "milvus"\nmilvus_uri = "http://127.0.0.1:9"\n', encoding="utf-8")
    for command in (["ask", "谁"], ["index", "--examples"], ["serve", "--api"], ["list"]):
        assert main(command) == 1
        assert "http://127.0.0.1:9 cannot be reached" in capsys.readouterr().err
    with pytest.raises(StoreUnreachable):
        Generations(tmp_path, Address("http://127.0.0.1:9"))


def test_health_says_when_the_store_is_gone_and_when_it_is_back(folder, tmp_path):
    from starlette.testclient import TestClient

    from ui.api import build_api

    with lite_server(tmp_path / "lite") as server, build(folder, server.generations(tmp_path / "index")) as library:
        client = TestClient(build_api(library), base_url="http://127.0.0.1")
        assert client.get("/health").json()["status"] == "ok"
        server.kill()
        time.sleep(1.1)
        gone = client.get("/health")
        assert gone.status_code == 503
        assert "cannot be reached" in gone.text
        server.start()
        # the connection is tried again after pauses that grow, and a busy machine is late for the first
        end = time.monotonic() + _BACK_SECONDS
        while client.get("/health").status_code != 200:
            assert time.monotonic() < end, "the server is back, and /health does not say so"
            time.sleep(0.5)
