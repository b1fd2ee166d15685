"""PDF with a text layer, through pypdfium2; of a scanned one it counts the pages."""

from __future__ import annotations

import pypdfium2

from rag.errors import ReadingError
from rag.reading.formats.extracted import Extracted
from rag.reading.formats.lines import Line, Page, join

_SCANNED = 20  # characters a page; fewer are stamps and page numbers on pictures
_MAX_PAGES = 5_000
_HYPHEN = "\ufffe"  # pdfium's sign for a hyphen at a line end


def extract(data: bytes) -> Extracted:
    """Return the text of a PDF in paragraphs, with the offset of each page; none, where its pages are pictures.

    Raises:
        ReadingError: a password is needed, or the file is damaged.

    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadingError("a password is needed", "save the PDF without a password") from error
        raise ReadingError(f"it is damaged: {error}", "get the file again, or print it to PDF anew") from error
    if len(document) > _MAX_PAGES:
        raise ReadingError(f"it has {len(document):,} pages, more than {_MAX_PAGES:,}", "split it")
    pages = [_page(document, number) for number in range(len(document))]
    characters = sum(len(line.text) for page in pages for line in page.lines)
    if characters < _SCANNED * len(pages):
        return Extracted("", scanned=len(pages))
    return join(pages)


def _page(document: pypdfium2.PdfDocument, number: int) -> Page:
    """Return the lines of a page; their borders are those of their first and last character."""
    try:
        page = document[number]
        height = page.get_height()
        text = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise ReadingError(f"its page {number + 1} is damaged: {error}", "print the PDF anew") from error
    lines: list[Line] = []
    start = 0
    codes = [pypdfium2.raw.FPDFText_GetUnicode(text, index) for index in range(text.count_chars())]
    for end in [*(index for index, code in enumerate(codes) if code in {10, 13}), len(codes)]:
        inked = [index for index in range(start, end) if not chr(codes[index]).isspace()]
        if inked:
            first, last = text.get_charbox(inked[0], loose=True), text.get_charbox(inked[-1], loose=True)
            words = "".join(map(chr, codes[inked[0] : inked[-1] + 1])).replace(_HYPHEN, "-").replace("\0", "")
            words = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            lines.append(
                Line(words, first[0], last[2], height - max(first[3], last[3]), height - min(first[1], last[1]))
            )
        start = end + 1
    return Page(lines, height)
