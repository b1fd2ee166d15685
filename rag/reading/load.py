"""Load files: find them, read each once, tell its format, and turn it into the raw text that citations cite."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from rag.datatypes import RawDocument, SetAside
from rag.errors import ReadingError
from rag.reading.decode import decode
from rag.reading.formats import EXTRACTED, Extracted, extract
from rag.reading.formats.archive import members
from rag.reading.formats.kinds import format_of
from rag.reading.formats.markdown import plain
from rag.reading.formats.office import convert
from rag.reading.sandbox import Sandbox, shared_sandbox

MAX_BYTES = 100_000_000  # of one file: a hundred times the longest statute book
_SCAN_MEMORY = 4 << 30  # bytes of address space: the recogniser reserves 1.5 GB, its threads more
SCAN_SECONDS = 30  # a page, and to begin; it took 10 on one busy core
_SURROGATES = re.compile("[\ud800-\udfff]")  # halves of a character, as broken converters leave them


def load(path: Path, source: str, *, encoding: str | None = None, sandbox: bool = True) -> list[RawDocument]:
    """Return the documents of a file: one, or those of a zip.

    Args:
        path: a regular file.
        source: its name in the index; the members of a zip get theirs behind it.
        encoding: read text in it, whatever it looks like.
        sandbox: parse in a child process with limits (off only for files of this project).

    Raises:
        ReadingError: the file, or a member of the zip, cannot be read.

    """
    documents = []
    for found in load_each(path, source, encoding=encoding, sandbox=sandbox):
        if isinstance(found, SetAside):
            raise ReadingError(found.reason, found.remedy)
        documents.append(found)
    return documents


def load_each(
    path: Path, source: str, *, encoding: str | None = None, sandbox: bool = True
) -> Iterator[RawDocument | SetAside]:
    """Yield the documents of a file as `load` does; what cannot be read is set aside, the rest of a zip goes on."""
    try:
        data = _read(path)
        format = format_of(source, data)
        if format != "zip":
            yield _document(data, source, format, encoding, sandbox)
            return
        inside = members(data)
    except ReadingError as error:
        yield SetAside(source, error.reason, error.remedy)
        return
    for name, content in inside:
        member = f"{source}/{name}"
        try:
            yield _member(content, member, encoding, sandbox)
        except ReadingError as error:
            yield SetAside(member, error.reason, error.remedy)


def _member(content: bytes | ReadingError, source: str, encoding: str | None, sandbox: bool) -> RawDocument:
    if isinstance(content, ReadingError):
        raise content
    format = format_of(source, content)
    if format == "zip":
        raise ReadingError("it is a zip inside a zip", "unpack it")
    return _document(content, source, format, encoding, sandbox)


def _read(path: Path) -> bytes:
    """Return the bytes of a regular file; one that changes while it is read is read once more."""
    try:
        for _ in range(2):
            # without O_NONBLOCK a named pipe would keep us waiting for its writer
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
                before = os.fstat(file.fileno())
                if not stat.S_ISREG(before.st_mode):
                    raise ReadingError("it is not a regular file", "give files and folders only")
                if before.st_size > MAX_BYTES:
                    reason = f"it has {before.st_size:,} bytes, more than the limit of {MAX_BYTES:,}"
                    raise ReadingError(reason, "split it into its documents")
                data = file.read(MAX_BYTES + 1)
                after = os.fstat(file.fileno())
            if len(data) == after.st_size and before.st_mtime_ns == after.st_mtime_ns:
                return data
    except PermissionError as error:
        raise ReadingError("permission denied", "let this user read it (chmod +r)") from error
    except OSError as error:
        raise ReadingError(f"it cannot be read: {error.strerror}", "look whether it is still there") from error
    raise ReadingError("it changes while it is read", "index again when it is written")


def _document(data: bytes, source: str, format: str, encoding: str | None, sandbox: bool) -> RawDocument:
    digest = hashlib.sha256(data).hexdigest()
    if format in {"txt", "md"}:
        decoded = decode(data, encoding=encoding)
        text = plain(decoded.text) if format == "md" else decoded.text
        extracted, charset, confidence = Extracted(text, notes=decoded.notes), decoded.encoding, decoded.confidence
    elif format == "html":
        decoded = decode(data, encoding=encoding)
        extracted = _extract(decoded.text.encode("utf-8", "replace"), format, sandbox)
        extracted = Extracted(extracted.text, notes=(*decoded.notes, *extracted.notes))
        charset, confidence = decoded.encoding, decoded.confidence
    else:
        original = format
        if format == "office":
            original = PurePosixPath(source).suffix.lower().removeprefix(".")
            data, format = convert(data, f".{original}")
        extracted, charset, confidence = _extract(data, format, sandbox), "", 1.0
        format = original
    notes = extracted.notes if extracted.text.strip() else (*extracted.notes, "no text in it")
    return RawDocument(source, extracted.text, digest, format, charset, confidence, extracted.pages, notes)


def _extract(data: bytes, format: str, sandbox: bool) -> Extracted:
    assert format in EXTRACTED
    extracted = shared_sandbox().extract(data, format) if sandbox else extract(data, format)
    if extracted.scanned:
        extracted = _recognise(data, extracted.scanned)
    text, halves = _SURROGATES.subn("\ufffd", extracted.text)
    notes = (*extracted.notes, f"{halves} broken characters") if halves else extracted.notes
    return Extracted(text, extracted.pages, notes)


def _recognise(data: bytes, pages: int) -> Extracted:
    """Return the text on the pictures of a scanned PDF; always in a child, for a recogniser takes gigabytes."""
    if find_spec("rapidocr") is None:
        raise ReadingError(
            f"it has no text layer: {pages} pages of pictures, as a scanner makes them",
            "install the recogniser, pip install 'kaoju[ocr]', and index again",
        )
    scanner = Sandbox(memory=_SCAN_MEMORY, seconds=SCAN_SECONDS * (pages + 1))
    try:
        return scanner.extract(data, "scan")
    finally:
        scanner.close()
