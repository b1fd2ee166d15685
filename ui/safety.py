"""The gate before every request: known hosts, known paths, small bodies, and the headers that keep a page at home.

The component library serves more than this page needs: a file proxy that fetches any address, uploads, monitoring, an
API description. What is not on the list below does not exist here.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAX_BODY = 1_000_000  # bytes; a question of 2,000 characters with a long conversation behind it stays far below
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the component library sets styles on its elements
        "img-src 'self' data: blob:",
        "media-src 'none'",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Paths of the component library that the chat needs; seen in the browser and in its Python client.
_LIBRARY_PATHS = (
    *("/config", "/theme.css", "/gradio_api/app_id", "/gradio_api/info", "/gradio_api/startup-events"),
    *("/gradio_api/run/predict", "/gradio_api/queue/join", "/gradio_api/queue/data"),
    *("/gradio_api/cancel", "/gradio_api/reset"),
)
_LIBRARY_FOLDERS = ("/assets/", "/static/", "/gradio_api/heartbeat/")
_SAFE_METHODS = ("GET", "HEAD")


class _TooLarge(Exception):
    """A body grew past its limit while it was read."""


class Gate:
    """Middleware that answers what must not pass, and marks what does.

    `hosts` are the names under which the page may be opened, `paths` and `folders` what this program serves itself;
    `uploads` are paths with their own limit of bytes.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        paths: Iterable[str],
        folders: Iterable[str],
        uploads: dict[str, int],
    ) -> None:
        self._app = app
        self._hosts = {host.lower() for host in (*LOOPBACK, *hosts)}
        self._paths = {*_LIBRARY_PATHS, *paths}
        self._folders = (*_LIBRARY_FOLDERS, *folders)
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._refusal(scope)
        if refusal:
            await refusal(scope, receive, marked)
            return
        try:
            await self._app(scope, self._counted(scope, receive), marked)
        except _TooLarge:
            if started:
                raise
            await _too_large()(scope, receive, marked)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _name_of(host) not in self._hosts:
            return PlainTextResponse("This name is not served here; start kaoju with --allow-host NAME.", 400)
        if scope["method"] not in _SAFE_METHODS and not _is_own(headers, host):
            return PlainTextResponse("This request comes from another site.", 403)
        path = scope["path"]
        if ".." in path or (path not in self._paths and not path.startswith(self._folders)):
            return PlainTextResponse("There is nothing here.", 404)
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > self._limit(path):
            return _too_large()
        return None

    def _limit(self, path: str) -> int:
        return self._uploads.get(path, MAX_BODY)

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        limit = self._limit(scope["path"])
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _TooLarge
            return message

        return counted


def _too_large() -> PlainTextResponse:
    return PlainTextResponse("The request is too large.", 413)


def _name_of(host: str) -> str:
    """Return the name in a Host header: `reader.example:7860`, `[::1]:7860`."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_own(headers: Headers, host: str) -> bool:
    """Tell whether a request that may change something comes from a page of this server, or from no page at all."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == host.lower()
