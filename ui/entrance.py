"""Signing in and out, and the door that asks for it when the page has users."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ui import render
from ui.people import COOKIE, SESSION_SECONDS, LockedOut, People
from ui.strings import Strings

PATHS = ("/signin", "/signout")
_OPEN = ("/page/", "/language/", "/signin")


class Entrance:
    """Middleware that lets nobody in who has not signed in, once there is a user to be."""

    def __init__(self, app: ASGIApp, *, people: People) -> None:
        self._app = app
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or send it to the sign-in page."""
        if scope["type"] == "http" and not scope["path"].startswith(_OPEN):
            request = Request(scope)
            if await run_in_threadpool(self._shut, request):
                page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
                refusal = RedirectResponse("/signin", 303) if page else PlainTextResponse("Sign in first.", 401)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _shut(self, request: Request) -> bool:
        return self._people.any() and self._people.user(request.cookies.get(COOKIE)) is None


def entrance_routes(people: People, words_of: Callable[[Request], Strings]) -> list[Route]:
    """Return the routes of signing in and out."""

    def form(request: Request, fault: str = "", status: int = 200) -> Response:
        words = words_of(request)
        shown = words(fault) if fault else ""
        return HTMLResponse(render.page("signin.html", words, fault=shown), status)

    async def sign_in(request: Request) -> Response:
        if request.method == "GET":
            return form(request)
        given = await request.form()
        name, password = str(given.get("name", "")), str(given.get("password", ""))
        address = request.client.host if request.client else ""
        try:
            token = await run_in_threadpool(people.sign_in, name, password, address)
        except LockedOut:
            return form(request, "signin_locked", 429)
        if token is None:
            return form(request, "signin_wrong", 403)
        response = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, SESSION_SECONDS, httponly=True, samesite="lax", secure=secure)
        return response

    async def sign_out(request: Request) -> Response:
        await run_in_threadpool(people.sign_out, request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/signin", 303)
        response.delete_cookie(COOKIE)
        return response

    return [
        Route("/signin", sign_in, methods=["GET", "POST"]),
        Route("/signout", sign_out, methods=["POST"]),
    ]
