"""Readable for everyone: no serious finding of axe-core, and text at twice its size."""

from typing import Any

import pytest

from tests.support.browser import Server, Visitor

QUESTION = "二级保护的古树一年补助多少?"
GRAVE = ("serious", "critical")


def findings(page: Any) -> list[str]:
    """Return each serious finding with the places where it was made."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page.wait_for_timeout(1200)  # marks flash for a second, in colours of their own
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {' | '.join(node['html'][:200] for node in one['nodes'][:4])}"
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium: Any, server: Server, scheme: str) -> None:
    visitor = Visitor(chromium, server.address, color_scheme=scheme)
    page = visitor.open()
    found = {"welcome": findings(page)}
    visitor.ask(QUESTION)
    page.click(".k-mark >> nth=0")
    page.wait_for_selector(".k-now")
    found["answer"] = findings(page)
    page.click("#k-pane .k-full >> nth=0")
    page.wait_for_selector("#k-source mark")
    found["full text"] = findings(page)
    page.click("#k-pane .k-close")
    visitor.ask("量子计算机多少钱一台?")
    page.click("#k-shelf > button")
    page.click("#k-scope > button")
    found["refusal"] = findings(page)
    visitor.open("/library")
    for box in page.locator("summary").all():
        box.click()
    found["library"] = findings(page)
    visitor.context.close()
    assert {place: grave for place, grave in found.items() if grave} == {}


@pytest.mark.parametrize("width", [1280, 360])
def test_text_grows_to_twice_its_size_and_nothing_is_cut_off(chromium: Any, server: Server, width: int) -> None:
    visitor = Visitor(chromium, server.address, viewport={"width": width, "height": 860})
    page = visitor.open()
    visitor.ask(QUESTION)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.k-text')).fontSize)") >= 32
    cut = """[...document.querySelectorAll('button, a, summary, .k-text, .k-status, #k-box')]
      .filter(e => e.offsetParent && getComputedStyle(e).position !== 'absolute')
      .filter(e => { const box = e.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; })
      .map(e => e.outerHTML.slice(0, 120))"""
    assert page.evaluate(cut) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(visitor.address + "/library")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(cut) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    visitor.context.close()


def test_a_finger_hits_every_button_of_a_phone(chromium: Any, server: Server) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    visitor = Visitor(chromium, server.address, **phone)
    page = visitor.open()
    small = """[...document.querySelectorAll('button, select, summary, input[type=search], .k-top a, .k-about a')]
      .map(e => [e, e.getBoundingClientRect()])
      .filter(([e, box]) => box.width && e.checkVisibility() && getComputedStyle(e).opacity !== '0')
      .filter(([e, box]) => box.height < 43.5 || box.width < 35)
      .map(([e, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 100)}`)"""
    found = {"welcome": page.evaluate(small)}
    visitor.ask(QUESTION)
    found["answer"] = page.evaluate(small)
    page.tap(".k-mark >> nth=0")
    page.wait_for_selector(".k-now")
    assert page.locator("#k-card").is_hidden()  # a tap hovers, too
    found["source"] = page.evaluate(small)
    page.click("#k-pane .k-close")
    page.click("#k-scope > .label-wrap")
    page.click("#k-shelf > .label-wrap")
    found["more"] = page.evaluate(small)
    visitor.open("/library")
    for box in page.locator("summary").all():
        box.click()
    found["library"] = page.evaluate(small)
    visitor.context.close()
    assert {place: each for place, each in found.items() if each} == {}
