"""No mixed page: whatever the page itself says is in the language that was chosen, in every state of every page."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ui
from tests.support.browser import Server, Visitor, build

TOLD = Path(ui.__file__).parent
# What is said by documents, readers and file names is in their own language; so are the names of languages.
THEIRS = ", ".join(
    (
        ".k-languages, .k-question, .k-text, .k-suggestion, .k-rebuilt, blockquote, .k-open, .k-title, .k-locator, .k-date, .k-doubt",
        ".k-card h3, .k-card .k-about, .k-where, .k-original, .k-outline a, .k-source h1, .k-source .k-about",
        ".k-row-title, .k-row .k-about, .k-facts dd, h1, h3, option, li b, .k-job li a, .k-box li, #k-shelf-list, #k-card",
        ".k-facsimile .k-about, .k-mark, input, textarea, .k-also li, main > ul li, main > .k-about",
    )
)
# Words of ours inside of what is theirs: picked out by hand, so that they are looked at as well.
OURS = ".k-text.k-waiting, .k-row .k-about a, .k-page-mark, .k-source .k-about a, .k-facsimile .k-about a"
COLLECT = """([theirs, ours]) => {
  const said = [];
  for (const element of document.querySelectorAll('body *')) {
    if (['SCRIPT', 'STYLE', 'NOSCRIPT', 'SVG'].includes(element.tagName.toUpperCase())) continue;
    if (element.closest(theirs) && !element.closest(ours)) continue;
    const own = [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.textContent.trim()).join('');
    const shown = element.checkVisibility() || element.classList.contains('k-unseen');
    if (own && shown) said.push(own);
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]'))
    if (!element.closest(theirs) && element.checkVisibility())
      for (const name of ['aria-label', 'placeholder', 'title', 'alt']) said.push(element.getAttribute(name) ?? '');
  return said.filter(Boolean);
}"""
COLUMNS = {"zh-Hans": 0, "zh-Hant": 1, "en": 2}
QUESTION = "二级保护的古树一年补助多少?"


def letters(language: str) -> set[str]:
    """Return the Han characters of which the words of a language consist; English has none."""
    tables = [tomllib.loads((TOLD / name).read_text("utf-8")) for name in ("strings.toml", "reasons.toml")]
    if language == "en":
        return set()
    return {letter for table in tables for words in table.values() for letter in words[COLUMNS[language]]}


def han(text: str) -> set[str]:
    return {letter for letter in text if "\u3400" <= letter <= "\u9fff"}


class Crawl:
    """Looks at each state of the page and notes what is said in another language."""

    def __init__(self, visitor: Visitor, language: str) -> None:
        self.page = visitor.page
        self.allowed = letters(language)
        self.mixed: list[str] = []
        self.looked = 0

    def look(self, state: str) -> None:
        self.page.wait_for_timeout(200)
        for text in self.page.evaluate(COLLECT, [THEIRS, OURS]):
            self.looked += 1
            if han(text) - self.allowed:
                self.mixed.append(f"{state}: {text}")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, examples_index: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("languages")
    documents = folder / "given"
    documents.mkdir()
    for path in (examples_index.parent / "documents").iterdir():
        (documents / path.name).write_bytes(path.read_bytes())
    (documents / "坏的.pdf").write_bytes(b"%PDF-1.4 nothing")
    running = Server(build(folder, documents))
    yield running
    running.stop()


def ask_around(visitor: Visitor, crawl: Crawl) -> None:
    page = visitor.open()
    crawl.look("welcome")
    page.fill("#k-box textarea", " ")
    page.click("#k-send")
    page.wait_for_selector(".toast-body")
    crawl.look("empty question")
    visitor.ask(QUESTION)
    crawl.look("answer")
    page.click(".k-sources summary")
    crawl.look("sources")
    page.click(".k-mark >> nth=0")
    page.wait_for_selector(".k-now")
    crawl.look("pane")
    page.click("#k-pane .k-full >> nth=0")
    page.wait_for_selector("#k-source mark")
    crawl.look("full text")
    page.click("#k-pane .k-close")
    visitor.ask("那三级的呢?")
    visitor.ask("量子计算机多少钱一台?")
    crawl.look("refusal")
    visitor.ask("補助" * 1200)
    crawl.look("cut question")
    page.click("#k-scope > button")
    page.click("#k-shelf > button")
    page.click("#k-shelf-export")
    page.wait_for_selector("#k-files a")
    crawl.look("shelf")
    page.click(".k-keys")
    crawl.look("keys")


def look_around_the_library(visitor: Visitor, crawl: Crawl) -> None:
    page = visitor.open("/library")
    for box in page.locator("summary").all():
        box.click()
    crawl.look("library")
    page.click("form[action='/library/check'] button")
    page.wait_for_selector("#job[data-running=no] p", timeout=60_000)
    crawl.look("check-up")
    page.goto(visitor.address + page.locator(".k-row a[href*='/library/document/']").last.get_attribute("href"))
    for box in page.locator("summary").all():
        box.click()
    crawl.look("document")
    page.fill("[name=issued_on]", "1")
    page.click(".k-correct button")
    page.wait_for_selector("[role=alert]")
    crawl.look("refused correction")
    for path in ("/library?text=nothing", "/source/nothing", "/signin"):
        page.goto(visitor.address + path)
        crawl.look(path)


@pytest.mark.parametrize(("language", "locale"), [("zh-Hans", "zh-CN"), ("zh-Hant", "zh-TW"), ("en", "en-US")])
def test_the_page_speaks_one_language(chromium: Any, library: Server, language: str, locale: str) -> None:
    visitor = Visitor(chromium, library.address, locale=locale)
    crawl = Crawl(visitor, language)
    ask_around(visitor, crawl)
    look_around_the_library(visitor, crawl)
    visitor.context.close()
    assert crawl.mixed == []
    assert crawl.looked > 300
