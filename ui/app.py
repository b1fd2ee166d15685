"""The page as a whole: what is served, to whom, and from where; it opens the index and runs the server."""

from __future__ import annotations

import fastapi
import uvicorn
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from rag.library import Library
from rag.settings import Settings
from ui import document_page, entrance, library_page, pages
from ui.catalogue import Catalogue
from ui.commands import build_generator, opened
from ui.commands.printing import tell
from ui.database import Database
from ui.desk import Means, entry_points, mount_chat
from ui.document_page import DocumentPage
from ui.jobs import Jobs
from ui.library_page import LibraryPage
from ui.originals import FOLDER as ORIGINALS
from ui.originals import OriginalPages, Originals
from ui.pages import Asking, Downloads, words_of
from ui.people import COOKIE, People, User, Visit
from ui.safety import LOOPBACK, Gate
from ui.shelves import BrowserShelf, ServerShelf, Shelf
from ui.sources import source_routes

# Questions answered at the same time. Quoting keeps a core busy: of 100 asked at once, answered 8 together, the first
# words came after 6.8 s (p50) and 8.5 s (p99), all together after 9.4 s and 14.6 s (on a machine busy with other work).
# A language model is waited for, not computed.
_QUOTED_TOGETHER = 8
_STREAMED_TOGETHER = 100


def serve(settings: Settings) -> None:
    """Open the index and serve the page until interrupted.

    Raises:
        StoreError: the index cannot be used.
        SettingsError: the encoder or the language model cannot be used.
    """
    generator = build_generator(settings) if settings.llm_base_url else None
    with opened(settings, generator) as library:
        app = build_app(library, settings)
        tell(f"http://{settings.host}:{settings.port}")
        uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", server_header=False)


def build_app(library: Library, settings: Settings) -> ASGIApp:
    """Return the page as an ASGI application."""
    database = Database(settings.index)
    people, downloads = People(database), Downloads()
    at_home = settings.host in LOOPBACK and not settings.allow_hosts

    def user_of(request: Asking) -> User | None:
        return people.user(request.cookies.get(COOKIE))

    def visit(request: Asking) -> Visit:
        user = user_of(request)
        here = at_home and "x-forwarded-for" not in request.headers  # else a proxy lets others in
        return Visit(words_of(request), user, user.keeps if user else here)

    def shelf_of(request: Asking, older: str) -> Shelf:
        user = user_of(request)
        return ServerShelf(database, user.name) if user else BrowserShelf(older)

    catalogue, jobs = Catalogue(), Jobs()
    originals = Originals(allowed=at_home if settings.originals is None else settings.originals)
    uploads = settings.index.with_name(f"{settings.index.name}-uploads")
    gate = Middleware(
        Gate,
        hosts=(settings.host, *settings.allow_hosts),
        paths=(*pages.PATHS, *entrance.PATHS, *library_page.PATHS, document_page.CORRECT_PATH, "/cards"),
        folders=(*pages.FOLDERS, document_page.FOLDER, "/source/", ORIGINALS),
        uploads={library_page.UPLOAD_PATH: library_page.MAX_UPLOAD},
    )
    app = fastapi.FastAPI(
        routes=[
            *pages.page_routes(database, downloads, user_of, entry_points()),
            *entrance.entrance_routes(people, words_of),
            *LibraryPage(library, catalogue, uploads, jobs, visit).routes(),
            *DocumentPage(library, catalogue, originals, jobs, visit).routes(),
            *source_routes(library, catalogue, originals, words_of),
            *OriginalPages(library, originals, words_of).routes(),
        ],
        middleware=[gate, Middleware(entrance.Entrance, people=people)],
        openapi_url=None,
    )
    together = _STREAMED_TOGETHER if settings.llm_base_url else _QUOTED_TOGETHER
    return mount_chat(app, Means(library, shelf_of, downloads, together))
