"""The encoders that are known by name, with the facts of their model cards, and how they are fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings.encoder import EncoderError


@dataclass(frozen=True, slots=True)
class Entry:
    """An encoder of the hub. `length` is the longest text in tokens, `memory` the size of its weights in MB.

    `revision` is the commit that is fetched (None: not pinned); `safe` whether all of its weights are published as
    safetensors.
    """

    name: str
    revision: str | None
    dimension: int
    length: int
    memory: int
    licence: str
    prompts: tuple[tuple[str, str], ...] = ()
    safe: bool = True


# Facts of the model cards and of the files at these revisions. `memory` is that of the weights as stored. The card of
# gte-base-zh names 768 dimensions in its results and 1,024 in its list, for every size alike; 768 is taken here.
# The last layer of Conan, which widens 1,024 numbers to 1,792, has been seen as a pickle only.
_BGE = (("query", "为这个句子生成表示以用于检索相关文章："),)
_QWEN = (("query", "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"),)
_ENTRIES = (
    Entry("BAAI/bge-small-zh-v1.5", "7999e1d3359715c523056ef9478215996d62a620", 512, 512, 91, "MIT", _BGE),
    Entry("BAAI/bge-base-zh-v1.5", "f03589ceff5aac7111bd60cfc7d497ca17ecac65", 768, 512, 416, "MIT", _BGE),
    Entry("BAAI/bge-m3", "5617a9f61b028005a4858fdac845db406aefb181", 1024, 8192, 2167, "MIT", safe=False),
    Entry(
        "Qwen/Qwen3-Embedding-0.6B", "b22da495047858cce924d27d76261e96be6febc0", 1024, 32768, 1136, "Apache-2.0", _QWEN
    ),
    Entry("moka-ai/m3e-base", "764b537a0e50e5c7d64db883f2d2e051cbe3c64c", 768, 512, 390, "no commercial use"),
    Entry("thenlper/gte-base-zh", "71ab7947d6fac5b64aa299e6e40e6c2b2e85976c", 768, 512, 195, "MIT"),
    Entry(
        "TencentBAC/Conan-embedding-v1",
        "bb9749a57d4f02fd71722386f8d0f5a9398d7eeb",
        1792,
        512,
        1242,
        "CC-BY-NC-4.0",
        safe=False,
    ),
)
CATALOGUE: Mapping[str, Entry] = {entry.name: entry for entry in _ENTRIES}


def list_encoders() -> tuple[Entry, ...]:
    """Return the encoders that are known by name, smallest first within a family."""
    return _ENTRIES


def fetch(name: str) -> Path:
    """Download an encoder's tensors and text files (no program, no pickle) and return the folder they are in.

    Raises:
        EncoderError: the hub cannot be reached, or has no such model in a form that is safe to load.
    """
    from embeddings.transformer import find_folder

    entry = CATALOGUE.get(name)
    if entry and not entry.safe:
        raise EncoderError(
            f"the encoder {name!r} is published as a pickle only; save it as safetensors and name the folder"
        )
    return find_folder(name, entry, fetch=True)
