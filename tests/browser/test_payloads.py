"""Hostile text in documents, file names and questions: shown as text, streamed and final, in every place of the page."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import Server, Visitor, build

PAYLOADS: list[str] = json.loads((Path(__file__).parents[1] / "data" / "payloads.json").read_text("utf-8"))
NAMES = (
    "a<img src=x onerror=alert(1)>.txt",
    "![x](https:evil.example).txt",
    "\u202etxt.exe.txt",
    '"><script>alert(1)<.txt',
)
# What a hostile text would have made: none of these is ever part of the page.
MADE = "script:not([src]), iframe, object, embed, video, audio, meta[http-equiv], link[href*=evil], form[action*=evil], img[src*=evil], [href*=evil], [onerror], [onload], .k-answer img, #k-pane img, .k-answer table, .k-answer h1"


def word(number: int) -> str:
    return "甲乙丙丁戊己庚辛壬癸"[number // 10] + "子丑寅卯辰巳午未申酉"[number % 10]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    documents = folder / "given"
    documents.mkdir()
    paragraphs = [
        f"第{number + 1}条 {word(number)}渡口的暗号是{payload}，由{word(number)}站保管。"
        for number, payload in enumerate(PAYLOADS)
    ]
    text = "苇塘渡口暗号管理办法<script>alert(1)</script>\n\n" + "\n".join(paragraphs) + "\n"
    (documents / "暗号.txt").write_text(text, "utf-8", errors="replace")
    for number, name in enumerate(NAMES):
        (documents / name).write_text(
            f"关于第{number}号灯塔<img src=x onerror=alert({number})>的通知\n\n第{number}号灯塔由镇里管理。\n", "utf-8"
        )
    running = Server(build(folder, documents))
    yield running
    running.stop()


@pytest.fixture
def guest(chromium: Any, hostile: Server) -> Iterator[Visitor]:
    one = Visitor(chromium, hostile.address)
    yield one
    one.context.close()
    assert one.strangers() == []
    assert [url for url in one.requests if "/gradio_api/file" in url or "proxy" in url] == []
    assert one.faults == []


def test_payloads_in_questions_and_documents_stay_text(guest: Visitor, count: Callable[[int, int, int], int]) -> None:
    page = guest.open()
    before = page.locator(MADE).count()
    numbers = random.sample(range(len(PAYLOADS)), count(12, len(PAYLOADS), len(PAYLOADS)))
    for position, number in enumerate(numbers):
        if position % 10 == 0 and position:
            page.click("#k-fresh")
            page.wait_for_selector(".k-welcome")
        answer = guest.ask(f"{word(number)}渡口的暗号是什么？{PAYLOADS[number]}")
        assert page.locator(MADE).count() == before, PAYLOADS[number]
        if answer.locator(".k-mark").count():
            answer.locator(".k-mark").first.click()
            page.wait_for_selector("#k-cards .k-now")
            assert page.locator(MADE).count() == before, PAYLOADS[number]
            page.keyboard.press("Escape")


def test_payloads_in_full_texts_and_file_names_stay_text(guest: Visitor) -> None:
    page = guest.open("/library")
    assert page.locator(MADE).count() == 0
    for link in [link.get_attribute("href") for link in page.locator(".k-row-title").all()]:
        page.goto(guest.address + link)
        assert page.locator(MADE).count() == 0
    page.goto(guest.address + '/library?text=<script>alert(1)</script>&place="><img src=x onerror=alert(1)>')
    assert page.locator(MADE).count() == 0
