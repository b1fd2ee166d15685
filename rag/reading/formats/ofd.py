"""OFD, the national format of fixed pages (GB/T 33190): a zip of XML, text in glyph runs with their places."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from rag.errors import ReadingError
from rag.reading.formats.extracted import Extracted
from rag.reading.formats.lines import Line, Page, join
from rag.reading.formats.package import Package

_A4_HEIGHT = 297.0  # millimetres, the unit of OFD; for a page that names no size
_SAME_LINE = 0.5  # of the height of a character


def extract(data: bytes) -> Extracted:
    """Return the text of an OFD in paragraphs, with the offset of each page.

    Raises:
        ReadingError: it is damaged, or holds pictures instead of text.

    """
    package = Package(data)
    pages = [page for root in _texts(package.part("OFD.xml"), "DocRoot") for page in _pages(package, root)]
    if not any(page.lines for page in pages):
        raise ReadingError(
            f"it has no text: {len(pages)} pages of pictures, as a scanner makes them",
            "print it to PDF and recognise that",
        )
    return join(pages)


def _pages(package: Package, name: str) -> Iterator[Page]:
    document = package.part(name)
    folder = posixpath.dirname(name)
    height = _height(document) or _A4_HEIGHT
    for page in _named(document, "Page"):
        if page.get("BaseLoc"):
            content = package.part(_resolve(folder, page.get("BaseLoc", "")))
            runs = [run for thing in _named(content, "TextObject") for run in _runs(thing)]
            yield Page(_lines(runs), _height(content) or height)


def _runs(thing: Element) -> Iterator[Line]:
    """Yield the runs of a text object; its boundary is the origin of their places, which are of the baseline."""
    left, top, width, _ = (*_numbers(thing.get("Boundary", "")), 0.0, 0.0, 0.0, 0.0)[:4]
    size = next(iter(_numbers(thing.get("Size", ""))), 0.0) or 4.0
    x, y = 0.0, 0.0
    for code in _named(thing, "TextCode"):
        x, y = float(code.get("X", x)), float(code.get("Y", y))  # a run without a place goes on from the last
        text = code.text or ""
        steps = _deltas(code.get("DeltaX", ""))
        advance = sum(steps[: max(len(text) - 1, 0)]) + size if steps else max(width - x, size)
        yield Line(text, left + x, left + x + advance, top + y - size, top + y)


def _lines(runs: list[Line]) -> list[Line]:
    """Join runs that stand side by side on one baseline, in document order."""
    lines: list[Line] = []
    for run in runs:
        last = lines[-1] if lines else None
        if last and abs(last.bottom - run.bottom) < _SAME_LINE * run.size and run.left > last.left:
            gap = " " if run.left - last.right > run.size else ""
            lines[-1] = Line(last.text + gap + run.text, last.left, run.right, last.top, last.bottom)
        else:
            lines.append(run)
    return lines


def _deltas(text: str) -> list[float]:
    # "4.2 g 3 4.2 5": 4.2, then 4.2 three times (g COUNT STEP), then 5
    steps: list[float] = []
    parts = iter(text.split())
    for part in parts:
        if part == "g":
            count, step = int(next(parts, "0")), float(next(parts, "0"))
            steps += [step] * min(count, 10_000)
        else:
            steps.append(float(part))
    return steps


def _height(root: Element) -> float | None:
    box = next((numbers for text in _texts(root, "PhysicalBox") if len(numbers := _numbers(text)) == 4), None)
    return box[3] if box else None


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split()]


def _texts(root: Element, name: str) -> list[str]:
    return [element.text.strip() for element in _named(root, name) if element.text and element.text.strip()]


def _named(root: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a name in document order; writers differ in the namespace's prefix, some have none."""
    return (element for element in root.iter() if element.tag.rsplit("}", 1)[-1] == name)


def _resolve(folder: str, location: str) -> str:
    return location if location.startswith("/") else posixpath.normpath(posixpath.join(folder, location))
