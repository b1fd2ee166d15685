"""Texts as bags of term numbers, all in one array; how they are cut, and how the vocabulary is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.terms import default_segmenter

Numbers = NDArray[np.int64]
_CHUNK = 2000  # texts a worker cuts at a time


@dataclass(frozen=True, slots=True)
class Bags:
    """The terms of text i are `ids[offsets[i]:offsets[i + 1]]`."""

    ids: NDArray[np.int32]
    offsets: Numbers

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def owners(self) -> Numbers:
        """Return the number of the text of each term."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def take(self, rows: Numbers) -> Bags:
        """Return the bags of given texts."""
        return self.spans(rows, rows + 1, np.arange(len(rows)), len(rows))

    def spans(self, first: Numbers, last: Numbers, owners: Numbers, size: int) -> Bags:
        """Return `size` bags: bag `owners[j]` (ascending) holds the terms of the texts `first[j]` to `last[j] - 1`."""
        starts, lengths = self.offsets[first], self.offsets[last] - self.offsets[first]
        before = np.cumsum(lengths) - lengths
        positions = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
        return _bags(self.ids[positions], np.repeat(owners, lengths), size)

    def keep(self, chosen: NDArray[np.bool_]) -> Bags:
        """Return the bags with the chosen terms only."""
        return _bags(self.ids[chosen], self.owners()[chosen], len(self))

    def beside(self, other: Bags) -> Bags:
        """Return bags that hold the terms of both, text by text."""
        owners = np.concatenate([self.owners(), other.owners()])
        order = np.argsort(owners, kind="stable")
        return _bags(np.concatenate([self.ids, other.ids])[order], owners[order], len(self))

    def above(self, other: Bags) -> Bags:
        """Return these bags and those of `other` below them."""
        offsets = np.concatenate([self.offsets, self.offsets[-1] + other.offsets[1:]])
        return Bags(np.concatenate([self.ids, other.ids]), offsets)

    def keys(self, seen: dict[bytes, int]) -> Numbers:
        """Return a number for each text, the same for the same terms; `seen` remembers them across calls."""
        parts = (self.ids[a:b].tobytes() for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True))
        return np.array([seen.setdefault(part, len(seen)) for part in parts])


def _bags(ids: NDArray[np.int32], owners: Numbers, size: int) -> Bags:
    counts = np.bincount(owners, minlength=size)
    return Bags(ids, np.concatenate([[0], np.cumsum(counts)]))


def cut(texts: Sequence[str], numbers: dict[str, int], pool: ProcessPoolExecutor) -> Bags:
    """Cut texts into terms; `numbers` is extended by the terms that it does not hold."""
    parts: list[NDArray[np.int32]] = []
    chunks = [texts[start : start + _CHUNK] for start in range(0, len(texts), _CHUNK)]
    for cut_texts in pool.map(_terms, chunks):
        parts += [np.array([numbers.setdefault(t, len(numbers)) for t in terms], np.int32) for terms in cut_texts]
    return Bags(np.concatenate(parts), np.concatenate([[0], np.cumsum([len(part) for part in parts])]))


def _terms(texts: Sequence[str]) -> list[list[str]]:
    return [default_segmenter().terms(text) for text in texts]


def text_frequencies(weighted: Sequence[tuple[Bags, int]], terms: int) -> tuple[Numbers, int]:
    """Return in how many texts each of `terms` terms occurs, and the number of texts; a text counts by its weight."""
    frequencies, texts = np.zeros(terms, np.int64), 0
    for bags, weight in weighted:
        distinct = np.unique(bags.owners() * terms + bags.ids) % terms
        frequencies += weight * np.bincount(distinct, minlength=terms)
        texts += weight * len(bags)
    return frequencies, texts


def renumber(bags: Mapping[str, Bags], rows: Numbers) -> dict[str, Bags]:
    """Return the bags with term numbers exchanged for rows of the vocabulary; terms of row -1 are left out."""
    return {
        name: Bags(rows[one.ids].astype(np.int32), one.offsets).keep(rows[one.ids] >= 0) for name, one in bags.items()
    }
