"""Conversations kept, exported and interrupted; the server going away and coming back."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.browser import Server, Visitor

QUESTION = "二级保护的古树一年补助多少?"
OTHER = "青砚县的护林员一共多少名"


@pytest.fixture
def restarted(examples_index: Path) -> Iterator[Server]:
    running = Server(examples_index)
    yield running
    running.stop()


def test_a_conversation_outlives_a_reload_and_a_restart_of_the_server(chromium, restarted: Server) -> None:
    visitor = Visitor(chromium, restarted.address)
    page = visitor.open()
    said = visitor.ask(QUESTION).locator(".k-text").inner_text()
    page.wait_for_timeout(400)
    restarted.stop()
    restarted.start()
    page.goto(visitor.address)
    page.wait_for_selector("#answer-1 .k-status")
    assert page.inner_text("#answer-1 .k-text") == said
    assert "276" in visitor.ask(OTHER).inner_text()
    visitor.context.close()


def test_conversations_are_listed_opened_renamed_searched_and_deleted(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.ask(QUESTION)
    page.wait_for_timeout(400)
    page.click("#k-fresh")
    page.wait_for_selector(".k-welcome")
    visitor.ask(OTHER)
    page.click("#k-shelf > button")
    titles = page.locator("#k-shelf-list label")
    titles.nth(1).wait_for()
    assert titles.all_inner_texts() == [OTHER, QUESTION]
    titles.nth(1).click()
    page.get_by_text("一千二百元").first.wait_for()
    page.fill("#k-shelf-title textarea, #k-shelf-title input", "古树补助")
    page.click("#k-shelf-rename")
    page.locator("#k-shelf-list").get_by_text("古树补助").wait_for()
    page.fill("#k-shelf-search textarea, #k-shelf-search input", "护林员")
    page.locator("#k-shelf-list").get_by_text("古树补助").wait_for(state="detached")
    assert titles.all_inner_texts() == [OTHER]
    page.fill("#k-shelf-search textarea, #k-shelf-search input", "")
    page.locator("#k-shelf-list").get_by_text("古树补助").wait_for()
    page.click("#k-shelf-delete")
    page.locator("#k-shelf-list").get_by_text("古树补助").wait_for(state="detached")
    page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector("#k-shelf > button")
    page.click("#k-shelf > button")
    titles.first.wait_for()
    assert titles.all_inner_texts() == [OTHER]


def test_a_conversation_is_exported_with_numbered_footnotes(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.open()
    visitor.ask(QUESTION)
    page.wait_for_timeout(400)
    page.click("#k-shelf > button")
    page.click("#k-shelf-export")
    found = []
    for number in range(2):
        with page.expect_download() as download:
            page.click(f"#k-files a >> nth={number}")
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        found.append(path)
    text = found[0].read_text("utf-8")
    assert re.search(r"\[\^1\]", text)
    assert re.search(r"^\[\^1\]: 《临渌市古树名木保护办法》", text, re.M)
    with zipfile.ZipFile(io.BytesIO(found[1].read_bytes())) as archive:
        notes = "".join(ET.fromstring(archive.read("word/footnotes.xml")).itertext())
    assert "《临渌市古树名木保护办法》" in notes
    assert "一千二百元" in notes


def test_the_exported_files_come_into_sight_on_a_phone(chromium, server: Server) -> None:
    visitor = Visitor(chromium, server.address, viewport={"width": 360, "height": 640})
    page = visitor.open()
    visitor.ask(QUESTION)
    page.wait_for_timeout(400)
    page.click("#k-shelf > button")
    page.click("#k-shelf-export")
    page.wait_for_selector("#k-files a")
    shelf = "document.querySelector('#k-shelf').getBoundingClientRect().bottom"
    visitor.until(f"document.querySelector('#k-files a:last-of-type').getBoundingClientRect().bottom <= {shelf} + 1")
    visitor.context.close()


def test_two_readers_see_nothing_of_each_other(chromium, server: Server) -> None:
    first, second = Visitor(chromium, server.address), Visitor(chromium, server.address)
    first.open()
    first.ask("柳汀街道要清理多少個樓道?")
    second.open()
    assert second.page.locator(".k-answer").count() == 0
    second.page.click("#k-shelf > button")
    assert second.page.locator("#k-shelf-list label").count() == 0
    first.context.close()
    second.context.close()


def test_an_old_answer_shows_its_quotation_when_the_source_has_changed(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.ask(QUESTION)
    page.route(
        "**/cards",
        lambda route: route.continue_(
            post_data=re.sub(r'"doc_id":"[0-9a-f]+"', '"doc_id":"0000000000000000"', route.request.post_data)
        ),
    )
    page.click(".k-mark >> nth=0")
    page.wait_for_selector("#k-cards .k-failure")
    assert "原文已更新" in page.inner_text("#k-cards .k-failure")
    assert "一千二百元" in page.inner_text("#k-cards mark")
