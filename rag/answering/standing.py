"""Measure what a sentence says that the other sentences of its article do not, and whether it asks or announces."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from embeddings.terms import fold_aligned
from rag.answering.candidates import Candidate
from rag.answering.terms import Terms

_FEW = 0.5  # added to a count, so that the only sentence that holds a term does not outweigh all others
_END = re.compile("[。!?！？\n]")


def distinctions(found: Iterable[tuple[Candidate, frozenset[str]]], terms: Terms) -> dict[str, dict[str, float]]:
    """Return by article the weight of each term that its sentences hold: the fewer hold it, the more it tells them
    apart; the weights of an article add up to 1.
    """
    sentences: Counter[str] = Counter()
    holding: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for candidate, inside in found:
        if inside and candidate.unit and not candidate.unit.is_clause:
            sentences[candidate.passage.article_id] += 1
            holding[candidate.passage.article_id].update(inside)
    weight = dict(terms.weights)
    shares = {}
    for article, held in holding.items():
        rare = {term: weight[term] * math.log1p(sentences[article] / (n + _FEW)) for term, n in held.items()}
        total = math.fsum(rare.values()) or 1.0
        shares[article] = {term: value / total for term, value in rare.items()}
    return shares


def standing(
    candidate: Candidate, terms: Terms, inside: frozenset[str], distinct: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """Return how far a candidate stands out in its article, and whether it asks, announces, or follows a question."""
    text, unit = candidate.folded.rstrip(), candidate.unit
    own = distinct.get(candidate.passage.article_id, {})
    before = candidate.passage.text[: unit.start].rstrip() if unit else ""
    asked = before.endswith(("?", "？"))
    return {
        "distinct": math.fsum(own.get(term, 0.0) for term in inside),
        "asks": float(text.endswith("?")),
        "announces": float(text.endswith(":")),
        "after_question": terms.covered(fold_aligned(_END.split(before[:-1])[-1])) if asked else 0.0,
    }
