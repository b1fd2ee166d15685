"""`serve`: the chat page."""

from __future__ import annotations

import socket
from argparse import Namespace

from rag.errors import KaojuError
from rag.settings import Settings
from ui.commands import Add, build_generator, opened
from ui.commands.printing import tell


def add_commands(add: Add) -> None:
    """Add `serve`."""
    serve = add("serve", "Serve the chat page.", "kaoju serve --port 8080")
    serve.add_argument("--host", help="address to listen on (127.0.0.1: this machine only)")
    serve.add_argument("--port", help="port to listen on (7860)")
    serve.add_argument(
        "--allow-host", dest="allow_hosts", action="append", metavar="NAME", help="a further name of this server"
    )
    serve.add_argument(
        "--originals",
        choices=("yes", "no"),
        help="let readers see and fetch the files themselves (on this machine only)",
    )
    serve.add_argument("--api", action="store_true", help="serve programs (chat completions, MCP) in place of the page")
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


def _serve(args: Namespace, settings: Settings) -> int:
    if args.api:
        return _serve_api(settings)
    check_port(settings.host, settings.port)
    from ui.app import serve

    serve(settings)
    return 0


def _serve_api(settings: Settings) -> int:
    from ui.api import check_open, serve_api

    check_open(settings.host, settings.api_token)
    check_port(settings.host, settings.port)
    generator = build_generator(settings) if settings.llm_base_url else None
    with opened(settings, generator) as library:
        tell(f"http://{settings.host}:{settings.port}/v1")
        serve_api(library, settings)
    return 0
