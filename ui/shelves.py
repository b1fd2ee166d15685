"""Where conversations are kept: on the server for someone who signed in, in the browser for everyone else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Protocol

from ui.conversations import Conversation, dump, revive
from ui.database import Database

_MAX_KEPT = 40  # conversations in a browser
_MAX_CHARS = 600_000  # of them all, so that sending them up stays below the limit of a request


class Shelf(Protocol):
    """Conversations of one reader, the latest first."""

    def all(self) -> list[Conversation]:
        """Return every conversation, the one changed last first."""
        ...

    def put(self, conversation: Conversation) -> None:
        """Keep a conversation; one without exchanges is not kept."""
        ...

    def remove(self, identity: str) -> None:
        """Forget a conversation."""
        ...

    def dump(self) -> str:
        """Return what the browser has to keep for this shelf."""
        ...


class BrowserShelf:
    """Conversations that came with the request and go back with the reply."""

    def __init__(self, text: object) -> None:
        try:
            bodies = json.loads(text) if isinstance(text, str) and text else []
        except (ValueError, RecursionError):
            bodies = []
        found = [revive(body) for body in bodies] if isinstance(bodies, list) else []
        self._kept = {one.id: one for one in found if one.exchanges}

    def all(self) -> list[Conversation]:
        """Return every conversation, the one changed last first."""
        return sorted(self._kept.values(), key=lambda one: (one.changed, one.id), reverse=True)

    def put(self, conversation: Conversation) -> None:
        """Keep a conversation; one without exchanges is not kept."""
        if conversation.exchanges:
            self._kept[conversation.id] = conversation

    def remove(self, identity: str) -> None:
        """Forget a conversation."""
        self._kept.pop(identity, None)

    def dump(self) -> str:
        """Return the latest conversations as JSON, as many as a browser is asked to keep."""
        bodies: list[str] = []
        for conversation in self.all()[:_MAX_KEPT]:
            bodies.append(dump(conversation))
            if sum(map(len, bodies)) > _MAX_CHARS:
                bodies.pop()
                break
        return json.dumps(bodies, ensure_ascii=False)


class ServerShelf:
    """Conversations of a user, in the database."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    def all(self) -> list[Conversation]:
        """Return every conversation, the one changed last first."""
        with self._database.open() as database:
            rows = database.execute(
                "SELECT body FROM conversations WHERE owner = ? ORDER BY changed DESC, id DESC", (self._owner,)
            ).fetchall()
        return [revive(body) for (body,) in rows]

    def put(self, conversation: Conversation) -> None:
        """Keep a conversation; one without exchanges is not kept."""
        if not conversation.exchanges:
            return
        row = (self._owner, conversation.id, conversation.changed, dump(conversation))
        with self._database.open() as database:
            database.execute("INSERT OR REPLACE INTO conversations VALUES (?, ?, ?, ?)", row)

    def remove(self, identity: str) -> None:
        """Forget a conversation."""
        with self._database.open() as database:
            database.execute("DELETE FROM conversations WHERE owner = ? AND id = ?", (self._owner, identity))

    def dump(self) -> str:
        """Return nothing: the browser keeps nothing for a user of the server."""
        return "[]"


def find(shelf: Shelf, identity: str) -> Conversation:
    """Return a conversation of the shelf, or a new one when it holds none of that identity."""
    return next((one for one in shelf.all() if one.id == identity), None) or Conversation.begin()


def rename(conversation: Conversation, title: str) -> Conversation:
    """Return the conversation under another title; an empty one changes nothing."""
    return replace(conversation, title=title.strip()[:60] or conversation.title)


def listed(shelf: Shelf, current: Conversation, wanted: str = "") -> list[tuple[str, str]]:
    """Return the conversations as `(title, identity)`, the current one among them, those that hold `wanted`."""
    rest = [one for one in shelf.all() if one.id != current.id]
    known = [current, *rest] if current.exchanges else rest
    return [(one.title, one.id) for one in known if not wanted.strip() or wanted.strip() in dump(one)]
