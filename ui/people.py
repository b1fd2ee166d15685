"""Who may read and who may keep the library: users, sign-in, sessions, lock-out.

Without any user there is no sign-in: then everyone reads, and who sits at this machine keeps.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Literal, get_args

from rag.errors import UsageError
from ui.database import Database
from ui.strings import Strings

Role = Literal["reader", "keeper"]
COOKIE = "kaoju_session"
SESSION_SECONDS = 7 * 24 * 3600
_MIN_PASSWORD = 10  # characters
_MAX_PASSWORD = 1000
_TRIES = 5  # wrong passwords, for a name or from an address, before both have to wait
_WAIT_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class User:
    """Someone who signed in."""

    name: str
    role: Role

    @property
    def keeps(self) -> bool:
        """Tell whether this user may change the library."""
        return self.role == "keeper"


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, in which language, and whether they may change the library."""

    words: Strings
    user: User | None
    keeps: bool


class LockedOut(Exception):
    """Too many wrong passwords; try again later."""


class People:
    """The users of a page."""

    def __init__(self, database: Database) -> None:
        from argon2 import PasswordHasher

        self._database = database
        self._hasher = PasswordHasher()
        self._decoy = self._hasher.hash(secrets.token_urlsafe())  # an unknown name must take as long as a known one

    def any(self) -> bool:
        """Tell whether there is a user, so that one has to sign in."""
        with self._database.open() as database:
            return database.execute("SELECT 1 FROM users LIMIT 1").fetchone() is not None

    def all(self) -> list[User]:
        """Return every user, by name."""
        with self._database.open() as database:
            return [User(name, role) for name, role in database.execute("SELECT name, role FROM users ORDER BY name")]

    def add(self, name: str, password: str, role: str = "reader") -> None:
        """Add a user, or give one a new password and role; sessions of that user end.

        Raises:
            UsageError: the name, the role or the password cannot be used.
        """
        if not name.strip() or len(name) > 60:
            raise UsageError(f"{name!r} is no name for a user; give one of 1 to 60 characters")
        if role not in get_args(Role):
            raise UsageError(f"{role!r} is no role; choose {' or '.join(get_args(Role))}")
        if not _MIN_PASSWORD <= len(password) <= _MAX_PASSWORD:
            raise UsageError(f"the password is too short or too long; give {_MIN_PASSWORD} characters or more")
        secret = self._hasher.hash(password)
        with self._database.open() as database:
            database.execute("INSERT OR REPLACE INTO users VALUES (?, ?, ?)", (name.strip(), role, secret))
            database.execute("DELETE FROM sessions WHERE name = ?", (name.strip(),))

    def remove(self, name: str) -> None:
        """Remove a user, the sessions and the conversations of that user.

        Raises:
            UsageError: there is no such user.
        """
        with self._database.open() as database:
            if not database.execute("DELETE FROM users WHERE name = ?", (name,)).rowcount:
                raise UsageError(f"there is no user {name!r}; `kaoju users list` prints them")
            database.execute("DELETE FROM sessions WHERE name = ?", (name,))
            database.execute("DELETE FROM conversations WHERE owner = ?", (name,))

    def sign_in(self, name: str, password: str, address: str) -> str | None:
        """Return the token of a new session, or None when name and password do not belong together.

        Raises:
            LockedOut: there were too many wrong passwords for this name or from this address.
        """
        now = time.time()
        tried = (f"name {name}", f"address {address}")
        with self._database.open() as database:
            database.execute("DELETE FROM failures WHERE at < ?", (now - _WAIT_SECONDS,))
            for who in tried:
                if database.execute("SELECT count(*) FROM failures WHERE who = ?", (who,)).fetchone()[0] >= _TRIES:
                    raise LockedOut
            found = database.execute("SELECT secret FROM users WHERE name = ?", (name,)).fetchone()
        if not self._fits(found[0] if found else self._decoy, password) or not found:
            with self._database.open() as database:
                database.executemany("INSERT INTO failures VALUES (?, ?)", [(who, now) for who in tried])
            return None
        token = secrets.token_urlsafe(32)
        with self._database.open() as database:
            database.execute("DELETE FROM failures WHERE who = ?", (tried[0],))
            database.execute("DELETE FROM sessions WHERE ends < ?", (now,))
            database.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_hash(token), name, now + SESSION_SECONDS))
        return token

    def _fits(self, secret: str, password: str) -> bool:
        from argon2.exceptions import VerificationError

        try:
            return self._hasher.verify(secret, password[:_MAX_PASSWORD])
        except VerificationError:
            return False

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._database.open() as database:
            database.execute("DELETE FROM sessions WHERE token = ?", (_hash(token),))

    def user(self, token: str | None) -> User | None:
        """Return whose session this is, if it is one and has not ended."""
        if not token:
            return None
        with self._database.open() as database:
            row = database.execute(
                "SELECT users.name, role FROM sessions JOIN users USING (name) WHERE token = ? AND ends > ?",
                (_hash(token), time.time()),
            ).fetchone()
        return User(*row) if row else None


def _hash(token: str) -> str:
    """Return what is kept of a token: whoever reads the database cannot take over a session."""
    return hashlib.sha256(token.encode()).hexdigest()
