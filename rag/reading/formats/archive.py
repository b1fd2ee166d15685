"""Archives: the members of a zip, each with its name as it was written."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from rag.errors import ReadingError
from rag.reading.decode import decode
from rag.reading.formats.package import open_zip, read_entry
from rag.reading.walk import is_document

_UTF8_NAME = 0x800


def members(data: bytes) -> Iterator[tuple[str, bytes | ReadingError]]:
    """Yield name and content of the documents in a zip, sorted by name; a member that cannot be unpacked is its error.

    Raises:
        ReadingError: the zip is damaged or would unpack to too much.

    """
    archive = open_zip(data)
    named = sorted((_name(entry), position) for position, entry in enumerate(archive.infolist()) if not entry.is_dir())
    return _unpacked(archive, named)


def _unpacked(archive: zipfile.ZipFile, named: list[tuple[str, int]]) -> Iterator[tuple[str, bytes | ReadingError]]:
    entries = archive.infolist()
    for name, position in named:
        if all(is_document(part) for part in name.split("/")):
            try:
                yield name, read_entry(archive, entries[position])
            except ReadingError as error:
                yield name, error


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the path of an entry, without what would lead out of the archive."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:  # the zip does not say; Windows writes GBK, the standard says cp437
        name = _plausible(name.encode("cp437", "replace"))
    return "/".join(part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in {"/", "..", "."})


def _plausible(name: bytes) -> str:
    try:
        return decode(name).text
    except ReadingError:
        return name.decode("gb18030", "replace")
