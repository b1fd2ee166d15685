"""The `kaoju` command: options in, an exit code out.

0 done; 1 failed; 2 wrong usage; 3 done, but a file was set aside, an older snapshot was served, or the question was
refused. Results go to standard output, everything else to standard error. Heavy libraries are imported by the
subcommand that needs them.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from rag.errors import KaojuError
from rag.settings import Settings, load_settings
from ui.commands import asking, configuring, evaluating, indexing, inspecting, keeping, serving

_ROOMS = (indexing, keeping, asking, inspecting, evaluating, serving, configuring)
_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command; each subcommand sets `run`, a function of arguments and settings."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--version", action="version", version=f"kaoju {version('kaoju')}")
    parser = argparse.ArgumentParser(
        prog="kaoju",
        description="Ask Chinese official documents; every sentence of an answer is proved by a quotation.",
        epilog="example: kaoju index documents/ && kaoju ask 各单位什么时候报送方案",
        parents=[shared],
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    shared.add_argument("--index", metavar="DIR", help="folder of the index (else KAOJU_INDEX, else kaoju-index)")

    def add(name: str, text: str, example: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, epilog=f"example: {example}", parents=[shared])

    for room in _ROOMS:
        room.add_commands(add)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    args = build_parser().parse_args(argv)
    options = {field.name: getattr(args, field.name, None) for field in dataclasses.fields(Settings)}
    try:
        code: int = args.run(args, load_settings(options, os.environ))
        sys.stdout.flush()
    except KaojuError as error:
        print(f"kaoju: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader (`| head`) has gone; without this Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"kaoju: {error.filename or 'a file'} cannot be used: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code
