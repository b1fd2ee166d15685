"""A conversation going on: questions in, successive states of the conversation out."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rag.datatypes import Answer, Filter, Reader
from rag.errors import KaojuError
from rag.library import Library
from ui import render
from ui.conversations import Conversation, Exchange, Source, from_hit
from ui.pace import paced
from ui.strings import Strings

MAX_QUESTION = 2000  # characters
# Seconds between two updates: at more than 5 a second a hundred readers wait on the page, not on answers. An answer
# that is there sooner, as a quoted one is, is sent whole, once.
_INTERVAL = 0.3

Message = dict[str, Any]


def messages(conversation: Conversation, words: Strings) -> list[Message]:
    """Return a conversation as messages of the chat, all text escaped."""
    found: list[Message] = []
    for number, exchange in enumerate(conversation.exchanges, 1):
        found.append({"role": "user", "content": render.question(exchange.question)})
        found.append({"role": "assistant", "content": render.answer(exchange, number, words)})
    return found


def ask(
    library: Library, conversation: Conversation, question: str, where: Filter | None, *, fluent: bool
) -> Iterator[Conversation]:
    """Yield the conversation with `question` asked, then with the answer as it grows; the last state is final.

    Updates are merged, so that at most one is made each `_INTERVAL` seconds. Without `fluent` no language model is
    asked.
    """
    return paced(_states(library, conversation, question, where, fluent=fluent), _INTERVAL)


def _states(
    library: Library, conversation: Conversation, question: str, where: Filter | None, *, fluent: bool
) -> Generator[Conversation, None, None]:
    asked, notes = _bounded(question)
    exchange = Exchange(asked, limited=where is not None)
    history = conversation.history()
    conversation = conversation.with_last(exchange, new=True)
    yield conversation
    answer: Answer | None = None
    try:
        for answer in library.stream(asked, history, where=where, fluent=fluent):
            yield conversation.with_last(exchange.answered(answer, (), final=False))
        if answer is not None:
            answer = replace(answer, notes=(*notes, *answer.notes))
            yield conversation.with_last(exchange.answered(answer, _nearest(library, answer), final=True))
    except KaojuError as error:
        yield conversation.with_last(replace(exchange, state="failed", reason=str(error)))


def stopped(conversation: Conversation) -> Conversation:
    """Return the conversation with its last exchange marked as interrupted, if it was not finished."""
    last = conversation.exchanges[-1] if conversation.exchanges else None
    if last is None or last.state != "running":
        return conversation
    return conversation.with_last(replace(last, state="stopped"))


def without_last(conversation: Conversation) -> tuple[Conversation, str]:
    """Return the conversation before its last exchange, and the question of that one."""
    if not conversation.exchanges:
        return conversation, ""
    return replace(conversation, exchanges=conversation.exchanges[:-1]), conversation.exchanges[-1].question


def _bounded(question: str) -> tuple[str, tuple[str, ...]]:
    asked = question.strip()
    if len(asked) <= MAX_QUESTION:
        return asked, ()
    return asked[:MAX_QUESTION], (f"the question was too long; its first {MAX_QUESTION} characters were used",)


def _nearest(library: Library, answer: Answer) -> tuple[Source, ...]:
    if not answer.nearest:
        return ()
    with library.reader() as reader:
        return tuple(from_hit(hit, *_title_and_date(reader, hit.passage.article_id)) for hit in answer.nearest)


def _title_and_date(reader: Reader, article_id: str) -> tuple[str, str]:
    article = reader.article(article_id)
    issued = article.provenance.issued_on
    return article.title, issued.text if issued else ""


def to_filter(scope: Mapping[str, Sequence[str]]) -> Filter | None:
    """Return the filter for what was chosen, None when nothing was; the years reach from the first to the last."""
    if not any(scope.values()):
        return None
    years = scope["years"] or [""]
    return Filter(
        articles=tuple(scope["files"]),
        places=tuple(scope["places"]),
        kinds=tuple(scope["kinds"]),
        since=min(years),
        until=max(years),
    )
