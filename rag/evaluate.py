"""Measure retrieval, answers and refusals on questions whose evidence is known.

A question is a line of JSON: `question`; optionally `id`, `type`, `history` [{q, a}], `must_include` (texts that a
right answer holds), `evidence` [{doc, quote}] (`doc`: the beginning of a file's name). One without evidence and without
`must_include` is unanswerable: it is right to refuse it.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from embeddings.terms import fold
from rag.answering.sentences import MAX_QUOTE
from rag.datatypes import Answer, Citation, Hit, Reader, Turn
from rag.errors import UsageError

MAX_ANSWER = 400  # characters; a longer answer counts as wrong
_GRAM = 6  # characters of the pieces by which a quotation is recognised in a passage
FOUND = 0.8  # share of a quotation's pieces from which it counts as found
_HALF = 0.5  # share of the evidence that a supported answer cites
# [2] or [1,3]: markers are no part of an answer
_MARKER = re.compile(r"\[\d+(?:[,，]\d+)*\]")
# all but letters, digits, % and the point between digits is left out of a comparison
_NOISE = re.compile(r"(?<=\d)\.(?!\d)|(?<!\d)\.|[^\w%.]|_")


class Asked(Protocol):
    """What is measured; a `rag.library.Library` is one."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Return the answer to a question."""
        ...

    def search(self, query: str, k: int = 10) -> list[Hit]:
        """Return the k best passages."""
        ...

    def reader(self) -> AbstractContextManager[Reader]:
        """Return the snapshot that is asked."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A text that an answer should rest on."""

    doc: str
    quote: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with what is known of its answer."""

    id: str
    question: str
    kind: str = ""
    history: tuple[Turn, ...] = ()
    must_include: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def answerable(self) -> bool:
        """Return whether there is an answer to it."""
        return bool(self.evidence or self.must_include)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out for one question. Values that an unanswerable question cannot have are None.

    `ranks` are the positions (from 1) of the hits that hold evidence; `found` is the share of the evidence among them.
    """

    judged: Judged
    answer: Answer
    correct: bool
    supported: bool
    valid: int
    chars: int
    evidence_recall: float | None
    ranks: tuple[int, ...]
    found: float | None
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """The outcomes, and their figures; `k` is how many hits were looked at."""

    outcomes: tuple[Outcome, ...]
    k: int
    kinds: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def wrong(self) -> tuple[Outcome, ...]:
        """Return the outcomes that fell short."""
        return tuple(outcome for outcome in self.outcomes if not outcome.supported)

    def figures(self) -> dict[str, float | int | None]:
        """Return every figure by name; None where no question bears on it."""
        able = [o for o in self.outcomes if o.judged.answerable]
        unable = [o for o in self.outcomes if not o.judged.answerable]
        cited = sum(len(o.answer.citations) for o in self.outcomes)
        times = sorted(o.elapsed_ms for o in self.outcomes)
        return {
            "questions": len(self.outcomes),
            "supported": _mean(o.supported for o in able),
            "correct": _mean(o.correct for o in able),
            "evidence_recall": _mean(o.evidence_recall for o in able if o.evidence_recall is not None),
            "false_refusals": _mean(o.answer.refused for o in able),
            "refused_unanswerable": _mean(o.answer.refused for o in unable),
            "overall": _mean(o.supported for o in self.outcomes),
            "valid_citations": round(sum(o.valid for o in self.outcomes) / cited, 4) if cited else None,
            "mean_answer_chars": _mean(o.chars for o in able if not o.answer.refused),
            f"recall@{self.k}": _mean(o.found for o in able if o.found is not None),
            "mrr": _mean(1 / o.ranks[0] if o.ranks else 0.0 for o in able if o.found is not None),
            f"ndcg@{self.k}": _mean(_ndcg(o) for o in able if o.found is not None),
            "p50_ms": times[len(times) // 2] if times else None,
            "p95_ms": times[int(len(times) * 0.95)] if times else None,
        }


def read_judged(path: Path) -> list[Judged]:
    """Read a file of judged questions.

    Raises:
        UsageError: the file cannot be read, or a line is no such question.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the questions {path} cannot be read as UTF-8 text ({error}); check the path") from error
    return [_judged(line, f"{path}, line {n}", n) for n, line in enumerate(lines, 1) if line.strip()]


def _judged(line: str, where: str, number: int) -> Judged:
    try:
        record = json.loads(line)
        return Judged(
            id=str(record.get("id", number)),
            question=str(record["question"]),
            kind=str(record.get("type", "")),
            history=tuple(Turn(str(turn["q"]), str(turn["a"])) for turn in record.get("history") or ()),
            must_include=tuple(str(text) for text in record.get("must_include") or ()),
            evidence=tuple(Evidence(str(e["doc"]), str(e["quote"])) for e in record.get("evidence") or ()),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        example = '{"question": "…", "must_include": ["…"], "evidence": [{"doc": "…", "quote": "…"}]}'
        raise UsageError(f"{where} is no judged question ({error!r}); write lines like {example}") from error


def evaluate(
    asked: Asked, questions: Iterable[Judged], k: int = 10, progress: Callable[[int], None] | None = None
) -> Report:
    """Ask every question and measure what comes back; `progress` is told how many are done."""
    outcomes: list[Outcome] = []
    with asked.reader() as reader:
        texts = _texts(reader)
        for judged in questions:
            begun = time.perf_counter()
            answer = asked.ask(judged.question, judged.history)
            elapsed = round((time.perf_counter() - begun) * 1000, 2)
            # what is asked, follow-ups rebuilt, is what is searched for
            hits = asked.search(answer.question, k) if judged.evidence else []
            outcomes.append(_outcome(judged, answer, hits, texts, elapsed))
            if progress:
                progress(len(outcomes))
    kinds: dict[str, tuple[int, int]] = {}
    for outcome in sorted(outcomes, key=lambda o: o.judged.kind):
        good, whole = kinds.get(outcome.judged.kind, (0, 0))
        kinds[outcome.judged.kind] = (good + outcome.supported, whole + 1)
    return Report(tuple(outcomes), k, kinds)


def _texts(reader: Reader) -> dict[str, str]:
    """Return the raw text of every source."""
    documents = [reader.document(doc_id) for doc_id in dict.fromkeys(a.doc_id for a in reader.articles())]
    return {document.source: document.text for document in documents}


def _outcome(judged: Judged, answer: Answer, hits: Sequence[Hit], texts: Mapping[str, str], elapsed: float) -> Outcome:
    said = _MARKER.sub("", answer.text)
    valid = [
        c for c in answer.citations if texts[c.source][c.start : c.end] == c.quote and 0 < len(c.quote) <= MAX_QUOTE
    ]
    if not judged.answerable:
        return Outcome(judged, answer, answer.refused, answer.refused, len(valid), len(said), None, (), None, elapsed)
    ranges = [(e, _range(e, texts)) for e in judged.evidence]
    hit = [e for e, (source, start, end) in ranges if any(_meets(c, source, start, end) for c in valid)]
    share = len(hit) / len(ranges) if ranges else None
    key = squeeze(said)
    holds_all = all(holds(key, squeeze(text)) for text in judged.must_include)
    correct = not answer.refused and 0 < len(said) <= MAX_ANSWER and holds_all
    cited_all = {e.doc for e in hit} == {e.doc for e in judged.evidence}
    supported = correct and (share is None or (share >= _HALF and cited_all))
    holding = [[recall(e.quote, h.passage.text) >= FOUND for e in judged.evidence] for h in hits]
    ranks = tuple(rank for rank, found in enumerate(holding, 1) if any(found))
    found = [any(row[n] for row in holding) for n in range(len(judged.evidence))]
    reached = _mean(found) if found else None
    return Outcome(judged, answer, correct, supported, len(valid), len(said), share, ranks, reached, elapsed)


def _meets(citation: Citation, source: str, start: int, end: int) -> bool:
    return citation.source == source and citation.start < end and citation.end > start


def _range(evidence: Evidence, texts: Mapping[str, str]) -> tuple[str, int, int]:
    """Return the source and range of a piece of evidence; an empty range where it stands nowhere."""
    for source in sorted(texts):
        if PurePosixPath(source).name.startswith(evidence.doc):
            start = texts[source].find(evidence.quote)
            if start >= 0:
                return source, start, start + len(evidence.quote)
    return "", 0, 0


def squeeze(text: str) -> str:
    """Return a text as it is compared: folded; only letters, digits, % and the point between digits."""
    return _NOISE.sub("", fold(text))


def holds(answer: str, wanted: str) -> bool:
    """Return whether a squeezed answer holds a squeezed text, with no digit running on at either end of it."""
    before = r"(?<![\d.])" if wanted[:1].isdigit() else ""
    after = r"(?!\d|\.\d)" if wanted[-1:].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, answer) is not None


def recall(wanted: str, text: str) -> float:
    """Return the share of the 6-grams of a text that stand in another; a shorter text is in it or not."""
    wanted, text = (re.sub(r"[\W_]+", "", fold(each)) for each in (wanted, text))
    if len(wanted) < _GRAM:
        return float(wanted in text)
    grams = {wanted[i : i + _GRAM] for i in range(len(wanted) - _GRAM + 1)}
    return sum(gram in text for gram in grams) / len(grams)


def _ndcg(outcome: Outcome) -> float:
    """Return the discounted gain of the hits that hold evidence, against all of them standing first."""
    gain = sum(1 / math.log2(rank + 1) for rank in outcome.ranks)
    wanted = max(len(outcome.ranks), 1)
    return gain / sum(1 / math.log2(rank + 1) for rank in range(1, wanted + 1))


def _mean(values: Iterable[float | bool]) -> float | None:
    found = [float(value) for value in values]
    return round(sum(found) / len(found), 3) if found else None
