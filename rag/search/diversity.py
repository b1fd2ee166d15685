"""Leave room for a second article among the first hits."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nsmallest

# When the first five hits are all of one article, the best of another takes the fifth place if it is nearly as good.
# Measured: policy notices, right document in the first five 0.951 to 0.959, answer within 1,500 characters 0.964 to
# 0.966; the five real documents, all evidence 0.894 to 0.909; caps of 2 and 3 gain no more and cost evidence.
_FIRST = 5
_CAP = 4
_NEARLY = 0.8  # share of the score of the hit that gives way
_STEP = 1e-6  # by how much a hit that gives way is put behind the one that it lets pass


def diversify(scores: Mapping[int, float], owners: Mapping[int, object]) -> dict[int, float]:
    """Return the scores of rows, those that give way lowered; `owners[row]` is the article of a row."""
    ranked = [(-score, row) for row, score in scores.items()]
    first = [row for _, row in nsmallest(_FIRST, ranked)]
    if len(first) < _FIRST or any(owners[row] != owners[first[0]] for row in first):
        return dict(scores)
    order = [row for _, row in sorted(ranked)]
    yielding = first[_CAP]
    other = next((row for row in order[_FIRST:] if owners[row] != owners[yielding]), None)
    if other is None or scores[other] < _NEARLY * scores[yielding]:
        return dict(scores)
    passed = order[_CAP : order.index(other)]
    lowered = {row: scores[other] - _STEP * (place + 1) for place, row in enumerate(passed)}
    return dict(scores) | lowered
