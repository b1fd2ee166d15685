"""`ask` and `search`, one question at a time or a file of them."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.answering.script import in_readers_script
from rag.datatypes import Answer
from rag.errors import UsageError
from rag.settings import Settings
from ui.commands import SET_ASIDE, Add, build_generator, opened
from ui.commands.printing import say, tell
from ui.commands.records import (
    Question,
    Record,
    answer_record,
    elapsed_ms,
    hit_record,
    read_questions,
    run_batch,
    to_json,
)

if TYPE_CHECKING:
    from rag.library import Library

_MAX_QUESTION = 2_000  # characters; the search reads no more of a query
_SHOWN_CHARS = 120  # of a passage in a list: enough to know whether to open it


def add_commands(add: Add) -> None:
    """Add `ask` and `search`."""
    ask = add("ask", "Answer a question, with the proof.", "kaoju ask 二级保护的古树一年补助多少")
    _add_common(ask)
    ask.add_argument("--model", dest="llm_model", metavar="NAME", help="let this language model write the answer")
    ask.set_defaults(run=_ask)
    search = add("search", "List the passages nearest to a query.", "kaoju search 第一责任人 -k 5")
    _add_common(search)
    search.add_argument("-k", type=int, default=10, help="how many passages (10)")
    search.set_defaults(run=_search)


def _add_common(parser: ArgumentParser) -> None:
    parser.add_argument("question", nargs="*", help="the question; left out with --batch")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--batch", type=Path, metavar="FILE", help="questions: a line each with id, question, history")
    parser.add_argument("--out", type=Path, metavar="FILE", help="file for the records of a batch (standard output)")


def _question(args: Namespace) -> Question:
    return Question("", _checked(" ".join(args.question)), ())


def _checked(question: str) -> str:
    if not question.strip():
        raise UsageError('the question is empty; write it behind the command, as in: kaoju ask "谁是第一责任人"')
    if len(question) > _MAX_QUESTION:
        raise UsageError(f"the question has {len(question)} characters; ask in at most {_MAX_QUESTION}")
    return question


def _ask(args: Namespace, settings: Settings) -> int:
    generator = build_generator(settings) if args.llm_model else None
    if args.batch:
        questions = read_questions(args.batch)
        with opened(settings, generator) as library:
            run_batch(questions, lambda question: _answered(library, question), args.out)
        return 0
    question = _question(args)
    with opened(settings, generator) as library:
        answer = library.ask(question.question)
        if args.json:
            with library.reader() as reader:
                say(to_json(answer_record(answer, reader)))
        else:
            _print(answer)
        return SET_ASIDE if answer.refused or library.fallen_back else 0


def _answered(library: Library, question: Question) -> Record:
    try:
        answer = library.ask(_checked(question.question), question.history)
    except UsageError as error:
        answer = Answer(question.question, refused=True, reason=str(error), status="refused")
    with library.reader() as reader:
        return answer_record(answer, reader)


def _print(answer: Answer) -> None:
    for note in answer.notes:
        tell(f"kaoju: {note}")
    say(answer.text or answer.reason)
    for citation in answer.citations:
        title = f"《{citation.article}》" if citation.article else ""
        page = f"第{citation.page}页" if citation.page else ""
        say(f"\n[{citation.number}] {title}{citation.locator}{page} ({citation.source})\n    {citation.shown}")
        if converted := in_readers_script(citation.shown, answer.question):
            say(f"    (字形转换,非原文) {converted}")
    if answer.nearest:
        say("\n可能相关:")
    for hit in answer.nearest:
        say(f"- {hit.passage.text[:_SHOWN_CHARS]}\n  ({hit.passage.source} {hit.passage.locator})")


def _search(args: Namespace, settings: Settings) -> int:
    if args.k < 1:
        raise UsageError(f"-k {args.k} lists nothing; write 1 or more")
    if args.batch:
        questions = read_questions(args.batch)
        with opened(settings) as library:
            run_batch(questions, lambda question: _found(library, question, args.k), args.out)
        return 0
    question = _question(args)
    with opened(settings) as library:
        begun = time.perf_counter()
        record = {**_found(library, question, args.k), "elapsed_ms": elapsed_ms(begun)}
        if args.json:
            say(to_json(record))
        else:
            _list(record["hits"])
        return SET_ASIDE if library.fallen_back else 0


def _found(library: Library, question: Question, k: int) -> Record:
    from rag.answering.followup import standing_question

    with library.reader() as reader:
        query = standing_question(question.question, question.history).text
        return {"hits": [hit_record(hit, reader) for hit in reader.search(query, k)]}


def _list(hits: list[Record]) -> None:
    for number, hit in enumerate(hits, 1):
        say(f"{number}. {hit['text'][:_SHOWN_CHARS]}\n   ({hit['source']} {hit['locator']}, {hit['score']:.3f})")
