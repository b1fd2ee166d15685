"""Scanned PDF: the pictures of its pages are read by RapidOCR, the optional extra `kaoju[ocr]`, models included."""

from __future__ import annotations

import pypdfium2
from rapidocr import RapidOCR
from rapidocr.utils.output import RapidOCROutput

from rag.reading.formats.extracted import Extracted
from rag.reading.formats.lines import Line, Page, join

_SCALE = 2.0  # 144 dots an inch: Song of 16 points is 32 dots high, more gains nothing
_LONGEST = 2_400  # dots on the longer side, whatever size a page claims
_SURE = 0.5  # below, a line is a stamp or a stain


def extract(data: bytes) -> Extracted:
    """Return the text that is recognised on the pages of a PDF, in paragraphs, with the offset of each page."""
    engine = RapidOCR()
    document = pypdfium2.PdfDocument(data)
    pages = [_page(engine, document, number) for number in range(len(document))]
    found = join(pages)
    return Extracted(found.text, found.pages, (*found.notes, "text recognised from pictures: it may hold errors"))


def _page(engine: RapidOCR, document: pypdfium2.PdfDocument, number: int) -> Page:
    page = document[number]
    scale = min(_SCALE, _LONGEST / max(page.get_size()))
    picture = page.render(scale=scale).to_numpy()
    found = engine(picture)
    assert isinstance(found, RapidOCROutput)
    boxes = found.boxes if found.boxes is not None else ()
    lines = [
        Line(text, float(box[:, 0].min()), float(box[:, 0].max()), float(box[:, 1].min()), float(box[:, 1].max()))
        for box, text, score in zip(boxes, found.txts or (), found.scores or (), strict=True)
        if score >= _SURE
    ]
    return Page(lines, float(picture.shape[0]))
