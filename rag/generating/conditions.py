"""Whether a sentence says under a condition what its source says under another one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from rag.generating.alignment import Place

# '一时不能解决的,' '对…问题,' '遇到暴雨时,': what the next clause holds for
_CONDITION = re.compile(r"^(?:凡|如|若|只要|一旦)|^对.*的[^的]{1,6}$|(?:的|[^同平届小]时|情形|情况下|前提下)$")
_CLAUSE = re.compile(r"[^,;:。]+")
_LEAST = 0.5  # of the pairs of characters of a clause that make another one the same


def misjudged(stand: Sequence[Place]) -> bool:
    """Return whether a clause follows another condition than in the source."""
    return any(
        _elsewhere(condition, follows) if condition.segment is follows.segment else True
        for condition, follows in itertools.pairwise(stand)
        if _CONDITION.search(condition.clause)
    )


def _elsewhere(condition: Place, follows: Place) -> bool:
    """Return whether a clause stands before its condition ('…的,'), or behind a further one."""
    parts = _CLAUSE.findall(condition.segment.text)
    first, second = _likest(condition.clause, parts), _likest(follows.clause, parts)
    if min(first, second) < 0 or first == second or not parts[first].endswith("的"):
        return False
    return second < first or any(
        part.endswith("的") and not part.startswith("或") for part in parts[first + 1 : second]
    )


def _likest(clause: str, parts: Sequence[str]) -> int:
    """Return which part has most of a clause, -1 when none has half of it."""
    pairs = {clause[n : n + 2] for n in range(len(clause) - 1)}
    held = [sum(pair in part for pair in pairs) for part in parts]
    best = max(held, default=0)
    return held.index(best) if pairs and best >= _LEAST * len(pairs) else -1
