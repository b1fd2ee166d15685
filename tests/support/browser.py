"""A real server in a process of its own, and a browser that notes what goes on in it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Chromium must not look anything up by itself: every request that is seen is one that the page made.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 90
# An answer takes 0.1 s; on a machine that is busy with other work, and the first after a start, much longer.
ANSWER_MILLISECONDS = 60_000
RUN = "import sys; from ui.command import main; sys.exit(main())"


class Server:
    """`kaoju serve` in a process of its own; `settings` are variables of its environment."""

    def __init__(self, index: Path, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.index = index
        self._settings = settings
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", RUN, "serve", "--index", str(self.index), "--port", str(self.port)]
        self._log = (self.index.parent / "server.log").open("ab")
        self.process = subprocess.Popen(
            command,
            stderr=self._log,
            stdout=self._log,
            env={**os.environ, "PYTHONPATH": str(Path.cwd()), **self._settings},
        )
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            try:
                urllib.request.urlopen(f"{self.address}/signin", timeout=5).close()
            except OSError:
                assert self.process.poll() is None, (self.index.parent / "server.log").read_text()
                time.sleep(0.2)
            else:
                return
        raise AssertionError("the server did not start")

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


def build(folder: Path, documents: Path) -> Path:
    """Index a copy of `documents`, so that a test may change them."""
    copy, index = folder / "documents", folder / "index"
    shutil.copytree(documents, copy)
    done = subprocess.run(
        [sys.executable, "-c", RUN, "index", str(copy), "--index", str(index)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr
    return index


class Visitor:
    """A browser of its own, with everything it was asked to fetch and everything that went wrong in it."""

    def __init__(self, chromium: Any, address: str, **options: object) -> None:
        self.address = address
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.context = chromium.new_context(
            **{"locale": "zh-CN", "viewport": {"width": 1280, "height": 860}, **options}
        )
        self.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} {message.location.get('url', '')}")

    def open(self, path: str = "/") -> Any:
        self.page.goto(self.address + path)
        if path.split("?", maxsplit=1)[0] == "/":
            self.page.wait_for_selector("#k-box textarea")
            self.page.wait_for_selector(".k-welcome, .k-answer")
        return self.page

    def begin(self, question: str) -> Any:
        """Ask, and return the answer that begins."""
        number = self.page.locator(".k-answer").count() + 1
        self.page.fill("#k-box textarea", question)
        self.page.keyboard.press("Enter")
        return self.page.locator(f"#answer-{number}")

    def ask(self, question: str) -> Any:
        """Ask, wait until the answer has ended in whichever way, and return it, which must be a finished one."""
        answer = self.begin(question)
        answer.and_(self.page.locator(":not(.k-running)")).wait_for(timeout=ANSWER_MILLISECONDS)
        assert "k-done" in answer.get_attribute("class"), answer.inner_text()
        return answer

    def until(self, expression: str) -> Any:
        """Wait until an expression holds in the page, whose policy forbids waiting in it, and return its value."""
        ends = time.monotonic() + 15
        while not (value := self.page.evaluate(expression)):
            assert time.monotonic() < ends, expression
            self.page.wait_for_timeout(20)
        return value

    def strangers(self) -> list[str]:
        """Return the addresses outside of the server that the page asked for."""
        return [url for url in self.requests if not url.startswith((self.address, "data:", "blob:"))]
