"""A language model that writes: its draft is being checked, it can be stopped, left in the middle, and switched off."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import Server, Visitor
from tests.support.scripted import Request, Script, ScriptedServer, key_for, say, stop

QUESTION = "二级保护的古树一年补助多少?"
TRUE = "二级保护的古树名木,每株每年养护补助不低于1200元"
INVENTED = "补助由火星基地发放"
LONG = 60.0  # seconds of silence in mid-answer: nobody waits for its end


@dataclass
class Writer:
    """The model, and how long it is silent in the middle of its second sentence."""

    model: ScriptedServer
    silence: float = 0.0


def write(request: Request, silence: float) -> Script:
    key = key_for(request, "不低于一千二百元")
    end = say(f"{INVENTED[4:]}[{key}]。")
    return Script([*say(f"{TRUE}[{key}]。"), 1.0, *say(INVENTED[:4]), silence, *end, *stop()])


@pytest.fixture(scope="module")
def writer() -> Iterator[Writer]:
    with ScriptedServer([lambda request: write(request, found.silence)]) as model:
        found = Writer(model)
        yield found


@pytest.fixture(scope="module")
def fluent(tmp_path_factory: pytest.TempPathFactory, examples_index: Path, writer: Writer) -> Iterator[Server]:
    index = tmp_path_factory.mktemp("fluent") / "index"
    shutil.copytree(examples_index, index, ignore=shutil.ignore_patterns("conversations*"))
    running = Server(index, KAOJU_LLM_BASE_URL=writer.model.base_url, KAOJU_LLM_MODEL="scripted")
    yield running
    running.stop()


@pytest.fixture
def guest(chromium: Any, fluent: Server) -> Iterator[Visitor]:
    one = Visitor(chromium, fluent.address)
    yield one
    one.context.close()
    assert one.strangers() == []
    assert one.faults == []


def test_what_is_written_is_being_checked_and_folded_when_nothing_carries_it(guest: Visitor, writer: Writer) -> None:
    writer.silence = 3.0
    guest.open()
    answer = guest.begin(QUESTION)
    answer.locator(".k-draft", has_text=INVENTED[:4]).wait_for()
    assert "核对中" in answer.locator(".k-draft").inner_text()
    answer.locator(".k-status").wait_for()
    assert "部分未核实" in answer.locator(".k-status").inner_text()
    assert TRUE in answer.locator(".k-text").inner_text()
    assert INVENTED not in answer.locator(".k-text").inner_text()
    assert answer.locator(".k-mark").count() == 1
    assert answer.locator(".k-doubt").is_hidden()
    answer.locator(".k-folded summary").click()
    assert INVENTED in answer.locator(".k-doubt").inner_text()


def test_an_answer_is_stopped_and_the_model_is_let_go(guest: Visitor, writer: Writer) -> None:
    writer.silence = LONG
    writer.model.closed_by_client.clear()
    page = guest.open()
    answer = guest.begin(QUESTION)
    answer.locator(".k-draft", has_text=INVENTED[:4]).wait_for()
    page.click("#k-stop")
    page.wait_for_selector("#answer-1.k-stopped")
    assert "回答被中断" in answer.inner_text()
    assert writer.model.closed_by_client.wait(10)
    writer.silence = 0.0
    page.click("#k-retry")
    page.wait_for_selector("#answer-1.k-done")
    assert page.locator(".k-answer").count() == 1


def test_a_reload_in_mid_answer_leaves_it_interrupted_and_the_page_in_order(guest: Visitor, writer: Writer) -> None:
    writer.silence = LONG
    page = guest.open()
    guest.begin(QUESTION).locator(".k-draft", has_text=INVENTED[:4]).wait_for()
    page.reload()
    page.wait_for_selector("#answer-1.k-stopped")
    guest.faults.clear()  # the browser says that a stream broke off
    assert "回答被中断" in page.inner_text("#answer-1")
    assert page.inner_text(".k-question") == QUESTION
    writer.silence = 0.0
    assert TRUE in guest.ask(QUESTION).inner_text()


def test_the_model_can_be_switched_off(guest: Visitor, writer: Writer) -> None:
    page = guest.open()
    page.uncheck("#k-fluent input")
    asked = len(writer.model.requests)
    assert "一千二百元" in guest.ask(QUESTION).locator(".k-text").inner_text()
    assert len(writer.model.requests) == asked


def test_without_a_model_there_is_no_switch(visitor: Visitor) -> None:
    assert visitor.open().locator("#k-fluent").count() == 0
