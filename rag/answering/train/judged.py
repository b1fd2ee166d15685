"""Read judged questions, and say how much of the judged evidence a text holds."""

from __future__ import annotations

import functools
import json
import lzma
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from rag.datatypes import RawDocument, Turn
from rag.evaluate import holds, squeeze

_GRAM = 6  # characters of the pieces by which a text is recognised in another
_PARTLY = 0.6  # worth of a sentence all of which is evidence, against one that holds all evidence
_FOUND = 0.8  # share of a quotation's pieces from which it counts as found
_MOSTLY = 0.4  # share of a sentence that must be evidence not yet quoted
_ROOM = 60  # characters that a sentence may have beside the evidence


@dataclass(frozen=True, slots=True)
class Quote:
    """A text that an answer should rest on; `held_by` tells whether a file's name is one of those that hold it."""

    text: str
    held_by: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with its evidence (none: there is no answer), and texts that a right answer holds."""

    id: str
    question: str
    history: tuple[Turn, ...]
    quotes: tuple[Quote, ...]
    must_include: tuple[str, ...]

    def within(self, document: RawDocument) -> tuple[str, ...]:
        """Return the evidence that a document, or one identical to it, holds."""
        names = [PurePosixPath(path).stem for path in (document.source, *document.also)]
        return tuple(quote.text for quote in self.quotes if any(quote.held_by(name) for name in names))


def read_questions(path: Path) -> list[Judged]:
    """Read a file of judged questions, one JSON object a line, compressed or not.

    Evidence is `evidence` [{doc, quote}] (`doc`: the beginning of a file's name), or `answers` with `docid`, or
    `evidence` [text] with `gold` [names of files].
    """
    data = path.read_bytes()
    text = (lzma.decompress(data) if path.suffix == ".xz" else data).decode("utf-8")
    return [_judged(json.loads(line)) for line in text.split("\n") if line.strip()]


def _judged(record: dict[str, Any]) -> Judged:
    history = tuple(Turn(turn["q"], turn["a"]) for turn in record.get("history") or ())
    must = tuple(squeeze(text) for text in record.get("must_include") or ())
    return Judged(str(record["id"]), record["question"], history, tuple(_quotes(record)), must)


def _quotes(record: dict[str, Any]) -> list[Quote]:
    if "docid" in record:
        return [Quote(squeeze(record["answers"][0]), [record["docid"]].__contains__)]
    found = []
    for each in record.get("evidence") or ():
        if isinstance(each, str):
            found.append(Quote(squeeze(each), list(record["gold"]).__contains__))
        else:
            found.append(Quote(squeeze(each["quote"]), functools.partial(_begins, each["doc"])))
    return found


def _begins(beginning: str, name: str) -> bool:
    return name.startswith(beginning)


def worth(text: str, quotes: Sequence[str], must_include: Sequence[str]) -> float:
    """Return how good a squeezed text is as an answer, 0 to 1: it holds the evidence and little beside it."""
    if not quotes:
        return 0.0
    room = min(1.0, (_ROOM + 1.5 * sum(map(len, quotes))) / (_ROOM + len(text)))
    share = recall(text, "\n".join(quotes))
    most = max(recall(quote, text) for quote in quotes)
    held = max(most, _PARTLY * share if share > 0.5 else 0.0) * room
    if not must_include:
        return held
    return 0.3 * float(held > 0) + 0.7 * sum(holds(text, must) for must in must_include) / len(must_include)


def adds(text: str, said: str, quotes: Sequence[str]) -> bool:
    """Return whether a squeezed text holds evidence that what is `said` already does not."""
    fresh = [quote for quote in quotes if recall(quote, said) < _FOUND]
    new = (grams(text) & set().union(*map(grams, fresh))) - grams(said)
    return any(recall(quote, text) >= _FOUND for quote in fresh) or len(new) > _MOSTLY * len(grams(text))


def grams(text: str) -> set[str]:
    """Return the 6-grams of a text; a shorter text is one itself."""
    return {text[i : i + _GRAM] for i in range(max(1, len(text) - _GRAM + 1))}


def recall(part: str, text: str) -> float:
    """Return the share of the 6-grams of a squeezed text that stand in another."""
    return (
        len(grams(part) & grams(text)) / len(grams(part)) if len(part) >= _GRAM else float(bool(part) and part in text)
    )
