"""Draw batches of queries and passages, with what must not count as wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.train.bags import Bags, Numbers
from embeddings.train.recipe import Recipe

_AROUND = 3  # sentences on each side that are the context of one
_COPY = 0.15  # how often a sentence stays in its own context, so that equal words keep counting
# Shares of terms left out, so that a query is no copy of what it is drawn from.
_OF_SENTENCE, _OF_NEIGHBOUR, _OF_ARTICLE, _OF_NAME, _OF_LEAD = 0.3, 0.5, 0.85, 0.5, 0.2


@dataclass(frozen=True, slots=True)
class PairBags:
    """Queries and their passages as bags; equal texts have equal keys."""

    queries: Bags
    passages: Bags
    query_keys: Numbers
    passage_keys: Numbers


@dataclass(frozen=True, slots=True)
class Batch:
    """Queries, their passages in the same order, then passages that are wrong for all.

    `masked`, shape (queries, passages), marks pairs that must not count as wrong: equal queries or equal passages.
    """

    queries: Bags
    passages: Bags
    masked: NDArray[np.bool_]


class Sampler:
    """Batches from every kind of pair, in the shares of the recipe."""

    def __init__(
        self,
        recipe: Recipe,
        pairs: Mapping[str, PairBags],
        sentences: Mapping[str, tuple[Bags, Numbers]],
        hard: Numbers,
    ) -> None:
        """Take pairs, (sentences, document of each), and the hard statutes of each question (questions, depth)."""
        self._recipe, self._pairs, self._sentences, self._hard = recipe, pairs, sentences, hard
        self._random = np.random.default_rng(recipe.seed)
        self._kinds = list(recipe.mix)
        self._shares = np.array([recipe.mix[kind] for kind in self._kinds]) / sum(recipe.mix.values())
        chapters = pairs["statutes"].query_keys
        self._followed = np.flatnonzero(chapters[1:] == chapters[:-1])

    def draw(self) -> Batch:
        """Return the next batch."""
        kind = self._kinds[self._random.choice(len(self._kinds), p=self._shares)]
        if kind in self._sentences:
            return self._context(*self._sentences[kind])
        if kind == "neighbours":
            return self._neighbours()
        if kind == "questions":
            return self._questions()
        if kind == "leads":
            return self._leads()
        return self._statutes(self._pairs[kind])

    def _rows(self, size: int) -> Numbers:
        return self._random.integers(size, size=self._recipe.batch)

    def _thin(self, bags: Bags, share: float) -> Bags:
        return bags.keep(self._random.random(len(bags.ids)) >= share)

    def _context(self, sentences: Bags, owners: Numbers) -> Batch:
        rows = self._rows(len(sentences))
        first = np.searchsorted(owners, owners[rows], "left").clip(rows - _AROUND)
        last = np.searchsorted(owners, owners[rows], "right").clip(None, rows + _AROUND + 1)
        copied = self._random.random(len(rows)) < _COPY
        # two stretches a sentence: what stands before it and what stands after it
        starts = np.stack([first, rows + 1 - copied], axis=1).ravel()
        ends = np.stack([rows, last], axis=1).ravel()
        context = sentences.spans(starts, ends, np.repeat(np.arange(len(rows)), 2), len(rows))
        return _batch(self._thin(sentences.take(rows), _OF_SENTENCE), context, owners[rows], rows)

    def _neighbours(self) -> Batch:
        pairs = self._pairs["statutes"]
        rows = self._followed[self._rows(len(self._followed))]
        query = self._thin(pairs.passages.take(rows), _OF_NEIGHBOUR)
        return _batch(query, pairs.passages.take(rows + 1), pairs.query_keys[rows], pairs.passage_keys[rows + 1])

    def _questions(self) -> Batch:
        pairs, statutes = self._pairs["questions"], self._pairs["statutes"]
        rows = self._rows(len(pairs.queries))
        drawn = self._random.integers(self._hard.shape[1], size=(len(rows), self._recipe.hard))
        wrong = self._hard[rows[:, None], drawn].ravel()
        passages = pairs.passages.take(rows).above(statutes.passages.take(wrong))
        keys = np.concatenate([pairs.passage_keys[rows], statutes.passage_keys[wrong]])
        return _batch(
            self._thin(pairs.queries.take(rows), self._recipe.dropout), passages, pairs.query_keys[rows], keys
        )

    def _leads(self) -> Batch:
        pairs = self._pairs["leads"]
        rows = self._rows(len(pairs.queries))
        query = self._thin(pairs.queries.take(rows), _OF_LEAD)
        return _batch(query, pairs.passages.take(rows), pairs.query_keys[rows], pairs.passage_keys[rows])

    def _statutes(self, pairs: PairBags) -> Batch:
        rows = self._rows(len(pairs.queries))
        names, articles = pairs.queries.take(rows), pairs.passages.take(rows)
        if self._random.random() < 0.5:
            return _batch(names, articles, pairs.query_keys[rows], pairs.passage_keys[rows])
        query = self._thin(articles, _OF_ARTICLE).beside(self._thin(names, _OF_NAME))
        return _batch(query, articles.beside(names), pairs.passage_keys[rows], pairs.passage_keys[rows])


def _batch(queries: Bags, passages: Bags, query_keys: Numbers, passage_keys: Numbers) -> Batch:
    masked = passage_keys[: len(queries), None] == passage_keys[None, :]
    masked[:, : len(queries)] |= query_keys[:, None] == query_keys[None, :]
    np.fill_diagonal(masked, val=False)
    return Batch(queries, passages, masked)
