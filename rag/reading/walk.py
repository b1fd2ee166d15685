"""Find the files to read: folders are searched, what is no document is passed over, what cannot be read is said."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.datatypes import SetAside
from rag.errors import UsageError

_SIDECAR = ".meta.toml"
_TERMS = "kaoju-terms.txt"
_CURRENT = "CURRENT"
_MANIFEST = "manifest.json"


def is_document(name: str) -> bool:
    """Return whether a file or folder of this name may hold documents: not hidden, no lock file, not one of ours."""
    return not (name.startswith((".", "~$", "__MACOSX")) or name.endswith(_SIDECAR) or name == _TERMS)


def walk(paths: Sequence[Path]) -> Iterator[tuple[Path, str] | SetAside]:
    """Yield each file with its source, in order of name; what cannot be read is set aside.

    The source is the path relative to the folder that was given; a single file's is its name; where several were given,
    the folder's name stands in front, with as much of its path as it takes to tell them apart. Links are not followed,
    but for the paths given.

    Raises:
        UsageError: there is nothing at one of the paths.

    """
    seen: set[str] = set()
    folders: dict[Path, str] = {}
    for path, prefix in zip(paths, prefixes(paths), strict=True):
        if not path.exists():
            raise UsageError(f"there is nothing at {str(path)!r}; give a file or a folder")
        found = _folder(path, prefix) if path.is_dir() else iter([(path, prefix)])
        for item in found:
            if isinstance(item, SetAside):
                yield item
            elif (real := _real(item[0], folders)) not in seen:
                seen.add(real)
                yield item


def _real(path: Path, folders: dict[Path, str]) -> str:
    """Return the path without links; `folders` remembers those that were looked at, which costs more than all else."""
    if path.is_symlink():
        return os.path.realpath(path)
    if (folder := path.parent) not in folders:
        folders[folder] = os.path.realpath(folder)
    return f"{folders[folder]}/{path.name}"


def prefixes(paths: Sequence[Path]) -> list[str]:
    """Return what stands in front of each path's sources: for a file its whole source."""
    whole = [path.resolve() for path in paths]
    if len(whole) == 1:
        return [_clean(whole[0].name) if whole[0].is_file() else ""]
    names = []
    for path in whole:
        depth = 1
        while depth < len(path.parts) and any(p != path and p.parts[-depth:] == path.parts[-depth:] for p in whole):
            depth += 1
        names.append(_clean("/".join(path.parts[-depth:])))
    return names


def _folder(root: Path, prefix: str) -> Iterator[tuple[Path, str] | SetAside]:
    """Search a folder without recursion, so that its depth is no matter."""
    waiting = [(root, prefix)]
    while waiting:
        folder, name = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield SetAside(name, f"the folder cannot be read: {error.strerror}", "let this user read it (chmod +rx)")
            continue
        if _is_index(entries):
            continue
        folders = []
        for entry in entries:
            if is_document(entry.name):
                path, source = Path(entry.path), f"{name}/{_clean(entry.name)}".removeprefix("/")
                if entry.is_dir(follow_symlinks=False):
                    folders.append((path, source))
                else:
                    yield from _file(path, source, root, entry)
        waiting += reversed(folders)


def _file(path: Path, source: str, root: Path, entry: os.DirEntry[str]) -> Iterator[tuple[Path, str] | SetAside]:
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError as error:
        yield SetAside(source, f"it cannot be read: {error.strerror}", "look whether it is still there")
        return
    if stat.S_ISREG(mode):
        yield path, source
    elif not stat.S_ISLNK(mode):
        yield SetAside(source, "it is a pipe, socket or device", "give files and folders only")
    elif not Path(os.path.realpath(path)).is_relative_to(root.resolve()):
        yield SetAside(source, "it is a link that leads out of the folder", "give the folder that it leads to, too")


def _is_index(entries: Sequence[os.DirEntry[str]]) -> bool:
    """Return whether these are the entries of an index folder: `CURRENT`, and snapshots with their manifests."""
    names = {entry.name for entry in entries}
    return _CURRENT in names and any(
        entry.is_dir(follow_symlinks=False) and Path(entry.path, _MANIFEST).is_file() for entry in entries
    )


def _clean(name: str) -> str:
    """Return a name that every encoding takes: bytes that are no UTF-8 are written out."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
