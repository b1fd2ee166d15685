"""The manifest of a snapshot: by what it was made, what it holds, and the hash of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rag.datatypes import SetAside
from rag.errors import IndexDamaged, IndexMismatch

# Version of the files' layout and meaning; an index of another version is refused with the command that mends it.
FORMAT = 3
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What decides a ranking, what the snapshot holds, and from where it can be rebuilt.

    `roots` are absolute paths, `removed` sources in them that were taken out, `encoder` the name under which it can be
    loaded again, `dense_weight` its part of the fusion. `files` maps a path inside the snapshot to the SHA-256 and the
    size in bytes of the file; it is empty where a server keeps the snapshot.
    """

    program: str
    built_at: str
    seconds: float
    roots: tuple[str, ...]
    removed: tuple[str, ...]
    terms: str
    user_words: tuple[str, ...]
    encoder: str
    encoder_fingerprint: str
    dimension: int
    encoding: str | None
    allow_secret: bool
    reading: int
    splitter: dict[str, int]
    dense: dict[str, object]
    dense_weight: float
    documents: int
    articles: int
    passages: int
    characters: int
    set_aside: tuple[SetAside, ...]
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    format: int = FORMAT


def write_manifest(folder: Path, manifest: Manifest) -> Path:
    """Write the manifest into a snapshot's folder, and return its path."""
    path = folder / NAME
    path.write_text(dump_manifest(manifest), encoding="utf-8")
    return path


def dump_manifest(manifest: Manifest) -> str:
    """Return a manifest as text; it vouches for all that it names, and its own last line for itself."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    return f"{text}\n{hashlib.sha256(text.encode()).hexdigest()}\n"


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a snapshot.

    Raises:
        IndexDamaged: it is missing or was changed.
        IndexMismatch: it is of another format.
    """
    path = folder / NAME
    try:
        return parse_manifest(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"{path} cannot be read ({error}); run `kaoju rollback` or `kaoju rebuild`") from error


def parse_manifest(dumped: str, where: str) -> Manifest:
    """Return the manifest that was dumped; `where` is named when it cannot be used.

    Raises:
        IndexDamaged: it was changed.
        IndexMismatch: it is of another format.
    """
    text, _, sealed = dumped.rstrip("\n").rpartition("\n")
    if hashlib.sha256(text.encode()).hexdigest() != sealed:
        raise IndexDamaged(f"{where} was changed after it was written; run `kaoju rollback` or `kaoju rebuild`")
    values = json.loads(text)
    if values["format"] != FORMAT:
        roots = " ".join(values.get("roots", ["FOLDER"]))
        raise IndexMismatch(
            f"{where} was made in format {values['format']} by Kaoju {values['program']}, "
            f"this one reads format {FORMAT}; run `kaoju index {roots}`"
        )
    for name in ("roots", "removed", "user_words"):
        values[name] = tuple(values[name])
    values["set_aside"] = tuple(SetAside(**one) for one in values["set_aside"])
    values["files"] = {name: (digest, size) for name, (digest, size) in values["files"].items()}
    return Manifest(**values)


def hash_files(folder: Path) -> dict[str, tuple[str, int]]:
    """Return the SHA-256 and size of every file under a folder but the manifest, by path inside the folder."""
    return {name: _digest(folder / name) for name in sorted(_names(folder))}


def check_files(folder: Path, manifest: Manifest) -> None:
    """Check that a snapshot holds the files of its manifest, unchanged, and no other.

    Raises:
        IndexDamaged: a file is missing, foreign, or was changed; the message names it.
    """
    present = set(_names(folder))
    remedy = "run `kaoju rollback` or `kaoju rebuild`"
    for name in sorted(present | manifest.files.keys()):
        path = folder / name
        if name not in manifest.files:
            raise IndexDamaged(f"{path} does not belong to this index; remove it, or {remedy}")
        if name not in present:
            raise IndexDamaged(f"{path} is missing; {remedy}")
        expected = manifest.files[name]
        try:
            actual = _digest(path)
        except OSError as error:
            raise IndexDamaged(f"{path} cannot be read ({error.strerror}); {remedy}") from error
        if actual != expected:
            found = f"{actual[0][:12]} in {actual[1]} bytes, not {expected[0][:12]} in {expected[1]}"
            raise IndexDamaged(f"{path} was changed: its SHA-256 is {found}; {remedy}")


def _names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if not path.is_dir() and path != folder / NAME:
            yield path.relative_to(folder).as_posix()


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()
