"""Building on Ray: the same bytes as here, whatever is killed; what is finished is not done again."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from rag.building.workers import read_frame
from rag.library import Library
from rag.search.manifest import Manifest
from tests.support.corpus import write_corpus

pytest.importorskip("ray", reason="the extra 'cluster' is not installed")

_SECONDS = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, copies=24)
    (folder / "坏.docx").write_bytes(b"no package")
    return folder


@pytest.fixture(scope="module")
def expected(folder, tmp_path_factory):
    """Return what the engine of this machine makes."""
    index = tmp_path_factory.mktemp("local") / "index"
    with Library.build([folder], index) as library:
        return made(index, library.info())


def made(index: Path, manifest: Manifest) -> tuple[object, ...]:
    """Return what was read, byte for byte, and the files of the snapshot; tantivy gives its files random names."""
    cache = sqlite3.connect(index / "cache" / "read.sqlite")
    read = sorted(cache.execute("SELECT key, number, data FROM data")), sorted(cache.execute("SELECT * FROM reads"))
    cache.close()
    files = Counter((Path(name).suffix, kept) for name, kept in manifest.files.items() if not name.endswith(".json"))
    return read, files, manifest.set_aside


def start(folder: Path, base: Path, mode: str = "here") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.rays", folder, base / "index", base / "shards", mode]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True, start_new_session=True)


def finish(child: subprocess.Popen[str]) -> dict[str, int]:
    out, _ = child.communicate(timeout=_SECONDS)
    assert child.returncode == 0
    return json.loads(out.splitlines()[-1])


def wait_for_shards(base: Path, number: int) -> None:
    end = time.monotonic() + _SECONDS
    while len(list((base / "shards").glob("*.shard"))) < number:
        assert time.monotonic() < end
        time.sleep(0.02)


def descendants(root: int) -> dict[int, str]:
    """Return the command lines of all processes below one."""
    parents, names = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                names[int(entry.name)] = (entry / "cmdline").read_bytes().decode(errors="replace")
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return {pid: names[pid] for pid in found if pid in names}


def keys_of(shard: Path) -> set[str]:
    keys = set()
    with shard.open("rb") as file:
        while True:
            try:
                keys.add(read_frame(file).key)
            except EOFError:
                return keys


def check(base: Path, expected: tuple[object, ...]) -> None:
    with Library.open(base / "index") as library:
        assert made(base / "index", library.info()) == expected
    assert not (base / "shards").exists()


def test_ray_makes_what_this_machine_makes(folder, expected, tmp_path):
    finish(start(folder, tmp_path))
    check(tmp_path, expected)


def test_a_worker_that_is_killed_costs_nothing(folder, expected, tmp_path):
    child = start(folder, tmp_path)
    wait_for_shards(tmp_path, 1)
    workers = [pid for pid, name in descendants(child.pid).items() if name.startswith("ray::make_shard")]
    assert workers
    os.kill(workers[0], signal.SIGKILL)
    finish(child)
    check(tmp_path, expected)


def test_a_node_that_is_lost_costs_nothing(folder, expected, tmp_path):
    finish(start(folder, tmp_path, "loss"))
    check(tmp_path, expected)


def test_a_driver_that_is_killed_goes_on_with_what_is_finished(folder, expected, tmp_path):
    child = start(folder, tmp_path)
    wait_for_shards(tmp_path, 3)
    below = descendants(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    # what is left of Ray works on for seconds; here it ends with the driver, as a cluster's nodes would not
    for pid in below:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    before = {path.name: keys_of(path) for path in (tmp_path / "shards").glob("*.shard")}
    assert len(before) >= 3
    kept = tmp_path / "kept"
    kept.mkdir()
    done = threading.Event()

    def keep() -> None:
        while not done.is_set():
            for path in (tmp_path / "shards").glob("*.shard"):
                if path.name not in before and not (kept / path.name).exists():
                    with suppress(FileNotFoundError):  # the driver removes them in the end
                        os.link(path, kept / path.name)
            time.sleep(0.01)

    watcher = threading.Thread(target=keep)
    watcher.start()
    finish(start(folder, tmp_path))
    done.set()
    watcher.join()
    check(tmp_path, expected)
    old = set().union(*before.values())
    assert all(not keys_of(path) & old for path in kept.iterdir())
