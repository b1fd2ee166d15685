"""The small pages and replies around the chat: its frame, the language, opinions, files to download."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Protocol
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from ui import render
from ui.database import Database
from ui.people import User
from ui.strings import LANGUAGES, Strings, negotiate

PATHS = ("/", "/feedback")
FOLDERS = ("/page/", "/language/", "/export/")
_COOKIE = "kaoju_language"
_YEAR = 365 * 24 * 3600  # seconds that the choice of a language is kept
_MAX_OPINION = 4000  # characters of each of its texts
_KEPT_SECONDS = 300
_MAX_FILES = 200


class Asking(Protocol):
    """A request, of whichever library: its headers and cookies."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers."""
        ...

    @property
    def cookies(self) -> dict[str, str]:
        """Return the cookies."""
        ...


def words_of(request: Asking) -> Strings:
    """Return the words in the language of whoever asks."""
    return Strings(negotiate(request.cookies.get(_COOKIE), request.headers.get("accept-language")))


@dataclass(frozen=True, slots=True)
class File:
    """A file that waits to be fetched, until `ends` (seconds of the monotonic clock)."""

    name: str
    content: bytes
    media_type: str
    ends: float


class Downloads:
    """Files made for one reader, under names that nobody can guess, for a few minutes."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._lock = threading.Lock()

    def put(self, name: str, content: bytes, media_type: str) -> str:
        """Keep a file, and return the address under which it can be fetched."""
        now = time.monotonic()
        token = secrets.token_urlsafe(24)
        with self._lock:
            live = [(key, file) for key, file in self._files.items() if file.ends > now]
            self._files = dict(live[-_MAX_FILES + 1 :])
            self._files[token] = File(name, content, media_type, now + _KEPT_SECONDS)
        return f"/export/{token}"

    def get(self, token: str) -> File | None:
        """Return a file that is still kept."""
        file = self._files.get(token)
        return file if file and file.ends > time.monotonic() else None


def page_routes(
    database: Database, downloads: Downloads, user_of: Callable[[Asking], User | None], start: tuple[str, str]
) -> list[BaseRoute]:
    """Return the routes; `start` are the script and the style sheet that start the chat."""

    def index(request: Request) -> Response:
        script, style = start
        shown = render.page(
            "index.html", words_of(request), here="ask", user=user_of(request), script=script, style=style
        )
        return HTMLResponse(shown, headers={"Cache-Control": "no-cache"})

    def export(request: Request) -> Response:
        file = downloads.get(request.path_params["token"])
        if file is None:
            return HTMLResponse(render.page("missing.html", words_of(request)), 404)
        disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return Response(file.content, media_type=file.media_type, headers={"Content-Disposition": disposition})

    async def feedback(request: Request) -> Response:
        try:
            given = json.loads(await request.body())
            texts = [str(given[key])[:_MAX_OPINION] for key in ("question", "answer", "reason")]
            good = bool(given["good"])
        except (ValueError, KeyError, TypeError):
            return PlainTextResponse("the request holds no opinion", 400)
        user = await run_in_threadpool(user_of, request)
        await run_in_threadpool(_keep_opinion, database, user.name if user else "", good, texts)
        return PlainTextResponse("", 204)

    return [
        Route("/", index),
        Route("/language/{tag}", _choose_language),
        Route("/export/{token}", export),
        Route("/feedback", feedback, methods=["POST"]),
        Mount("/page", StaticFiles(directory=str(files("ui").joinpath("assets")))),
    ]


def _keep_opinion(database: Database, who: str, good: bool, texts: list[str]) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with database.open() as connection:
        connection.execute("INSERT INTO opinions VALUES (?, ?, ?, ?, ?, ?)", (at, who, good, *texts))


def _choose_language(request: Request) -> Response:
    back = urlsplit(request.headers.get("referer", ""))
    own = back.netloc == request.headers.get("host") and not back.path.startswith("//")
    response = RedirectResponse(f"{back.path}?{back.query}" if own else "/", status_code=303)
    if request.path_params["tag"] in LANGUAGES:
        response.set_cookie(_COOKIE, request.path_params["tag"], max_age=_YEAR, samesite="lax")
    return response
