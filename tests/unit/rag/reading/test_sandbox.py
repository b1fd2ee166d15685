"""The limits of the child hold, each fault is one sentence, and the next file is read."""

import resource
import time
import zipfile

import pytest

from rag.errors import ReadingError
from rag.reading import sandbox
from rag.reading.sandbox import Sandbox
from tests.unit.rag.reading.samples import make_docx, paragraph, zipped

GOOD = make_docx(paragraph("通知"))


@pytest.fixture
def child():
    found = Sandbox()
    yield found
    found.close()


def test_the_child_reads_many_files_in_one_life(child):
    assert [child.extract(GOOD, "docx").text for _ in range(3)] == ["通知"] * 3
    first = child._child.pid
    child.extract(GOOD, "docx")
    assert child._child.pid == first


def test_the_child_loads_only_what_parsing_needs(child):
    child.extract(GOOD, "docx")
    maps = open(f"/proc/{child._child.pid}/maps", encoding="utf-8").read()  # noqa: PTH123, SIM115
    assert not any(name in maps for name in ("torch", "faiss", "tantivy"))


def test_a_file_that_a_parser_refuses_keeps_its_reason(child):
    with pytest.raises(ReadingError, match="is missing"):
        child.extract(zipped({"a": "b"}), "docx")
    assert child.extract(GOOD, "docx").text == "通知"


def test_too_much_memory_is_said_and_the_next_file_is_read():
    child = Sandbox(memory=200 << 20)
    body = "<w:p><w:r><w:t>重</w:t></w:r></w:p>" * 400_000
    with pytest.raises(ReadingError, match="more than 200 MiB of memory"):
        child.extract(zipped({"word/document.xml": make_document(body)}, zipfile.ZIP_STORED), "docx")
    assert child.extract(GOOD, "docx").text == "通知"
    child.close()


def make_document(body: str) -> str:
    return f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'


def test_too_much_time_is_said_and_the_next_file_is_read():
    child = Sandbox(seconds=1)
    deep = "<div>" * 30_000 + "文" + "</div>" * 30_000
    start = time.monotonic()
    with pytest.raises(ReadingError, match="more than 1 seconds"):
        child.extract(deep.encode() * 20, "html")
    assert time.monotonic() - start < 10
    child._seconds = 30
    assert child.extract(GOOD, "docx").text == "通知"
    child.close()


def test_a_child_that_dies_is_a_sentence_and_a_new_one_is_started(child):
    child.extract(GOOD, "docx")
    child._child.kill()
    with pytest.raises(ReadingError, match=r"crashed|seconds"):
        child.extract(GOOD, "docx")
    assert child.extract(GOOD, "docx").text == "通知"


def test_too_much_text_is_refused(child):
    body = paragraph("文" * 1_000_000) * 21
    with pytest.raises(ReadingError, match="more than 20,000,000 characters"):
        child.extract(zipped({"word/document.xml": make_document(body)}, zipfile.ZIP_STORED), "docx")


def test_the_limits_are_those_that_are_promised(child):
    child.extract(GOOD, "docx")
    pid = child._child.pid
    assert resource.prlimit(pid, resource.RLIMIT_AS) == (1 << 30, 1 << 30)
    assert resource.prlimit(pid, resource.RLIMIT_FSIZE) == (0, 0)
    soft, _ = resource.prlimit(pid, resource.RLIMIT_CPU)
    assert soft <= sandbox.SECONDS + 3


def test_no_child_is_left_behind():
    child = Sandbox()
    child.extract(GOOD, "docx")
    process = child._child
    child.close()
    assert process.poll() is not None
