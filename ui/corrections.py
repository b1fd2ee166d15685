"""Corrections of what was read about a document, kept in `NAME.meta.toml` beside it, where every build finds them."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from rag.datatypes import Provenance
from rag.errors import UsageError

SINGLE = ("title", "kind", "issuer", "speaker", "number", "issued_on", "effective_on")
# Of a file that holds several articles only what holds for each of them can be corrected: it is one file beside it.
SHARED = ("places", "issuer")
_DATES = ("issued_on", "effective_on")
_SUFFIX = ".meta.toml"
_LONGEST = 500  # characters
# '2023', '2023-05', '2023-05-06'
_DATE = re.compile(r"(?:19|20)\d{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
# '青砚县、白苎县'
_BETWEEN = re.compile(r"[、,，;；\s]+")


class CannotCorrect(UsageError):
    """A correction was not kept; the text is the name of the words that say why."""


def fields_of(articles: int) -> tuple[str, ...]:
    """Return what can be corrected of a file that holds so many articles."""
    return ("title", "places", *SINGLE[1:]) if articles == 1 else SHARED


def values_of(found: Provenance, names: tuple[str, ...]) -> dict[str, str]:
    """Return what is known of an article, as a form shows it."""
    places = "、".join(place.text for place in found.places)
    single = {name: getattr(found, name) for name in SINGLE}
    return {name: places if name == "places" else single[name].text if single[name] else "" for name in names}


def correct(path: Path, known: Mapping[str, str], given: Mapping[str, str]) -> bool:
    """Keep what differs between `given` and `known` beside the file at `path`; False when nothing does.

    An empty value takes a correction back, so that what was read from the text holds again.

    Raises:
        CannotCorrect: a date is none, the file beside it is no TOML of ours, or cannot be written.
    """
    changes = {name: _clean(given[name]) for name in known if name in given and _clean(given[name]) != known[name]}
    if any(name in _DATES and value and not _DATE.fullmatch(value) for name, value in changes.items()):
        raise CannotCorrect("no_date")
    if not changes:
        return False
    beside = [path.with_name(path.name + _SUFFIX), path.with_name(path.stem + _SUFFIX)]
    sidecar = next((file for file in beside if file.is_file()), beside[0])
    values = _read(sidecar)
    for name, value in changes.items():
        for key in ("place", "places") if name == "places" else (name,):
            values.pop(key, None)
        if value:
            values[name] = [part for part in _BETWEEN.split(value) if part] if name == "places" else value
    _write(sidecar, values)
    return True


def _clean(text: str) -> str:
    kept = "".join(letter for letter in text[:_LONGEST] if unicodedata.category(letter)[0] != "C")
    return unicodedata.normalize("NFC", kept).strip()


def _read(sidecar: Path) -> dict[str, str | list[str]]:
    try:
        values = tomllib.loads(sidecar.read_text(encoding="utf-8-sig")) if sidecar.is_file() else {}
    except (OSError, ValueError) as error:
        raise CannotCorrect("sidecar_damaged") from error
    for value in values.values():
        if not all(isinstance(one, str) for one in (value if isinstance(value, list) else [value])):
            raise CannotCorrect("sidecar_damaged")
    return values


def _write(sidecar: Path, values: Mapping[str, str | list[str]]) -> None:
    """Write the file, or remove it when nothing is corrected any more. A JSON string without control characters is one
    of TOML, too.
    """
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items()]
    part = sidecar.with_name(f".{sidecar.name}.part")
    try:
        if not lines:
            sidecar.unlink(missing_ok=True)
            return
        part.write_text("".join(lines), encoding="utf-8")
        part.replace(sidecar)
    except OSError as error:
        raise CannotCorrect("cannot_write") from error
