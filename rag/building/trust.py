"""The dense part of the fusion of a library: announced by its encoder, or found out on the library itself."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from embeddings.calibrate import PROBES, earned
from rag.search.record import read_passage, read_raw
from rag.search.store import cited

if TYPE_CHECKING:
    from embeddings.encoder import Encoder
    from rag.building.prepare import Contents
    from rag.datatypes import Passage

_FIRST = re.compile(r"[^。！？!?；\n]+[。！？!?；\n]")  # 会议要求，抓好落实。
Kept = TypeVar("Kept")


def sample(documents: Iterable[Kept], number: int) -> Iterator[Kept]:
    """Yield of so many documents as many as there are probes at most, evenly drawn."""
    return islice(documents, 0, None, -(-number // PROBES))


def dense_weight(encoder: Encoder, documents: Iterable[Contents]) -> float:
    """Return the dense part, 0 to 1; the documents are looked at only where the encoder announces none."""
    if encoder.weight is not None:
        return encoder.weight
    pairs: dict[str, str] = {}
    for contents in documents:
        pairs.update(_pair(passage) for passage in _leaves(contents))
    chosen = [(heading, text) for heading, text in pairs.items() if heading and text.strip()]
    return earned(encoder, chosen[:: -(-len(chosen) // PROBES) or 1])


def _leaves(contents: Contents) -> Iterator[Passage]:
    raw = read_raw(json.loads(zlib.decompress(contents.raw)), "", ()).text
    for article in contents.articles:
        for record, text in article.passages:
            passage = read_passage(json.loads(record), text or "", article.article_id, "")
            if passage.kind == "leaf":
                yield passage if text else read_passage(json.loads(record), cited(raw, passage), article.article_id, "")


def _pair(passage: Passage) -> tuple[str, str]:
    """Return the heading over a passage, or its first sentence, and what stands under it."""
    if passage.headings:
        return passage.headings[-1], passage.text.removeprefix(passage.headings[-1])
    first = _FIRST.match(passage.text)
    return (first[0], passage.text[first.end() :]) if first else ("", "")
