"""Find the place and the body that speak in an article: by tags, suffixes and counting, never by a list of names."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from embeddings.terms import Segmenter
from rag.datatypes import Span, Value
from rag.reading.rare import BODY_AFTER, GENERIC, GENERIC_END, LEVELS, RANKED, known_place, rare_names

_LEVELS = frozenset(LEVELS)
_PARTS = frozenset({"n", "nr", "nz", "ns", "g", "ng", "j", "nrt", "nrfg", "zg", "nt", "Ng", "s", "f", "v", "vn", "a"})
_EVERY = frozenset("各全我该每整几自")  # 各乡镇 stands in the dictionary as a place, like 三明市
# 我区, 全县, 我办: how an article speaks of itself; the character says at which level it stands.
_SELF = re.compile(r"(?:我|全|本)(省|市|州|盟|县|旗|区|镇|乡|村|办(?![法公理事])|街道)(?!委|长)")
_NAME_TAGS = frozenset({"ns", "nz", "nr", "nrt"})
_BARE_TAGS = ("ns", "nz")
SCAN = 20_000  # characters of an article that are tagged; who speaks is clear by then
_REMEMBERED = 4096  # places of the dictionary
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
    own = Counter(_SELF.findall(text))
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
    values = {(first := _value(main, text, level, ranked, segmenter, own[level])).text: first}
    for other in ranked[1:3]:
        if other.score >= max(_MIN_SCORE, main.score / 3) or other.base in title:
            value = _value(other, text, "", ranked, segmenter, 0)
            values.setdefault(value.text, value)
    return Places(tuple(values.values()), _aliases(main, level, text, segmenter))


def _own_level(own: Counter[str], text: str) -> str:
    if own["办"] or own["街道"]:
        return "街道"
    return max(own, key=lambda k: (own[k], k)) if own else ""


def _candidates(text: str, own: str, segmenter: Segmenter) -> dict[str, _Candidate]:
    found: dict[str, _Candidate] = {}
    tagged = segmenter.tag(text)
    telling = [(at, word, tag) for at, (word, tag) in enumerate(tagged) if tag in _NAME_TAGS or word in _LEVELS]
    for name, level, start in _names(tagged, telling, segmenter):
        found.setdefault(name, _Candidate(name, Counter(), start)).levels[level] += 1
    for (name, level), starts in rare_names(text, own, segmenter).items():
        around = [each for each in found if name in each and name != each]
        if any(known_place(each, segmenter) for each in around):
            continue
        for longer in around:
            del found[longer]
        rare = found.setdefault(name, _Candidate(name, Counter(), starts[0]))
        rare.levels[level] = max(rare.levels[level], len(starts))
    bare = Counter([word for _, word, tag in telling if tag in _BARE_TAGS])
    for word, count in bare.items():
        if count == 1 or not 2 <= len(word) <= 4 or word in found:
            continue
        if not GENERIC.search(word) and known_place(word, segmenter):
            found[word] = _Candidate(word, Counter(), text.find(word))
    return found


def _names(
    tagged: Sequence[tuple[str, str]], telling: Sequence[tuple[int, str, str]], segmenter: Segmenter
) -> Iterator[tuple[str, str, int]]:
    """Yield (name, level, position) of places that stand with their level, rare names in pieces too (桐·溆·镇).

    `telling` are the positions, words and tags that can be part of one.
    """
    starts = list(accumulate([len(word) for word, _ in tagged], initial=0))
    for index, word, tag in telling:
        following = tagged[index + 1][0] if index + 1 < len(tagged) else ""
        name, level = _parted(word) if tag == "ns" else (word, "")
        if level and (not GENERIC.search(word) or (name[0] not in _EVERY and not GENERIC_END.search(word))):
            yield name, level, starts[index]
        elif following in _LEVELS and tag in _NAME_TAGS and 2 <= len(word) <= 4:
            other = tag == "nz" and segmenter.knows(word) and not known_place(word, segmenter)  # 印发·市政府
            if not other and not _common(word + following):
                yield word, following, starts[index]
        elif word in _LEVELS and index and not GENERIC.search(tagged[index - 1][0] + word):
            name = _joined(tagged, index)
            if name and not _common(name + word):
                yield name, word, starts[index] - len(name)


def _common(name: str) -> bool:
    """Return whether a name with its level is a common word: 全市, 产粮大县."""
    return bool(GENERIC.search(name) or RANKED.search(name))


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


@functools.lru_cache(_REMEMBERED)
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
        score += 2.0 * sum(BODY_AFTER.match(after) is not None for after in text.split(base + observed)[1:])
    if level and candidate.levels and not any(observed.endswith(level) for observed in candidate.levels):
        score /= 3
    if level:
        short = base[0] + level
        score += 2.0 * text.count(short) * (len(base) > 1 and not GENERIC.search(short) and short != base)
    return score


def _value(
    candidate: _Candidate, text: str, level: str, ranked: list[_Candidate], segmenter: Segmenter, spoken: int
) -> Value:
    observed = max(candidate.levels, key=lambda k: (candidate.levels[k], k), default="")
    own = next((seen for seen in candidate.levels if level and seen.endswith(level)), "")
    known = segmenter.knows(candidate.base + level)  # 全区 in an autonomous region makes no 某区 of its name
    name = candidate.base + (own or observed or (_suffix(candidate.base, level) if known else ""))
    start = text.find(candidate.base + (own or observed))
    second = next((c.score for c in ranked if c is not candidate), 0.0)
    sure = bool(own) and candidate.score >= 2 * second and candidate.score >= 2 * _MIN_SCORE
    confidence = _SURE if sure else _LIKELY if candidate.score >= 1.5 * second else _GUESS
    return Value(name, Span(start, start + len(candidate.base + (own or observed))), confidence)


def _suffix(name: str, level: str) -> str:
    return "" if not level or name.endswith(level) else level


def _aliases(main: _Candidate, level: str, text: str, segmenter: Segmenter) -> tuple[str, ...]:
    """Return the names a user would say: with and without the level, and the short form when the text has it."""
    levels = [*main.levels] or ([level] if segmenter.knows(main.base + level) else [])
    names = [main.base, *(main.base + _suffix(main.base, each) for each in levels)]
    shorts = [main.base[0] + each for each in dict.fromkeys([*levels, level]) if len(each) == 1]
    names += [short for short in shorts if short in text and not _common(short)]
    return tuple(dict.fromkeys(names))
