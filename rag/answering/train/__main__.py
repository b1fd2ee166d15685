"""Learn `weights.json` from judged questions, or cross-validate how that is done.

    python -m rag.answering.train NAME=DOCUMENTS:QUESTIONS[:WEIGHT[:EVERY]] … [--folds 5 --out FOLDER]

Every set is indexed in a temporary folder. Without --folds the weights are written to the package. With it, each
question is answered by weights that were fitted without its fold, and the answers are written to FOLDER/NAME.jsonl, in
the form of `kaoju ask --batch`.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.answering import scorer
from rag.answering.train import examples
from rag.answering.train.fit import Case, Choice, fit_cases, fit_choices
from rag.answering.train.judged import Judged, read_questions
from rag.library import Library

_SEED = 20261122
_FOREIGN = 1  # questions of another set that are put to each library, for each of its own
_TARGET = Path(scorer.__file__).with_name("weights.json")
Weights = dict[str, dict[str, float]]
# Measures of which only one sign makes sense: more of it speaks for an answer, or against it.
_FOR = ("score", "window", "run", "covered", "form_near", "figures_near", "asked", "asked_near", "asked_own")
_FOR += ("quoted", "near_unnamed", "figures")
_FREE = ("named", "few")


@dataclass(frozen=True, slots=True)
class Task:
    """A set of judged questions on an open library; `weight` is what each counts, every `every`-th is learned from."""

    name: str
    library: Library
    questions: tuple[Judged, ...]
    weight: float
    every: int


@contextmanager
def using(weights: Weights) -> Iterator[None]:
    """Answer by these weights instead of those of the file."""
    before = scorer.learned
    scorer.learned = lambda: weights  # type: ignore[assignment]
    try:
        yield
    finally:
        scorer.learned = before


def learn(tasks: Sequence[Task], left_out: frozenset[str] = frozenset()) -> Weights:
    """Return what the questions teach, those left out aside: which sentence, what with it, and whether to answer."""
    chance = random.Random(_SEED)
    chosen: list[Choice] = []
    added: list[Case] = []
    judged_cases: list[Case] = []
    asked = [(t, q) for t in tasks for q in t.questions[:: t.every] if q.id not in left_out]
    for task, judged in asked:
        if judged.quotes:
            with task.library.reader() as reader:
                chosen += examples.choices(judged, reader, task.weight, chance)
    weights = {**scorer.learned(), "score": fit_choices(chosen)}
    with using(weights):
        for task, judged in asked:
            if judged.quotes:
                with task.library.reader() as reader:
                    added += examples.additions(judged, reader, task.weight, chance)
    weights["further"] = fit_cases(added, {})
    with using(weights):
        for task, judged in asked:
            foreign = [q.question for t, q in asked if t is not task]
            with task.library.reader() as reader:
                strange = chance.sample(foreign, min(_FOREIGN, len(foreign)))
                judged_cases += examples.verdicts(judged, reader, task.weight, strange, chance)
    names = {name for case in judged_cases for name in case.measures}
    signs = {name: 1 if name in _FOR else -1 for name in names if name not in _FREE}
    weights["answerable"] = fit_cases(judged_cases, signs)
    return weights


def cross(tasks: Sequence[Task], folds: int, out: Path) -> None:
    """Answer every question by weights that were learned without its fold, and write the answers."""
    names = sorted({judged.id for task in tasks for judged in task.questions})
    random.Random(_SEED).shuffle(names)
    records: dict[str, list[dict[str, object]]] = {task.name: [] for task in tasks}
    for fold in range(folds):
        held = frozenset(names[fold::folds])
        with using(learn(tasks, held)):
            for task in tasks:
                records[task.name] += [_record(task.library, judged) for judged in task.questions if judged.id in held]
    out.mkdir(parents=True, exist_ok=True)
    for name, answers in records.items():
        lines = [json.dumps(answer, ensure_ascii=False) for answer in answers]
        (out / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


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
        if args.folds:
            cross(tasks, args.folds, args.out)
            return
        _TARGET.write_text(json.dumps(learn(tasks), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
