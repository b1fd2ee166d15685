"""The files behind the documents: a page as a picture, or the file itself, where the operator allows it.

A file is found through what was indexed, never by a name that comes from outside, and it is shown only while its bytes
are those that were indexed.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from rag.datatypes import RawDocument, SetAside, Span
from rag.errors import KaojuError
from rag.library import Library
from rag.reading.formats.archive import members
from rag.reading.load import MAX_BYTES
from rag.reading.walk import walk
from rag.search.snapshot import Snapshot
from ui import render
from ui.catalogue import Once
from ui.facsimile import NotDrawn, draw, squeeze
from ui.places import about_lines, articles_of, find_document, read_spans
from ui.strings import Strings

FOLDER = "/original/"
_KEPT = 2  # files of at most MAX_BYTES kept in memory, so that turning pages does not read and hash each time anew
_PICTURE_SECONDS = 3600  # that a browser may keep a picture: its address names the bytes of the document


class Unavailable(Exception):
    """The file cannot be shown; the text is the name of the words that say why."""


class Originals:
    """Finds the files behind documents. Without `allowed` there are none."""

    def __init__(self, *, allowed: bool) -> None:
        self.allowed = allowed
        self._paths = Once(_paths)
        self._read = functools.lru_cache(_KEPT)(_read)

    def why_not(self, reader: Snapshot, document: RawDocument) -> str:
        """Return the name of the words that say why a document's file cannot be shown; empty when it seems it can."""
        if not self.allowed:
            return "original_closed"
        return "" if self.path_of(reader, document) else "original_gone"

    def content(self, reader: Snapshot, document: RawDocument) -> bytes:
        """Return the bytes of a document's file, which are those that were indexed.

        Raises:
            Unavailable: the operator does not allow it, or the file is gone or was changed.
        """
        if why := self.why_not(reader, document):
            raise Unavailable(why)
        found = self.path_of(reader, document)
        assert found is not None
        path, member = found
        try:
            state = path.stat()
            if state.st_size > MAX_BYTES:
                raise Unavailable("original_changed")
            return self._read(path, member, state.st_mtime_ns, document.sha256)
        except (OSError, KaojuError) as error:
            raise Unavailable("original_gone") from error

    def path_of(self, reader: Snapshot, document: RawDocument) -> tuple[Path, str] | None:
        """Return the path of a document's file, and its name inside when that file is a zip."""
        paths = self._paths(reader)
        for source in (document.source, *document.also):
            for outer in (source, *map(str, PurePosixPath(source).parents)):
                if outer in paths:
                    return paths[outer], source[len(outer) + 1 :]
        return None


def _paths(reader: Snapshot) -> dict[str, Path]:
    """Return the path of every file under the roots by its source.

    Sources are named by all roots together: with one of them gone, the names would not be those that were indexed.
    """
    roots = [Path(root) for root in reader.manifest.roots]
    if not all(root.exists() for root in roots):
        return {}
    return {one[1]: one[0] for one in walk(roots) if not isinstance(one, SetAside)}


def _read(path: Path, member: str, changed: int, sha256: str) -> bytes:
    """Return the bytes of a file, or of the member of a zip; `changed` (nanoseconds) tells one state from another."""
    data: object = path.read_bytes()
    if member:
        assert isinstance(data, bytes)
        data = dict(members(data)).get(member)
    if not isinstance(data, bytes) or hashlib.sha256(data).hexdigest() != sha256:
        raise Unavailable("original_changed")
    return data


class OriginalPages:
    """The routes of the files: a file, a page of it in its frame, and the picture of a page."""

    def __init__(self, library: Library, originals: Originals, words_of: Callable[[Request], Strings]) -> None:
        self._library = library
        self._originals = originals
        self._words_of = words_of

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route(f"{FOLDER}{{doc_id}}", self._file),
            Route(f"{FOLDER}{{doc_id}}/{{page:int}}", self._page),
            Route(f"{FOLDER}{{doc_id}}/{{page:int}}.webp", self._picture),
        ]

    def _file(self, request: Request) -> Response:
        with self._library.reader() as reader:
            document = find_document(reader, request.path_params["doc_id"])
            if document is None:
                return self._missing(request)
            try:
                content = self._originals.content(reader, document)
            except Unavailable as fault:
                return self._missing(request, str(fault))
        name = quote(PurePosixPath(document.source).name, safe="")
        disposition = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(content, media_type="application/octet-stream", headers=disposition)

    def _page(self, request: Request) -> Response:
        number, words = request.path_params["page"], self._words_of(request)
        with self._library.reader() as reader:
            document = find_document(reader, request.path_params["doc_id"])
            if document is None or not 1 <= number <= len(document.pages):
                return self._missing(request)
            unavailable = self._originals.why_not(reader, document)
            article = articles_of(reader, document.doc_id)[0]
        shown = render.page(
            "original.html", words, document=document, number=number, pages=len(document.pages), title=article.title,
            at=request.query_params.get("at", ""), about=about_lines(article.provenance), unavailable=unavailable,
        )  # fmt: skip
        return HTMLResponse(shown)

    def _picture(self, request: Request) -> Response:
        number = request.path_params["page"]
        with self._library.reader() as reader:
            document = find_document(reader, request.path_params["doc_id"])
            if document is None or not 1 <= number <= len(document.pages):
                return self._missing(request)
            try:
                content = self._originals.content(reader, document)
                drawn = draw(content, number, *_quoted(document, number, request.query_params.getlist("at")))
            except Unavailable as fault:
                return self._missing(request, str(fault))
            except NotDrawn:
                return PlainTextResponse("The page could not be drawn.", 422)
        kept = {"Cache-Control": f"private, max-age={_PICTURE_SECONDS}"}
        return Response(drawn, media_type="image/webp", headers=kept)

    def _missing(self, request: Request, why: str = "not_found_note") -> Response:
        return HTMLResponse(render.page("missing.html", self._words_of(request), why_missing=why), 404)


def _quoted(document: RawDocument, page: int, places: list[str]) -> tuple[str, int]:
    """Return the part of the first quotation that stands on a page, and how often the page has it before."""
    bounds = (*document.pages, len(document.text))
    begin, end = bounds[page - 1], bounds[page]
    spans = read_spans(places, len(document.text))
    if not spans:
        return "", 0
    part = Span(max(spans[0].start, begin), min(spans[0].end, end))
    text = document.text[part.start : part.end]
    return text, squeeze(document.text[begin : part.start]).count(squeeze(text)) if squeeze(text) else 0
