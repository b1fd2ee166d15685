"""Learn `weights.json` from judged questions, or cross-validate how that is done.

    python -m rag.answering.train NAME=DOCUMENTS:QUESTIONS[:WEIGHT[:EVERY]] … [--folds 5 --out FOLDER]

Every set is indexed in a temporary folder, and the weights are written to the package. Each question of a set counts
WEIGHT; every EVERY-th is learned from, and all those without an answer. With --folds each question is answered again by
weights that were fitted without its fold; the answers go to FOLDER/NAME.jsonl, in the form of `kaoju ask --batch`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rag.answering import scorer
from rag.answering.scorer import Learned, Weights
from rag.answering.train import examples
from rag.answering.train.fit import Case, Choice, fit_cases, fit_choices
from rag.answering.train.grow import grow
from rag.answering.train.judged import Judged, read_questions
from rag.answering.trees import Trees
from rag.library import Library

_SEED = 20261122
_TARGET = Path(scorer.__file__).with_name("weights.json")
# Measures of which only one sign makes sense: more of it speaks for an answer, or against it.
_FOR = ("score", "form_near", "figures_near", "quoted", "near_unnamed", "figures", "met_one", "met")
_FREE = ("named", "few", "one_thing")


@dataclass(frozen=True, slots=True)
class Task:
    """A set of judged questions on an open library; `weight` is what each counts, every `every`-th is learned from."""

    name: str
    library: Library
    questions: tuple[Judged, ...]
    weight: float
    every: int


@contextmanager
def using(weights: Learned) -> Iterator[None]:
    """Answer by these weights instead of those of the file."""
    before = scorer.learned
    scorer.learned = lambda: weights  # type: ignore[assignment]
    try:
        yield
    finally:
        scorer.learned = before


@dataclass(frozen=True, slots=True)
class Examples:
    """What the questions of all sets teach: which sentence, what with it, and whether to answer."""

    choices: tuple[Choice, ...]
    additions: tuple[Case, ...]
    verdicts: tuple[Case, ...]


def gather(tasks: Sequence[Task]) -> Examples:
    """Return the examples of all sets; the later kinds are taken as the models before them, fitted to all, see them."""
    asked = [(task, judged) for task in tasks for judged in task.questions[:: task.every]]
    asked += [(t, q) for t in tasks for n, q in enumerate(t.questions) if n % t.every and not q.quotes]
    known = [(task, judged) for task, judged in asked if judged.quotes]
    chosen: list[Choice] = []
    added: list[Case] = []
    answered: list[Case] = []
    for task, judged in known:
        with task.library.reader() as reader:
            chosen += examples.choices(judged, reader, task.weight, _chance(judged))
    weights = replace(scorer.learned(), score=fit_choices(chosen))
    with using(weights):
        for task, judged in known:
            with task.library.reader() as reader:
                added += examples.additions(judged, reader, task.weight, _chance(judged))
    things = sorted({thing for _, judged in asked for thing in examples.things_asked(judged.question)})
    with using(replace(weights, further=Trees.of(grow(added)))):
        for task, judged in asked:
            others = [other.question for t, other in asked if t is not task]
            strange = min(others, key=lambda other: _drawn(judged, other), default="")
            with task.library.reader() as reader:
                answered += examples.verdicts(judged, reader, task.weight, strange, things, _chance(judged))
    return Examples(tuple(chosen), tuple(added), tuple(answered))


def _chance(judged: Judged) -> random.Random:
    """Return the chance of one question, which does not depend on what else is learned from."""
    return random.Random(f"{_SEED} {judged.id}")  # noqa: S311 - examples, no secrets


def _drawn(judged: Judged, other: str) -> int:
    return zlib.crc32(f"{_SEED} {judged.id} {other}".encode())


def learn(found: Examples, left_out: frozenset[str] = frozenset()) -> Weights:
    """Return the weights that the examples teach, those of some questions left out."""
    names = {name for case in found.verdicts for name in case.measures}
    signs = {name: 1 if name in _FOR else -1 for name in names if name not in _FREE}
    return {
        "score": fit_choices([c for c in found.choices if c.question not in left_out]),
        "further": grow([c for c in found.additions if c.question not in left_out]),
        "answerable": fit_cases([c for c in found.verdicts if c.question not in left_out], signs),
    }


def cross(tasks: Sequence[Task], found: Examples, folds: int, out: Path) -> None:
    """Answer every question by weights that were learned without its fold, and write the answers."""
    names = sorted({judged.id for task in tasks for judged in task.questions})
    random.Random(_SEED).shuffle(names)  # noqa: S311 - folds, no secrets
    records: dict[str, list[dict[str, object]]] = {task.name: [] for task in tasks}
    for fold in range(folds):
        held = frozenset(names[fold::folds])
        with using(Learned.of(learn(found, held))):
            for task in tasks:
                records[task.name] += [_record(task.library, judged) for judged in task.questions if judged.id in held]
    out.mkdir(parents=True, exist_ok=True)
    for name, answers in records.items():
        lines = [json.dumps(answer, ensure_ascii=False) for answer in answers]
        (out / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _lines(weights: Weights) -> str:
    """Return weights as JSON, a weight or a tree a line."""
    return re.sub(r"\n(?: {4,}| {3}(?=\]))", "", json.dumps(weights, indent=1)) + "\n"


def _record(library: Library, judged: Judged) -> dict[str, object]:
    answer = library.ask(judged.question, judged.history)
    cited = [{"source": c.source, "start": c.start, "end": c.end, "quote": c.quote} for c in answer.citations]
    return {
        "id": judged.id,
        "answer": answer.text,
        "refused": answer.refused,
        "citations": cited,
        "elapsed_ms": answer.elapsed_ms,
    }


def _open(text: str, stack: ExitStack) -> Task:
    name, _, rest = text.partition("=")
    documents, questions, *more = rest.split(":")
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    library = stack.enter_context(Library.build([documents], Path(folder) / "index"))
    weight, every = float(more[0]) if more else 1.0, int(more[1]) if len(more) > 1 else 1
    return Task(name, library, tuple(read_questions(Path(questions))), weight, every)


def main() -> None:
    """Learn the weights, or cross-validate the recipe."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", metavar="NAME=DOCUMENTS:QUESTIONS[:WEIGHT[:EVERY]]")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("build/folds"))
    args = parser.parse_args()
    with ExitStack() as stack:
        tasks = [_open(text, stack) for text in args.sets]
        found = gather(tasks)
        _TARGET.write_text(_lines(learn(found)), encoding="utf-8")
        if args.folds:
            cross(tasks, found, args.folds, args.out)


if __name__ == "__main__":
    main()
