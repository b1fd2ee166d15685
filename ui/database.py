"""The page's own database: users, sessions, conversations, opinions; one SQLite file beside the snapshots."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "conversations.sqlite"
_WAIT = 5.0  # seconds to wait for another writer
_TABLES = """
CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, role TEXT NOT NULL, secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, name TEXT NOT NULL, ends REAL NOT NULL);
CREATE TABLE IF NOT EXISTS failures (who TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS conversations (
  owner TEXT NOT NULL, id TEXT NOT NULL, changed TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (owner, id));
CREATE TABLE IF NOT EXISTS opinions (
  at TEXT NOT NULL, who TEXT NOT NULL, good INTEGER NOT NULL,
  question TEXT NOT NULL, answer TEXT NOT NULL, reason TEXT NOT NULL);
"""


class Database:
    """The database; a connection for each use, so that any thread may use it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        with self.open() as database:
            database.executescript(_TABLES)
        self._path.chmod(0o600)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection; what was done is committed when no error left the `with`."""
        database = sqlite3.connect(self._path, timeout=_WAIT)
        try:
            with database:
                yield database
        finally:
            database.close()
