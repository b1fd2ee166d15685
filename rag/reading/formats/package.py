"""Zip packages (docx, xlsx, pptx, ofd, and archives): bombs are refused before anything is unpacked."""

from __future__ import annotations

import io
import posixpath
import zipfile
from xml.etree import ElementTree

from rag.errors import ReadingError

MAX_ENTRIES = 10_000
MAX_UNPACKED = 200_000_000  # bytes
_MAX_RATIO = 100
_RATIO_FLOOR = 1 << 20  # bytes; a small file of repeated XML may well shrink a hundredfold
_CENTRAL_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Open a zip in memory. `zipfile` never unpacks more of an entry than its header says, so their sum is a bound.

    Raises:
        ReadingError: it is damaged, encrypted, or would unpack to too much.

    """
    remedy = "unpack it by hand and give the documents themselves, if you trust it"
    if data.count(_CENTRAL_ENTRY) > MAX_ENTRIES:  # counted before the directory is read into memory
        raise ReadingError(f"it holds more than {MAX_ENTRIES:,} entries", remedy)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ReadingError(f"it is damaged: {error}", "get the file again, or open and save it") from error
    size = sum(entry.file_size for entry in archive.infolist())
    if size > MAX_UNPACKED or size > max(_RATIO_FLOOR, _MAX_RATIO * len(data)):
        raise ReadingError(f"it would unpack from {len(data):,} to {size:,} bytes, like a zip bomb", remedy)
    return archive


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return the bytes of an entry.

    Raises:
        ReadingError: it is encrypted or damaged.

    """
    if entry.flag_bits & _ENCRYPTED:
        raise ReadingError("a password is needed", "save it without a password")
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise ReadingError(f"it is damaged: {error}", "get the file again, or open and save it") from error
    except Exception as error:
        if type(error).__module__ in {"zlib", "_lzma", "lzma"}:  # each decompressor has an error of its own
            raise ReadingError(f"it is damaged: {error}", "get the file again, or open and save it") from error
        raise


class Package:
    """The XML parts of an office document."""

    def __init__(self, data: bytes) -> None:
        self._archive = open_zip(data)
        self._entries = {entry.filename.lstrip("/"): entry for entry in self._archive.infolist()}

    def names(self) -> list[str]:
        """Return the names of all parts."""
        return list(self._entries)

    def part(self, name: str) -> ElementTree.Element:
        """Return the root of a part.

        Raises:
            ReadingError: it is missing, is no well-formed XML, or declares entities.

        """
        entry = self._entries.get(name.lstrip("/"))
        if entry is None:
            raise ReadingError(f"it is damaged: its part {name!r} is missing", "open and save it again")
        data = read_entry(self._archive, entry)
        if b"<!DOCTYPE" in data.replace(b"\0", b""):  # UTF-16 too
            raise ReadingError(
                f"its part {name!r} declares a DOCTYPE, which office programs never write", "do not use it"
            )
        try:
            return ElementTree.fromstring(data)  # noqa: S314 - entities need a DOCTYPE, refused above
        except ElementTree.ParseError as error:
            raise ReadingError(f"it is damaged: {name!r} is no XML ({error})", "open and save it again") from error

    def optional(self, name: str) -> ElementTree.Element | None:
        """Return the root of a part, None where the document has no such part."""
        return self.part(name) if name.lstrip("/") in self._entries else None

    def targets(self, name: str) -> dict[str, str]:
        """Return the relations of a part: from their id to the name of the part they point to."""
        folder, base = posixpath.split(name)
        root = self.optional(f"{folder}/_rels/{base}.rels")
        return {
            relation.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip(
                "/"
            )
            for relation in (root if root is not None else ())
            if relation.get("TargetMode") != "External"
        }
