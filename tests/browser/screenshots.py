"""Pictures of the page for the documents: `make screenshots`, or `python -m tests.browser.screenshots FOLDER`."""

from __future__ import annotations

import importlib.resources
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import CHROMIUM, SWITCHES, Server, Visitor, build

QUESTION = "二级保护的古树一年补助多少？"
IN_PDF = "白苎县养老服务：对取得高级工以上证书的护理员一次性奖励多少元？"
REFUSED = "量子计算机多少钱一台？"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
_COLOURS = 96  # of paper, ink and seal, with what lies between: a third of the bytes, and nothing to be seen
SETTLE = 1300  # milliseconds until marks have stopped to flash


def take(chromium: Browser, server: Server, folder: Path, name: str, **options: Any) -> None:
    """Walk through the page once and keep what it looks like on the way."""
    visitor = Visitor(chromium, server.address, **options)
    page = visitor.open()

    def keep(what: str) -> None:
        page.wait_for_timeout(SETTLE)
        path = folder / f"{name}-{what}.png"
        page.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(_COLOURS).save(path, optimize=True)

    keep("welcome")
    visitor.ask(QUESTION)
    keep("answer")
    page.click(".k-mark >> nth=0")
    page.wait_for_selector(".k-now")
    keep("source")
    page.click("#k-pane .k-full >> nth=0")
    page.wait_for_selector("#k-source mark")
    keep("full-text")
    page.keyboard.press("Escape")
    visitor.ask(IN_PDF)
    page.click(".k-mark >> nth=-1")
    page.wait_for_selector(".k-now")
    page.click("#k-pane .k-now .k-full >> nth=1")
    page.wait_for_selector(".k-sheet img")
    visitor.until("document.querySelector('.k-sheet img').complete")
    keep("page")
    page.keyboard.press("Escape")
    visitor.ask(REFUSED)
    keep("refusal")
    page.goto(f"{server.address}/library")
    keep("library")
    page.click(".k-row a[href*='/library/document/'] >> nth=1")
    page.click("summary:has-text('更正出处')")
    keep("document")
    page.goto(f"{server.address}/source/nothing")
    keep("error")
    visitor.context.close()


def main() -> None:
    """Take every picture."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    folder.mkdir(parents=True, exist_ok=True)
    documents = Path(str(importlib.resources.files("rag").joinpath("examples", "documents")))
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        server = Server(build(Path(place), documents))
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for name, options in (("desktop", DESKTOP), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                take(chromium, server, folder, f"{name}-{scheme}", color_scheme=scheme, **options)
        chromium.close()
        server.stop()


if __name__ == "__main__":
    main()
