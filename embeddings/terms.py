"""Fold text and cut it into the terms that encoder and sparse index share; the one door to jieba's dictionary."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import rjieba
from numpy.typing import NDArray

# 中 𠮷 〇: a Han character, the extensions and the zero of dates included.
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# 科学发展 | 2016 | gdp | 3.24: a run of Han characters, or a word or figure in other letters.
_RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+(?:\.[0-9]+)*")
# Characters that typists and converters exchange, beyond the traditional to simplified map.
_VARIANTS = {
    "著": "着",
    "‚": "“",
    "‛": "”",
    "〃": "·",
    "臵": "置",
    "「": "“",
    "」": "”",
    "『": "“",
    "』": "”",
    "○": "〇",
}
# Zero-width and direction marks carry no meaning and would split words: ZWSP, LRM, BOM, soft hyphen, tags.
_INVISIBLE = [
    0xAD,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
    *range(0xE0000, 0xE0080),
]

# Version of the rules by which terms are cut: a change makes every older index unreadable, with a clear sentence.
_RULES = 1
_WORDS = 1 << 16  # distinct words remembered
_SHORT = 40  # characters below which arrays cost more than they save
# A user's word outweighs its parts: jieba's most frequent word counts 883,634.
_USER_FREQUENCY = 1_000_000


@functools.cache
def _fold_table() -> dict[int, str]:
    """Return the map from a character to its folded form; characters that fold to themselves are not in it."""
    from opencc import OpenCC

    simplify = OpenCC("t2s")
    candidates = [
        chr(c) for c in range(0x80, 0x323B0) if not 0xD800 <= c <= 0xDFFF and unicodedata.category(chr(c)) != "Cn"
    ]
    compatible = [unicodedata.normalize("NFKC", c) for c in candidates]
    simple = simplify.convert("\n".join(compatible)).split("\n")
    if len(simple) != len(candidates):
        raise RuntimeError("the traditional to simplified conversion changed the number of lines")
    table = {ord(c): _VARIANTS.get(s, s).lower() for c, s in zip(candidates, simple, strict=True)}
    table |= {ord(c): v for c, v in _VARIANTS.items()}
    table |= dict.fromkeys(_INVISIBLE, "")
    table |= {c: chr(c).lower() for c in range(ord("A"), ord("Z") + 1)}
    return {c: sys.intern(s) for c, s in table.items() if s != chr(c)}


def fold(text: str) -> str:
    """Return the search key of a text: NFKC, traditional to simplified, variants joined, lower case."""
    if len(text) < _SHORT:
        return text.translate(_fold_table())
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    table, uneven = _point_tables()
    if uneven[points].any():
        return text.translate(_fold_table())
    return str(table[points].tobytes(), "utf-32-le", "surrogatepass")


def fold_aligned(text: str) -> str:
    """Return the folded text with as many characters as `text`: what folds to several or to none stays as it is."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return str(_point_tables()[0][points].tobytes(), "utf-32-le", "surrogatepass")


@functools.cache
def _point_tables() -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Return by code point what it folds to, and whether that is not just one character (then it stands for itself).

    A look-up in an array takes a fifth of the time of `str.translate`.
    """
    table, uneven = np.arange(sys.maxunicode + 1, dtype="<u4"), np.zeros(sys.maxunicode + 1, dtype=np.bool_)
    for code, folded in _fold_table().items():
        if len(folded) == 1:
            table[code] = ord(folded)
        else:
            uneven[code] = True
    return table, uneven


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters, the position in `text` that it came from."""
    table = _fold_table()
    folded: list[str] = []
    offsets: list[int] = []
    for position, character in enumerate(text):
        piece = table.get(ord(character), character)
        folded.append(piece)
        offsets.extend([position] * len(piece))
    return "".join(folded), offsets


@functools.cache
def _han() -> NDArray[np.bool_]:
    """Return of every code point whether it is a Han character."""
    table = np.zeros(sys.maxunicode + 1, dtype=np.bool_)
    for bounds in re.findall(".-.|.", HAN):
        table[ord(bounds[0]) : ord(bounds[-1]) + 1] = True
    return table


@functools.lru_cache(2)
def _dictionary(user_words: tuple[str, ...]) -> rjieba.Jieba:
    """Return the dictionary with words added; nothing changes it after, so that all who need the same share it."""
    jieba = rjieba.Jieba()
    for word in user_words:
        jieba.add_word(word, _USER_FREQUENCY, "n")
    return jieba


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a text in order: first words, then pairs of neighbouring Han as code points, shape (n, 2)."""

    words: Sequence[str]
    pairs: NDArray[np.uint32]

    def joined(self) -> str:
        """Return the terms with a space between them."""
        spaced = np.full((len(self.pairs), 3), ord(" "), dtype="<u4")
        spaced[:, 1:] = self.pairs
        pairs = str(spaced.tobytes(), "utf-32-le")
        return " ".join(self.words) + pairs if self.words else pairs[1:]


class Segmenter:
    """Cut text into words by jieba's dictionary, with the user's own words added to it.

    Shapes: every method takes one text; positions are characters of that text.
    """

    def __init__(self, user_words: Sequence[str] = ()) -> None:
        self.user_words = tuple(sorted({fold(word) for word in user_words if word.strip()}))
        self._jieba = _dictionary(self.user_words)

    @property
    def fingerprint(self) -> str:
        """Return what decides the terms: dictionary version, rule version and a hash of the user's words."""
        words = hashlib.sha256("\n".join(self.user_words).encode()).hexdigest()[:12]
        return f"rjieba-{importlib.metadata.version('rjieba')}/terms-{_RULES}/{words}"

    def words(self, text: str) -> list[str]:
        """Return the words of a text as it stands, none left out: joined they are the text again."""
        return list(self._jieba.cut(text, True))

    def tag(self, text: str) -> list[tuple[str, str]]:
        """Return the words of a text with their parts of speech (`nr` person, `ns` place, `nt` body, `m` number …)."""
        return list(self._jieba.tag(text, True))

    def knows(self, word: str) -> bool:
        """Return whether a simplified word stands in the dictionary."""
        return bool(self._jieba.has_word(word))

    def terms(self, text: str) -> list[str]:
        """Return the terms of a text, folded: the words of jieba's search mode, then the pairs of neighbouring Han."""
        folded = fold(text)
        found = self._searched(folded)
        found += [run[i : i + 2] for run in _RUN.findall(folded) if run[0] > "\u3000" for i in range(len(run) - 1)]
        return found

    def cut(self, texts: Sequence[str]) -> list[Terms]:
        """Return the terms of each text, the same as `terms`; the pairs of all are found at once, in arrays."""
        folded = [fold(text) for text in texts]
        points = np.frombuffer("\n".join([*folded, ""]).encode("utf-32-le", "surrogatepass"), dtype="<u4")
        han = _han()[points]
        starts = np.flatnonzero(han[:-1] & han[1:])
        pairs = np.stack([points[starts], points[starts + 1]], axis=1)
        borders = np.searchsorted(starts, list(accumulate(len(text) + 1 for text in folded)))
        bounds = pairwise([0, *borders.tolist()])
        return [Terms(self._searched(text), pairs[a:b]) for text, (a, b) in zip(folded, bounds, strict=True)]

    def _searched(self, folded: str) -> list[str]:
        return list(filter(_RUNS.__getitem__, self._jieba.cut_for_search(folded, True)))


class _Runs(dict[str, bool]):
    """Whether a word is a run, remembered; a third faster than a function that remembers."""

    def __missing__(self, word: str) -> bool:
        if len(self) >= _WORDS:
            self.clear()
        found = self[word] = _RUN.fullmatch(word) is not None
        return found


_RUNS = _Runs()


@functools.cache
def default_segmenter() -> Segmenter:
    """Return the segmenter with no words of a user; shared, since nothing changes it."""
    return Segmenter()
