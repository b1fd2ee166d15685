"""Texts and filters as Milvus takes them.

Whatever could end a literal, escape from it or stand for something else in a pattern is kept as a private character,
on both sides: in what is stored and in what is asked for. So there is nothing to escape, and every version reads it
alike.
"""

from __future__ import annotations

from collections.abc import Iterable

from embeddings.terms import fold
from rag.datatypes import Filter
from rag.errors import StoreError
from rag.search.milvus.server import MAX_BYTES

_PRIVATE = 0xE000
_WILD = [*range(0x20), *map(ord, "\"'\\%_{}"), 0x7F]
_TABLE = {code: chr(_PRIVATE + code) for code in _WILD}
_NEVER, _EVER = 0, 99_999_999  # days before and after all others


def plain(text: str) -> str:
    """Return a text as it is stored and asked for.

    Raises:
        StoreError: it is longer than a field may be.
    """
    kept = text.translate(_TABLE)
    if len(kept.encode()) > MAX_BYTES:
        raise StoreError(f"{text[:40]!r}… has more than {MAX_BYTES} bytes, which is what a field of Milvus holds")
    return kept


def several(texts: Iterable[str]) -> str:
    """Return texts as one field, each between two line breaks."""
    return plain("".join(f"\n{text}" for text in texts) + "\n")


def days(date: str) -> tuple[int, int]:
    """Return the first and the last day that an ISO prefix may mean, as numbers such as 20110308."""
    digits = date.replace("-", "")
    return (int(digits.ljust(8, "0")), int(digits.ljust(8, "9"))) if digits else (_EVER, _NEVER)


def among(field: str, values: Iterable[str | int]) -> str:
    """Return the expression that a field has one of these values."""
    return f"{field} in [{', '.join(_literal(value) for value in values)}]"


def expression(where: Filter) -> str:
    """Return a filter as an expression over the fields of a passage."""
    parts = [
        _any(_place(fold(wanted)) for wanted in where.places),
        _any(_like("issuer", fold(wanted)) for wanted in where.issuers),
        among("kind", map(fold, where.kinds)) if where.kinds else "",
        _any(_like("sources", f"\n{wanted}\n") for wanted in where.sources),
        among("article_id", where.articles) if where.articles else "",
        _like("sources", f"\n{where.folder.strip('/')}/") if where.folder else "",
        f"last_day >= {days(where.since)[0]}" if where.since else "",
        f"first_day <= {days(where.until)[1]}" if where.until else "",
        # what has no date is in no period
        f"first_day < {_EVER}" if where.since or where.until else "",
    ]
    return " and ".join(f"({part})" for part in parts if part)


def _place(key: str) -> str:
    # a found place may lack the last character (云溪 for 云溪市)
    shorter = f" or {_like('places', chr(10) + key[:-1] + chr(10))}" if len(key) > 1 else ""
    return f"{_like('places', key)}{shorter}"


def _like(field: str, part: str) -> str:
    return f'{field} like "%{plain(part)}%"'


def _any(parts: Iterable[str]) -> str:
    return " or ".join(parts)


def _literal(value: str | int) -> str:
    return f'"{plain(value)}"' if isinstance(value, str) else str(value)
