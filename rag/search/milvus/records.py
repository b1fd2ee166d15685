"""Bytes under keys, in a collection: documents, articles, terms, the manifest.

A field of Milvus holds 65,535 bytes. Bytes of any length are kept in Base64 and in pieces, and come back as they were;
with them every offset into a raw text.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any

from rag.search.milvus.literals import among, plain
from rag.search.milvus.server import Layout, Row, Server

# a collection has to have a vector, so each row bears the smallest one
LAYOUT = Layout("key", texts=("key", "data"), integers=("pieces",), dimension=2)
_NO_VECTOR = [0.0, 0.0]
_PIECE = 60_000  # characters of Base64 in a field
_FETCHED = 200  # keys asked for at once: 12 MB at most, of the 64 that one reply may have


def make_records(key: str, data: bytes) -> Iterator[Row]:
    """Yield the rows that keep bytes under a key."""
    text = base64.b64encode(data).decode()
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)] or [""]
    for number, piece in enumerate(pieces):
        yield {"key": f"{plain(key)}/{number}", "data": piece, "pieces": len(pieces), "dense": _NO_VECTOR}


class Records:
    """The records of one generation."""

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        self._name = name

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return the bytes under those of the keys that are there."""
        first = self._fetch([f"{plain(key)}/0" for key in keys])
        rest = self._fetch([name for head, row in first.items() for name in _others(head, row["pieces"])])
        found = {}
        for key in keys:
            head = f"{plain(key)}/0"
            if head in first:
                others = [rest[name]["data"] for name in _others(head, first[head]["pieces"])]
                found[key] = base64.b64decode("".join([first[head]["data"], *others]))
        return found

    def one(self, key: str) -> bytes:
        """Return the bytes under a key.

        Raises:
            KeyError: there are none.
        """
        return self.get([key])[key]

    def _fetch(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(keys), _FETCHED):
            some = among("key", keys[start : start + _FETCHED])
            found |= {row["key"]: row for row in self._server.fetch(self._name, some, ["key", "data", "pieces"])}
        return found


def _others(head: str, pieces: int) -> list[str]:
    """Return the keys of the pieces behind the first one."""
    return [f"{head.removesuffix('0')}{number}" for number in range(1, pieces)]
