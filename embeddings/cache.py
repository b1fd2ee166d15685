"""Vectors kept by what made them: the encoder's fingerprint and the text's hash; one SQLite file, no pickle."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder, Vectors

# Texts encoded before their vectors are written: what a kill can lose, and what is held in memory at once.
_BATCH = 2048
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vector (encoder TEXT, text BLOB, value BLOB, PRIMARY KEY (encoder, text)) WITHOUT ROWID"
)


class VectorCache:
    """Passage vectors on disk, shared by builds: a rebuild encodes only what changed, a killed build goes on.

    A cache that is damaged is made anew: it holds nothing that cannot be computed.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        try:
            self._database = _open(path)
        except sqlite3.DatabaseError:
            path.unlink()
            self._database = _open(path)

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> Iterator[tuple[int, Vectors]]:
        """Yield (position of the first text, vectors) block by block, in the order of the texts."""
        for start in range(0, len(texts), _BATCH):
            yield start, self._block(encoder, texts[start : start + _BATCH])

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _block(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16] for text in texts]
        known = self._read(encoder, keys)
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        # texts of like length stand together, so that a transformer pads little
        missing = sorted(wanted, key=lambda key: (len(wanted[key]), key))
        made = encoder.encode_document([wanted[key] for key in missing])
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO vector VALUES (?, ?, ?)",
                [(encoder.fingerprint, key, row.tobytes()) for key, row in zip(missing, made, strict=True)],
            )
        known |= dict(zip(missing, made, strict=True))
        return np.stack([known[key] for key in keys])

    def _read(self, encoder: Encoder, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        marks = ",".join("?" * len(keys))
        rows = self._database.execute(
            f"SELECT text, value FROM vector WHERE encoder = ? AND text IN ({marks})",  # noqa: S608 (marks only)
            (encoder.fingerprint, *keys),
        )
        found = {key: np.frombuffer(value, np.float32) for key, value in rows}
        return {key: row for key, row in found.items() if len(row) == encoder.dimension}


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(_SCHEMA)
    return database
