"""Who may come in, and for how long; who is kept out, and for how long."""

import time
from pathlib import Path

import pytest

from rag.errors import UsageError
from ui.conversations import Conversation, Exchange
from ui.database import Database
from ui.people import LockedOut, People, User
from ui.shelves import BrowserShelf, ServerShelf, Shelf, find, listed

PASSWORD = "渡口七座救生点请记住"


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(Database(tmp_path))


def test_without_users_nobody_has_to_sign_in(people: People) -> None:
    assert not people.any()
    people.add("苇", PASSWORD)
    assert people.any()
    people.remove("苇")
    assert not people.any()


def test_a_session_is_its_users_until_it_ends(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.add("苇", PASSWORD, "keeper")
    token = people.sign_in("苇", PASSWORD, "127.0.0.1")
    assert people.user(token) == User("苇", "keeper")
    assert people.user(token + "x") is None
    assert people.user(None) is None
    later = time.time() + 8 * 24 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    assert people.user(token) is None


def test_signing_out_and_a_new_password_end_sessions(people: People) -> None:
    people.add("苇", PASSWORD)
    first, second = (people.sign_in("苇", PASSWORD, "127.0.0.1") for _ in range(2))
    people.sign_out(first or "")
    assert people.user(first) is None
    assert people.user(second) is not None
    people.add("苇", PASSWORD + "新")
    assert people.user(second) is None


def test_five_wrong_passwords_lock_the_name_and_the_address_for_a_quarter_of_an_hour(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.add("苇", PASSWORD)
    people.add("芦", PASSWORD)
    for _ in range(5):
        assert people.sign_in("苇", "错的密码错的密码", "10.0.0.1") is None
    with pytest.raises(LockedOut):
        people.sign_in("苇", PASSWORD, "10.0.0.2")
    with pytest.raises(LockedOut):
        people.sign_in("芦", PASSWORD, "10.0.0.1")
    assert people.sign_in("芦", PASSWORD, "10.0.0.2")
    later = time.time() + 16 * 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert people.sign_in("苇", PASSWORD, "10.0.0.1")


def test_an_unknown_name_is_refused_like_a_wrong_password(people: People) -> None:
    people.add("苇", PASSWORD)
    assert people.sign_in("没有", PASSWORD, "127.0.0.1") is None


@pytest.mark.parametrize(
    ("name", "password", "role"),
    [("", PASSWORD, "reader"), ("苇", "短", "reader"), ("苇", PASSWORD, "king"), ("苇" * 61, PASSWORD, "reader")],
)
def test_what_cannot_be_a_user_is_said(people: People, name: str, password: str, role: str) -> None:
    with pytest.raises(UsageError):
        people.add(name, password, role)


def test_no_password_and_no_token_lies_in_the_file(people: People, tmp_path: Path) -> None:
    people.add("苇", PASSWORD)
    token = people.sign_in("苇", PASSWORD, "127.0.0.1")
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert PASSWORD.encode() not in content
    assert (token or "").encode() not in content
    assert (tmp_path / "conversations.sqlite").stat().st_mode & 0o077 == 0


def make(identity: str, changed: str) -> Conversation:
    return Conversation(identity, f"题{identity}", changed, (Exchange(f"问{identity}", state="done"),))


@pytest.mark.parametrize("kind", ["browser", "server"])
def test_a_shelf_keeps_the_latest_first_and_nothing_empty(kind: str, tmp_path: Path) -> None:
    shelf: Shelf = BrowserShelf("[]") if kind == "browser" else ServerShelf(Database(tmp_path), "苇")
    for conversation in (make("a", "2024-01-01"), make("b", "2024-01-03"), make("c", "2024-01-02"), Conversation("d")):
        shelf.put(conversation)
    assert [one.id for one in shelf.all()] == ["b", "c", "a"]
    shelf.remove("c")
    assert listed(shelf, make("e", "2024-01-04")) == [("题e", "e"), ("题b", "b"), ("题a", "a")]
    assert listed(shelf, Conversation("x"), "问a") == [("题a", "a")]
    assert find(shelf, "b") == make("b", "2024-01-03")
    assert find(shelf, "nothing").exchanges == ()


def test_readers_of_a_server_do_not_see_each_other(tmp_path: Path) -> None:
    database = Database(tmp_path)
    ServerShelf(database, "苇").put(make("a", "2024-01-01"))
    other = ServerShelf(database, "芦")
    other.remove("a")
    assert other.all() == []
    assert [one.id for one in ServerShelf(database, "苇").all()] == ["a"]


def test_a_browser_is_asked_to_keep_so_much_and_no_more() -> None:
    shelf = BrowserShelf("not json")
    for number in range(60):
        long = Exchange("问" * 19_000, state="done")
        shelf.put(Conversation(f"{number:03}", "题", f"2024-01-01T00:00:{number:02}", (long,)))
    kept = BrowserShelf(shelf.dump())
    assert len(shelf.dump()) <= 700_000
    assert kept.all()[0].id == "059"
    assert len(kept.all()) < 40
