"""The library page under use: what is in it, what comes in, what is set aside, and going back."""

import io
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import Server, Visitor, build

NOTICE = "关于加强灯会安全的通知\n\n各单位：\n灯会期间，荷塘岸边须设置{count}处救生点，由镇安全办负责检查。\n\n苇塘镇人民政府\n2024年1月15日\n"


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("own")
    documents = folder / "given"
    documents.mkdir()
    (documents / "灯会通知.txt").write_text(NOTICE.format(count="七"), "utf-8")
    running = Server(build(folder, documents))
    yield running
    running.stop()


@pytest.fixture
def keeper(chromium, own_server: Server) -> Iterator[Visitor]:
    one = Visitor(chromium, own_server.address)
    yield one
    one.context.close()
    assert one.strangers() == []


def wait_for_job(visitor: Visitor) -> str:
    visitor.page.wait_for_selector("#job[data-running=no] p", timeout=60_000)
    return visitor.page.inner_text("#job")


def test_good_files_come_in_and_bad_ones_are_set_aside_with_the_reason(keeper: Visitor, tmp_path: Path) -> None:
    good, bad = tmp_path / "渡口通知.txt", tmp_path / "坏的.docx"
    good.write_text("关于渡口停航的通知\n\n大风期间，苇塘渡口停航九日，由镇交通站公告。\n", "utf-8")
    bad.write_bytes(b"no document at all" * 20)
    page = keeper.open("/library")
    page.click("summary >> nth=0")
    page.set_input_files("input[type=file]", [str(good), str(bad)])
    page.click(".k-upload button")
    said = wait_for_job(keeper)
    assert "完成" in said
    assert "坏的.docx" in said
    assert "渡口停航" in page.inner_text(".k-rows")
    keeper.open()
    assert "九日" in keeper.ask("苇塘渡口停航几日?").inner_text()


def test_a_folder_comes_in_as_a_zip_and_each_of_its_documents_can_be_asked(keeper: Visitor) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "渔汛/渔汛通知.txt", "关于渔汛值守的通知\n\n渔汛期间，苇塘码头每日值守六人，由镇渔业站排班。\n"
        )
        archive.writestr("渔汛/晒网通知.txt", "关于晒网场开放的通知\n\n晒网场每周开放四天，由镇渔业站管理。\n")
        archive.writestr("渔汛/坏的.pdf", b"%PDF-1.4 nothing")
    page = keeper.open("/library")
    page.click("summary >> nth=0")
    file = {"name": "渔汛.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    page.set_input_files("input[type=file]", [file])
    page.click(".k-upload button")
    said = wait_for_job(keeper)
    assert "渔汛/坏的.pdf" in said
    assert "已损坏" in said
    keeper.open()
    assert "六人" in keeper.ask("苇塘码头渔汛期间每日值守几人？").inner_text()
    assert "四天" in keeper.ask("晒网场每周开放几天？").inner_text()


def test_a_document_is_taken_out_and_restored_while_questions_are_answered(keeper: Visitor) -> None:
    other = "关于清淤的通知\n\n荷塘清淤于三月完成，共清出淤泥四百方，由镇水利站验收。\n"
    page = keeper.open("/library")
    page.click("summary >> nth=0")
    page.set_input_files("input[type=file]", [{"name": "清淤.txt", "mimeType": "text/plain", "buffer": other.encode()}])
    page.click(".k-upload button")
    wait_for_job(keeper)
    page.evaluate("window.confirm = () => true")
    page.locator(".k-row", has_text="清淤").locator("form button").click()
    wait_for_job(keeper)
    assert "清淤的通知" not in page.inner_text(".k-rows")
    page.get_by_text("已移出的文件").click()
    page.click("form[action='/library/restore'] button")
    wait_for_job(keeper)
    assert "清淤的通知" in page.inner_text(".k-rows")


def test_the_library_is_rebuilt_and_goes_back(keeper: Visitor, own_server: Server) -> None:
    (own_server.index.parent / "documents" / "灯会通知.txt").write_text(NOTICE.format(count="十三"), "utf-8")
    page = keeper.open("/library")
    page.get_by_text("维护").click()
    page.click("form[action='/library/rebuild'] button")
    wait_for_job(keeper)
    keeper.open()
    assert "十三" in keeper.ask("荷塘岸边设置几处救生点?").inner_text()
    page = keeper.open("/library")
    page.get_by_text("维护").click()
    page.click("form[action='/library/rollback'] button")
    wait_for_job(keeper)
    keeper.open()
    page.click("#k-fresh")
    page.wait_for_selector(".k-welcome")
    assert "七" in keeper.ask("荷塘岸边设置几处救生点?").inner_text()


def test_provenance_is_corrected_and_what_was_corrected_is_live_at_once(keeper: Visitor) -> None:
    page = keeper.open("/library?text=灯会")
    page.click(".k-row a[href*='/library/document/']")
    assert "没有遗漏" in page.inner_text("main")
    page.click("summary:has-text('更正出处')")
    page.fill("[name=speaker]", "许怀远")
    page.fill("[name=places]", "苇塘镇、荷塘镇")
    page.click(".k-correct button")
    assert "完成" in wait_for_job(keeper)
    page.goto(keeper.address + "/library?place=荷塘镇")
    assert page.locator(".k-row").count() == 1
    assert "许怀远" in page.inner_text(".k-row")
    page.click(".k-row a[href*='/library/document/']")
    page.click("summary:has-text('更正出处')")
    page.fill("[name=speaker]", "")
    page.fill("[name=places]", "")
    page.click(".k-correct button")
    wait_for_job(keeper)
    assert page.goto(keeper.address + "/library?place=荷塘镇").status == 200
    assert page.locator(".k-row").count() == 0


def test_the_doctor_says_in_plain_words_what_is_worth_a_look(keeper: Visitor) -> None:
    page = keeper.open("/library")
    page.get_by_text("维护").click()
    page.click("form[action='/library/check'] button")
    said = wait_for_job(keeper)
    assert "核对了" in said
    assert "没有遗漏" in said


def test_readers_correct_nothing(server: Server) -> None:
    request = urllib.request.Request(
        server.address + "/library/correct", method="POST", data=b"doc_id=x", headers={"X-Forwarded-For": "192.0.2.7"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403


def test_the_list_is_filtered(visitor: Visitor) -> None:
    page = visitor.open("/library")
    everything = page.locator(".k-row").count()
    page.fill("input[name=text]", "古樹")
    page.click(".k-filters button")
    assert page.locator(".k-row").count() == 1
    page.goto(visitor.address + "/library?script=hant")
    assert 0 < page.locator(".k-row").count() < everything
    page.goto(visitor.address + "/library?text=没有这样的文件")
    assert page.locator(".k-row").count() == 0
    assert "没有符合条件的文件" in page.inner_text("main")


def test_who_comes_through_a_proxy_to_a_page_without_users_changes_nothing(server: Server) -> None:
    request = urllib.request.Request(
        server.address + "/library/rebuild", method="POST", headers={"X-Forwarded-For": "192.0.2.7"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403
