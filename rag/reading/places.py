"""Find the place and the body that speak in an article: by tags, suffixes and counting, never by a list of names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from embeddings.terms import Segmenter
from rag.datatypes import Span, Value

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
_LEVELS = frozenset(LEVELS)
_PARTS = frozenset({"n", "nr", "nz", "ns", "g", "ng", "j", "nrt", "nrfg", "zg", "nt", "Ng", "s", "f", "v", "vn", "a"})
# Words that end like a place or begin like one and name none.
_GENERIC = re.compile(
    r"^(?:[全各我本该每某整两几多一二三四五六七八九十百千有在向为与和对从到中外党这那]|新一|自治|人民|中央|祖国|华夏|小城|县|乡|镇|村|街)|"
    r"(?:社|城|园|地|片|辖|景|校|小|特|灾|山|牧|林|农|库|矿|专|疫|厂|战|开发|工业|示范|实验|试验|保护|行政|居住|住宅)区$|"
    r"(?:高新|经开|自贸|功能|先行|聚集|集聚|核心|中心|主城|先导)区$|(?:城|都|超|股|门|上|夜|早|菜|楼|房|车|后)市$|"
    r"(?:乡|城|村|重)镇$|[农乡新]村$"
)
# 市, 街道办事处: where a level stands, each place of the text looked at
_LEVEL = re.compile(rf"(?=({'|'.join(LEVELS)}))")
# No name of a place has one of these function words, or 中共 in it.
_FUNCTION = frozenset(
    "在对各全我本该每某于和与及由向为把被从到的是有以按经将让使给跟同或并而且但也都就要会能可报送请交赴进驻离回成了好"
)
# 产粮大县, 大湾区, 经济强市: a rare name does not end so.
_RANKED = re.compile(r"[大小强名湾]\w$")
_SHORTEST, _LONGEST = 2, 4  # characters of a rare name
_AGREE = 0.75  # share of the occurrences that must go on alike before a name grows by a character
# 我区, 全县, 我办: how an article speaks of itself; the character says at which level it stands.
_SELF = re.compile(r"(?:我|全|本)(省|市|州|盟|县|旗|区|镇|乡|村|办(?![法公理事])|街道)(?!委|长)")
# 中共…委员会, …人民政府, …党委, …街道工委: after the name of a place.
_BODY_AFTER = re.compile(r"(?:党?委(?!员)|党工委|工委|委员会|人民政府|政府|人大|政协|纪委|机关|干部|经济社会|人民)")
_NAME_TAGS = frozenset({"ns", "nz", "nr", "nrt"})
_BARE_TAGS = ("ns", "nz")
_KNOWN_LEVELS = ("市", "县", "区", "州", "镇", "旗", "盟", "省")
SCAN = 20_000  # characters of an article that are tagged; who speaks is clear by then
_MIN_SCORE = 3.0
_BARE = 0.8  # a name that never stands with its level may be another word
_UNKNOWN_LEVEL = 0.5  # and more so when there is no place of that name at the level that speaks
_SURE, _LIKELY, _GUESS = 0.9, 0.7, 0.4


@dataclass(slots=True)
class _Candidate:
    base: str
    levels: Counter[str]
    first: int
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Places:
    """The places of an article, the speaking one first, and the names that a user would say for it."""

    values: tuple[Value, ...]
    aliases: tuple[str, ...]


def find_places(text: str, title: str, segmenter: Segmenter) -> Places:
    """Return the places of an article, spans counted in `text`; both texts are folded character for character."""
    text = text[:SCAN]
    own = Counter(m[1] for m in _SELF.finditer(text))
    level = _own_level(own, text)
    candidates = _candidates(text, level, segmenter)
    for candidate in candidates.values():
        candidate.score = _score(candidate, text, title, level)
        if not candidate.levels and not segmenter.knows(candidate.base + (level or "市")):
            candidate.score *= _UNKNOWN_LEVEL
    ranked = sorted(candidates.values(), key=lambda c: (-c.score, c.first, c.base))
    if not ranked or ranked[0].score < _MIN_SCORE:
        return Places((), ())
    main = ranked[0]
    values = [_value(main, text, level, ranked)]
    for other in ranked[1:3]:
        if other.score >= max(_MIN_SCORE, main.score / 3) or other.base in title:
            values.append(_value(other, text, "", ranked))
    return Places(tuple(values), _aliases(main, level, text))


def _own_level(own: Counter[str], text: str) -> str:
    if own["办"] or own["街道"]:
        return "街道"
    return max(own, key=lambda k: (own[k], k)) if own else ""


def _candidates(text: str, own: str, segmenter: Segmenter) -> dict[str, _Candidate]:
    found: dict[str, _Candidate] = {}
    tagged = segmenter.tag(text)
    for name, level, start in _names(tagged):
        found.setdefault(name, _Candidate(name, Counter(), start)).levels[level] += 1
    for (name, level), starts in _rare_names(text, own, segmenter).items():
        around = [each for each in found if name in each and name != each]
        if any(_known_place(each, segmenter) for each in around):
            continue
        for longer in around:
            del found[longer]
        rare = found.setdefault(name, _Candidate(name, Counter(), starts[0]))
        rare.levels[level] = max(rare.levels[level], len(starts))
    bare = Counter(word for word, tag in tagged if tag in _BARE_TAGS and 2 <= len(word) <= 4 and word not in found)
    for word, count in bare.items():
        if count > 1 and not _GENERIC.search(word) and _known_place(word, segmenter):
            found[word] = _Candidate(word, Counter(), text.find(word))
    return found


def _rare_names(text: str, own: str, segmenter: Segmenter) -> dict[tuple[str, str], list[int]]:
    """Return names that no dictionary has, by what stands before a level.

    A name grows to the left while most of its occurrences agree (临渌 before 市, not 日临渌). One occurrence is enough
    at the level that speaks, when the name is all that stands between a stop and its level.
    """
    places: dict[tuple[str, str], list[int]] = {}
    for at, (end, level) in sorted(_before_levels(text).items()):
        name = text[at:end]
        if segmenter.knows(name[-1] + level) or segmenter.knows(name[-1] + level[0]) or _RANKED.search(name + level):
            continue
        # 上亿市场主体: the level is part of a word
        stop = end + len(level)
        after = text[stop : stop + 1]
        if after and segmenter.knows(level + after) and not _BODY_AFTER.match(text, stop):
            continue
        places.setdefault((name, level), []).append(at)
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
        common = any(segmenter.knows(grown[:length]) for length in (2, 3, 4))
        if not common and not _GENERIC.search(grown + level) and _stands_free(text, grown + level, starts):
            found[grown, level] = starts
    return found


def _before_levels(text: str) -> dict[int, tuple[int, str]]:
    """Return by their start the ends and levels of what may be names: the longest of two to four characters."""
    found: dict[int, tuple[int, str]] = {}
    for match in _LEVEL.finditer(text):
        end = match.start()
        for start in range(end - 1, max(end - _LONGEST, 0) - 1, -1):
            character = text[start]
            if (
                not "\u4e00" <= character <= "\u9fff"
                or character in _FUNCTION
                or "中共" in text[max(0, start - 1) : start + 2]
            ):
                break
            if end - start >= _SHORTEST:
                found[start] = (end, match[1])
    return found


def _stands_free(text: str, name: str, starts: list[int]) -> bool:
    """Return whether a name begins a phrase or is followed by a body of its place, at least once."""
    return any(_begins(text, at) or _BODY_AFTER.match(text, at + len(name)) for at in starts)


def _begins(text: str, at: int) -> bool:
    """Return whether a phrase begins at a position: after a stop, at a line start, or after 中共."""
    return not text[max(0, at - 1) : at].isalnum() or text[max(0, at - 2) : at] == "中共"


def _known_place(name: str, segmenter: Segmenter) -> bool:
    """Return whether the dictionary has a place of that name with a level, and tags it as a place."""
    return any(
        segmenter.knows(name + level) and segmenter.tag(name + level) == [(name + level, "ns")]
        for level in _KNOWN_LEVELS
    )


def _names(tagged: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    """Yield (name, level, position) of places that stand with their level, rare names in pieces too (桐·溆·镇)."""
    start = 0
    for index, (word, tag) in enumerate(tagged):
        if tag in _NAME_TAGS or word in _LEVELS:
            yield from _name_at(tagged, index, start)
        start += len(word)


def _name_at(tagged: Sequence[tuple[str, str]], index: int, start: int) -> Iterator[tuple[str, str, int]]:
    word, tag = tagged[index]
    following = tagged[index + 1][0] if index + 1 < len(tagged) else ""
    name, level = _parted(word) if tag == "ns" else (word, "")
    if level and not _GENERIC.search(word):
        yield name, level, start
    elif tag in _NAME_TAGS and 2 <= len(word) <= 4 and following in _LEVELS:
        if not _common(word + following):
            yield word, following, start
    elif word in _LEVELS and index and not _GENERIC.search(tagged[index - 1][0] + word):
        name = _joined(tagged, index)
        if name and not _common(name + word):
            yield name, word, start - len(name)


def _common(name: str) -> bool:
    """Return whether a name with its level is a common word: 全市, 产粮大县."""
    return bool(_GENERIC.search(name) or _RANKED.search(name))


def _joined(tagged: Sequence[tuple[str, str]], index: int) -> str:
    """Return the rare name that stands in pieces before a level; empty when a common word stands there."""
    pieces: list[str] = []
    for word, tag in reversed(tagged[max(0, index - 3) : index]):
        if tag not in _PARTS or len("".join(pieces)) + len(word) > 4:
            break
        pieces.insert(0, word)
        if len(word) > 1:
            break
    name = "".join(pieces)
    if len(pieces) < 2 or not 2 <= len(name) <= 4:
        return ""
    return name


def _parted(word: str) -> tuple[str, str]:
    """Part a place into its name and level: 云溪市 → 云溪, 市; a name of one character keeps its level."""
    level = next((level for level in LEVELS if word.endswith(level) and len(word) - len(level) >= 2), "")
    return word.removesuffix(level), level


def _score(candidate: _Candidate, text: str, title: str, level: str) -> float:
    """Count how often a place is named, more where it stands for the speaker: in the title, before a body."""
    base = candidate.base
    score = text.count(base) * (1.0 if candidate.levels else _BARE)
    score += 6.0 * (base in title)
    for observed, count in candidate.levels.items():
        score += 2.0 * count * (bool(level) and observed.endswith(level))
        score += 2.0 * sum(bool(_BODY_AFTER.match(text, end)) for end in _ends(text, base + observed))
    if level and candidate.levels and not any(observed.endswith(level) for observed in candidate.levels):
        score /= 3
    if level:
        short = base[0] + level
        score += 2.0 * text.count(short) * (len(base) > 1 and not _GENERIC.search(short) and short != base)
    return score


def _ends(text: str, name: str) -> Iterator[int]:
    """Yield where each occurrence of a name ends."""
    at = text.find(name)
    while at >= 0:
        yield at + len(name)
        at = text.find(name, at + len(name))


def _value(candidate: _Candidate, text: str, level: str, ranked: list[_Candidate]) -> Value:
    observed = max(candidate.levels, key=lambda k: (candidate.levels[k], k), default="")
    own = next((seen for seen in candidate.levels if level and seen.endswith(level)), "")
    name = candidate.base + (own or observed or _suffix(candidate.base, level))
    start = text.find(candidate.base + (own or observed))
    second = next((c.score for c in ranked if c is not candidate), 0.0)
    sure = bool(own) and candidate.score >= 2 * second and candidate.score >= 2 * _MIN_SCORE
    confidence = _SURE if sure else _LIKELY if candidate.score >= 1.5 * second else _GUESS
    return Value(name, Span(start, start + len(candidate.base + (own or observed))), confidence)


def _suffix(name: str, level: str) -> str:
    return "" if not level or name.endswith(level) else level


def _aliases(main: _Candidate, level: str, text: str) -> tuple[str, ...]:
    """Return the names a user would say: with and without the level, and the short form when the text has it."""
    levels = [*main.levels] or ([level] if level else [])
    names = [main.base, *(main.base + _suffix(main.base, each) for each in levels)]
    shorts = [main.base[0] + each for each in dict.fromkeys([*levels, level]) if len(each) == 1]
    names += [short for short in shorts if short in text and not _common(short)]
    return tuple(dict.fromkeys(names))
