"""Recognise reprints: texts that share most of their wording, by the smallest hashes of their shingles.

A sketch keeps the k smallest hashes of a text's shingles; the share of common hashes among the k smallest of two
sketches together estimates the Jaccard resemblance of the texts (Broder, "On the resemblance and containment of
documents", 1997). Everything is vectorised over code points, so that sketching costs less than reading.
"""

from __future__ import annotations

import functools
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from embeddings.terms import fold

SKETCH = 64  # hashes kept; the estimate's standard error is then below 0.06
RESEMBLANCE = 0.7  # a notice reprinted with another head and foot still reaches it
_SHINGLE = 9  # characters; shorter ones are shared by all official prose
_BASE = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio, odd: has an inverse modulo 2^64
_INVERSE = pow(_BASE, -1, 2**64)
_LETTERS = (
    0x40000  # code points: no letter of Unicode lies beyond the third plane, and to look takes time at every start
)
_NONE = np.empty(0, dtype=np.uint64)
_MIX = np.uint64(0xBF58476D1CE4E5B9)  # of splitmix64


def sketch(text: str) -> NDArray[np.uint64]:
    """Return up to `SKETCH` hashes of a text, ascending; shape (k,). Marks, blanks and script do not count."""
    letters = fold(text).encode("utf-32-le", "surrogatepass")
    points = np.frombuffer(letters, dtype="<u4")
    points = points[_alphanumeric()[points]].astype(np.uint64)
    if len(points) < _SHINGLE:
        return _NONE
    # a polynomial rolling hash modulo 2^64 from prefix sums, shifted back by the inverse power, then mixed
    size = 1 << len(points).bit_length()
    powers, inverses = _powers(size, _BASE), _powers(size, _INVERSE)
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(points * powers[: len(points)])])
    hashes = (sums[_SHINGLE:] - sums[:-_SHINGLE]) * inverses[: len(sums) - _SHINGLE]
    hashes = (hashes ^ (hashes >> np.uint64(29))) * _MIX
    hashes ^= hashes >> np.uint64(32)
    hashes.sort()
    distinct: NDArray[np.uint64] = hashes[np.concatenate([[True], hashes[1:] != hashes[:-1]])]
    return distinct[:SKETCH]


@functools.cache
def _alphanumeric() -> NDArray[np.bool_]:
    """Return of every code point whether it is a letter or a figure."""
    table = np.zeros(sys.maxunicode + 1, dtype=np.bool_)
    table[:_LETTERS] = np.fromiter(map(str.isalnum, map(chr, range(_LETTERS))), dtype=np.bool_)
    return table


@functools.lru_cache(4)
def _powers(count: int, base: int) -> NDArray[np.uint64]:
    """Return base^0 … base^(count-1) modulo 2^64."""
    factors = np.full(count, base, dtype=np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)


def resemblance(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> float:
    """Return the estimated resemblance of two texts by their sketches, 0 to 1."""
    union = np.union1d(first, second)[: max(len(first), len(second))]
    common = np.intersect1d(np.intersect1d(first, second), union)
    return len(common) / len(union) if len(union) else 0.0


def group(sketches: Sequence[NDArray[np.uint64]]) -> list[int]:
    """Return for each text the position of the first text that it is a reprint of; its own for all others."""
    # a hash that one text alone has tells of no reprint, and nearly all are such
    _, which, counts = np.unique(np.concatenate([_NONE, *sketches]), return_inverse=True, return_counts=True)
    repeated = np.split(counts[which] > 1, np.cumsum([len(found) for found in sketches]))
    holders: dict[int, list[int]] = defaultdict(list)
    leaders: list[int] = []
    for position, found in enumerate(sketches):
        telling = found[repeated[position]].tolist()
        # with too few hashes that any other text has, it is no reprint of one
        known = telling if len(telling) >= RESEMBLANCE * len(found) else ()
        shared = Counter(chain.from_iterable(holders[value] for value in known))
        # the hashes shared bound the resemblance from above, and cost nothing more
        enough = [leader for leader, count in shared.items() if count >= RESEMBLANCE * len(found)]
        likely = sorted(enough, key=lambda leader: (-shared[leader], leader))[:3]
        near = (each for each in likely if shared[each] >= RESEMBLANCE * max(len(found), len(sketches[each])))
        leader = next((each for each in near if resemblance(found, sketches[each]) >= RESEMBLANCE), position)
        leaders.append(leader)
        if leader == position:
            for value in telling:
                holders[value].append(position)
    return leaders
