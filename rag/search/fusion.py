"""Bring the sparse and the dense ranking together by their scores, not by their ranks."""

from __future__ import annotations

from collections.abc import Mapping


def fuse(sparse: Mapping[int, float], dense: Mapping[int, float], weight: float) -> dict[int, float]:
    """Return the convex sum of both sides for every row of either.

    A sparse score is divided by the pool's highest, so that 0 stays "no term in common"; a cosine is stretched from
    the pool's lowest (0) to its highest (1), since an encoder's cosines fill a narrow band. `weight` is the dense part.
    """
    highest = max(sparse.values(), default=0.0) or 1.0
    low, high = min(dense.values(), default=0.0), max(dense.values(), default=0.0)
    width = (high - low) or 1.0
    return {
        row: (1 - weight) * sparse.get(row, 0.0) / highest + weight * (dense.get(row, low) - low) / width
        for row in sparse.keys() | dense.keys()
    }
