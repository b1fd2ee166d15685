"""Cut a ranking of BM25 scores so that it does not depend on the order in which an engine meets what ties."""

from __future__ import annotations

from collections.abc import Callable

# Digits kept of a score. Sums of 32-bit floats depend on the order of adding from about the sixth digit on.
DIGITS = 4
_GROWTH = 4  # by how much more is asked for when everything ties


def cut(run: Callable[[int], list[tuple[int, float]]], depth: int, most: int) -> dict[int, float]:
    """Return about `depth` of the best rows; of rows that tie at the cut, all or none.

    `run` returns as many of the best (row, rounded score) as it is asked for; it is asked for `most` at most.
    """
    limit = min(depth, most)
    while True:
        hits = run(limit)
        lowest = min((score for _, score in hits), default=0.0)
        kept = hits if len(hits) < limit else [hit for hit in hits if hit[1] > lowest]
        if kept or not hits:
            return dict(kept)
        if limit == most:
            return dict(hits)
        limit = min(limit * _GROWTH, most)
