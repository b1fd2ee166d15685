"""`index`, `rebuild` and `remove`: what changes the content of an index."""

from __future__ import annotations

import codecs
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import IndexMismatch, KaojuError, UsageError
from rag.examples import DOCUMENTS
from rag.settings import Settings
from ui.commands import SET_ASIDE, Add
from ui.commands.printing import say, tell

if TYPE_CHECKING:
    from tqdm import tqdm

    from rag import Progress, Report
    from rag.building.cluster import Cluster

_BAR = "{desc}: {percentage:3.0f}%|{bar}| {n}/{total} [{elapsed}{postfix}]"
_STAGES = {"find": "finding", "index": "indexing"}


def add_commands(add: Add) -> None:
    """Add `index`, `rebuild` and `remove`."""
    about = (
        "Build or update the index of files and folders. What was added to an index of these, or taken out, stays so; "
        "other files and folders take the place of those that it has."
    )
    index = add("index", about, "kaoju index documents/")
    index.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files and folders with documents")
    index.add_argument("--examples", action="store_true", help="index the bundled example documents")
    index.add_argument("--encoder", metavar="NAME", help="an encoder's name or folder (builtin)")
    index.add_argument("--encoding", metavar="NAME", help="the encoding of all text files (found for each by itself)")
    index.add_argument("--allow-secret", action="store_true", help="index documents marked 秘密, 机密 or 绝密 as well")
    index.add_argument("--watch", action="store_true", help="go on, and update the index whenever a file changes")
    _add_engine(index)
    index.set_defaults(run=_index)
    rebuild = add("rebuild", "Build the index anew from the folders it was built from.", "kaoju rebuild")
    _add_engine(rebuild)
    rebuild.set_defaults(run=_rebuild)
    remove = add("remove", "Take a document out of the index; its file stays.", "kaoju remove 通知.txt")
    remove.add_argument("source", help="the path of a document as `kaoju list` prints it")
    remove.set_defaults(run=_remove)


def _add_engine(parser: ArgumentParser) -> None:
    parser.add_argument("--engine", choices=("local", "ray"), default="local", help="who reads the files (local)")
    parser.add_argument("--address", default="", metavar="HOST:PORT", help="a Ray cluster (one on this machine)")
    parser.add_argument("--shards", metavar="URL", help="folder or object store that its nodes share (in the index)")


def _cluster(args: Namespace, settings: Settings) -> Cluster | None:
    if args.engine == "local":
        return None
    from rag.building.cluster import Cluster

    return Cluster(args.shards or str((settings.index / "cache" / "shards").resolve()), args.address)


class _Bar:
    """A progress bar on standard error, one for each stage; silent where that is no terminal."""

    def __init__(self) -> None:
        self._stage = ""
        self._bar: tqdm[None] | None = None

    def __call__(self, progress: Progress) -> None:
        from tqdm import tqdm

        if progress.stage != self._stage or self._bar is None:
            self.close()
            name = _STAGES.get(progress.stage, progress.stage)
            self._stage = progress.stage
            self._bar = tqdm(
                total=progress.total, desc=name, file=sys.stderr, disable=None, leave=False, bar_format=_BAR
            )
        if self._bar.disable:
            return
        self._bar.set_postfix_str(f"{progress.seconds_left:.0f} s left", refresh=False)
        self._bar.update(progress.done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _index(args: Namespace, settings: Settings) -> int:
    paths = [*args.paths, *([DOCUMENTS] if args.examples else [])]
    if not paths:
        raise UsageError("nothing to index was named; write kaoju index FOLDER, or kaoju index --examples")
    _check_encoding(args.encoding)
    code = _build(paths, args, settings)
    if args.watch:
        _watch(settings)
    return code


def _check_encoding(name: str | None) -> None:
    try:
        codecs.lookup(name or "utf-8")
    except LookupError as error:
        raise UsageError(f"there is no encoding {name!r}; write one like gb18030, big5 or utf-16") from error


def _build(paths: Sequence[Path], args: Namespace, settings: Settings) -> int:
    from rag import Library
    from rag.archives import open_archive

    bar = _Bar()
    try:
        library = Library.build(
            paths,
            open_archive(settings),
            encoder=settings.encoder,
            encoding=getattr(args, "encoding", None),
            allow_secret=getattr(args, "allow_secret", False),
            cluster=_cluster(args, settings),
            progress=bar,
        )
    finally:
        bar.close()
    with library:
        return _tell_report(library.report, settings)


def _watch(settings: Settings) -> None:
    from rag import Library
    from rag.archives import open_archive
    from rag.building.watch import watch

    tell("watching for changes; end with Ctrl-C")
    with Library.open(open_archive(settings)) as library:
        for found in watch(library, threading.Event()):
            if isinstance(found, KaojuError):
                tell(f"kaoju: {found}")
            else:
                _tell_report(found, settings)


def _rebuild(args: Namespace, settings: Settings) -> int:
    from rag import Library
    from rag.archives import open_archive

    try:
        library = Library.open(open_archive(settings))
    except IndexMismatch:
        # nothing that was read for it can be used: building it again reads every file
        return _build([], args, settings)
    bar = _Bar()
    with library:
        library.cluster = _cluster(args, settings)
        try:
            report = library.rebuild(fresh=True, progress=bar)
        finally:
            bar.close()
        return _tell_report(report, settings)


def _remove(args: Namespace, settings: Settings) -> int:
    from rag import Library
    from rag.archives import open_archive

    with Library.open(open_archive(settings)) as library:
        return _tell_report(library.remove(args.source), settings)


def _tell_report(report: Report | None, settings: Settings) -> int:
    if report is None:
        raise AssertionError("a library that was built has a report")
    for one in report.set_aside:
        tell(f"set aside: {one.source}: {one.reason}; {one.remedy}")
    for notice in report.notices:
        tell(f"kaoju: {notice}")
    say(
        f"{settings.index}: {report.documents} documents, {report.articles} articles, {report.passages} passages, "
        f"{report.characters} characters, {report.seconds:.1f} s"
        f" ({report.read} files read, {report.reused} unchanged, {len(report.set_aside)} set aside)"
    )
    return SET_ASIDE if report.set_aside else 0
