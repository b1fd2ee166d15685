"""From the quotation to the page of the file, to the file itself, to its reprints, and to its newer version."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import Server, Visitor, build

NOTICE = "关于加强灯会安全的通知\n\n各单位：\n灯会期间，荷塘岸边须设置七处救生点，由镇安全办负责检查。\n"
TEXT = "各村要组织巡查队，每队不少于六人，沿岸分段值守。\n灯会结束后，三日内清理岸边杂物，费用由镇财政承担。\n"
SIGNED = "\n苇塘镇人民政府\n2024年1月15日\n"
QUESTION = "谁负责检查荷塘岸边的救生点?"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("town")
    documents = folder / "given"
    documents.mkdir()
    (documents / "灯会通知.txt").write_text(NOTICE + TEXT + SIGNED, "utf-8")
    (documents / "转发灯会通知.txt").write_text(NOTICE + TEXT + SIGNED + "\n（此件公开发布）\n", "utf-8")
    running = Server(build(folder, documents))
    yield running
    running.stop()


def open_the_page_of_a_pdf(visitor: Visitor) -> Any:
    page = visitor.open("/library?text=pdf")
    document = page.locator(".k-row a[href*='/library/document/']").first.get_attribute("href").split("/")[-1]
    visitor.open()
    visitor.ask("白苎县养老服务：对取得高级工以上证书的护理员一次性奖励多少元？")
    page.locator(f".k-mark[href*='{document}']").first.click()
    page.click(f"#k-pane .k-now .k-full[href*='/original/{document}/']")
    page.wait_for_selector(".k-sheet img")
    return page


def test_the_page_of_a_pdf_is_shown_with_the_quotation_marked(visitor: Visitor) -> None:
    page = open_the_page_of_a_pdf(visitor)
    visitor.until("document.querySelector('.k-sheet img').complete")
    assert page.evaluate("document.querySelector('.k-sheet img').naturalWidth") in (1400, 1401)
    yellow = """() => {
      const image = document.querySelector('.k-sheet img'), canvas = document.createElement('canvas');
      canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
      const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0);
      const dots = pen.getImageData(0, 0, canvas.width, canvas.height).data;
      let found = 0;
      for (let i = 0; i < dots.length; i += 4) if (dots[i] > 200 && dots[i + 1] > 180 && dots[i + 2] < 160) found++;
      return found;
    }"""
    assert page.evaluate(yellow) > 5_000
    page.click(".k-facsimile .k-pages a >> nth=0")
    page.wait_for_timeout(300)
    visitor.until("document.querySelector('.k-sheet img').complete")
    assert page.evaluate(yellow) == 0
    page.click("#k-pane .k-back")
    page.wait_for_selector("#k-cards")


def test_the_file_can_be_fetched_as_it_is(visitor: Visitor, examples_index: Path, tmp_path: Path) -> None:
    page = open_the_page_of_a_pdf(visitor)
    with page.expect_download() as download:
        page.click(".k-facsimile a[download]")
    path = tmp_path / "fetched.pdf"
    download.value.save_as(path)
    assert path.read_bytes() in {file.read_bytes() for file in (examples_index.parent / "documents").glob("*.pdf")}
    assert download.value.suggested_filename.endswith(".pdf")


def test_where_originals_are_closed_the_text_says_so(chromium: Any, examples_index: Path) -> None:
    closed = Server(examples_index, KAOJU_ORIGINALS="no")
    visitor = Visitor(chromium, closed.address)
    page = visitor.open("/library?text=pdf")
    document = page.locator(".k-row a[href*='/library/document/']").first.get_attribute("href").split("/")[-1]
    page.goto(f"{closed.address}/source/{document}")
    assert "管理员没有开放原件" in page.inner_text("#k-source header")
    assert page.locator("a[download]").count() == 0
    for path in (f"/original/{document}", f"/original/{document}/1.webp"):
        assert page.request.get(closed.address + path).status == 404
    visitor.context.close()
    closed.stop()


def test_reprints_are_named_and_lead_to_their_text(chromium: Any, town: Server) -> None:
    visitor = Visitor(chromium, town.address)
    page = visitor.open()
    visitor.ask(QUESTION)
    page.click(".k-mark >> nth=0")
    page.wait_for_selector("#k-cards .k-now")
    also = page.locator("#k-cards .k-also").first
    assert "另见 1 篇" in also.inner_text()
    also.locator("summary").click()
    name = also.locator("a").inner_text()
    also.locator("a").click()
    page.wait_for_selector("#k-source")
    assert name in page.inner_text("#k-source header")
    visitor.context.close()


def test_an_old_answer_says_that_its_source_changed_and_leads_to_what_it_is_now(chromium: Any, town: Server) -> None:
    visitor = Visitor(chromium, town.address)
    page = visitor.open()
    visitor.ask(QUESTION)
    page.wait_for_timeout(500)
    for path in (town.index.parent / "documents").glob("*.txt"):
        path.write_text(path.read_text("utf-8").replace("七处", "十三处"), "utf-8")
    page.goto(town.address + "/library")
    page.get_by_text("维护").click()
    page.click("form[action='/library/rebuild'] button")
    page.wait_for_selector("#job[data-running=no] p", timeout=60_000)
    visitor.open()
    page.click(".k-mark >> nth=0")
    page.wait_for_selector("#k-cards .k-failure")
    assert "原文已更新" in page.inner_text("#k-cards .k-failure")
    assert "七处" in page.inner_text("#k-cards mark")
    page.click("#k-cards .k-failure a")
    page.wait_for_selector("#k-source")
    assert "十三处" in page.inner_text("#k-source")
    visitor.context.close()
