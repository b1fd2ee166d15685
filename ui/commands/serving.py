"""`serve`: the chat page."""

from __future__ import annotations

import json
import socket
from argparse import Namespace

from rag.errors import KaojuError
from rag.examples import DOCUMENTS, QUESTIONS
from rag.settings import Settings
from ui.commands import Add, opened
from ui.commands.printing import tell

_KINDS = ("list", "number", "section", "compare")


def add_commands(add: Add) -> None:
    """Add `serve`."""
    serve = add("serve", "Serve the chat page.", "kaoju serve --port 8080")
    serve.add_argument("--host", help="address to listen on (127.0.0.1: this machine only)")
    serve.add_argument("--port", help="port to listen on (7860)")
    serve.add_argument(
        "--allow-host", dest="allow_hosts", action="append", metavar="NAME", help="a further name of this server"
    )
    serve.set_defaults(run=_serve)


def check_port(host: str, port: int) -> None:
    """Raise a KaojuError when nobody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            remedy = f"choose another: kaoju serve --port {port % 65535 + 1}"
            raise KaojuError(f"{host}:{port} cannot be listened on ({error.strerror}); {remedy}") from error


def _serve(_: Namespace, settings: Settings) -> int:
    check_port(settings.host, settings.port)
    with opened(settings) as library:
        from ui.app import serve

        name = f"[{settings.host}]" if ":" in settings.host else settings.host
        tell(f"Kaoju listens on http://{name}:{settings.port} (end with Ctrl-C)")
        serve(
            library,
            host=settings.host,
            port=settings.port,
            allow_hosts=settings.allow_hosts,
            examples=_examples(library.info().roots),
        )
    return 0


def _examples(roots: tuple[str, ...]) -> list[str]:
    """Return questions to start with where the bundled documents are served: one of each kind that shows something."""
    if roots != (str(DOCUMENTS.resolve()),):
        return []
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return [next(row["question"] for row in rows if row["type"] == kind) for kind in _KINDS]
