"""Each row of the table of bad input: right text, or one sentence with a remedy; the rest goes on."""

import hashlib
import io
import itertools
import os
import threading
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from rag.datatypes import RawDocument, SetAside
from rag.errors import ReadingError
from rag.reading import load as load_module
from rag.reading.load import load, load_each
from tests.unit.rag.reading import samples
from tests.unit.rag.reading.samples import make_docx, make_ofd, make_pdf, make_pptx, make_xlsx, paragraph, shape, zipped

NOTICE = "临渌市人民政府关于做好今年秋冬季农田水利建设工作的通知\n各区县人民政府：\n一、总体要求。坚持先急后缓。\n"
PDF = make_pdf(samples.print_pages(samples.TITLE, samples.PARAGRAPHS))
DOCX = make_docx(paragraph("通知"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def read(folder: Path, name: str, data: bytes, **options: object) -> RawDocument:
    (folder / name).write_bytes(data)
    (document,) = load(folder / name, name, **options)
    return document


def test_a_text_is_its_decoded_file(tmp_path):
    data = ("\ufeff" + NOTICE.replace("\n", "\r\n")).encode()
    document = read(tmp_path, "a.txt", data)
    assert document.text == NOTICE.replace("\n", "\r\n")
    assert (document.source, document.format, document.encoding, document.confidence) == ("a.txt", "txt", "utf-8", 1.0)
    assert document.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("sandbox", [True, False])
@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("a.docx", DOCX, "通知"),
        ("a.PDF", PDF, "\n".join([samples.TITLE, *samples.PARAGRAPHS])),
        ("a.ofd", make_ofd([[(20.0, 40.0, "关于防汛工作的通知")]]), "关于防汛工作的通知"),
        ("a.xlsx", make_xlsx({"a": [["项目", 3]]}), "项目 | 3"),
        ("a.pptx", make_pptx([shape("汇报")]), "汇报"),
        ("a.html", f"<title>x</title><p>{NOTICE}</p>".encode("gb18030"), NOTICE.strip().replace("\n", " ")),
        ("a.md", f"# {NOTICE}".encode(), NOTICE),
        ("no extension", NOTICE.encode("gb18030"), NOTICE),
    ],
)
def test_every_format_gives_its_text_in_and_out_of_the_sandbox(tmp_path, sandbox, name, data, text):
    document = read(tmp_path, name, data, sandbox=sandbox)
    assert document.text == text
    assert document.doc_id == hashlib.sha256(data).hexdigest()[:16]


def test_the_named_encoding_holds_for_html_too(tmp_path):
    assert read(tmp_path, "a.html", "<p>é</p>".encode("latin-1"), encoding="latin-1").text == "é"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", PDF, "named .docx but is a PDF"),
        ("a.pdf", DOCX, "named .pdf but is a docx"),
        ("a.txt", PDF, "named .txt but is a PDF"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(99), "named .txt but is a picture"),
        ("a.txt", DOCX, "named .txt but is a docx"),
        ("a.docx", b"plain words", "named .docx but is a text"),
        ("a.docx", zipped({"a.txt": "x"}), "named .docx but is a zip"),
        ("a.txt", bytes(range(256)) * 9, "no text|cannot be told|is not"),
        ("a.jpg", b"\xff\xd8\xff", ".jpg is not among the formats"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.docx", OLE, "named .docx but is an old Office file"),
        ("a.docx", DOCX[: len(DOCX) // 2], "damaged|zip"),
        ("a.pdf", PDF[:300], "damaged|no text layer"),
        ("a.docx", zipped({"word/document.xml": "<w:document", "x": ""}), "no XML"),
        ("a.docx", zipped({"word/document.xml": "<a/>", "word/vbaProject.bin": "x"}), "macros"),
        ("a.docx", zipped({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "DOCTYPE"),
        (
            "a.docx",
            zipped({"word/document.xml": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16")}),
            "DOCTYPE",
        ),
        ("a.docx", zipped({"word/document.xml": b"<a>" + b" " * 300_000_000}), "zip bomb"),
        ("a.docx", zipped({"word/document.xml": b"<a>" + b" " * 5_000_000}), "zip bomb"),
        (
            "a.docx",
            zipped({"word/document.xml": "<a/>", **{f"{i}": "" for i in range(10_001)}}),
            "more than 10,000 entries",
        ),
        ("a.xlsx", zipped({"xl/workbook.xml": "<a/>"}), "damaged|cannot be parsed"),
        ("a.txt", "鍥藉姟闄㈠姙鍏巺".encode(), "mis-decoded"),
    ],
)
def test_bad_input_is_refused_in_one_sentence_with_a_remedy(tmp_path, name, data, reason):
    with pytest.raises(ReadingError, match=reason) as caught:
        read(tmp_path, name, data)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_an_empty_file_is_a_note_and_no_error(tmp_path, name, data):
    document = read(tmp_path, name, data)
    assert document.text.strip() == ""
    assert document.notes == ("no text in it",)


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(load_module.MAX_BYTES + 1)  # a hole: nothing on disk
    with pytest.raises(ReadingError, match=r"100,000,001 bytes, more than the limit of 100,000,000"):
        load(tmp_path / "a.txt", "a.txt")


def test_one_line_of_many_million_characters_is_a_text(tmp_path):
    text = "今年秋冬季农田水利建设" * 300_000
    assert read(tmp_path, "a.txt", text.encode()).text == text


def test_a_pipe_never_blocks(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(ReadingError, match="not a regular file"):
        load(tmp_path / "a.txt", "a.txt")


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(ReadingError, match="No such file"):
        load(tmp_path / "a.txt", "a.txt")


def test_a_file_that_changes_while_it_is_read_is_refused_or_right(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("一", encoding="utf-8")
    stop = threading.Event()

    def touch() -> None:
        for moment in itertools.count(1):
            if stop.is_set():
                return
            os.utime(path, ns=(moment, moment))

    thread = threading.Thread(target=touch)
    thread.start()
    try:
        found = [next(load_each(path, "a.txt")) for _ in range(50)]
    finally:
        stop.set()
        thread.join()
    assert {f.text if isinstance(f, RawDocument) else f.reason for f in found} <= {"一", "it changes while it is read"}


def test_a_zip_gives_its_documents_and_sets_aside_what_it_cannot_read(tmp_path):
    data = zipped(
        {
            "甲/通知.txt": NOTICE.encode("gb18030"),
            "b.docx": DOCX,
            "c.pdf": b"%PDF-1.7 broken",
            "d.exe": b"MZ",
            "../../etc/e.txt": NOTICE,
            ".hidden.txt": NOTICE,
            "__MACOSX/._b.docx": b"x",
            "~$b.docx": b"x",
            "b.docx.meta.toml": "",
            "inner.zip": zipped({"a.txt": NOTICE}),
        }
    )
    (tmp_path / "a.zip").write_bytes(data)
    found = list(load_each(tmp_path / "a.zip", "a.zip"))
    assert [(d.source, d.text) for d in found if isinstance(d, RawDocument)] == [
        ("a.zip/b.docx", "通知"),
        ("a.zip/etc/e.txt", NOTICE),
        ("a.zip/甲/通知.txt", NOTICE),
    ]
    aside = {d.source: d.reason for d in found if isinstance(d, SetAside)}
    assert set(aside) == {"a.zip/c.pdf", "a.zip/d.exe", "a.zip/inner.zip"}
    assert aside["a.zip/inner.zip"] == "it is a zip inside a zip"
    with pytest.raises(ReadingError):
        load(tmp_path / "a.zip", "a.zip")


def test_names_in_a_zip_from_windows_are_read_as_gbk(tmp_path):
    data = zipped({"xxxxyyyy.txt": NOTICE}).replace(b"xxxxyyyy", "防汛通知".encode("gbk"))
    (tmp_path / "a.zip").write_bytes(data)
    assert [d.source for d in load(tmp_path / "a.zip", "a.zip")] == ["a.zip/防汛通知.txt"]


def test_a_zip_bomb_and_a_locked_zip_are_refused(tmp_path):
    (tmp_path / "bomb.zip").write_bytes(zipped({"a.txt": bytes(300_000_000)}))
    with pytest.raises(ReadingError, match="zip bomb"):
        load(tmp_path / "bomb.zip", "bomb.zip")
    locked = bytearray(zipped({"a.txt": NOTICE}, zipfile.ZIP_STORED))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    with pytest.raises(ReadingError, match="password"):
        load(tmp_path / "locked.zip", "locked.zip")


@pytest.mark.skipif(find_spec("rapidocr") is not None, reason="the recogniser is installed")
def test_a_scanned_pdf_names_the_extra(tmp_path):
    with pytest.raises(ReadingError, match=r"no text layer: 2 pages.*kaoju\[ocr\]"):
        read(tmp_path, "a.pdf", make_pdf([[], []]))


@pytest.mark.full
def test_a_scanned_pdf_is_recognised_where_the_extra_is_installed(tmp_path):
    pytest.importorskip("rapidocr", reason="the extra kaoju[ocr] is not installed")
    printed = make_pdf(samples.print_pages(samples.TITLE, samples.PARAGRAPHS, per_page=20))
    document = read(tmp_path, "a.pdf", picture_of(printed))
    # on a single page nothing shows that its head is a running one; the page number is left out
    assert document.text == "\n".join(["望槐县人民政府公报", samples.TITLE, *samples.PARAGRAPHS])
    assert "recognised from pictures" in document.notes[-1]


def picture_of(pdf: bytes) -> bytes:
    """Return a PDF of one picture: the first page of another, printed in one piece and scanned."""
    import pypdfium2
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    buffer = io.BytesIO()
    sheet = Canvas(buffer, pagesize=(595, 842), invariant=1)
    sheet.drawImage(ImageReader(picture), 0, 0, 595, 842)
    sheet.save()
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["a.doc", "a.wps", "a.odt", "a.rtf"])
def test_old_formats_name_the_converter_where_it_is_missing(tmp_path, monkeypatch, name):
    monkeypatch.setenv("PATH", str(tmp_path))
    data = {
        "a.odt": zipped({"mimetype": "application/vnd.oasis.opendocument.text"}, zipfile.ZIP_STORED),
        "a.rtf": b"{\\rtf1 x}",
    }
    with pytest.raises(ReadingError, match="LibreOffice, which is not installed"):
        read(tmp_path, name, data.get(name, OLE))


def test_old_formats_go_through_the_converter(tmp_path, monkeypatch):
    """The converter is a program that takes the order of LibreOffice and writes a docx where it is told."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "made.docx").write_bytes(DOCX)
    program = tmp_path / "bin/soffice"
    program.write_text(
        f'#!/bin/sh\n[ "$4 $5 $6" = "--convert-to docx --outdir" ] && /bin/cp {tmp_path}/made.docx "$7/document.docx"\n'
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    document = read(tmp_path, "a.doc", OLE)
    assert (document.text, document.format) == ("通知", "doc")
    assert document.sha256 == hashlib.sha256(OLE).hexdigest()
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(ReadingError, match="could not convert"):
        read(tmp_path, "b.doc", OLE)
