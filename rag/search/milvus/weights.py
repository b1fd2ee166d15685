"""BM25 as a product of two sparse vectors, so that any server that multiplies them ranks as the local index does.

Milvus has a BM25 function of its own, but it takes no weights of terms, and its statistics are those of a segment or
shard. Here the passage's side of the formula is computed when it is stored and the question's side when it is asked:

    score = Σ importance · count · idf · (k1 + 1)  ×  tf / (tf + k1 · (1 − b + b · length / mean length))

The formula, its constants and the rounding of lengths are tantivy's.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embeddings.importance import importance
from rag.search.archive import Weighted

K1, B = 1.2, 0.75
_EXACT_LENGTH = 24  # what is added again after rounding: lengths up to 40 are exact
_MANTISSA_BITS = 4  # kept of a longer length


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a generation: its dimension, and in how many passages and articles it occurs."""

    number: int
    passages: int
    articles: int

    def dump(self) -> bytes:
        """Return the term as it is kept."""
        return f"{self.number} {self.passages} {self.articles}".encode()

    @classmethod
    def of(cls, kept: bytes) -> Term:
        """Return a term that was kept."""
        return cls(*map(int, kept.split()))


def counted(entry: Weighted) -> Counter[str]:
    """Return how often each term of an entry counts."""
    return Counter(" ".join(terms for terms, weight in entry for _ in range(weight)).split())


def rounded(length: int) -> int:
    """Return a length as tantivy keeps it in one byte: its first four bits, above 24."""
    rest = max(length - _EXACT_LENGTH, 0)
    dropped = max(rest.bit_length() - _MANTISSA_BITS, 0)
    return length - rest + (rest >> dropped << dropped)


def stored(counts: Mapping[str, int], numbers: Mapping[str, int], mean: float) -> dict[int, float]:
    """Return the side of the formula that is stored: a value for the number of each term."""
    norm = K1 * (1 - B + B * rounded(sum(counts.values())) / mean)
    return {numbers[term]: count / (count + norm) for term, count in counts.items()}


def asked(terms: Sequence[str], held: Mapping[str, tuple[int, int]], rows: int) -> dict[int, float]:
    """Return the side of the formula that is asked; `held` has a term's number and how many of all rows have it."""
    times = Counter(terms)
    return {
        number: importance(term) * times[term] * idf(holding, rows) * (K1 + 1)
        for term, (number, holding) in held.items()
        if holding and importance(term)
    }


def idf(holding: int, rows: int) -> float:
    """Return how rare a term is that so many of all rows have."""
    return math.log(1 + (rows - holding + 0.5) / (holding + 0.5))
