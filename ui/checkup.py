"""The doctor on the page: where the characters of a document went, and which documents somebody should look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.building.build import Progress
from rag.datatypes import Article, Document, Reader
from rag.doctor import Examination, examine
from rag.library import Library
from rag.reading.read import read
from ui.places import articles_of

_DOUBTFUL = 0.9  # confidence below which the encoding of a file is worth a look
_SIGNS = ("unread", "doubtful", "untitled", "undated", "noted")
_EXAMPLES = 20  # documents named for each finding


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, by the name of its words: how many documents it concerns, the first of them as (source, doc_id)."""

    name: str
    count: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Checkup:
    """What the doctor found in all documents."""

    documents: int
    characters: int
    findings: tuple[Found, ...]


def examined(reader: Reader, doc_id: str, articles: Sequence[Article]) -> Examination:
    """Examine the passages that are in the index; only what was left out is found by reading again."""
    raw = reader.document(doc_id)
    passages = [passage for article in articles for passage in reader.passages(article.article_id)]
    dropped = read(raw, allow_secret=True).dropped
    return examine(Document(raw, tuple(articles), tuple(passages), dropped))


def check_up(library: Library, progress: Callable[[Progress], None]) -> Checkup:
    """Examine every document of the library, which takes about half as long as reading it did."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in _SIGNS}
    characters = 0
    with library.reader() as reader:
        sources = reader.sources()
        for number, (source, doc_id, _, _) in enumerate(sources, 1):
            one = examined(reader, doc_id, articles_of(reader, doc_id))
            characters += one.characters
            for name in _concerns(one, reader.document(doc_id).confidence):
                found[name].append((source, doc_id))
            progress(Progress("check", number, len(sources), 0.0))
    findings = tuple(Found(name, len(those), tuple(those[:_EXAMPLES])) for name, those in found.items() if those)
    return Checkup(len(sources), characters, findings)


def _concerns(one: Examination, confidence: float) -> list[str]:
    signs = {
        "unread": bool(one.unread),
        "doubtful": confidence < _DOUBTFUL,
        "untitled": any("title" in finding.missing for finding in one.findings),
        "undated": any("issued_on" in finding.missing for finding in one.findings),
        "noted": bool(one.notes),
    }
    return [name for name, shown in signs.items() if shown]
