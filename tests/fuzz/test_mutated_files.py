"""Mutated files of every native format: a document or one sentence, never a crash, a hang or too much memory."""

import io
import random
import re
import time
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from rag.datatypes import RawDocument
from rag.reading import sandbox
from rag.reading.load import SCAN_SECONDS, load_each
from tests.unit.rag.reading import samples
from tests.unit.rag.reading.samples import Day, make_docx, make_ofd, make_pdf, make_pptx, make_xlsx, paragraph, shape

MILLIMETRE = 25.4 / 72
PAGES = samples.print_pages(samples.TITLE, samples.PARAGRAPHS)
NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
    '<w:lvlText w:val="%1、"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
TEXT = "\n".join([samples.TITLE, *samples.PARAGRAPHS])
ROWS = [["项目", "万元", "开工"], ["渠道", 9800, Day(45369)], ["塘坝", 1.5, None]]
DOCX = make_docx("".join(paragraph(text, (1, i % 2)) for i, text in enumerate(samples.PARAGRAPHS)), numbering=NUMBERING)
SAMPLES = {
    "txt": TEXT.encode("gb18030"),
    "md": f"# {TEXT}\n\n| 年度 | 投资 |\n| --- | --- |\n".encode(),
    "html": f"<html><body><h1>{samples.TITLE}</h1><table><tr><td>{TEXT}</td></tr></table></body></html>".encode(),
    "docx": DOCX,
    "pdf": make_pdf(PAGES),
    "ofd": make_ofd([[(x * MILLIMETRE, y * MILLIMETRE, text) for x, y, text in page] for page in PAGES]),
    "xlsx": make_xlsx({"投资": ROWS}),
    "pptx": make_pptx([shape(*samples.PARAGRAPHS)], {0: shape("讲解")}),
    "zip": samples.zipped({"通知.txt": TEXT.encode("gb18030"), "a.docx": DOCX}),
}
# What parsers stumble over: signs of structure, and the numbers at which counters turn over.
TOKENS = [
    b"<",
    b">",
    b"</w:p>",
    b"<w:tbl>",
    b"\0" * 8,
    b"\xff" * 4,
    b"2147483648",
    b"-1",
    b"1e308",
    b"%99",
    b"endobj",
    b"stream\r\n",
]

NUMBERS = [b"0", b"-1", b"", b"1e308", b"nan", b"2147483648", b"99999999999999999999", b"0.0000001", b"\xe4\xb8\x80"]


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Change bytes at a few places: flip, overwrite, cut out, repeat, insert, cut off."""
    changed = bytearray(data)
    for _ in range(chance.choice([1, 2, 4, 16])):
        start = chance.randrange(len(changed) + 1)
        end = min(start + chance.choice([1, 4, 64, 1024]), len(changed))
        kind = chance.randrange(6)
        if kind == 0 and start < len(changed):
            changed[start] ^= 1 << chance.randrange(8)
        elif kind == 1:
            changed[start:end] = chance.randbytes(end - start)
        elif kind == 2:
            del changed[start:end]
        elif kind == 3:
            changed[start:start] = changed[start:end] * chance.choice([1, 100])
        elif kind == 4:
            changed[start:start] = chance.choice(TOKENS)
        elif chance.random() < 0.2:
            del changed[start:]
    return bytes(changed)


def mutate_numbers(data: bytes, chance: random.Random) -> bytes:
    """Change some of the numbers in a text, which leaves XML well-formed."""
    places = [match.span() for match in re.finditer(rb"[0-9][0-9.]*", data)]
    for start, end in sorted(chance.sample(places, min(len(places), chance.choice([1, 3]))), reverse=True):
        data = data[:start] + chance.choice(NUMBERS) + data[end:]
    return data


def mutate_inside(data: bytes, chance: random.Random) -> bytes:
    """Change one part of a zip and pack it anew, so that the damage passes the checksums."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    change = chance.choice([mutate, mutate_numbers])
    return samples.zipped(parts | {name: change(parts[name], chance)})


def peak() -> int:
    """Return the most memory that the child of the sandbox ever held, in bytes."""
    child = sandbox.shared_sandbox()._child
    status = Path(f"/proc/{child.pid}/status") if child else None
    if status is None or not status.exists():
        return 0
    return next(int(line.split()[1]) << 10 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


@pytest.mark.fuzz
@pytest.mark.parametrize("format", SAMPLES)
def test_a_mutated_file_is_a_document_or_a_sentence(
    format: str, tmp_path: Path, seed: int, count: Callable[[int, int, int], int]
):
    data = SAMPLES[format]
    # damaged pages may hold no text any more: then the recogniser, where it is installed, has its own limit
    scans = format == "pdf" and find_spec("rapidocr") is not None
    limit = SCAN_SECONDS * (len(PAGES) + 1) if scans else sandbox.SECONDS
    read = 0
    for number in range(count(25, 500, 10_000)):
        chance = random.Random(f"{seed} {format} {number}")
        inside = data.startswith(b"PK") and chance.random() < 0.6
        path = tmp_path / f"a.{format}"
        path.write_bytes((mutate_inside if inside else mutate)(data, chance))
        start = time.monotonic()
        found = list(load_each(path, path.name))
        assert time.monotonic() - start < limit + 5, f"TEST_SEED={seed}, case {number}"
        assert peak() < sandbox.MEMORY
        for item in found:
            if isinstance(item, RawDocument):
                read += 1
                item.text.encode()  # no half character is left
                assert list(item.pages) == sorted(item.pages)
                assert all(0 <= page <= len(item.text) for page in item.pages)
            else:
                assert item.reason, f"TEST_SEED={seed}, case {number}"
                assert item.remedy
    assert read, "every mutation was fatal: the mutations are too coarse to test a parser"
