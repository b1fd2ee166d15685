"""The library for other programs: chat completions as OpenAI's clients speak them, and an MCP server; read-only."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from rag.datatypes import Answer, Turn
from rag.errors import KaojuError, UsageError
from rag.library import Library
from rag.settings import Settings
from ui.commands.records import Record, answer_record
from ui.safety import LOOPBACK, MAX_BODY
from ui.tools import build_mcp

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MODEL = "kaoju"
_OWN_FIELDS = ("question", "refused", "reason", "status", "citations", "nearest")


class ApiError(Exception):
    """A request that cannot be served: an HTTP status, and a sentence that says what to do."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def check_open(host: str, token: str) -> None:
    """Refuse to listen where others reach us, without a token.

    Raises:
        UsageError: `host` is not a loopback name and there is no token.
    """
    if host not in LOOPBACK and not token:
        raise UsageError(f"the API would be open to everybody at {host}; set a token: KAOJU_API_TOKEN=…")


def serve_api(library: Library, settings: Settings) -> None:
    """Serve the API until interrupted."""
    import uvicorn

    app = build_api(library, token=settings.api_token, hosts=(settings.host, *settings.allow_hosts))
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", server_header=False)


def build_api(library: Library, *, token: str = "", hosts: Sequence[str] = ()) -> Starlette:
    """Return the API as an ASGI application: `/v1/chat/completions`, `/v1/models`, `/health`, and MCP under `/mcp`.

    `hosts` are names, beside the loopback ones, under which it may be asked; with a `token` every request but that for
    `/health` must bear it.
    """

    def health(_: Request) -> Response:
        with library.reader() as reader:
            return JSONResponse({"status": "ok", "passages": reader.count()})

    def models(_: Request) -> Response:
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
        return JSONResponse({"object": "list", "data": [model]})

    async def chat(request: Request) -> Response:
        return await _chat(library, request)

    mcp = build_mcp(library)
    tools = mcp.streamable_http_app(stateless_http=True, json_response=True, max_request_body_size=MAX_BODY)
    routes = [
        Route("/health", health),
        Route("/v1/models", models),
        Route("/v1/chat/completions", chat, methods=["POST"]),
        *tools.routes,
    ]
    middleware = [
        Middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, *hosts]),
        Middleware(_Bearer, token=token),
    ]
    return Starlette(
        routes=routes,
        middleware=middleware,
        exception_handlers={ApiError: _failed, KaojuError: _failed},
        lifespan=tools.router.lifespan_context,
    )


class _Bearer:
    """Middleware that lets through who bears the token; without a token, everybody."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode() if token else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope.get("headers", ())).get(b"authorization", b"")
        guarded = scope["type"] == "http" and scope["path"] != "/health" and self._expected
        if guarded and not secrets.compare_digest(given, self._expected):
            await _error(401, "invalid_api_key", "Give the token of this server as the API key.")(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _chat(library: Library, request: Request) -> Response:
    body = await _body(request)
    if body.get("model", MODEL) != MODEL:
        raise ApiError(404, "model_not_found", f"The one model here is {MODEL!r}.")
    question, history = _conversation(body.get("messages"))
    head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": MODEL}
    if body.get("stream"):
        return StreamingResponse(_events(library, question, history, head), media_type="text/event-stream")
    from starlette.concurrency import run_in_threadpool

    answer = await run_in_threadpool(library.ask, question, history)
    message = {"role": "assistant", "content": _said(answer)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    full = {**head, "object": "chat.completion", "choices": [choice], "usage": usage}
    return JSONResponse(full | _own_fields(library, answer))


async def _body(request: Request) -> Mapping[str, Any]:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise ApiError(415, "unsupported_media_type", "Send JSON, with Content-Type: application/json.")
    received = bytearray()
    async for part in request.stream():
        received += part
        if len(received) > MAX_BODY:
            raise ApiError(413, "request_too_large", f"A request has at most {MAX_BODY} bytes.")
    try:
        body = json.loads(received)
    except (ValueError, RecursionError):
        raise ApiError(400, "invalid_json", "The body is no JSON.") from None
    if not isinstance(body, dict):
        raise ApiError(400, "invalid_request", "The body is no JSON object.")
    return body


def _conversation(messages: object) -> tuple[str, list[Turn]]:
    """Return the question, which is the last message of a user, and the turns before it; system messages do nothing."""
    sent = messages if isinstance(messages, list) else []
    said = [(one.get("role"), _text(one.get("content"))) for one in sent if isinstance(one, dict)]
    spoken = [(role, text) for role, text in said if role in ("user", "assistant")]
    if not spoken or spoken[-1][0] != "user" or not spoken[-1][1].strip():
        raise ApiError(400, "invalid_request", "The last message must be the question of a user.")
    turns = [
        Turn(question, answer)
        for (asker, question), (answerer, answer) in itertools.pairwise(spoken)
        if (asker, answerer) == ("user", "assistant")
    ]
    return spoken[-1][1], turns


def _text(content: object) -> str:
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _events(library: Library, question: str, history: Sequence[Turn], head: Record) -> Iterator[str]:
    """Yield the server-sent events of an answer: only what is checked is sent, since nothing can be taken back."""
    sent = ""
    answer = Answer(question)
    yield _event(head, {"role": "assistant", "content": ""})
    try:
        for answer in library.stream(question, history):
            if answer.text.startswith(sent) and len(answer.text) > len(sent):
                yield _event(head, {"content": answer.text[len(sent) :]})
                sent = answer.text
    except KaojuError as error:
        yield f"data: {json.dumps({'error': {'message': str(error), 'type': 'server_error'}})}\n\n"
        return
    rest = _said(answer)
    if rest != sent:
        # What was sent has been checked and stays true; what stands in the end is added to it.
        yield _event(head, {"content": rest[len(sent) :] if rest.startswith(sent) else f"\n\n{rest}"})
    yield _event(head, {}, finish="stop", own=_own_fields(library, answer))
    yield "data: [DONE]\n\n"


def _event(head: Record, delta: Record, *, finish: str | None = None, own: Record | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    record = {**head, "object": "chat.completion.chunk", "choices": [choice], **(own or {})}
    return f"data: {json.dumps(record, ensure_ascii=False)}\n\n"


def _said(answer: Answer) -> str:
    return answer.text or answer.reason


def _own_fields(library: Library, answer: Answer) -> Record:
    """Return what the protocol has no place for: the citations, and how the answer came about."""
    with library.reader() as reader:
        record = answer_record(answer, reader)
    return {name: record[name] for name in _OWN_FIELDS} | {"notes": list(answer.notes)}


def _failed(_: Request, error: Exception) -> Response:
    if isinstance(error, ApiError):
        return _error(error.status, error.code, str(error))
    return _error(503, "unavailable", str(error))


def _error(status: int, code: str, message: str) -> JSONResponse:
    kind = "server_error" if status >= 500 else "invalid_request_error"
    return JSONResponse({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)
