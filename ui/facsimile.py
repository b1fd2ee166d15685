"""A page of a PDF as a picture, with a quotation marked on it; drawn in a child process, for a PDF may be hostile.

The parent hands over one line of JSON and the bytes of the file, the child answers with the bytes of a picture (WebP)
and ends.
"""

from __future__ import annotations

import io
import json
import re
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfPage, PdfTextPage

_MEMORY = 1 << 30  # bytes of address space
_SECONDS = 20  # of processor, and on the clock; a page of text takes 0.3
_WIDTH = 1400  # dots: twice the width of the pane, so that small print can be read enlarged
_LONGEST = 3200  # dots on the longer side, whatever size a page claims
_AT_ONCE = 2  # pages drawn at the same time; who comes later waits
_MARK = (255, 226, 110)  # the yellow of a marked quotation; it is laid on as ink, so that letters stay black
_QUALITY = 80  # of 100; a page of text takes 120 kB, a third of a PNG
_PADDING = 3  # dots around a marked line
# "a b\r\nc-": what the way from a page to its text leaves out or changes
_LOOSE = re.compile("[\\s\\-\ufffe\0]+")


class NotDrawn(Exception):
    """The page could not be drawn within the limits."""


_slots = threading.BoundedSemaphore(_AT_ONCE)


def draw(pdf: bytes, page: int, quotation: str = "", nth: int = 0) -> bytes:
    """Return page `page` (from 1) as a WebP picture, the `nth` (from 0) occurrence of `quotation` marked.

    Raises:
        NotDrawn: the PDF is damaged, has no such page, or takes more than the limits allow.
    """
    order = json.dumps({"page": page, "quotation": quotation, "nth": nth}).encode() + b"\n"
    with _slots:
        try:
            done = subprocess.run(
                [sys.executable, "-m", __name__],
                input=order + pdf,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                env={"PYTHONPATH": str(Path(__file__).resolve().parents[1]), "PYTHONUTF8": "1"},
                start_new_session=True,  # an interrupt of the terminal is the parent's to handle
            )
        except subprocess.TimeoutExpired as error:
            raise NotDrawn from error
    if done.returncode or not done.stdout:
        raise NotDrawn
    return done.stdout


def squeeze(text: str) -> str:
    """Return what a page and the text that was read from it have in common: no blanks, no hyphens."""
    return _LOOSE.sub("", text)


def main() -> None:
    """Serve as the child."""
    for limit, value in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    order = json.loads(sys.stdin.buffer.readline())
    picture = _picture(sys.stdin.buffer.read(), order["page"], order["quotation"], order["nth"])
    sys.stdout.buffer.write(picture)


def _picture(pdf: bytes, number: int, quotation: str, nth: int) -> bytes:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    page = document[number - 1]
    width, height = page.get_size()
    bitmap = page.render(scale=min(_WIDTH / width, _LONGEST / max(width, height)), rev_byteorder=True)
    found = bitmap.to_pil().convert("RGB")
    conversion = bitmap.get_posconv(page)
    boxes = [
        (*conversion.to_bitmap(left, top), *conversion.to_bitmap(right, bottom))
        for left, bottom, right, top in _boxes(page, quotation, nth)
    ]
    written = io.BytesIO()
    _marked(found, boxes).save(written, "WEBP", quality=_QUALITY, method=2)
    return written.getvalue()


def _boxes(page: PdfPage, quotation: str, nth: int) -> Iterator[tuple[float, float, float, float]]:
    """Yield the boxes (left, bottom, right, top) of a quotation, one for each line that it runs through."""
    import pypdfium2

    text: PdfTextPage = page.get_textpage()
    letters = [chr(pypdfium2.raw.FPDFText_GetUnicode(text, index)) for index in range(text.count_chars())]
    kept = [index for index, letter in enumerate(letters) if squeeze(letter)]
    whole, wanted = "".join(letters[index] for index in kept), squeeze(quotation)
    at = whole.find(wanted)
    for _ in range(nth):
        at = max(at, whole.find(wanted, at + 1))
    if at < 0 or not wanted:
        return
    first, last = kept[at], kept[at + len(wanted) - 1]
    for index in range(text.count_rects(first, last - first + 1)):
        yield text.get_rect(index)


def _marked(picture: Image, boxes: list[tuple[int, int, int, int]]) -> Image:
    from PIL import Image, ImageChops, ImageDraw

    ink = Image.new("RGB", picture.size, "white")
    for left, top, right, bottom in boxes:
        edges = (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
        grown = [edge + _PADDING * (1 if side > 1 else -1) for side, edge in enumerate(edges)]
        ImageDraw.Draw(ink).rounded_rectangle(grown, radius=_PADDING, fill=_MARK)
    return ImageChops.multiply(picture, ink)


if __name__ == "__main__":
    main()
