"""The page of one document: what is known of it, how it was read, and corrections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from rag.datatypes import Article, RawDocument
from rag.library import Library
from rag.search.snapshot import Snapshot
from ui import render
from ui.cards import document_url
from ui.catalogue import Catalogue
from ui.checkup import examined
from ui.corrections import SINGLE, CannotCorrect, correct, fields_of, values_of
from ui.jobs import Jobs, to_job
from ui.originals import Originals
from ui.people import Visit
from ui.places import articles_of, find_document

FOLDER = "/library/document/"
CORRECT_PATH = "/library/correct"
_SHOWN = ("title", "places", *SINGLE[1:])
_AT_ONCE = 300_000  # characters of a document that is examined whenever its page is opened, which takes 2 s


class DocumentPage:
    """The routes of the pages of documents."""

    def __init__(
        self,
        library: Library,
        catalogue: Catalogue,
        originals: Originals,
        jobs: Jobs,
        visit: Callable[[Request], Visit],
    ) -> None:
        self._library = library
        self._catalogue = catalogue
        self._originals = originals
        self._jobs = jobs
        self._visit = visit

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route(f"{FOLDER}{{doc_id}}", self._show),
            Route(CORRECT_PATH, self._correct, methods=["POST"]),
        ]

    def _show(self, request: Request, fault: str = "", status: int = 200) -> Response:
        visit = self._visit(request)
        with self._library.reader() as reader:
            document = find_document(reader, request.path_params["doc_id"])
            if document is None:
                return HTMLResponse(render.page("missing.html", visit.words), 404)
            articles = articles_of(reader, document.doc_id)
            values = self._values(reader, document, articles, visit, asked="check" in request.query_params)
        page = render.page("document.html", visit.words, here="library", user=visit.user, fault=fault, **values)
        return HTMLResponse(page, status)

    def _values(
        self, reader: Snapshot, document: RawDocument, articles: Sequence[Article], visit: Visit, *, asked: bool
    ) -> dict[str, Any]:
        addresses = self._catalogue.addresses(reader)
        placed = self._originals.path_of(reader, document)
        short = asked or len(document.text) <= _AT_ONCE
        return {
            "document": document,
            "articles": [(article, values_of(article.provenance, _SHOWN)) for article in articles],
            "similar": [(name, document_url(addresses.get(name, ""))) for name in document.similar],
            "examination": examined(reader, document.doc_id, articles) if short else None,
            "closed": self._originals.why_not(reader, document),
            "form": values_of(articles[0].provenance, fields_of(len(articles))) if visit.keeps else {},
            "uncorrectable": "" if placed and not placed[1] else "in_zip" if placed else "original_gone",
        }

    async def _correct(self, request: Request) -> Response:
        visit = await run_in_threadpool(self._visit, request)
        if not visit.keeps:
            return PlainTextResponse(visit.words("readers_only"), 403)
        given = {name: str(value) for name, value in (await request.form()).items()}
        request.path_params["doc_id"] = given.pop("doc_id", "")
        try:
            changed = await run_in_threadpool(self._keep, request.path_params["doc_id"], given)
        except CannotCorrect as why:
            return await run_in_threadpool(self._show, request, str(why), 422)
        if not changed:
            return RedirectResponse(f"{FOLDER}{request.path_params['doc_id']}", 303)
        return to_job(started=self._jobs.start("correct", lambda watch: self._library.rebuild(progress=watch)))

    def _keep(self, doc_id: str, given: dict[str, str]) -> bool:
        with self._library.reader() as reader:
            document = find_document(reader, doc_id)
            placed = self._originals.path_of(reader, document) if document else None
            if placed is None or placed[1]:
                raise CannotCorrect("in_zip" if placed else "original_gone")
            articles = articles_of(reader, doc_id)
        return correct(placed[0], values_of(articles[0].provenance, fields_of(len(articles))), given)
