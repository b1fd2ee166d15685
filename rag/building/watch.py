"""Keep an index together with its folders: rebuild when something in them changed; the one door to watchfiles."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import StoreError

if TYPE_CHECKING:
    from rag.building.build import Report
    from rag.library import Library

_QUIET_MS = 1_000  # no change for so long: the copying is over


def watch(library: Library, stop: threading.Event) -> Iterator[Report | StoreError]:
    """Yield the report of each rebuild that a change made, or why there was none, until `stop` is set."""
    import watchfiles

    roots = [root for root in map(Path, library.info().roots) if root.exists()]
    index = library.folder.resolve()
    for _ in watchfiles.watch(
        *roots,
        watch_filter=lambda _, path: not Path(path).is_relative_to(index),
        step=_QUIET_MS,
        stop_event=stop,
        raise_interrupt=False,
    ):
        try:
            yield library.rebuild()
        except StoreError as error:
            yield error
