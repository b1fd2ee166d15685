"""BM25 by brute force, against which both stores are held."""

import math
from collections import Counter

K1, B = 1.2, 0.75


def bm25(rows: list[list[str]], query: list[str]) -> dict[int, float]:
    """Return the scores of the rows of terms that hold a term of the query."""
    mean = sum(map(len, rows)) / len(rows)
    found: dict[int, float] = {}
    for row, terms in enumerate(rows):
        counts = Counter(terms)
        for term in query:
            if counts[term]:
                held = sum(term in other for other in rows)
                idf = math.log(1 + (len(rows) - held + 0.5) / (held + 0.5))
                norm = K1 * (1 - B + B * len(terms) / mean)
                found[row] = found.get(row, 0) + idf * counts[term] * (K1 + 1) / (counts[term] + norm)
    return found
