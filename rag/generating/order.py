"""Whether what depends on order stands in it: conditions, figures given respectively, elliptic clauses."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from rag.figures import figures
from rag.generating.alignment import Place

# '一时不能解决的,' '对…问题,' '遇到暴雨时,': what the next clause holds for
_CONDITION = re.compile(
    r"^(?:凡|如|若|只要|一旦)|^对.*的[^的]{1,6}$|(?:的|[^同平届小\d一二三四五六七八九十]时|情形|情况下|前提下)$"
)
# '城镇和农村居民收入分别增长': the items before, the figures behind
_RESPECTIVELY = "分别"
_ITEMS = re.compile("[、和与及]")
_PARTS = re.compile("[,、和与及]")
# '同比', all that may stand between the items and '分别'
_COMPARED = re.compile(r"(?:同比|环比|比.{1,4})?$")
# '增长4.4%' says nothing of its own subject
_ELLIPTIC = re.compile(r"(?:同比|环比|[比较]上?[年月季]|增长|下降|增加|减少|占|增幅|降幅)")
_CLAUSE = re.compile("[^,;:。]+")
_LEAST = 0.5  # of a clause, to be found somewhere


def misjudged(stand: Sequence[Place]) -> bool:
    """Return whether a clause follows another condition than in the source."""
    return any(
        _elsewhere(condition, follows) if condition.segment is follows.segment else not _led(condition, follows)
        for condition, follows in itertools.pairwise(stand)
        if _CONDITION.search(condition.clause) and condition.share >= _LEAST
    )


def _led(condition: Place, follows: Place) -> bool:
    """Return whether a clause belongs to a condition that stands in another member of its sentence.

    The condition leads in a member that has no other; or its own member has all that the clause measures, and leaves
    out what an earlier one says: '二级的,每株每年补助不低于二千元;三级的,不低于八百元'.
    """
    one, other = condition.segment, follows.segment
    if one.sentence != other.sentence:
        return False
    if one.start > other.start:
        stated = [figure for figure in figures(follows.clause) if not figure.is_label]
        return bool(stated) and all(any(figure.carried_by(known) for known in one.figures) for figure in stated)
    parts = _CLAUSE.findall(other.text)
    before = parts[: max(0, _likest(follows.clause, parts))]
    return not any(map(_CONDITION.search, before))


def _elsewhere(condition: Place, follows: Place) -> bool:
    """Return whether a clause stands before its condition ('…的,'), or behind a further one."""
    parts = _CLAUSE.findall(condition.segment.text)
    first, second = _likest(condition.clause, parts), _likest(follows.clause, parts)
    if min(first, second) < 0 or first == second or not parts[first].endswith("的"):
        return False
    return second < first or any(
        part.endswith("的") and not part.startswith("或") for part in parts[first + 1 : second]
    )


def disordered(stand: Sequence[Place]) -> bool:
    """Return whether a sentence has in another order what its source has in an order that matters."""
    pairs = list(itertools.pairwise(stand))
    return any(_shuffled(one) or _respective(one) for one in stand) or any(_detached(*pair) for pair in pairs)


def _shuffled(one: Place) -> bool:
    """Return whether a clause gives the figures of its items in another order than its source does."""
    head, respectively, _ = one.clause.partition(_RESPECTIVELY)
    if not respectively:
        return False
    items = [one.segment.text.find(item[:2]) for item in _ITEMS.split(head) if item]
    stated = [figure for figure in figures(one.clause) if figure.start > len(head)]
    for unit in {figure.unit for figure in stated}:
        own = [
            next((other.start for other in one.segment.figures if figure.carried_by(other)), -1)
            for figure in stated
            if figure.unit == unit
        ]
        if -1 not in own and (own == sorted(own)) != (items == sorted(items)):
            return True
    return False


def _respective(one: Place) -> bool:
    """Return whether a clause has for one item a figure that its source gives, respectively, for another."""
    head, respectively, _ = one.segment.text.partition(_RESPECTIVELY)
    stated = figures(one.clause)
    if not respectively or _RESPECTIVELY in one.clause or len(stated) != 1:
        return False
    given = [figure for figure in one.segment.figures if figure.start > len(head)]
    given = [figure for figure in given if figure.unit == given[0].unit]
    items = [part for part in _PARTS.split(head) if not _COMPARED.fullmatch(part)][-len(given) :]
    own = [number for number, figure in enumerate(given) if stated[0].carried_by(figure)]
    if len(given) < 2 or len(items) != len(given) or len(own) != 1:
        return False
    likeness = [len(_pairs(item) & _pairs(one.clause)) for item in items]
    return max(likeness) > likeness[own[0]]


def _detached(one: Place, other: Place) -> bool:
    """Return whether a clause without a subject of its own follows what it stands before in its source."""
    if one.segment is not other.segment or not _ELLIPTIC.match(other.clause) or not figures(other.clause):
        return False
    first, second = (_start(place.window, one.segment.text) for place in (one, other))
    return 0 <= second < first


def _start(window: str, text: str) -> int:
    return text.find(window.partition(",")[0]) if window else -1


def _likest(clause: str, parts: Sequence[str]) -> int:
    """Return which part has most of a clause, -1 when none has half of it."""
    pairs = _pairs(clause)
    held = [len(pairs & _pairs(part)) for part in parts]
    best = max(held, default=0)
    return held.index(best) if pairs and best >= _LEAST * len(pairs) else -1


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}
