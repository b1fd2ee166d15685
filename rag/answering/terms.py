"""Weigh the terms of a question, and find them in a text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.terms import HAN
from rag.answering.understand import Question
from rag.datatypes import Reader

# 科学发展 | 2016 | gdp | 3.24: a run of Han characters, or a word or figure in other letters.
_RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+(?:\.[0-9]+)*")
_LETTERS = re.compile(r"\w")  # 字, a, 1: what is read, punctuation left out
_WINDOW = 40  # characters in which the terms of an answer stand close together
_SAYS = 25  # characters that say something
_SMALLEST = 100  # passages; in a smaller library nothing is known of how rare a word is
_PART_WEIGHT = 0.5  # single characters and pairs repeat what the words say
_MASKED_WEIGHT = 0.2  # what names the article is seldom said again in its sentences
_FOCUS_WEIGHT = 2.0  # what a follow-up says itself counts more than what it takes over
_QUOTED_WEIGHT = 2.0  # what stands in quotation marks is meant literally


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a question with their weights, and the sum of these."""

    weights: tuple[tuple[str, float], ...]
    total: float
    pattern: re.Pattern[str]

    def covered(self, folded: str) -> float:
        """Return which share of the weight stands in a folded text."""
        return sum([w for term, w in self.weights if term in folded]) / self.total if self.total else 0.0

    def within(self, folded: str) -> frozenset[str]:
        """Return the terms that stand in a folded text."""
        return frozenset([term for term, _ in self.weights if term in folded])

    def densest(self, folded: str) -> float:
        """Return the weight of the terms in the window of a text that holds most."""
        places = sorted((at, weight) for term, weight in self.weights if (at := folded.find(term)) >= 0)
        best = total = 0.0
        first = 0
        for at, weight in places:
            total += weight
            while places[first][0] <= at - _WINDOW:
                total -= places[first][1]
                first += 1
            best = max(best, total)
        return best / self.total if self.total else 0.0

    def novel(self, folded: str) -> float:
        """Return how much a text says beyond the question, 1 from 25 characters on: a heading alone says nothing."""
        return min(1.0, len(_LETTERS.findall(self.pattern.sub("", folded))) / _SAYS)

    def weight(self, terms: frozenset[str]) -> float:
        """Return the share of the weight of some terms."""
        return sum([w for term, w in self.weights if term in terms]) / self.total if terms and self.total else 0.0


def weigh(question: Question, masked: frozenset[int], reader: Reader) -> Terms:
    """Return the terms of a question: topic words, pairs of characters across them, and quoted words, by rarity.

    `masked` are positions that name an article: they chose the articles and say little about a sentence.
    """
    bare = "".join(" " if i in masked else c for i, c in enumerate(question.folded))
    words = [w for w in question.topic if w in bare]
    runs = _runs(bare, words)
    counts = {w: reader.frequency(w) for w in words}
    pairs = {run[i : i + 2] for run in runs for i in range(len(run) - 1) if run[0] > "\u3000"}
    # a pair across two words that stands nowhere says nothing; a word that stands nowhere does
    counts |= {pair: n for pair in pairs if (n := reader.frequency(pair)) and pair not in counts}
    total = max(reader.count(), _SMALLEST)
    weights = {
        term: _rarity(total, found) * (1.0 if term in words and len(term) > 1 else _PART_WEIGHT)
        for term, found in counts.items()
    }
    for word in question.topic:
        if word not in bare and len(word) > 1:
            weights[word] = _MASKED_WEIGHT * _rarity(total, reader.frequency(word))
    for text in question.quoted:
        if text in bare and len(text) > 1 and text in (question.focus or text):
            weights[text] = _QUOTED_WEIGHT * max((weights.get(p, 0.0) for p in weights if p in text), default=1.0)
    for term in weights:
        weights[term] *= _FOCUS_WEIGHT if term in question.focus else 1.0
    whole = sum(weights.values())
    longest = sorted(weights, key=lambda term: (-len(term), term))
    pattern = re.compile("|".join(map(re.escape, longest)) or "(?!)")
    return Terms(tuple(sorted(weights.items())), whole, pattern)


def _rarity(total: int, found: int) -> float:
    return math.log(1 + (total - found + 0.5) / (found + 0.5)) + 0.2


def _runs(bare: str, words: Sequence[str]) -> list[str]:
    """Return the stretches of topic words that stand side by side in the question."""
    runs: list[str] = []
    position, end = 0, -1
    for word in words:
        start = bare.find(word, position)
        if start < 0:
            start = bare.find(word)
        if start == end and runs:
            runs[-1] += word
        else:
            runs.append(word)
        position = end = start + len(word)
    return [run for text in runs for run in _RUN.findall(text)]
