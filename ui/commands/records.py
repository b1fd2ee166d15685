"""The JSON records that `ask` and `search` print, and the files of questions that their batches read."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.datatypes import Answer, Citation, Hit, Reader, Turn
from rag.errors import UsageError

Record = dict[str, Any]
# JSON escapes the other line ends itself
_LINE_ENDS = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Question:
    """A line of a question file."""

    id: str | int
    question: str
    history: tuple[Turn, ...]


def answer_record(answer: Answer, reader: Reader) -> Record:
    """Return the record of an answer; `start` and `end` are character offsets into the decoded source."""
    return {
        "question": answer.question,
        "answer": answer.text,
        "refused": answer.refused,
        "reason": answer.reason,
        "status": answer.status,
        "citations": [_citation_record(citation) for citation in answer.citations],
        "nearest": [hit_record(hit, reader) for hit in answer.nearest],
        "elapsed_ms": round(answer.elapsed_ms, 2),
    }


def _citation_record(citation: Citation) -> Record:
    return {
        "number": citation.number,
        "source": citation.source,
        "article": citation.article,
        "locator": citation.locator,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "shown": citation.shown,
        "page": citation.page,
        "date": citation.date,
        "also": list(citation.also),
        "similar": list(citation.similar),
    }


def hit_record(hit: Hit, reader: Reader) -> Record:
    """Return the record of a hit; an outline node reaches from its first span to its last."""
    passage = hit.passage
    document = reader.document(passage.doc_id)
    return {
        "passage_id": passage.passage_id,
        "source": passage.source,
        "article": reader.article(passage.article_id).title,
        "locator": passage.locator,
        "start": passage.spans[0].start,
        "end": passage.spans[-1].end,
        "score": round(hit.score, 6),
        "text": passage.text,
        "also": list(document.also),
    }


def read_questions(path: Path) -> list[Question]:
    """Read a question file: one JSON object a line with `id`, `question` and, optionally, `history`.

    Raises:
        UsageError: the file cannot be read, or a line is not such an object.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the questions {path} cannot be read as UTF-8 text ({error}); check the path") from error
    return [_question(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]


def _question(line: str, where: str) -> Question:
    try:
        record = json.loads(line)
        history = tuple(Turn(str(turn["q"]), str(turn["a"])) for turn in record.get("history") or ())
        return Question(record["id"], str(record["question"]), history)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        example = '{"id": "1", "question": "…", "history": [{"q": "…", "a": "…"}]}'
        raise UsageError(f"{where} is no question ({error!r}); write lines like {example}") from error


def to_json(record: Record) -> str:
    """Return a record as one line of JSON, whatever a reader takes for a line end; Han characters stay readable."""
    return json.dumps(record, ensure_ascii=False).translate(_LINE_ENDS)


def run_batch(questions: Iterable[Question], answer: Callable[[Question], Record], out: Path | None) -> None:
    """Write one record a question to `out` (standard output when None), each with `id` and `elapsed_ms`."""
    with out.open("w", encoding="utf-8") if out else nullcontext(sys.stdout) as sink:
        for question in questions:
            begun = time.perf_counter()
            record = {"id": question.id, **answer(question)}
            record["elapsed_ms"] = elapsed_ms(begun)
            print(to_json(record), file=sink, flush=True)


def elapsed_ms(begun: float) -> float:
    """Return the milliseconds since a reading of `time.perf_counter`."""
    return round((time.perf_counter() - begun) * 1000, 2)
