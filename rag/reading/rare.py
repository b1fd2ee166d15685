"""Find names of places that no dictionary has, by what stands before 省, 市, 县 … and how often it does."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from embeddings.terms import Segmenter

LEVELS = (
    "自治区",
    "自治州",
    "自治县",
    "街道办事处",
    "街道",
    "新区",
    "省",
    "市",
    "州",
    "盟",
    "县",
    "旗",
    "区",
    "镇",
    "乡",
    "村",
)
_KNOWN_LEVELS = ("市", "县", "区", "州", "镇", "旗", "盟", "省")
# Words that begin like a place and name none, but for those of the dictionary: 三明市, 本溪市, 中山市.
_GENERIC_START = (
    r"^(?:[全各我本该每某整两几多一二三四五六七八九十百千有在向为与和对从到中外党这那]"
    r"|新一|自治|人民|中央|祖国|华夏|小城|县|乡|镇|村|街)"
)
# Words that end like a place and name none.
GENERIC_END = re.compile(
    r"(?:社|城|园|地|片|辖|景|校|小|特|灾|山|牧|林|农|库|矿|专|疫|厂|战|开发|工业|示范|实验|试验|保护|行政|居住|住宅)区$|"
    r"(?:高新|经开|自贸|功能|先行|聚集|集聚|核心|中心|主城|先导)区$|(?:城|都|超|股|门|上|夜|早|菜|楼|房|车|后)市$|"
    r"(?:乡|城|村|重)镇$|[农乡新]村$"
)
GENERIC = re.compile(f"{_GENERIC_START}|{GENERIC_END.pattern}")
# 市, 街道办事处: where a level stands, those inside another too; the first characters are looked at first, then whether
# the shortest name may stand before them
_LEVEL = re.compile("|".join(LEVELS))
# No name of a place has one of these function words, or 中共 in it.
_FUNCTION = frozenset(
    "在对各全我本该每某于和与及由向为把被从到的是有以按经将让使给跟同或并而且但也都就要会能可报送请交赴进驻离回成了好"
)
# 雾岛市银杏区: a rare name does not run across the level of the place that it lies in.
_BORDERS = ("省", "市", "县", "区", "旗", "盟")
_LEVEL_BEGINS = re.compile(
    f"[{''.join({level[0] for level in LEVELS})}]"
    f"(?<=[^{''.join(sorted((*_FUNCTION, *_BORDERS)))}][^{''.join(sorted(_FUNCTION))}].)"
)
# 产粮大县, 大湾区, 经济强市: a rare name does not end so.
RANKED = re.compile(r"[大小强名湾]\w$")
_REMEMBERED = 4096  # names asked for in the dictionary
_SHORTEST, _LONGEST = 2, 4  # characters of a rare name
_AGREE = 0.75  # share of the occurrences that must go on alike before a name grows by a character
# 中共…委员会, …人民政府, …党委, …街道工委: after the name of a place.
BODY_AFTER = re.compile(r"(?:党?委(?!员)|党工委|工委|委员会|人民政府|政府|人大|政协|纪委|机关|干部|经济社会|人民)")


def rare_names(text: str, own: str, segmenter: Segmenter) -> dict[tuple[str, str], list[int]]:
    """Return names that no dictionary has, by what stands before a level.

    A name grows to the left while most of its occurrences agree (临渌 before 市, not 日临渌). One occurrence is enough
    at the level that speaks, when the name is all that stands between a stop and its level.
    """
    places: dict[tuple[str, str], list[int]] = {}
    for at, (end, level) in sorted(_before_levels(text, segmenter).items()):
        places.setdefault((text[at:end], level), []).append(at)
    found = {}
    for name, level in [key for key in places if len(key[0]) == _SHORTEST]:
        grown = name
        while len(grown) < _LONGEST:
            longer = [k[0] for k in places if k[1] == level and len(k[0]) == len(grown) + 1 and k[0].endswith(grown)]
            best = max(longer, key=lambda n: (len(places[n, level]), n), default="")
            if not best or len(places[best, level]) < _AGREE * len(places[grown, level]):
                break
            grown = best
        starts = places[grown, level]
        common = any(segmenter.knows(grown[a:b]) for a in range(2) for b in range(a + 2, len(grown) + 1))
        if common and not all(_inside_place(text, at, segmenter) for at in starts):
            continue
        if not GENERIC.search(grown + level) and _stands_free(text, grown + level, starts, segmenter):
            found[grown, level] = starts
    return found


def _before_levels(text: str, segmenter: Segmenter) -> dict[int, tuple[int, str]]:
    """Return by their start the ends and levels of what may be names: the longest of two to four characters."""
    found: dict[int, tuple[int, str]] = {}
    for begin in _LEVEL_BEGINS.finditer(text):
        level = _LEVEL.match(text, begin.start())
        starts = list(_starts(text, begin.start())) if level else []
        if level and starts and _names_place(text, level, segmenter):
            found |= dict.fromkeys(starts, (level.start(), level[0]))
        else:
            for start in starts:
                found.pop(start, None)
    return found


def _starts(text: str, end: int) -> Iterator[int]:
    """Yield where a rare name that ends at a position may begin."""
    for start in range(end - 1, max(end - _LONGEST, 0) - 1, -1):
        character = text[start]
        if (
            not "\u4e00" <= character <= "\u9fff"
            or character in _FUNCTION
            or (character in _BORDERS and start < end - 1)
            or "中共" in text[max(0, start - 1) : start + 2]
        ):
            return
        if end - start >= _SHORTEST:
            yield start


def _names_place(text: str, level: re.Match[str], segmenter: Segmenter) -> bool:
    """Return whether a level is no part of a common word: 超市, 大县, 上亿市场主体."""
    end, stop = level.span()
    before = text[end - 1]
    if (
        segmenter.knows(before + level[0])
        or segmenter.knows(text[end - 1 : end + 1])
        or RANKED.search(before + level[0])
    ):
        return False
    after = text[stop : stop + 1]
    cut = segmenter.knows(level[0] + after) and not segmenter.knows(text[stop : stop + 3])  # 县·民政局
    return not (after and cut and not BODY_AFTER.match(text, stop))


def _stands_free(text: str, name: str, starts: list[int], segmenter: Segmenter) -> bool:
    """Return whether a name begins a phrase or is followed by a body of its place, at least once."""
    return any(
        _begins(text, at) or _inside_place(text, at, segmenter) or BODY_AFTER.match(text, at + len(name))
        for at in starts
    )


def _begins(text: str, at: int) -> bool:
    """Return whether a phrase begins at a position: after a stop or 在, at a line start, or after 中共."""
    before = text[max(0, at - 2) : at]
    return not before[-1:].isalnum() or before[-1] == "在" or before == "中共"


def _inside_place(text: str, at: int, segmenter: Segmenter) -> bool:
    """Return whether the place that a name lies in stands right before it: 雾岛市·银杏区, but not 加强市·卫生区."""
    name, level = text[max(0, at - 3) : max(0, at - 1)], text[max(0, at - 1) : at]
    if level not in _BORDERS or len(name) < _SHORTEST or not name.isalpha() or _FUNCTION & set(name):
        return False
    return not segmenter.knows(name) or segmenter.knows(name + level)


@functools.lru_cache(_REMEMBERED)
def known_place(name: str, segmenter: Segmenter) -> bool:
    """Return whether the dictionary has a place of that name with a level, and tags it as a place."""
    return any(
        segmenter.knows(name + level) and segmenter.tag(name + level) == [(name + level, "ns")]
        for level in _KNOWN_LEVELS
    )
