"""A page with users: nobody reads without signing in, readers change nothing, conversations follow their owner."""

import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import Server, Visitor
from ui.database import Database
from ui.people import People

PASSWORD = "渡口七座救生点请记住"


@pytest.fixture(scope="module")
def walled(tmp_path_factory: pytest.TempPathFactory, examples_index: Path) -> Iterator[Server]:
    index = tmp_path_factory.mktemp("walled") / "index"
    shutil.copytree(examples_index, index, ignore=shutil.ignore_patterns("conversations*"))
    people = People(Database(index))
    people.add("reader", PASSWORD, "reader")
    people.add("keeper", PASSWORD, "keeper")
    running = Server(index)
    yield running
    running.stop()


def enter(visitor: Visitor, name: str, password: str = PASSWORD) -> None:
    visitor.page.goto(visitor.address)
    visitor.page.fill("[name=name]", name)
    visitor.page.fill("[name=password]", password)
    visitor.page.click("main button")


def test_a_wrong_password_is_said_and_a_right_one_opens_the_page(chromium: Any, walled: Server) -> None:
    visitor = Visitor(chromium, walled.address)
    enter(visitor, "reader", "错的密码错的密码错的")
    assert "不对" in visitor.page.inner_text("[role=alert]")
    enter(visitor, "reader")
    visitor.page.wait_for_selector(".k-welcome")
    assert visitor.page.request.post(walled.address + "/library/rebuild").status == 403
    assert visitor.open("/library").locator("form[action='/library/remove']").count() == 0
    visitor.context.close()


@pytest.mark.parametrize(
    "path", ["/config", "/source/x", "/gradio_api/queue/join", "/gradio_api/info", "/library", "/export/x"]
)
def test_nothing_is_served_to_who_has_not_signed_in(walled: Server, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(walled.address + path)
    assert refused.value.code == 401


def test_a_conversation_follows_its_owner_to_another_browser_and_nobody_else(chromium: Any, walled: Server) -> None:
    first, second, other = (Visitor(chromium, walled.address) for _ in range(3))
    enter(first, "keeper")
    first.page.wait_for_selector(".k-welcome")
    first.ask("青砚县的护林员一共多少名")
    first.page.click("#k-shelf > button")
    first.page.locator("#k-shelf-list").get_by_text("护林员").wait_for()
    for visitor, name, count in ((second, "keeper", 1), (other, "reader", 0)):
        enter(visitor, name)
        visitor.page.wait_for_selector(".k-welcome")
        visitor.page.click("#k-shelf > button")
        visitor.page.wait_for_timeout(800)
        assert visitor.page.locator("#k-shelf-list label").count() == count
    for visitor in (first, second, other):
        visitor.context.close()
