"""A language model out of a script: an HTTP server on loopback that speaks chat completions and breaks on command.

    with ScriptedServer([Script(say("第一句。") + stop())]) as server:
        Generator(base_url=server.base_url, model="scripted")

A script is a status, headers and steps; a step is bytes to send, seconds to wait, `DROP`, or `Raw`. The n-th request gets the
n-th script, later ones the last. A script may be a function of the request, for replies that use the keys of its
evidence. `requests` keeps what was asked: the body under "body", headers (lower case) under "headers".
"""

from __future__ import annotations

import json
import re
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Request = dict[str, Any]
DROP = "drop"
_REASONS = {200: "OK", 307: "Temporary Redirect", 401: "Unauthorized", 429: "Too Many Requests", 500: "Server Error"}


@dataclass(frozen=True)
class Raw:
    """Bytes that are sent as they are, not as a chunk of the transfer."""

    data: bytes


Step = bytes | float | str | Raw


@dataclass(frozen=True)
class Script:
    """One reply. It is sent as chunks of a transfer, so that a connection that goes before the last one is a drop."""

    steps: Sequence[Step] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})


def event(data: object) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"data: {text}\n\n".encode()


def chunk(content: str | None, finish: str | None = None, **delta: object) -> bytes:
    choice = {"index": 0, "delta": {"content": content, **delta}, "finish_reason": finish}
    return event({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})


def say(text: str, size: int = 4) -> list[Step]:
    """Return the steps that say a text, `size` characters a chunk."""
    return [chunk(text[i : i + size]) for i in range(0, len(text), size)]


def stop(finish: str = "stop") -> list[Step]:
    return [chunk(None, finish), event("[DONE]")]


def keys_of(request: Request) -> list[str]:
    """Return the keys of the evidence that a request holds, in order."""
    return re.findall(r"^<(k[0-9a-f]{4}) ", request["body"]["messages"][-1]["content"], re.M)


def key_for(request: Request, words: str) -> str:
    """Return the key of the passage in which `words` stand."""
    content = request["body"]["messages"][-1]["content"]
    for key in keys_of(request):
        if words in content.split(f"<{key} ", 1)[1].split(f"</{key}>", 1)[0]:
            return key
    raise LookupError(words)


class ScriptedServer:
    """The server, as a context manager."""

    def __init__(self, scripts: Sequence[Script | Callable[[Request], Script]]) -> None:
        self.requests: list[Request] = []
        self.closed_by_client = threading.Event()
        self._scripts = list(scripts)
        self._over = threading.Event()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer._serve(self.rfile, self.connection)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                outer.closed_by_client.set()

        self._server = Server(("127.0.0.1", 0), Handler)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> ScriptedServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, rfile: Any, connection: socket.socket) -> None:
        request_line = rfile.readline().decode()
        if not request_line:
            return
        headers = {}
        while (line := rfile.readline().decode().strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = rfile.read(int(headers.get("content-length", 0)))
        method, path, _ = request_line.split(" ", 2)
        request = {"method": method, "path": path, "headers": headers, "body": json.loads(body) if body else None}
        self.requests.append(request)
        script = self._scripts[min(len(self.requests), len(self._scripts)) - 1]
        self._play(script if isinstance(script, Script) else script(request), connection)

    def _play(self, script: Script, connection: socket.socket) -> None:
        reason = _REASONS.get(script.status, "Other")
        head = [f"HTTP/1.1 {script.status} {reason}", "Connection: close", "Transfer-Encoding: chunked"]
        head += [f"{name}: {value}" for name, value in script.headers.items()]
        sent_head = False
        for step in script.steps:
            if step == DROP:
                # With lingering off the system sends a reset: what a crashed server or a cut line looks like.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
                return
            if isinstance(step, float):
                self._wait(step, connection)
                continue
            if not sent_head:
                connection.sendall("\r\n".join([*head, "", ""]).encode())
                sent_head = True
            assert not isinstance(step, str)
            connection.sendall(step.data if isinstance(step, Raw) else b"%x\r\n%b\r\n" % (len(step), step))
        if not sent_head:
            connection.sendall("\r\n".join([*head, "", ""]).encode())
        connection.sendall(b"0\r\n\r\n")

    def _wait(self, seconds: float, connection: socket.socket) -> None:
        """Wait, and take note when the client closes the connection meanwhile."""
        end = time.monotonic() + seconds
        connection.settimeout(0.02)
        while time.monotonic() < end and not self._over.is_set():
            try:
                if connection.recv(1) == b"":
                    self.closed_by_client.set()
                    raise ConnectionResetError
            except TimeoutError:
                continue
        connection.settimeout(None)
