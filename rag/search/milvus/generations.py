"""The generations in a Milvus database: side by side, an alias that names the live one, a lock outside.

A request resolves the alias once and then speaks to the collections that it named. Milvus has no lock for writers, so
the one who builds holds that of the index folder.
"""

from __future__ import annotations

import re
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from rag.errors import IndexDamaged, IndexMissing, StoreError
from rag.search.archive import Archive
from rag.search.manifest import Manifest, parse_manifest
from rag.search.milvus.draft import GenerationDraft, Names
from rag.search.milvus.generation import Generation
from rag.search.milvus.records import Records
from rag.search.milvus.server import Address, Server
from rag.search.shelf import Shelf

ALIAS = "kaoju"
# kaoju_000012, kaoju_000012_articles
_OURS = re.compile(rf"({ALIAS}_\d{{6}})(_articles|_records|_building)?")
_KEPT = 2  # generations: the live one, and one to go back to, loaded both
_FRESH_SECONDS = 1.0  # for so long the alias is not asked for again


class Generations(Archive):
    """The folder holds the lock, the cache and the conversations, and no snapshot."""

    def __init__(self, folder: Path, address: Address) -> None:
        self.folder = folder
        self._desk = Shelf(folder)
        self._server = Server(address)
        self._seen = ("", -_FRESH_SECONDS)

    def names(self) -> list[str]:
        """Return the names of all whole generations, oldest first."""
        found = (_OURS.fullmatch(name) for name in self._server.names())
        return sorted(match[1] for match in found if match and match[2] == "_records")

    def current(self) -> str:
        """Return the name of the live generation.

        Raises:
            IndexMissing: there is none in this database.
            StoreUnreachable: the server does not answer.
        """
        name, asked = self._seen
        if time.monotonic() - asked > _FRESH_SECONDS:
            name = self._server.target(ALIAS)
            self._seen = (name, time.monotonic())
        if not name:
            where = self._server.address
            raise IndexMissing(
                f"there is no index in the database {where.database!r} of {where.uri}; "
                "make one with `kaoju index FOLDER`"
            )
        return name

    def check(self, name: str) -> None:
        """Check that a generation holds all that its manifest counts.

        Raises:
            IndexDamaged: something is missing.
            IndexMismatch: the generation is of another format.
        """
        Generation(self._server, name, self.manifest(name)).check()

    def manifest(self, name: str) -> Manifest:
        """Return the manifest of a generation."""
        records = Names(name).records
        try:
            return parse_manifest(Records(self._server, records).one("manifest").decode(), records)
        except KeyError as error:
            raise IndexDamaged(f"{records} holds no manifest; run `kaoju rollback` or `kaoju rebuild`") from error

    def open(self, name: str, manifest: Manifest) -> Generation:
        """Open a generation for reading."""
        return Generation(self._server, name, manifest)

    def refuse_foreign(self) -> None:
        """Refuse a folder that holds something else."""
        self._desk.refuse_foreign()

    def writing(self) -> AbstractContextManager[None]:
        """Hold the lock of the one writer; it falls with the process, however that ends."""
        return self._desk.writing()

    def start(self) -> _Draft:
        """Sweep what killed builds left, and begin a generation. Hold the lock."""
        self.sweep()
        whole = self.names()
        last = int(whole[-1].removeprefix(f"{ALIAS}_")) if whole else 0
        return _Draft(self, self._server, f"{ALIAS}_{last + 1:06}")

    def sweep(self) -> None:
        """Remove what is no whole generation. Hold the lock."""
        self._drop_all_but(self.names())

    def activate(self, name: str) -> None:
        """Make a generation the live one, in one step. Hold the lock."""
        self._server.point(ALIAS, name)
        self._seen = (name, time.monotonic())

    def settle(self) -> None:
        """Remove all generations but the newest ones. Hold the lock."""
        self._drop_all_but([*self.names()[-_KEPT:], self._server.target(ALIAS)])

    def _drop_all_but(self, kept: list[str]) -> None:
        """Remove what belongs to other generations; their records go first, and with them they are whole no more."""
        ours = [match for name in self._server.names() if (match := _OURS.fullmatch(name)) and match[1] not in kept]
        for match in sorted(ours, key=lambda match: match[2] != "_records"):
            self._server.drop(match[0])


class _Draft(GenerationDraft):
    """A generation that may become one of these."""

    def __init__(self, generations: Generations, server: Server, name: str) -> None:
        super().__init__(server, name)
        self._generations = generations

    def publish(self, manifest: Manifest) -> str:
        """Make what was written the live generation, and return its name."""
        name = self.seal(manifest)
        self._generations.activate(name)
        self._generations.settle()
        return name

    def discard(self) -> None:
        """Remove what was written and not published."""
        # a server that is gone keeps what it has until the next build begins
        with suppress(StoreError):
            self._generations.sweep()
