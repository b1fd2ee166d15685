"""The routes of the source pane: the quotations of an answer as cards, and the full text opened at one of them."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rag.library import Library
from ui import render
from ui.cards import cards_of
from ui.catalogue import Catalogue
from ui.conversations import Source, read_sources
from ui.fulltext import full_text
from ui.originals import Originals
from ui.places import find_document
from ui.strings import Strings


def source_routes(
    library: Library, catalogue: Catalogue, originals: Originals, words_of: Callable[[Request], Strings]
) -> list[Route]:
    """Return the routes of the source pane."""

    def full(request: Request) -> Response:
        words = words_of(request)
        with library.reader() as reader:
            document = find_document(reader, request.path_params["doc_id"])
            if document is None:
                return HTMLResponse(render.page("missing.html", words), status_code=404)
            view = full_text(reader, document, request.query_params.getlist("at"))
            closed = originals.why_not(reader, document)
        return HTMLResponse(render.page("source.html", words, view=view, closed=closed))

    async def body(request: Request) -> tuple[str, list[Source]]:
        data = json.loads(await request.body())
        return str(data.get("question", "")), read_sources(data.get("sources"))

    async def cards(request: Request) -> Response:
        try:
            question, sources = await body(request)
        except (ValueError, AttributeError):
            return Response("the request holds no list of sources", status_code=400)
        words = words_of(request)
        made = await run_in_threadpool(cards_of, library, catalogue, question, sources, words)
        return HTMLResponse(render.page("cards.html", words, cards=made))

    return [Route("/source/{doc_id}", full), Route("/cards", cards, methods=["POST"])]
