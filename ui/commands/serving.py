"""`serve`: the chat page."""

from __future__ import annotations

import socket
from argparse import Namespace

from rag.errors import KaojuError
from rag.settings import Settings
from ui.commands import Add


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
    from ui.app import serve

    serve(settings)
    return 0
