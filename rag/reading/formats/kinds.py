"""What kind of file it is: by its name, and by its first bytes, which do not lie."""

from __future__ import annotations

from pathlib import PurePosixPath

from rag.errors import ReadingError

# Format by extension. "office" is what LibreOffice converts; "" is a name without extension, read as text.
BY_EXTENSION = {
    "": "txt",
    ".csv": "txt",
    ".doc": "office",
    ".docx": "docx",
    ".htm": "html",
    ".html": "html",
    ".markdown": "md",
    ".md": "md",
    ".odt": "office",
    ".ofd": "ofd",
    ".pdf": "pdf",
    ".ppt": "office",
    ".pptx": "pptx",
    ".rtf": "office",
    ".shtml": "html",
    ".text": "txt",
    ".txt": "txt",
    ".wps": "office",
    ".xhtml": "html",
    ".xls": "xls",
    ".xlsx": "xlsx",
    ".zip": "zip",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNS = [
    (b"%PDF-", "a PDF"),
    (_OLE, "an old Office file"),
    (b"{\\rtf", "an RTF"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"SQLite format 3\0", "a database"),
]
# The part by which a zip is known.
_PARTS = [
    (b"word/document.xml", "a docx"),
    (b"xl/workbook.xml", "an xlsx"),
    (b"ppt/presentation.xml", "a pptx"),
    (b"OFD.xml", "an ofd"),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file"),
]
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_PDF_HEAD = 1024  # bytes; the standard lets a PDF begin so late
_EXPECTED = {
    "docx": ("a docx",),
    "xlsx": ("an xlsx",),
    "pptx": ("a pptx",),
    "ofd": ("an ofd",),
    "pdf": ("a PDF",),
    "xls": ("an old Office file",),
    "zip": ("a zip", "a docx", "an xlsx", "a pptx", "an ofd"),
    "office": ("an old Office file", "an RTF", "an OpenDocument file", "a docx", "a text"),
}


def format_of(source: str, data: bytes) -> str:
    """Return the format by which a file is read; its first bytes must bear its name out.

    Raises:
        ReadingError: no format that is read, or the content is of another kind than the name says.

    """
    extension = PurePosixPath(source).suffix.lower()
    if extension not in BY_EXTENSION:
        known = " ".join(sorted(filter(None, BY_EXTENSION)))
        raise ReadingError(f"{extension} is not among the formats that are read", f"save it as one of {known}")
    format = BY_EXTENSION[extension]
    if not data:
        return "txt"
    found = sniff(data)
    if format in {"docx", "xlsx", "pptx"} and _ENCRYPTED_PACKAGE in data:
        raise ReadingError("a password is needed", "save it without a password")
    if found not in _EXPECTED.get(format, ("a text",)):
        raise ReadingError(
            f"it is named {extension or 'without an extension'} but is {found}", "give it its right extension"
        )
    return format


def sniff(data: bytes) -> str:
    """Return in words what the content of a file is; what has no sign of its own is "a text"."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((kind for part, kind in _PARTS if part in data), "a zip")
    if b"%PDF-" in data[:_PDF_HEAD] and b"\0" not in data[: data.find(b"%PDF-")]:
        return "a PDF"
    return next((kind for sign, kind in _SIGNS if data.startswith(sign)), "a text")
