"""From the bytes of a file to its text, one module for each format; they run in the sandbox and may fail there."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from rag.reading.formats.extracted import Extracted

__all__ = ["EXTRACTED", "Extracted", "extract"]

# Formats whose text is extracted, and the module that does it; plain text is decoded, nothing more.
EXTRACTED = {
    "docx": "docx",
    "html": "html",
    "ofd": "ofd",
    "pdf": "pdf",
    "pptx": "pptx",
    "scan": "scan",
    "xls": "sheets",
    "xlsx": "sheets",
}


def extract(data: bytes, format: str) -> Extracted:
    """Return the text of a file of one of the formats in `EXTRACTED`.

    Raises:
        ReadingError: the file cannot be read, with what to do about it. A parser may raise anything else.

    """
    module = import_module(f"rag.reading.formats.{EXTRACTED[format]}")
    function: Callable[[bytes], Extracted] = module.extract
    return function(data)
