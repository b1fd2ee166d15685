"""Kills, failing disks and damaged files: what was served before is served on, and every damage is named."""

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from rag.errors import IndexDamaged, StoreError
from rag.library import Library
from rag.search.shelf import Shelf
from tests.support.builds import Counted, build
from tests.support.corpus import HashedEncoder, document

pytestmark = pytest.mark.torture

OLD, NEW = "旧水库每日巡查一次。", "新水库每日巡查两次。"
QUERY = "水库每日巡查"


def write(folder: Path, rule: str, more: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(3):
        text = document(f"柳汀{number}区", "防汛", f"{rule}附件{number}。")
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    for number in range(more):
        (folder / f"新{number}.txt").write_text(document(f"望槐{number}县", "防汛", rule), encoding="utf-8")


def open_library(index: Path) -> Library:
    return Library.open(index, encoder=HashedEncoder())


def served(library: Library) -> str:
    """Return which of the two corpora one reader sees, all of it or none."""
    with library.reader() as reader:
        documents = reader.sources()
        texts = {reader.raw(doc_id) for _, doc_id, _, _ in documents}
        hits = {hit.passage.text for hit in reader.search(QUERY, 50)}
    for name, rule, other, number in (("old", OLD, NEW, 3), ("new", NEW, OLD, 5)):
        if all(rule in text for text in texts) and len(documents) == number:
            assert any(rule in hit for hit in hits)
            assert not any(other in hit for hit in hits)
            return name
    raise AssertionError(f"a mix is served: {documents}")


def state(index: Path) -> str:
    """Return which of the two corpora is served to who opens the index now."""
    with open_library(index) as library:
        return served(library)


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> Path:
    """Return a folder with `documents`, changed since `index` was built of them."""
    base = tmp_path_factory.mktemp("old")
    write(base / "documents", OLD)
    build(base / "documents", base / "index")
    assert state(base / "index") == "old"
    write(base / "documents", NEW, more=2)
    return base


@pytest.fixture
def fresh(old, tmp_path) -> Path:
    shutil.copytree(old, tmp_path / "fresh", symlinks=True)
    return tmp_path / "fresh"


def operations(base: Path, scratch: Path) -> int:
    shutil.copytree(base, scratch)
    files = Counted(0, lambda: None)
    build(scratch / "documents", scratch / "index", files)
    return files.count


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_a_failing_file_operation_costs_the_new_snapshot_or_nothing(old, tmp_path, count, code):
    total = operations(old, tmp_path / "count")
    for at in sorted({*range(1, total + 1, count(total // 2, 1, 1)), total - 2, total - 1, total}):
        base = tmp_path / f"{at}"
        shutil.copytree(old, base)

        def fail() -> None:
            raise OSError(code, os.strerror(code))

        with suppress(StoreError):
            build(base / "documents", base / "index", Counted(at, fail))
        assert state(base / "index") in ("old", "new"), at
        build(base / "documents", base / "index")
        assert state(base / "index") == "new", at
        assert not list((base / "index").glob("building-*")), at
        shutil.rmtree(base)


def kill_at(base: Path, at: int) -> int:
    command = [sys.executable, "-m", "tests.support.builds", base / "documents", base / "index", str(at)]
    return subprocess.run(command, check=False, capture_output=True).returncode


def test_a_kill_before_any_step_leaves_the_old_or_the_new_state(old, tmp_path, count):
    total = operations(old, tmp_path / "count")
    steps = sorted({*range(1, total + 1, count(total // 2, 1, 1)), total - 3, total - 2})
    for at in steps:
        base = tmp_path / f"{at}"
        shutil.copytree(old, base)
        assert kill_at(base, at) == -signal.SIGKILL, at
        assert state(base / "index") in ("old", "new"), at
        build(base / "documents", base / "index")
        assert state(base / "index") == "new", at
        assert not list((base / "index").glob("building-*")), at
        shutil.rmtree(base)


class Watcher(Thread):
    """Read on and on what one library serves; it was opened before, and follows every switch by itself."""

    def __init__(self, index: Path) -> None:
        super().__init__()
        self.reads: Counter[str] = Counter()
        self.fault: BaseException | None = None
        self.stop = Event()
        self._index = index

    def run(self) -> None:
        try:
            with open_library(self._index) as library:
                while not self.stop.is_set():
                    self.reads[served(library)] += 1
        except BaseException as error:  # noqa: BLE001 - told by the test
            self.fault = error


def test_a_kill_at_any_time_leaves_the_old_or_the_new_state(old, tmp_path, count, seed):
    chance = random.Random(seed)
    base = tmp_path / "base"
    shutil.copytree(old, base)
    command = [sys.executable, "-m", "tests.support.builds", base / "documents", base / "index", "0"]
    begun = time.monotonic()
    subprocess.run(command, check=True)
    whole = time.monotonic() - begun
    live = "new"
    watcher = Watcher(base / "index")
    watcher.start()
    try:
        for _ in range(count(4, 100, 1000)):
            live = {"old": "new", "new": "old"}[live]
            shutil.rmtree(base / "documents")
            write(base / "documents", NEW if live == "new" else OLD, more=2 if live == "new" else 0)
            child = subprocess.Popen(command)
            time.sleep(chance.uniform(0, whole))
            child.kill()
            child.wait()
            assert state(base / "index") in ("old", "new")
            build(base / "documents", base / "index")
            assert state(base / "index") == live
        while watcher.is_alive() and watcher.reads.total() < count(100, 10_000, 100_000):
            time.sleep(0.01)
    finally:
        watcher.stop.set()
        watcher.join()
    assert watcher.fault is None
    assert set(watcher.reads) == {"old", "new"}


def test_a_full_disk_is_said_and_the_index_serves_on(fresh, count):
    """The limit on the size of a file makes the writes of SQLite, tantivy and faiss themselves fail."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from tests.support.builds import build;"
        "from rag.errors import StoreError;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))\n"
        "try: build(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except StoreError as error: print(error); sys.exit(7)"
    )
    for limit in count(
        (2_000, 12_000, 30_000), *[(500, 1_000, 2_000, 4_000, 8_000, 12_000, 20_000, 30_000, 60_000)] * 2
    ):
        command = [sys.executable, "-c", code, fresh / "documents", fresh / "index", str(limit)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode in (0, 7), (limit, done.stderr)
        assert state(fresh / "index") == ("old" if done.returncode else "new")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_killed_build_goes_on_with_what_was_read(fresh):
    assert kill_at(fresh, 1) == -signal.SIGKILL
    report = build(fresh / "documents", fresh / "index")
    assert report.reused == 5
    assert report.read == 0


def test_a_damaged_cache_is_begun_anew(fresh, seed):
    cache = fresh / "index" / "cache" / "read.sqlite"
    for damage in (b"", b"no database", None):
        data = bytearray(cache.read_bytes()) if damage is None else damage
        if damage is None:
            chance = random.Random(seed)
            for _ in range(400):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        cache.write_bytes(data)
        for tail in ("-wal", "-shm"):
            cache.with_name(cache.name + tail).unlink(missing_ok=True)
        build(fresh / "documents", fresh / "index")
        assert state(fresh / "index") == "new"


def live_files(index: Path) -> list[Path]:
    return sorted(path for path in (index / Shelf(index).current()).rglob("*") if path.is_file())


def damaged(index: Path, path: Path) -> None:
    """Assert that the damage of a file is found and named, and that the snapshot before is served."""
    live = Shelf(index).current()
    assert path.name in Library.verify(index)[live]
    with open_library(index) as library:
        assert library.fallen_back
        assert path.name in library.notices[0]
    assert state(index) == "old"


@pytest.fixture(scope="module")
def two(old, tmp_path_factory) -> Path:
    """Return an index with an old and a new snapshot."""
    base = tmp_path_factory.mktemp("two") / "base"
    shutil.copytree(old, base)
    build(base / "documents", base / "index")
    return base / "index"


def test_every_flipped_bit_and_cut_is_found(two, count, seed):
    chance = random.Random(seed)
    files = [path for path in live_files(two) if path.stat().st_size]
    for number in range(count(50, 1_000, 1_000) + count(10, 200, 200)):
        path = chance.choice(files)
        kept = path.read_bytes()
        if number % 6:
            broken = bytearray(kept)
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        else:
            broken = kept[: chance.randrange(len(kept))]
        path.write_bytes(broken)
        if number % 10:
            assert path.name in Library.verify(two)[Shelf(two).current()], (path, seed)
        else:
            damaged(two, path)
        path.write_bytes(kept)
    assert state(two) == "new"


def test_every_missing_and_every_foreign_file_is_found(two, count):
    for path in live_files(two)[:: count(5, 1, 1)]:
        kept = path.read_bytes()
        path.unlink()
        damaged(two, path)
        path.write_bytes(kept)
    stranger = two / Shelf(two).current() / "passages" / "stranger"
    stranger.write_text("x", encoding="utf-8")
    damaged(two, stranger)
    stranger.unlink()
    assert state(two) == "new"


def test_a_current_that_names_nothing_falls_back(two):
    current = two / "CURRENT"
    kept = current.read_text(encoding="utf-8")
    for name in ("snapshot-999999", "../elsewhere", ""):
        current.write_text(name, encoding="utf-8")
        assert Library.verify(two)[name]
        if name > "snapshot":
            with open_library(two) as library:
                assert library.fallen_back
        else:
            with pytest.raises(IndexDamaged):
                open_library(two)
    current.write_text(kept, encoding="utf-8")
    assert state(two) == "new"


def test_no_sound_snapshot_is_said(old, tmp_path):
    shutil.copytree(old / "index", tmp_path / "index")
    for path in live_files(tmp_path / "index"):
        path.write_bytes(b"")
    with pytest.raises(IndexDamaged, match="kaoju rebuild"):
        open_library(tmp_path / "index")
