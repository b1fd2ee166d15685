"""Everything that the page shows is written here, and escaped here, once.

Each value that a template prints becomes character references wherever a character could mean something to HTML or to
Markdown. So the same text is inert in a page of ours and in a message of the chat, streamed or final.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ui.conversations import Exchange, Piece, Source
from ui.strings import Strings

# '<', '*', '[', a line end: whatever is no letter, digit, blank or Han character of the text itself
_ACTIVE = re.compile(r"[!-/:-@\[-`{-~\t\r\n]")
# 'a\x00b', 'notice\u202etxt.exe', '\ud800', a tag character: unseen, and able to make a text look like another
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)
# '资金要落实。' -> the marker stands before the closing mark
_CLOSING = re.compile(r"[。！？；.!?;]?[”’」』)）]*\s*$")


def inert(value: object) -> Markup:
    """Return `value` as text that neither HTML nor Markdown takes for anything but text."""
    if isinstance(value, Markup):
        return value
    text = "" if value is None else _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", str(value))
    return Markup(_ACTIVE.sub(lambda found: f"&#{ord(found[0])};", text))  # noqa: S704 - this is the escaping


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("ui", "templates"),
        autoescape=True,
        finalize=inert,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(name: str, words: Strings, **values: object) -> str:
    """Return the page or fragment that the template `name` makes."""
    return _templates().get_template(name).render(t=words, source_url=source_url, **values)


def _message(name: str, words: Strings, **values: object) -> str:
    """Return a message of the chat: one line of HTML, so that Markdown finds no paragraph of its own in it."""
    return "".join(line.strip() for line in page(name, words, **values).splitlines())


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence as the page sets it: its words, the closing mark, and the sources whose markers stand between."""

    words: str
    closing: str
    sources: tuple[Source, ...]
    verified: bool


def question(text: str) -> str:
    """Return a question as a message of the chat."""
    return f'<p class="k-question">{inert(text)}</p>'


def answer(exchange: Exchange, number: int, words: Strings) -> str:
    """Return the answer of the `number`th exchange as a message of the chat."""
    return _message("answer.html", words, x=exchange, number=number, clauses=_clauses(exchange))


def welcome(words: Strings, documents: int, articles: int, suggestions: Iterable[str]) -> str:
    """Return what an empty chat shows."""
    return _message("welcome.html", words, documents=documents, articles=articles, suggestions=list(suggestions))


def source_url(source: Source) -> str:
    """Return the address of a quotation in the full text of its source."""
    return f"/source/{quote(source.doc_id, safe='')}?at={source.start}-{source.end}#mark-1"


def _clauses(exchange: Exchange) -> list[Clause]:
    known = {source.number: source for source in exchange.sources}
    return [_clause(piece, known) for piece in exchange.pieces]


def _clause(piece: Piece, known: dict[int, Source]) -> Clause:
    found = _CLOSING.search(piece.text)
    cut = found.start() if found else len(piece.text)
    sources = tuple(known[number] for number in dict.fromkeys(piece.numbers) if number in known)
    return Clause(piece.text[:cut], piece.text[cut:], sources, piece.verified)
