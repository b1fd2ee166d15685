"""Keep what was read and encoded, by content: a rebuild reads only what changed, a killed build goes on."""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

from rag.building.prepare import EntryDamaged, Part, Read
from rag.datatypes import SetAside

_COMMIT_SECONDS = 2.0  # work that a kill may cost
_SCHEMA = """
CREATE TABLE IF NOT EXISTS reads (key TEXT PRIMARY KEY, head TEXT, sum INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS data (key TEXT, number INTEGER, data BLOB, PRIMARY KEY (key, number));
"""


class Cache:
    """A SQLite file, used by the one writer of an index. It may be deleted at any time; a damaged one is begun anew."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError:
            self._forget()
            self._connection = self._open()
        self._committed = time.monotonic()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        # after a crash of the machine, not of the program, the last entries may be missing: they are read again
        connection.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; {_SCHEMA}")
        connection.execute("SELECT COUNT(*) FROM reads").fetchone()
        return connection

    def _forget(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def close(self) -> None:
        """Write what is left and close the file."""
        self._connection.commit()
        self._connection.close()

    def clear(self) -> None:
        """Forget everything."""
        self._connection.close()
        self._forget()
        self._connection = self._open()

    def renew(self) -> None:
        """Forget everything, once: a renewal that was killed goes on with what it has read since."""
        if not self._connection.execute("PRAGMA user_version").fetchone()[0]:
            self.clear()
            self._connection.execute("PRAGMA user_version = 1")

    def keys(self) -> set[str]:
        """Return the keys of all entries."""
        return {key for (key,) in self._connection.execute("SELECT key FROM reads")}

    def add(self, read: Read) -> None:
        """Keep what came of a job."""
        head = json.dumps([[part.head() for part in read.parts], [astuple(one) for one in read.set_aside]])
        values = read.key, head, _sum(read.key, head)
        self._connection.execute("INSERT OR REPLACE INTO reads VALUES (?, ?, ?)", values)
        self._connection.executemany(
            "INSERT OR REPLACE INTO data VALUES (?, ?, ?)",
            [(read.key, number, part.data) for number, part in enumerate(read.parts)],
        )
        if time.monotonic() - self._committed > _COMMIT_SECONDS:
            self.commit()

    def commit(self) -> None:
        """Write what was added."""
        self._connection.commit()
        self._committed = time.monotonic()

    def heads(self) -> dict[str, Read]:
        """Return every entry, its parts without their data.

        Raises:
            EntryDamaged: an entry is not what was added.
        """
        found: dict[str, Read] = {}
        for key, head, expected in self._connection.execute("SELECT key, head, sum FROM reads"):
            if _sum(key, head) != expected:
                raise EntryDamaged(key)
            parts, aside = json.loads(head)
            found[key] = Read(key, tuple(map(Part.of, parts)), tuple(SetAside(*one) for one in aside))
        return found

    def data(self, key: str, number: int) -> bytes:
        """Return the data of the `number`-th part of an entry; empty when it is not there."""
        query = "SELECT data FROM data WHERE key = ? AND number = ?"
        found = self._connection.execute(query, (key, number)).fetchone()
        return bytes(found[0]) if found else b""

    def keep(self, keys: Iterable[str]) -> None:
        """Forget every entry but these, and that a renewal goes on."""
        gone = [(key,) for key in self.keys().difference(keys)]
        for table in ("reads", "data"):
            self._connection.executemany(f"DELETE FROM {table} WHERE key = ?", gone)  # noqa: S608 - our own names
        self._connection.execute("PRAGMA user_version = 0")
        self._connection.commit()


def _sum(key: str, head: str) -> int:
    return zlib.crc32(f"{key}{head}".encode())
