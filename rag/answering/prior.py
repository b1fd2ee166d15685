"""Measure what speaks for an article before a sentence of it is read."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from embeddings.terms import fold_aligned
from rag.answering.scope import text_of_article
from rag.answering.terms import Terms
from rag.datatypes import Article, Hit, Reader
from rag.figures import REPUBLIC
from rag.numerals import han

_RUN = 12  # characters in a row from which a title and a question agree fully
_HITS = 10  # passages of one article in the ranking from which it is surely what the question is about
_HAN_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_UNRANKED = 50  # place of an article that the ranking does not hold


def priors(
    articles: Iterable[Article], topic: str, terms: Terms, hits: Sequence[Hit], reader: Reader
) -> dict[str, dict[str, float]]:
    """Return by article what speaks for it; `topic` is the text of the question's topic words."""
    order = {article: n for n, article in enumerate(dict.fromkeys(hit.passage.article_id for hit in hits))}
    first = {hit.passage.article_id: n for n, hit in reversed(list(enumerate(hits)))}
    held = Counter(hit.passage.article_id for hit in hits)
    best: Mapping[str, float] = {hit.passage.article_id: hit.score for hit in reversed(hits)}
    sparse, dense = _highest(hits, "sparse"), _highest(hits, "dense")
    top = max(best.values(), default=0.0) or 1.0
    found = {}
    for article in articles:
        title = fold_aligned(article.title)
        found[article.article_id] = {
            "article": terms.covered(title),
            "title_run": longest_run(topic, title, _RUN) / _RUN,
            "article_covered": terms.covered(text_of_article(article, reader)),
            "article_hits": min(held[article.article_id], _HITS) / _HITS,
            "article_best": best.get(article.article_id, 0.0) / top,
            "article_first": 1.0 / (1 + order.get(article.article_id, _UNRANKED)),
            "article_rank": math.log1p(first.get(article.article_id, _UNRANKED)),
            "article_sparse": sparse.get(article.article_id, 0.0),
            "article_dense": dense.get(article.article_id, 0.0),
            "article_long": math.log1p(article.span.end - article.span.start),
        }
    return found


def of_other_years(articles: Iterable[Article], asked: frozenset[int], reader: Reader) -> frozenset[str]:
    """Return which articles are of none of the years asked about, and write none of them; none where none is asked."""
    written = {text for year in asked for text in _writings(year)}

    def says_one(article: Article) -> bool:
        issued = article.provenance.issued_on
        text = text_of_article(article, reader) + (issued.text if issued else "")
        return any(year in text for year in written)

    return frozenset(a.article_id for a in articles if asked and not says_one(a))


def _writings(year: int) -> tuple[str, ...]:
    """Return how a year may be written: 2023, 二〇二三, of the Republic 112年, 一百一十二年, 一百十二年."""
    hundred, rest = divmod(year - REPUBLIC, 100)
    filled = "零" if rest < 10 else "一" if rest < 20 else ""
    spelled = ("一百" if hundred else "", han(rest) if rest else "")
    republic = (str(year - REPUBLIC), "".join(spelled), (filled if hundred and rest else "").join(spelled))
    return str(year), str(year).translate(_HAN_DIGITS), *(f"{text}年" for text in republic if year > REPUBLIC)


def _highest(hits: Sequence[Hit], side: Literal["sparse", "dense"]) -> dict[str, float]:
    """Return the best score of one side of the ranking by article, as a share of the best of all."""
    best: dict[str, float] = {}
    for hit in hits:
        best[hit.passage.article_id] = max(best.get(hit.passage.article_id, 0.0), getattr(hit, side))
    most = max(best.values(), default=0.0) or 1.0
    return {article: score / most for article, score in best.items()}


def longest_run(topic: str, text: str, most: int) -> int:
    """Return the length, at most `most`, of the longest stretch of a topic that stands in a text."""
    best = 0
    for start in range(len(topic)):
        while start + best < len(topic) and best < most and topic[start : start + best + 1] in text:
            best += 1
    return best
