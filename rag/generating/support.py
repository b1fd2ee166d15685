"""How much of a sentence's words a text has, and which segments of a source have them."""

from __future__ import annotations

from collections.abc import Sequence

from rag.figures import Figure
from rag.generating.facts import squeeze
from rag.generating.source import Piece, Source

_FACT_WEIGHT = 3.0  # of a figure or quotation against a word
_MOST_SEGMENTS = 3
_LEAST_GAIN = 1.0  # a word: less does not earn a segment its place in a proof


def support(words: frozenset[str], known: str) -> float:
    """Return the share of the words that a text has, by characters; a word that it has in parts counts by its parts."""
    total = sum(len(word) for word in words)
    return sum(len(word) * _presence(word, known) for word in words) / total if total else 1.0


def _presence(word: str, known: str) -> float:
    if word in known:
        return 1.0
    pairs = [word[n : n + 2] for n in range(len(word) - 1)]
    return 0.5 * sum(pair in known for pair in pairs) / len(pairs)


def covering(words: frozenset[str], figures: Sequence[Figure], quoted: Sequence[str], source: Source) -> list[Piece]:
    """Return the segments that together cover what a sentence says, the one that covers most first."""
    wanted, open_figures = set(words), list(dict.fromkeys(figures))
    chosen: list[Piece] = []
    while len(chosen) < _MOST_SEGMENTS:
        gains = {piece.start: _gain(piece, wanted, open_figures, quoted) for piece in source.segments}
        best = max(source.segments, key=lambda piece: (gains[piece.start], -piece.start))
        if best in chosen or (chosen and gains[best.start] < _LEAST_GAIN):
            break
        chosen.append(best)
        wanted -= {word for word in wanted if word in best.text}
        open_figures = [f for f in open_figures if not any(f.carried_by(other) for other in best.figures)]
    return chosen


def _gain(piece: Piece, wanted: set[str], figures: Sequence[Figure], quoted: Sequence[str]) -> float:
    squeezed = squeeze(piece.text)
    gain = sum(len(word) / 2 for word in wanted if word in piece.text)
    gain += _FACT_WEIGHT * sum(any(figure.carried_by(other) for other in piece.figures) for figure in figures)
    return gain + _FACT_WEIGHT * sum(text in squeezed for text in quoted)
