"""A page as a picture: the quotation is marked where it stands, and nowhere else; a damaged file is no picture."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ui.facsimile import NotDrawn, draw

LINES = ("the ferry rests in storms", "seven lifebuoys stand ready", "the ferry rests in storms", "nine oars are kept")
TOP, PITCH = 700, 100  # points from the lower edge to the first line, and between two lines


@pytest.fixture(scope="module")
def pdf() -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(600, 800))
    for page in range(2):
        for number, line in enumerate(LINES if page == 0 else ("another page",)):
            canvas.setFont("Helvetica", 30)
            canvas.drawString(50, TOP - PITCH * number, line)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def marked_rows(picture: bytes) -> Iterator[int]:
    """Yield the numbers of the lines that are marked, by the colour of what lies around their letters."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    scale = image.width / 600
    for number in range(len(LINES)):
        middle = int((800 - TOP + PITCH * number - 10) * scale)
        row = [image.getpixel((column, middle)) for column in range(int(50 * scale), int(300 * scale))]
        if sum(blue < 160 < red for red, _, blue in row) > len(row) // 4:
            yield number


@pytest.mark.parametrize(
    ("quotation", "nth", "rows"),
    [
        ("seven lifebuoys stand ready", 0, [1]),
        ("the ferry rests in storms", 0, [0]),
        ("the ferry rests in storms", 1, [2]),
        ("stand ready the ferry rests", 0, [1, 2]),  # across a line end
        ("nothing of the kind", 0, []),
        ("", 0, []),
    ],
)
def test_the_quotation_is_marked_where_it_stands(pdf: bytes, quotation: str, nth: int, rows: list[int]) -> None:
    found = list(marked_rows(draw(pdf, 1, quotation, nth)))
    assert set(found) <= set(rows)
    assert bool(found) == bool(rows)


def test_the_other_page_is_another_picture(pdf: bytes) -> None:
    assert list(marked_rows(draw(pdf, 2, "seven lifebuoys stand ready"))) == []
    assert draw(pdf, 1) != draw(pdf, 2)


@pytest.mark.parametrize(("broken", "page"), [(b"%PDF-1.4 nothing", 1), (b"", 1), (None, 3)])
def test_what_cannot_be_drawn_is_said(pdf: bytes, broken: bytes | None, page: int) -> None:
    with pytest.raises(NotDrawn):
        draw(pdf if broken is None else broken, page)


def test_a_page_of_any_claimed_size_becomes_a_picture_of_ours() -> None:
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(14_000, 200))
    canvas.drawString(10, 10, "wide")
    canvas.save()
    assert max(Image.open(io.BytesIO(draw(written.getvalue(), 1))).size) <= 3200
