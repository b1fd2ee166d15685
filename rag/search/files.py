"""The few operations on files that make a snapshot durable, as one object, so that tests can make each of them fail."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


class Files:
    """What the operating system does; a test passes a subclass whose n-th operation fails."""

    def write(self, path: Path, text: str) -> None:
        """Write a text file anew, and wait until the disk has it."""
        with path.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def sync(self, path: Path) -> None:
        """Wait until the disk has a file, or the names in a folder."""
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file or folder another name; a file of that name is replaced in one step."""
        old.replace(new)

    def remove(self, path: Path) -> None:
        """Remove a file, or a folder with all that is in it."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
