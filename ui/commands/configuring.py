"""`encoders`, `models` and `users`: what works behind the answers, and who may read them."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace

from rag.errors import SettingsError, UsageError
from rag.settings import Settings
from ui.commands import Add, build_generator, opened
from ui.commands.printing import say, tell


def add_commands(add: Add) -> None:
    """Add `encoders`, `models` and `users`."""
    encoders = add(
        "encoders",
        "List the encoders that are known by name, or fetch one.",
        "kaoju encoders fetch BAAI/bge-small-zh-v1.5",
    )
    encoders.add_argument("action", nargs="?", choices=("list", "fetch"), default="list")
    encoders.add_argument("name", nargs="?", help="the encoder to fetch from the hub")
    encoders.set_defaults(run=_encoders)
    models = add("models", "Try the language model of the settings, and tell what is wrong.", "kaoju models")
    models.add_argument("--model", dest="llm_model", metavar="NAME", help="another model of the same endpoint")
    models.set_defaults(run=_models)
    users = add("users", "Add, list or remove those who may open the page.", "kaoju users add zhang --role keeper")
    users.add_argument("action", choices=("add", "list", "remove"))
    users.add_argument("name", nargs="?", help="the user's name")
    users.add_argument("--role", choices=("reader", "keeper"), default="reader", help="a keeper may change the library")
    users.set_defaults(run=_users)


def _encoders(args: Namespace, _: Settings) -> int:
    from embeddings.catalogue import fetch, list_encoders
    from embeddings.encoder import EncoderError

    if args.action == "fetch":
        try:
            say(f"{fetch(_named(args, 'encoders fetch'))}")
        except EncoderError as error:
            raise SettingsError(str(error)) from error
        return 0
    say("builtin\tin this package, used by default")
    for entry in list_encoders():
        say(f"{entry.name}\t{entry.dimension} dimensions, {entry.length} tokens, {entry.memory} MB, {entry.licence}")
    return 0


def _named(args: Namespace, command: str) -> str:
    if not args.name:
        raise UsageError(f"a name is missing; write kaoju {command} NAME")
    return str(args.name)


def _models(_: Namespace, settings: Settings) -> int:
    say(build_generator(settings).check())
    return 0


def _users(args: Namespace, settings: Settings) -> int:
    from ui.database import Database
    from ui.people import People

    with opened(settings):
        people = People(Database(settings.index))
    if args.action == "list":
        for user in people.all():
            say(f"{user.name}\t{user.role}")
    elif args.action == "remove":
        people.remove(_named(args, "users remove"))
    else:
        people.add(_named(args, "users add"), _password(), args.role)
        tell(f"{args.name} may now sign in as {args.role}")
    return 0


def _password() -> str:
    """Read a password: typed twice unseen at a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("password: ")
    if getpass.getpass("again: ") != password:
        raise UsageError("the two passwords differ; try again")
    return password
