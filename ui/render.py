"""Everything that the page shows is written here, and escaped here, once.

Each value that a template prints becomes character references wherever a character could mean something to HTML or to
Markdown. So the same text is inert in a page of ours and in a message of the chat, streamed or final.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, partial
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rag.answering.script import in_readers_script
from ui.conversations import Exchange, Piece, Source
from ui.reasons import explain
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
    common = {"t": words, "why": partial(explain, words), "beside": in_readers_script, "user": None, "here": ""}
    addresses = {"source_url": source_url, "page_picture": page_url}
    return _templates().get_template(name).render(common | addresses | values)


def _message(name: str, words: Strings, **values: object) -> str:
    """Return a message of the chat: one line of HTML, so that Markdown finds no paragraph of its own in it."""
    return "".join(line.strip() for line in page(name, words, **values).splitlines())


Stretch = tuple[str, tuple[Source, ...]]  # text, and the sources whose markers follow it


def question(text: str) -> str:
    """Return a question as a message of the chat."""
    return f'<p class="k-question">{inert(text)}</p>'


def answer(exchange: Exchange, number: int, words: Strings) -> str:
    """Return the answer of the `number`th exchange as a message of the chat."""
    return _message("answer.html", words, x=exchange, number=number, clauses=_clauses(exchange))


def welcome(words: Strings, documents: int, articles: int, suggestions: Iterable[str]) -> str:
    """Return what an empty chat shows."""
    return _message("welcome.html", words, documents=documents, articles=articles, suggestions=list(suggestions))


def files(words: Strings, links: Iterable[tuple[str, str]]) -> str:
    """Return links to files that wait to be fetched, each as its name and its address."""
    return _message("files.html", words, links=list(links))


def source_url(source: Source) -> str:
    """Return the address of a quotation in the full text of its source."""
    return f"/source/{quote(source.doc_id, safe='')}?at={source.start}-{source.end}#mark-1"


def page_url(doc_id: str, page: int | None, at: str) -> str:
    """Return the address of a page of a document as a picture, with a place (`start-end`) marked."""
    return f"/original/{quote(doc_id, safe='')}/{page or 1}?at={at}"


def _clauses(exchange: Exchange) -> list[list[Stretch]]:
    known = {source.number: source for source in exchange.sources}
    return [_clause(piece, known) for piece in exchange.pieces if piece.verified]


def _clause(piece: Piece, known: dict[int, Source]) -> list[Stretch]:
    text, markers = piece.text, dict.fromkeys(piece.numbers)
    places = sorted((text.rfind(f"[{number}]"), number) for number in markers)
    parts: list[Stretch] = []
    position = 0
    for place, number in (pair for pair in places if pair[0] >= 0):
        source = (known[number],) if number in known else ()
        if place == position and parts:
            parts[-1] = (parts[-1][0], (*parts[-1][1], *source))
        else:
            parts.append((text[position:place], source))
        position = place + len(f"[{number}]")
    if position < len(text):
        parts.append((text[position:], ()))
    elif parts:
        parts[-1:] = _before_closing(*parts[-1])
    return parts


def _before_closing(text: str, sources: tuple[Source, ...]) -> list[Stretch]:
    found = _CLOSING.search(text)
    cut = found.start() if found else len(text)
    return [(text[:cut], sources), (text[cut:], ())]
