"""Presentations: slide by slide, a paragraph a line, tables as rows, the speaker's notes after their slide."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from rag.errors import ReadingError
from rag.reading.formats.docx import CELL_GAP
from rag.reading.formats.extracted import Extracted
from rag.reading.formats.package import Package

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_RUNNING = {"dt", "ftr", "hdr", "sldNum", "sldImg"}  # the same on every slide


def extract(data: bytes) -> Extracted:
    """Return the text of a pptx; every slide is a page.

    Raises:
        ReadingError: it is damaged or carries macros.

    """
    package = Package(data)
    if any(name.endswith("vbaProject.bin") for name in package.names()):
        raise ReadingError("it carries macros", "save it as .pptx without macros")
    targets = package.targets("ppt/presentation.xml")
    pages: list[int] = []
    text = ""
    for slide in package.part("ppt/presentation.xml").iter(_P + "sldId"):
        name = targets.get(slide.get(_R + "id", ""), "")
        lines = list(_lines(package.part(name)))
        for note in package.targets(name).values():
            if note.startswith("ppt/notesSlides/"):
                lines += _lines(package.part(note))
        pages.append(len(text))
        text += "".join(f"{line}\n" for line in lines if line.strip())
    return Extracted(text.removesuffix("\n"), tuple(pages))


def _lines(parent: Element) -> Iterator[str]:
    """Yield the paragraphs and table rows of a slide, in the order of its shapes."""
    for element in parent:
        kind = element.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph") if element.tag == _P + "sp" else None
        if kind is not None and kind.get("type") in _RUNNING:
            continue
        if element.tag == _A + "p":
            yield from _text(element).split("\v")
        elif element.tag == _A + "tr":
            yield CELL_GAP.join(" ".join(_lines(cell)).strip() for cell in element.findall(_A + "tc"))
        elif element.tag == _ALTERNATE:
            yield from _lines(element[0]) if len(element) else ()
        else:
            yield from _lines(element)


def _text(paragraph: Element) -> str:
    return "".join(
        "\v" if run.tag == _A + "br" else run.text or "" for run in paragraph.iter() if run.tag in {_A + "t", _A + "br"}
    )
