"""Take apart a question that joins several things: 一级和三级的补助分别是多少 asks for each of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from embeddings.terms import Segmenter, default_segmenter
from rag.answering.scope import EACH

_JOINERS = frozenset("和与跟同及、") | {"以及"}
# Parts of speech at which the name of a thing ends: 的, 在, 各, 由, verbs, marks.
_ENDS = ("u", "p", "c", "d", "r", "y", "w", "x", "v", "m", "f")
# “四争先”, 2024年: what is one thing to the reader, whatever words it is cut into.
_WHOLE = re.compile(r"(“[^”、]{1,20}”|\d{4}年)")
_NEGATIONS = ("不", "未", "无", "非")  # 不予受理和驳回
_LEVELS = dict.fromkeys("省市县区镇乡村", "级")  # 青山镇和绿水乡 end alike
_LONGEST = 3  # words of the first thing
_LAST = 4  # words in which the last thing may end as the first does: 水文条例和城市绿化条例


def things_joined(folded: str, segmenter: Segmenter | None = None) -> list[tuple[str, str]]:
    """Return the things that a folded question joins and asks about one by one, each with the question for it alone."""
    if not EACH.search(folded):
        return []
    words = [
        (word, tag)
        for n, text in enumerate(_WHOLE.split(folded))
        for word, tag in ([(text, "n")] if n % 2 else (segmenter or default_segmenter()).tag(text))
    ]
    joints: list[int] = []
    for n, (word, _) in enumerate(words[:-1]):
        if n and word in _JOINERS and (not joints or n - joints[-1] <= _LONGEST + 1):
            joints.append(n)
    if not joints:
        return []
    first = joints[0] - 1
    while first > 0 and joints[0] - first < _LONGEST and _belongs(words[first - 1]):
        first -= 1
    named = [word for word in words[first : joints[0]] if not word[0].startswith(_NEGATIONS)]
    end = _end_of_last(words, joints[-1] + 1, named or words[first : joints[0]])
    borders = [first - 1, *joints, end]
    starts = list(itertools.accumulate((len(word) for word, _ in words), initial=0))
    before = folded[: starts[first]]
    if before.count("“") > before.count("”") or before[-1:].isdigit():
        return []  # a quoted row is meant as a whole, 80至89岁 is not understood
    things = [folded[starts[a + 1] : starts[b]] for a, b in itertools.pairwise(borders)]
    return [(thing, before + thing + folded[starts[end] :]) for thing in things if thing]


def _belongs(word: tuple[str, str]) -> bool:
    """Return whether a word before the name of a thing is part of it: no verb, but a negation."""
    return not word[1].startswith(_ENDS) or word[0].startswith(_NEGATIONS)


def _end_of_last(words: Sequence[tuple[str, str]], begin: int, first: Sequence[tuple[str, str]]) -> int:
    """Return behind which word the last thing ends: one that ends as the first thing does, else as many words on."""
    for n in range(begin, min(begin + _LAST, len(words))):
        if _LEVELS.get(words[n][0][-1], words[n][0][-1]) == _LEVELS.get(first[-1][0][-1], first[-1][0][-1]):
            return n + 1
        if n > begin and words[n][1].startswith(_ENDS):
            break
    end = begin + 1
    while end < min(begin + len(first), len(words)) and not words[end][1].startswith(_ENDS):
        end += 1
    return end
