"""The gate: who may ask, for what, with how much, and what every reply says to the browser."""

import asyncio
from collections.abc import Mapping

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from ui.safety import MAX_BODY, Gate


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the whole body and say how long it was."""
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await PlainTextResponse(f"read {length}")(scope, receive, send)


GATE = Gate(
    echo, hosts=("reader.example",), paths=("/",), folders=("/source/",), uploads={"/library/upload": 10 * MAX_BODY}
)


def ask(
    path: str = "/", method: str = "GET", headers: Mapping[str, str] | None = None, chunks: tuple[bytes, ...] = ()
) -> tuple[int, dict[str, str], str]:
    """Send one request through the gate; the reply is `(status, headers, text)`."""
    sent: list[Message] = []
    incoming = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    incoming.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    given = {"host": "127.0.0.1:7860", **(headers or {})}
    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"", "http_version": "1.1",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in given.items()],
    }  # fmt: skip
    asyncio.run(GATE(scope, receive, send))
    reply = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], reply, b"".join(message.get("body", b"") for message in sent[1:]).decode()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200),
        ("localhost", 200),
        ("[::1]:7860", 200),
        ("Reader.Example:80", 200),
        ("rebind.evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("evil.example#127.0.0.1", 400),
        ("evil.example@127.0.0.1.evil", 400),
        ("", 400),
        ("[", 400),
        ("0.0.0.0", 400),
    ],
)
def test_only_known_hosts_are_served(host: str, status: int) -> None:
    assert ask(headers={"host": host})[0] == status


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=https://secret.evil.example/p.png",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/https://secret.evil.example/p.png",
        "/gradio_api/proxy=https://secret.evil.example/p.png",
        "/proxy=https://secret.evil.example/p.png",
        "/file=/etc/passwd",
        "/gradio_api/upload",
        "/gradio_api/upload_progress",
        "/gradio_api/component_server",
        "/gradio_api/component_server/",
        "/gradio_api/stream/x",
        "/gradio_api/runs",
        "/gradio_api/mcp/",
        "/gradio_api/deep_link",
        "/gradio_api/vibe-edit/",
        "/gradio_api/call/ask",
        "/gradio_api/run/ask",
        "/monitoring",
        "/monitoring/summary",
        "/openapi.json",
        "/docs",
        "/login",
        "/logout",
        "/svelte/x",
        "/dev/reload",
        "/GRADIO_API/file=/etc/passwd",
        "//gradio_api/file=/etc/passwd",
        "/.env",
        "/assets/../gradio_api/file=/etc/passwd",
    ],
)
def test_what_the_page_does_not_need_does_not_exist(path: str) -> None:
    assert ask(path)[0] == 404


@pytest.mark.parametrize("path", ["/", "/config", "/assets/index.js", "/gradio_api/queue/join", "/source/17c8aaaa"])
def test_what_the_page_needs_is_served(path: str) -> None:
    assert ask(path)[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:7860"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:7860"}, 200),
    ],
)
def test_only_pages_of_this_server_may_change_anything(headers: dict[str, str], status: int) -> None:
    assert ask("/gradio_api/queue/join", "POST", headers)[0] == status


@pytest.mark.parametrize(
    ("headers", "chunks", "status"),
    [
        ({"content-length": str(MAX_BODY)}, (), 200),
        ({"content-length": str(MAX_BODY + 1)}, (), 413),
        ({"content-length": "-1"}, (), 413),
        ({"content-length": "x"}, (), 413),
        ({}, (b"x" * (MAX_BODY // 2),) * 2, 200),
        ({}, (b"x" * (MAX_BODY // 2),) * 3, 413),
        ({"content-length": "1"}, (b"x" * (MAX_BODY + 1),), 413),
    ],
)
def test_a_body_is_bounded_by_what_it_says_and_by_what_it_is(
    headers: dict[str, str], chunks: tuple[bytes, ...], status: int
) -> None:
    assert ask("/gradio_api/queue/join", "POST", headers, chunks)[0] == status


@pytest.mark.parametrize(("path", "host"), [("/", "127.0.0.1"), ("/monitoring", "127.0.0.1"), ("/", "evil.example")])
def test_every_reply_keeps_the_page_at_home(path: str, host: str) -> None:
    _, headers, _ = ask(path, headers={"host": host})
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["form-action"] == "'self'"
    assert {policy[name] for name in ("object-src", "frame-src", "media-src")} == {"'none'"}
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_a_websocket_gets_nothing() -> None:
    async def never() -> Message:
        raise AssertionError("nothing is read")

    async def nowhere(message: Message) -> None:
        raise AssertionError("nothing is said")

    asyncio.run(GATE({"type": "websocket", "path": "/", "headers": []}, never, nowhere))
