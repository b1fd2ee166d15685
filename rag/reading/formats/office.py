"""Old office formats, converted by LibreOffice where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from rag.errors import ReadingError

_SECONDS = 30
_TARGETS = {".ppt": "pptx"}  # everything else becomes a docx
# {\listtext\pard\plain \u19968\'3f\tab}\ilvl0\ls7: the mark of an automatic number as text, then the list it is of
_LISTED = re.compile(rb"\{\\listtext((?:\\(?!u)[a-z]+-?\d* ?)*) *([^{}]*?)(?:\\tab ?)?\}([^{}]*?)\\ls\d+")


def convert(data: bytes, extension: str) -> tuple[bytes, str]:
    """Return a document as docx or pptx, and which of the two.

    Raises:
        ReadingError: LibreOffice is missing, takes too long or makes nothing of the file.

    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise ReadingError(
            f"{extension} is read through LibreOffice, which is not installed", "install it, or save the file as .docx"
        )
    target = _TARGETS.get(extension, "docx")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"document{extension}")
        # LibreOffice writes an RTF whose list definitions have lost the Han stops of 一、, which its marks still have
        source.write_bytes(_LISTED.sub(rb"{\1\2}\3", data) if extension == ".rtf" else data)
        # a profile of its own: a LibreOffice that is open elsewhere would take the order and be closed by it
        command = [program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore"]
        try:
            subprocess.run(
                [*command, "--convert-to", target, "--outdir", folder, str(source)],
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ReadingError(f"LibreOffice took more than {_SECONDS} seconds", f"save it as .{target}") from error
        made = source.with_suffix(f".{target}")
        if not made.is_file():
            raise ReadingError("LibreOffice could not convert it", f"open it there and save it as .{target}")
        return made.read_bytes(), target
