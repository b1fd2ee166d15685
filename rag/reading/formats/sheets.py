"""Spreadsheets (xlsx, xls): a sheet's name, then a line for each row, through python-calamine."""

from __future__ import annotations

import datetime as dt
import io

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from rag.errors import ReadingError
from rag.reading.formats.docx import CELL_GAP
from rag.reading.formats.extracted import Extracted
from rag.reading.formats.package import open_zip

_ZIP = b"PK\x03\x04"


def extract(data: bytes) -> Extracted:
    """Return the text of a workbook, empty rows and columns left out; every sheet is a page.

    Raises:
        ReadingError: it is damaged, or a password is needed.

    """
    if data.startswith(_ZIP):
        open_zip(data).close()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except PasswordError as error:
        raise ReadingError("a password is needed", "save the workbook without a password") from error
    except CalamineError as error:
        raise ReadingError(f"it is damaged: {error}", "open and save it again") from error
    pages: list[int] = []
    text = ""
    for name, rows in sheets:
        lines = [CELL_GAP.join(cells) for row in rows if any(cells := [_shown(cell) for cell in row])]
        if lines:
            pages.append(len(text))
            text += "".join(f"{line}\n" for line in ([name, *lines] if len(sheets) > 1 else lines))
    return Extracted(text.removesuffix("\n"), tuple(pages))


def _shown(cell: object) -> str:
    """Return a cell as a reader sees it: whole numbers without a point, dates without a midnight."""
    if isinstance(cell, float) and cell.is_integer() and not isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return " ".join(str(cell).split())
