"""A real server on a real index, and Chromium to look at it."""

import importlib.resources
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import CHROMIUM, SWITCHES, Server, Visitor, build

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed: apt-get install chromium"))


@pytest.fixture(scope="session")
def examples_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    documents = Path(str(importlib.resources.files("rag").joinpath("examples", "documents")))
    return build(tmp_path_factory.mktemp("examples"), documents)


@pytest.fixture(scope="session")
def server(examples_index: Path) -> Iterator[Server]:
    running = Server(examples_index)
    yield running
    running.stop()


@pytest.fixture(scope="module")  # not longer: while playwright runs, no other test can run an event loop
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Any, server: Server) -> Iterator[Visitor]:
    one = Visitor(chromium, server.address)
    yield one
    one.context.close()
    assert one.strangers() == []
    assert one.faults == []
