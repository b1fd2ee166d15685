"""The library page: what is in it, what was set aside, and the work on it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import fields
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from rag.building.build import Progress, Report
from rag.library import Library
from ui import render
from ui.catalogue import PER_PAGE, Catalogue, Wanted, choices
from ui.checkup import check_up
from ui.jobs import Jobs, Work, to_job
from ui.people import Visit

PATHS = ("/library", "/library/job", "/library/upload", "/library/remove", "/library/restore", "/library/rebuild",
         "/library/rollback", "/library/check")  # fmt: skip
UPLOAD_PATH = "/library/upload"
MAX_UPLOAD = 200_000_000  # bytes of one request
_MEGABYTE = 1_000_000
_MAX_FILES = 500
_NAME_BYTES = 200  # of a file name, below the 255 that file systems take


class LibraryPage:
    """The routes of the library page. `uploads` is the folder that takes in files; it becomes a root of the index."""

    def __init__(
        self, library: Library, catalogue: Catalogue, uploads: Path, jobs: Jobs, visit: Callable[[Request], Visit]
    ) -> None:
        self._library = library
        self._catalogue = catalogue
        self._jobs = jobs
        self._uploads = uploads
        for part in uploads.glob(".*.part"):  # of uploads that broke off
            part.unlink(missing_ok=True)
        self._visit = visit

    def routes(self) -> list[Route]:
        """Return the routes."""
        works = {"remove": self._remove, "restore": self._restore, "rebuild": self._rebuild,
                 "rollback": self._rollback, "check": self._check}  # fmt: skip
        return [
            Route("/library", self._show),
            Route("/library/job", self._job),
            Route(UPLOAD_PATH, self._upload, methods=["POST"]),
            *(Route(f"/library/{name}", self._starter(name, work), methods=["POST"]) for name, work in works.items()),
        ]

    def _show(self, request: Request) -> Response:
        visit = self._visit(request)
        query = request.query_params
        wanted = Wanted(**{field.name: query.get(field.name, "")[:200] for field in fields(Wanted)})
        with self._library.reader() as reader:
            rows, manifest = self._catalogue.rows(reader), reader.manifest
            fitting = self._catalogue.matching(reader, wanted)
            pages = max(ceil(len(fitting) / PER_PAGE), 1)
            page = min(max(int(query.get("page", "1")) if query.get("page", "1").isdecimal() else 1, 1), pages)
            shown = fitting[(page - 1) * PER_PAGE : page * PER_PAGE]
            scripts = [self._catalogue.script(reader, row) for row in shown]
        job = self._jobs.state()
        return HTMLResponse(
            render.page(
                "library.html", visit.words, here="library", user=visit.user, keeps=visit.keeps, wanted=wanted,
                rows=list(zip(shown, scripts, strict=True)), count=len(fitting), choices=choices(rows),
                page=page, pages=pages, page_url=lambda number: f"/library?{urlencode({**query, 'page': number})}",
                manifest=manifest, notices=self._library.notices, job=job, limit=MAX_UPLOAD // _MEGABYTE,
                refused=job.running and "busy" in query,
            )
        )  # fmt: skip

    def _job(self, request: Request) -> Response:
        visit = self._visit(request)
        return HTMLResponse(render.page("job.html", visit.words, job=self._jobs.state()))

    def _starter(self, name: str, work: Callable[[FormData], Work]) -> Callable[[Request], Any]:
        async def start(request: Request) -> Response:
            visit = await run_in_threadpool(self._visit, request)
            if not visit.keeps:
                return PlainTextResponse(visit.words("readers_only"), 403)
            form = await request.form()
            return to_job(started=self._jobs.start(name, work(form)))

        return start

    def _remove(self, form: FormData) -> Work:
        source = str(form.get("source", ""))
        return lambda watch: self._library.remove(source)

    def _restore(self, form: FormData) -> Work:
        source = str(form.get("source", ""))
        return lambda watch: self._library.restore(source)

    def _rebuild(self, form: FormData) -> Work:
        return lambda watch: self._library.rebuild(fresh=True, progress=watch)

    def _rollback(self, form: FormData) -> Work:
        return lambda watch: self._library.rollback()

    def _check(self, form: FormData) -> Work:
        return lambda watch: check_up(self._library, watch)

    async def _upload(self, request: Request) -> Response:
        visit = await run_in_threadpool(self._visit, request)
        if not visit.keeps:
            return PlainTextResponse(visit.words("readers_only"), 403)
        async with request.form(max_files=_MAX_FILES, max_fields=8) as form:
            files = [file for file in form.getlist("files") if isinstance(file, UploadFile) and file.filename]
            for file in files:
                await run_in_threadpool(self._keep, file)
        return to_job(started=not files or self._jobs.start("upload", self._take_in))

    def _take_in(self, watch: Callable[[Progress], None]) -> Report:
        return self._library.add([self._uploads], progress=watch)

    def _keep(self, file: UploadFile) -> None:
        self._uploads.mkdir(mode=0o700, exist_ok=True)
        path = self._uploads / safe_name(file.filename or "")
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as target:
            while block := file.file.read(_MEGABYTE):
                target.write(block)
        part.replace(path)


def safe_name(name: str) -> str:
    """Return a name that stays in its folder, shows as what it is, and keeps its ending."""
    plain = "".join(
        character if unicodedata.category(character)[0] != "C" and character not in '/\\:*?"<>|' else "_"
        for character in unicodedata.normalize("NFC", name)
    )
    plain = plain.rsplit("/", 1)[-1].strip(". ") or "_"
    stem, dot, ending = plain.rpartition(".")
    while len(plain.encode()) > _NAME_BYTES:
        stem, plain = (stem[:-1], stem[:-1] + dot + ending) if stem else ("", plain[:-1])
    return plain
