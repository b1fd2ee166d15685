"""`eval`: how good retrieval, answers and refusals are on questions whose answers are known."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import UsageError
from rag.examples import DOCUMENTS, QUESTIONS
from rag.settings import Settings
from ui.commands import Add, opened
from ui.commands.printing import say
from ui.commands.records import to_json

if TYPE_CHECKING:
    from rag.evaluate import Outcome
    from rag.library import Library


def add_commands(add: Add) -> None:
    """Add `eval`."""
    evaluate = add(
        "eval", "Measure retrieval, answers and refusals on judged questions.", "kaoju eval questions.jsonl --wrong"
    )
    evaluate.add_argument(
        "file", nargs="?", type=Path, help="judged questions on the index (the bundled ones on the example documents)"
    )
    evaluate.add_argument("-k", type=int, default=10, help="how many passages are looked at (10)")
    evaluate.add_argument("--wrong", action="store_true", help="also list every question that fell short")
    evaluate.add_argument("--tune", action="store_true", help="find the encoder's weight that serves FILE best")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate.set_defaults(run=_evaluate)


def _evaluate(args: Namespace, settings: Settings) -> int:
    from rag.evaluate import evaluate, read_judged

    if args.tune:
        return _tune(args, settings)
    questions = read_judged(args.file or QUESTIONS)
    with opened(settings) if args.file else _examples(settings) as library:
        report = evaluate(library, questions, args.k)
    kinds = {kind or "(none)": f"{good}/{whole}" for kind, (good, whole) in report.kinds.items()}
    wrong = [_wrong(outcome) for outcome in report.wrong] if args.wrong else []
    if args.json:
        say(to_json({**report.figures(), "supported_by_type": kinds, **({"wrong": wrong} if args.wrong else {})}))
        return 0
    for name, value in {**report.figures(), **{f"  {kind}": share for kind, share in kinds.items()}}.items():
        say(f"{name:22} {'-' if value is None else value}")
    for record in wrong:
        say(to_json(record))
    return 0


def _tune(args: Namespace, settings: Settings) -> int:
    from rag.archives import open_archive
    from rag.evaluate import read_judged
    from rag.tuning import best, tune

    if not args.file:
        raise UsageError("--tune looks at your own questions on your own index; give their file")
    trials = tune(open_archive(settings), read_judged(args.file), args.k)
    chosen = best(trials)
    if args.json:
        say(to_json({"trials": [asdict(trial) for trial in trials], "best": chosen.weight}))
        return 0
    say(f"weight  mrr    found@{args.k}")
    for trial in trials:
        remark = "as it is" if trial is trials[0] else "clearly better" if trial.clear else ""
        say(f"{trial.weight:<6.3f}  {trial.mrr:.3f}  {trial.found:.3f}  {remark}".rstrip())
    if chosen is trials[0]:
        say("no weight is clearly better than the one in force; leave it")
    else:
        say(f"to keep the best, write `dense_weight = {chosen.weight:g}` into kaoju.toml")
    return 0


def _wrong(outcome: Outcome) -> dict[str, object]:
    judged, answer = outcome.judged, outcome.answer
    return {
        "id": judged.id,
        "type": judged.kind,
        "question": judged.question,
        "refused": answer.refused,
        "correct": outcome.correct,
        "answer": answer.text,
    }


@contextmanager
def _examples(settings: Settings) -> Iterator[Library]:
    """Index the example documents in a folder of their own, so that no index of the user is touched."""
    from rag.library import Library

    with (
        tempfile.TemporaryDirectory() as folder,
        Library.build([DOCUMENTS], Path(folder) / "index", encoder=settings.encoder) as library,
    ):
        library.refuse_below = settings.refuse_below
        yield library
