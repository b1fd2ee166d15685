"""An index folder: snapshots side by side, `CURRENT` with the name of the live one, and the lock of the one writer."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rag.errors import IndexBusy, IndexDamaged, IndexMissing, StoreError
from rag.search.archive import Archive
from rag.search.files import Files
from rag.search.folder import Folder, FolderDraft
from rag.search.manifest import Manifest, check_files, hash_files, read_manifest, write_manifest

CURRENT = "CURRENT"
_SNAPSHOT = "snapshot-"
_TEMPORARY = "building-"
_KEPT = 2  # snapshots: the live one, and one to go back to
_WRITABLE_BY_OTHERS = stat.S_IWOTH


class Shelf(Archive):
    """The folder of an index. Everything in it but `cache/` and `conversations*` is written here."""

    def __init__(self, folder: Path, files: Files | None = None) -> None:
        self.folder = folder
        self._files = files or Files()

    def names(self) -> list[str]:
        """Return the names of all whole snapshots, oldest first."""
        return sorted(path.name for path in self.folder.glob(f"{_SNAPSHOT}*") if path.is_dir())

    def current(self) -> str:
        """Return the name of the live snapshot.

        Raises:
            IndexMissing: there is no index in this folder.
            StoreError: others can write into the folder.
        """
        path = self.folder / CURRENT
        try:
            name = path.read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError as error:
            raise IndexMissing(
                f"there is no index in {self.folder}; make one with `kaoju index FOLDER --index {self.folder}`"
            ) from error
        except OSError as error:
            raise StoreError(f"{path} cannot be read ({error.strerror}); check its permissions") from error
        self._refuse_open_doors()
        return name

    def _refuse_open_doors(self) -> None:
        """Refuse a folder into which any user of the machine could put an index of their own making."""
        if self.folder.stat().st_mode & _WRITABLE_BY_OTHERS:
            raise StoreError(f"every user may write into {self.folder}; run `chmod o-w {self.folder}`")

    def refuse_foreign(self) -> None:
        """Refuse to make an index in a folder that holds something else.

        Raises:
            StoreError: the folder holds files and is no index, or others can write into it.
        """
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise StoreError(f"{self.folder} is not a folder; give --index another place")
        ours = (CURRENT, "cache", "lock", _SNAPSHOT, _TEMPORARY, "conversations")
        strangers = sorted(path.name for path in self.folder.iterdir() if not path.name.startswith(ours))
        if strangers and not (self.folder / CURRENT).exists():
            raise StoreError(f"{self.folder} holds {strangers[0]!r} and is no index; give --index another place")
        self._refuse_open_doors()

    def check(self, name: str) -> None:
        """Check every file of a snapshot against its manifest.

        Raises:
            IndexDamaged: a file is missing, changed or foreign.
            IndexMismatch: the snapshot is of another format.
        """
        folder = self.folder / name
        if not name.startswith(_SNAPSHOT) or not folder.is_dir():
            raise IndexDamaged(f"{self.folder / CURRENT} names {name!r}, which is not there; run `kaoju rollback`")
        check_files(folder, read_manifest(folder))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock of the one writer; it falls with the process, however that ends.

        Raises:
            IndexBusy: another rebuild runs.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = os.read(handle, 200).decode(errors="replace").strip() or "an unknown process"
                raise IndexBusy(
                    f"another rebuild of {self.folder} runs ({holder}); wait for it or end that process"
                ) from error
            os.truncate(handle, 0)
            os.write(handle, f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}\n".encode())
            yield
        finally:
            os.close(handle)

    def manifest(self, name: str) -> Manifest:
        """Return the manifest of a snapshot."""
        return read_manifest(self.folder / name)

    def open(self, name: str, manifest: Manifest) -> Folder:
        """Open a snapshot for reading."""
        return Folder(self.folder / name, manifest)

    def start(self) -> ShelfDraft:
        """Sweep what killed builds left, and return a new empty folder to build in. Hold the lock."""
        for path in self.folder.glob(f"{_TEMPORARY}*"):
            self._files.remove(path)
        folder = self.folder / f"{_TEMPORARY}{os.getpid()}"
        folder.mkdir()
        return ShelfDraft(folder, self)

    def publish(self, built: Path, manifest: Manifest) -> str:
        """Make a written folder the live snapshot, and return its name. Hold the lock."""
        write_manifest(built, replace(manifest, files=hash_files(built)))
        numbers = [int(name.removeprefix(_SNAPSHOT)) for name in self.names()]
        name = f"{_SNAPSHOT}{max(numbers, default=0) + 1:06}"
        for path in sorted(built.rglob("*")):
            self._files.sync(path)
        self._files.sync(built)
        check_files(built, read_manifest(built))
        self._files.rename(built, self.folder / name)
        self._files.sync(self.folder)
        self.activate(name)
        self._discard()
        return name

    def discard(self, built: Path) -> None:
        """Remove a folder that was not published."""
        if built.exists():
            self._files.remove(built)

    def activate(self, name: str) -> None:
        """Make a snapshot the live one, in one step. Hold the lock."""
        fresh = self.folder / f"{CURRENT}.new"
        self._files.write(fresh, f"{name}\n")
        self._files.rename(fresh, self.folder / CURRENT)
        self._files.sync(self.folder)

    def _discard(self) -> None:
        """Remove all snapshots but the newest ones; the new state is on disk before the old one goes."""
        for name in self.names()[:-_KEPT]:
            self._files.remove(self.folder / name)


@dataclass(frozen=True, slots=True)
class ShelfDraft(FolderDraft):
    """A folder that may become a snapshot of a shelf."""

    shelf: Shelf

    def publish(self, manifest: Manifest) -> str:
        """Make what was written the live snapshot, and return its name."""
        return self.shelf.publish(self.folder, manifest)

    def discard(self) -> None:
        """Remove what was written and not published."""
        self.shelf.discard(self.folder)
