"""Child programs that build the small corpus, for tests that kill them or change their environment.

    python -m tests.support.builds FOLDER INDEX KILL_AT

dies by SIGKILL just before the KILL_AT-th file operation of publishing (0: never).
"""

import os
import signal
import sys
from pathlib import Path

from rag.building.build import Plan, build_index
from rag.errors import StoreError
from rag.search.files import Files
from rag.search.shelf import Shelf
from tests.support.corpus import HashedEncoder


class Counted(Files):
    """File operations that call `act` before the n-th of them, and count."""

    def __init__(self, at: int, act) -> None:
        self.at = at
        self.act = act
        self.count = 0

    def _step(self) -> None:
        self.count += 1
        if self.count == self.at:
            self.act()

    def write(self, path: Path, text: str) -> None:
        self._step()
        super().write(path, text)

    def sync(self, path: Path) -> None:
        self._step()
        super().sync(path)

    def rename(self, old: Path, new: Path) -> None:
        self._step()
        super().rename(old, new)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)


def build(folder: Path, index: Path, files: Files | None = None):
    """Build with the hashed encoder."""
    return build_index(Shelf(index, files), Plan((folder,), HashedEncoder(), workers=1))


def main() -> None:
    folder, index, at = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    try:
        build(folder, index, Counted(at, lambda: os.kill(os.getpid(), signal.SIGKILL)))
    except StoreError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
