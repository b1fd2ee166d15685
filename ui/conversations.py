"""What a reader asked and was shown, as plain values that a browser or a database can keep.

An exchange carries its quotations with it, so that an old answer is drawn from what was shown then.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import secrets
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Self

from rag.datatypes import Answer, Citation, Hit, Status, Turn

State = Literal["running", "done", "stopped", "failed"]
_MAX_TEXT = 20_000  # characters of one kept text; a longer one was not written by this program
_MAX_ITEMS = 500
_TITLE_CHARS = 30
_REMEMBERED = 8  # earlier exchanges that a follow-up may refer to


@dataclass(frozen=True, slots=True)
class Source:
    """A quotation as it was shown, and where it stands; `number` is 0 for a passage that is only near."""

    number: int
    doc_id: str
    source: str
    title: str
    locator: str
    date: str
    start: int
    end: int
    shown: str
    page: int | None = None
    also: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence of an answer, its `[n]` markers within, and the numbers of its sources; one that is not `verified`
    is no part of the answer's text.
    """

    text: str
    numbers: tuple[int, ...] = ()
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what was answered; `rebuilt` is the question as it was understood, `draft` what a language model
    is still writing.
    """

    question: str
    rebuilt: str = ""
    pieces: tuple[Piece, ...] = ()
    sources: tuple[Source, ...] = ()
    nearest: tuple[Source, ...] = ()
    status: Status = "verified"
    reason: str = ""
    notes: tuple[str, ...] = ()
    state: State = "running"
    limited: bool = False
    draft: str = ""

    @property
    def text(self) -> str:
        """Return the answer as text with `[n]` markers."""
        return "".join(piece.text for piece in self.pieces if piece.verified)

    @property
    def folded(self) -> tuple[str, ...]:
        """Return what was written and not verified; a draft that was left behind is part of it."""
        left = (self.draft,) if self.draft and self.state != "running" else ()
        return (*(piece.text for piece in self.pieces if not piece.verified), *left)

    def answered(self, answer: Answer, nearest: tuple[Source, ...], *, final: bool) -> Exchange:
        """Return this exchange with what `answer` says; `nearest` are its nearest hits, as sources."""
        return dataclasses.replace(
            self,
            rebuilt=answer.question,
            pieces=tuple(_pieces(answer)),
            sources=tuple(_from_citation(citation) for citation in answer.citations),
            nearest=nearest,
            status="refused" if answer.refused else answer.status,
            reason=answer.reason,
            notes=tuple(
                note for note in answer.notes if answer.question == self.question or answer.question not in note
            ),
            state="done" if final else "running",
            draft=answer.draft,
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """Exchanges that belong together, the latest last; `changed` is an ISO time in UTC."""

    id: str
    title: str = ""
    changed: str = ""
    exchanges: tuple[Exchange, ...] = ()

    @classmethod
    def begin(cls) -> Self:
        """Return an empty conversation with an identity that cannot be guessed."""
        return cls(secrets.token_urlsafe(12))

    def with_last(self, exchange: Exchange, *, new: bool = False) -> Conversation:
        """Return the conversation with `exchange` as its last one, appended when `new`."""
        kept = self.exchanges if new else self.exchanges[:-1]
        title = self.title or exchange.question[:_TITLE_CHARS]
        changed = datetime.now(UTC).isoformat(timespec="seconds")
        return dataclasses.replace(self, title=title, changed=changed, exchanges=(*kept, exchange))

    def history(self) -> list[Turn]:
        """Return the earlier questions and answers that a follow-up may refer to."""
        done = [one for one in self.exchanges if one.state == "done"]
        return [Turn(one.rebuilt or one.question, one.text) for one in done[-_REMEMBERED:]]


def _pieces(answer: Answer) -> Iterator[Piece]:
    """Yield the sentences, those of the text with what stands before each (a line end, as a rule) and the markers
    behind it.
    """
    position = 0
    for sentence in answer.sentences:
        at = answer.text.find(sentence.text, position) if sentence.verified else -1
        if at < 0:
            yield Piece(sentence.text, sentence.citations, sentence.verified)
            continue
        end = at + len(sentence.text)
        markers = "".join(f"[{number}]" for number in sentence.citations)
        end += len(markers) if answer.text.startswith(markers, end) else 0
        yield Piece(answer.text[position:end], sentence.citations)
        position = end


def from_hit(hit: Hit, title: str, date: str) -> Source:
    """Return a near passage as a source without number."""
    passage = hit.passage
    return Source(
        0, passage.doc_id, passage.source, title, passage.locator, date,
        passage.spans[0].start, passage.spans[0].end, passage.text, passage.page,
    )  # fmt: skip


def _from_citation(citation: Citation) -> Source:
    return Source(
        citation.number, citation.doc_id, citation.source, citation.article, citation.locator, citation.date,
        citation.start, citation.end, citation.shown, citation.page, len(citation.also) + len(citation.similar),
    )  # fmt: skip


def dump(conversation: Conversation) -> str:
    """Return a conversation as JSON."""
    return json.dumps(dataclasses.asdict(conversation), ensure_ascii=False, separators=(",", ":"))


def revive(text: object) -> Conversation:
    """Return the conversation that `text` holds, or a new one when it holds none that this program wrote.

    The text comes from a browser: nothing in it is believed before its type is checked.
    """
    try:
        found: Conversation = _read(Conversation, json.loads(text)) if isinstance(text, str) else Conversation.begin()
    except (ValueError, RecursionError):
        return Conversation.begin()
    return found


def read_sources(data: object) -> list[Source]:
    """Return the sources that a page sent back.

    Raises:
        ValueError: it is no list of sources.
    """
    found: tuple[Source, ...] = _read(tuple[Source, ...], data)
    return list(found)


_hints = functools.cache(typing.get_type_hints)


def _read(kind: Any, data: object) -> Any:
    """Return `data` as a value of the annotated type `kind`.

    Raises:
        ValueError: it is none.
    """
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type) and isinstance(data, dict):
        hints = _hints(kind)
        try:
            return kind(**{name: _read(hints[name], value) for name, value in data.items() if name in hints})
        except TypeError as error:
            raise ValueError(f"{data!r} is no whole {kind}") from error
    if origin is tuple and isinstance(data, list) and len(data) <= _MAX_ITEMS:
        return tuple(_read(typing.get_args(kind)[0], item) for item in data)
    if origin is Literal and data in typing.get_args(kind):
        return data
    if origin is types.UnionType and data is None:
        return None
    plain = typing.get_args(kind)[0] if origin is types.UnionType else kind
    if isinstance(plain, type) and type(data) is plain and (not isinstance(data, str) or len(data) <= _MAX_TEXT):
        return data
    raise ValueError(f"{data!r} is no {kind}")
