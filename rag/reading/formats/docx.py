"""Word documents: paragraphs with their automatic numbers, tables as rows, text boxes, footnotes at the end."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from rag.errors import ReadingError
from rag.reading.formats.extracted import Extracted
from rag.reading.formats.numbering import Numbering, W
from rag.reading.formats.package import Package

CELL_GAP = " | "  # between the cells of a table row, in every format
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_CHARACTERS = {W + "tab": "\t", W + "noBreakHyphen": "-", W + "cr": "\n"}
# What is in the file and not on the page: deleted text, field codes, properties.
_UNSEEN = {W + "del", W + "moveFrom", W + "instrText", W + "pPr", W + "sdtPr", W + "sectPr"}
_OWN_TYPES = {"separator", "continuationSeparator", "continuationNotice"}


def extract(data: bytes) -> Extracted:
    """Return the text of a docx, a paragraph a line.

    Raises:
        ReadingError: it is damaged or carries macros.

    """
    package = Package(data)
    if any(name.endswith("vbaProject.bin") for name in package.names()):
        raise ReadingError("it carries macros", "save it as .docx without macros")
    reader = _Reader(package)
    body = package.part("word/document.xml").find(W + "body")
    lines = list(reader.blocks(body)) if body is not None else []
    for kind in ("footnote", "endnote"):
        root = package.optional(f"word/{kind}s.xml")
        notes = [note for note in (root if root is not None else ()) if note.get(W + "type") not in _OWN_TYPES]
        for number, note in enumerate(notes, start=1):
            lines.append(f"注{number}：" + " ".join(line.strip() for line in reader.blocks(note)))
    return Extracted("\n".join(lines), notes=tuple(reader.notes))


class _Reader:
    """Walks the body; keeps the count of the numbering and what was left out."""

    def __init__(self, package: Package) -> None:
        styles = package.optional("word/styles.xml")
        self._numbering = Numbering(package.optional("word/numbering.xml"), styles)
        self._contents = {
            style.get(W + "styleId", "")
            for style in (styles.findall(W + "style") if styles is not None else ())
            if _name(style).startswith("toc ")
        }
        self.notes: list[str] = []

    def blocks(self, parent: Element) -> Iterator[str]:
        """Yield the lines of paragraphs and tables, in order."""
        for element in parent:
            if element.tag == W + "p":
                yield from self._paragraph(element)
            elif element.tag == W + "tbl":
                yield from self._table(element)
            elif element.tag == W + "sdt" and self._is_contents(element):
                self._leave_out("the table of contents")
            elif element.tag == _ALTERNATE:
                yield from self.blocks(element[0])
            elif element.tag not in _UNSEEN:
                yield from self.blocks(element)

    def _paragraph(self, paragraph: Element) -> Iterator[str]:
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(W + "val") in self._contents:
            self._leave_out("the table of contents")
            return
        mark = self._numbering.mark(paragraph)
        boxes: list[Element] = []
        text = mark + "".join(self._runs(paragraph, boxes))
        if text.strip() or not boxes:
            yield from text.split("\n")
        for box in boxes:
            yield from self.blocks(box)

    def _runs(self, parent: Element, boxes: list[Element]) -> Iterator[str]:
        """Yield the text of a paragraph; its text boxes are collected, to follow as paragraphs of their own."""
        for element in parent:
            tag = element.tag
            if tag in {W + "t", _MATH_TEXT}:
                yield element.text or ""
            elif tag in _CHARACTERS:
                yield _CHARACTERS[tag]
            elif tag == W + "br":
                yield "" if element.get(W + "type") in {"page", "column"} else "\n"
            elif tag == W + "txbxContent":
                boxes.append(element)
            elif tag == W + "r" and _hidden(element):
                self._leave_out("hidden text")
            elif tag == _ALTERNATE:  # the same box twice, for newer and for older programs
                yield from self._runs(element[0], boxes) if len(element) else ()
            elif tag not in _UNSEEN:
                yield from self._runs(element, boxes)

    def _table(self, table: Element) -> Iterator[str]:
        for row in _through(table, "tr"):
            cells = [
                " ".join(filter(None, (line.strip() for line in self.blocks(cell)))) for cell in _through(row, "tc")
            ]
            if any(cells):
                yield CELL_GAP.join(cells)

    def _is_contents(self, element: Element) -> bool:
        gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
        return gallery is not None and gallery.get(W + "val") == "Table of Contents"

    def _leave_out(self, what: str) -> None:
        note = f"{what} left out"
        if note not in self.notes:
            self.notes.append(note)


def _through(parent: Element, name: str) -> Iterator[Element]:
    """Yield rows or cells, also where content controls or revisions wrap them."""
    for element in parent:
        if element.tag == W + name:
            yield element
        elif element.tag in {W + "sdt", W + "sdtContent", W + "ins", W + "customXml"}:
            yield from _through(element, name)


def _hidden(run: Element) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(W + "val", "1") not in {"0", "false"}


def _name(style: Element) -> str:
    name = style.find(W + "name")
    return name.get(W + "val", "").lower() if name is not None else ""
