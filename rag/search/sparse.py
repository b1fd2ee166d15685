"""The lexical index: BM25 over the terms that `embeddings.terms` cuts; the one door to tantivy.

Fields are weighted by how often their terms are counted (the term frequencies of BM25F), so that one index field holds
all of them and a query asks for each term once, by how much the term says anywhere.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import tantivy

from embeddings.importance import importance
from rag.search.ties import DIGITS, cut

_FIELD = "text"
_TOKENIZER = "terms"
_QUESTIONS = 8  # kept as queries
# Bytes of postings held before a segment is written: enough for a million passages in one segment.
_HEAP = 1_000_000_000
# To look for a given row costs as much as to score seven: of a small index all are searched.
_MOST_OF = 7


class SparseWriter:
    """Write an index: one entry a row, in the order in which rows are added. What fails is an OSError."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        schema = tantivy.SchemaBuilder()
        schema.add_text_field(_FIELD, tokenizer_name=_TOKENIZER, index_option="freq")
        schema.add_unsigned_field("row", indexed=True, fast=True)
        schema.add_unsigned_field("group", indexed=True)
        index = tantivy.Index(schema.build(), path=str(folder))
        _register(index)
        self._writer = index.writer(_HEAP, 1)

    def add(self, row: int, group: int, fields: Iterable[tuple[str, int]]) -> None:
        """Add a row: its group (an article), and its fields as (terms joined by spaces, weight)."""
        document = tantivy.Document()
        document.add_text(_FIELD, " ".join(terms for terms, weight in fields for _ in range(weight)))
        document.add_unsigned("row", row)
        document.add_unsigned("group", group)
        try:
            self._writer.add_document(document)
        except ValueError as error:
            raise OSError(f"tantivy: {error}") from error

    def finish(self) -> None:
        """Write what was added to the folder; nothing can be added after."""
        try:
            self._writer.commit()
            self._writer.wait_merging_threads()
        except ValueError as error:
            raise OSError(f"tantivy: {error}") from error


class SparseIndex:
    """An index opened for searching, by any number of threads."""

    def __init__(self, folder: Path) -> None:
        index = tantivy.Index.open(str(folder))
        _register(index)
        self._schema = index.schema
        self._searcher = index.searcher()
        # a question is searched for first, then scored for the rows that only the dense side found
        self._wanted = functools.lru_cache(_QUESTIONS)(self._any_of)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def frequency(self, term: str) -> int:
        """Return in how many rows a term occurs."""
        return int(self._searcher.doc_freq(_FIELD, term))

    def search(self, terms: Sequence[str], depth: int, groups: Sequence[int] | None = None) -> dict[int, float]:
        """Return about `depth` rows with the highest scores; of rows that tie at the cut, all or none are returned.

        `groups` restricts the search to the rows of these groups, before the cut.
        """
        query = self._query(terms, None if groups is None else self._of(groups))
        return cut(lambda limit: self._run(query, limit), depth, len(self) + 1)

    def score(self, terms: Sequence[str], rows: Sequence[int]) -> dict[int, float]:
        """Return the scores of given rows; a row that holds none of the terms is left out."""
        if not rows:
            return {}
        if len(rows) * _MOST_OF < len(self):
            return dict(self._run(self._query(terms, self._these(rows)), len(rows)))
        wanted = set(rows)
        return {row: score for row, score in self._run(self._query(terms, None), len(self)) if row in wanted}

    def _run(self, query: tantivy.Query, limit: int) -> list[tuple[int, float]]:
        hits = self._searcher.search(query, limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        # of 32-bit floats numpy rounds as `round` does, at a tenth of the time
        scores = np.round(np.array([score for score, _ in hits], dtype=np.float64), DIGITS)
        return list(zip(cast("list[int]", rows), scores.tolist(), strict=True))

    def _of(self, groups: Sequence[int]) -> tantivy.Query:
        """Return what finds the rows of any number of groups."""
        return tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, "group", list(groups)), 0.0)

    def _these(self, rows: Sequence[int]) -> tantivy.Query:
        """Return what finds a few hundred rows, in a quarter of the time that a set of them takes."""
        each = [tantivy.Query.term_query(self._schema, "row", row, "basic") for row in rows]
        return tantivy.Query.const_score_query(
            tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in each]), 0.0
        )

    def _query(self, terms: Sequence[str], among: tantivy.Query | None) -> tantivy.Query:
        wanted = self._wanted(tuple(terms))
        if among is None:
            return wanted
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, among), (tantivy.Occur.Must, wanted)])

    def _any_of(self, terms: tuple[str, ...]) -> tantivy.Query:
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._term(term, count)) for term, count in sorted(Counter(terms).items())]
        )

    def _term(self, term: str, count: int) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, _FIELD, term, "freq")
        return tantivy.Query.boost_query(query, count * importance(term))


def _register(index: tantivy.Index) -> None:
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_TOKENIZER, analyzer)
