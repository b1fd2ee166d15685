"""Is a sentence carried by the passages that it cites? Told without a model, from what can be compared.

A passage carries a sentence when it has every quotation to the letter, every figure and date by value, every name; when
no other member of the passage fits a figure better than the one that has it; when neither denies what the other
affirms; and when enough of the words are the passage's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embeddings.terms import default_segmenter, fold_aligned
from rag.datatypes import Passage, Reader
from rag.figures import RATE, Figure
from rag.generating.draft import Claim
from rag.generating.facts import holders, labels, names, quotations, squeeze
from rag.generating.placement import misplaced
from rag.generating.polarity import contradicts
from rag.generating.source import Piece, Source, clauses, content, segments

# Share of a sentence's words that the source must have; between the two kinds on the tuning half of the claims.
_LEAST_SUPPORT = 0.6
# Share that one member of a list must have of a clause: words out of several members say what none of them does.
_LEAST_TOGETHER = 0.5
# A passage that was not cited must fit better: nobody but us says that it is meant.
_RECITED_SUPPORT = 0.75
# Share that the quoted sentences must have by themselves: a title alone proves nothing.
_LEAST_OWN = 0.35
# Found out against the very passage that speaks of it: no other one makes that right.
_SETTLED = frozenset({"misplaced", "polarity"})
# 'http://a.example' 'www.a.example'
_LINK = re.compile(r"[a-z]+://|www\.")
_FACT_WEIGHT = 3.0  # of a figure, name or quotation against a word, when sentences are chosen for a proof
_MOST_SEGMENTS = 3
_LEAST_GAIN = 1.0  # a word: less does not earn a sentence its place in a proof


@dataclass(frozen=True)
class Proof:
    """The part of a passage's text, from `start` to `end`, that carries a sentence."""

    passage: Passage
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What carries a sentence (nothing: not verified), whether that is not what it cited, and why it failed."""

    proofs: tuple[Proof, ...] = ()
    recited: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Statement:
    text: str
    quoted: tuple[str, ...]
    names: frozenset[str]
    labels: frozenset[str]
    holders: frozenset[str]
    groups: tuple[tuple[Piece, ...], ...]
    words: frozenset[str]

    @property
    def figures(self) -> list[Figure]:
        return [figure for group in self.groups for clause in group for figure in clause.figures]


class Verifier:
    """Checks sentences against the passages that a model was shown, by key."""

    def __init__(self, passages: Mapping[str, Passage], reader: Reader) -> None:
        self._segmenter = default_segmenter()
        self._passages = passages
        self._sources = {key: Source.of(passage, reader, self._segmenter) for key, passage in passages.items()}

    def check(self, claim: Claim) -> Verdict:
        """Return what carries a sentence: a passage that it cites, else all of these together, else another one."""
        statement = self._statement(claim.text)
        # Who follows a link has left what we can answer for, whatever a document says.
        if not statement.words or _LINK.search(statement.text):
            return Verdict(reason="nothing to check")
        reasons = {key: self._fault(statement, self._sources[key]) for key in claim.keys}
        for key, reason in reasons.items():
            if not reason:
                return Verdict(self._proofs(statement, [key]))
        joined = Source.joined([self._sources[key] for key in claim.keys], self._segmenter)
        if len(claim.keys) > 1 and not self._fault(statement, joined):
            return Verdict(self._proofs(statement, claim.keys))
        if not _SETTLED.intersection(reasons.values()):
            for key, source in self._sources.items():
                if key not in reasons and not self._fault(statement, source, _RECITED_SUPPORT):
                    return Verdict(self._proofs(statement, [key]), recited=True)
        return Verdict(reason=next(iter(reasons.values()), "no citation"))

    def _statement(self, text: str) -> _Statement:
        folded = fold_aligned(text)
        return _Statement(
            folded,
            tuple(quotations(folded)),
            names(folded, self._segmenter),
            labels(folded, self._segmenter),
            holders(folded),
            _grouped(clauses(segments(folded, self._segmenter), self._segmenter)),
            content(folded, self._segmenter),
        )

    def _fault(self, statement: _Statement, source: Source, least: float = _LEAST_SUPPORT) -> str:
        """Return why a passage does not carry a statement, empty when it does; `least` is the support it must give."""
        return _missing(statement, source) or self._unlike(statement, source, least)

    def _unlike(self, statement: _Statement, source: Source, least: float) -> str:
        nearest = _nearest(statement, source)
        own = squeeze("".join(piece.text for piece in nearest))
        context = "\n" + squeeze(source.context)
        if any(name not in own and "我" not in own for name in statement.holders):
            return "name"
        if _support(statement.words, own) < _LEAST_OWN or _support(statement.words, own + context) < least:
            return "support"
        if not all(_together(group, source, context) for group in statement.groups):
            return "scattered"
        if any(misplaced(group, source, statement.labels) for group in statement.groups):
            return "misplaced"
        if any(contradicts(statement.text, piece.text, self._segmenter) for piece in nearest[:1]):
            return "polarity"
        return ""

    def _proofs(self, statement: _Statement, keys: Sequence[str]) -> tuple[Proof, ...]:
        """Return the sentences that have what a statement says, in order; neighbours become one quotation."""
        found: list[Proof] = []
        for key in keys:
            passage, source = self._passages[key], self._sources[key]
            for piece in sorted(_nearest(statement, source), key=lambda piece: piece.start):
                start = piece.start
                if found and found[-1].passage is passage and _adjacent(found[-1].end, start, passage):
                    start = found.pop().start
                found.append(Proof(passage, start, piece.end))
        return tuple(found)


def _missing(statement: _Statement, source: Source) -> str:
    """Return what a passage does not have that it must have as it is, empty when it has all."""
    known = squeeze(source.text) + "\n" + squeeze(source.context)
    if any(quotation not in known for quotation in statement.quoted):
        return "quotation"
    # How often may be said in other words ('一月一次'); that it is said of something else is found out later.
    stated = [figure for figure in statement.figures if figure.unit != RATE]
    if any(not any(figure.carried_by(other) for other in source.figures) for figure in stated):
        return "figure"
    return "name" if any(name not in known and name not in source.head for name in statement.names) else ""


def _adjacent(end: int, start: int, passage: Passage) -> bool:
    """Return whether nothing stands between, and no line end joins two spans that are apart in the raw text."""
    between = passage.text[end:start]
    return not between.strip() and (len(passage.spans) == 1 or "\n" not in between)


def _grouped(pieces: Sequence[Piece]) -> tuple[tuple[Piece, ...], ...]:
    """Put clauses without a figure to the figure before them, those at the head to the first."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if groups and (not _measured(piece) or not any(map(_measured, groups[-1]))):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return tuple(tuple(group) for group in groups)


def _together(group: Sequence[Piece], source: Source, context: str) -> bool:
    """Return whether one member of the passage, with what leads its list in, has most of what some clauses say."""
    words = frozenset().union(*(clause.words for clause in group))
    leads = {piece.sentence: piece.text for piece in reversed(source.segments)}
    texts = (squeeze(piece.text + leads[piece.sentence]) + context for piece in source.segments)
    return any(_support(words, text) >= _LEAST_TOGETHER for text in texts)


def _measured(piece: Piece) -> bool:
    return any(not figure.is_label for figure in piece.figures)


def _support(words: frozenset[str], known: str) -> float:
    """Return the share of the words that a text has, by characters; a word that it has in parts counts by its parts."""
    total = sum(len(word) for word in words)
    return sum(len(word) * _presence(word, known) for word in words) / total if total else 1.0


def _presence(word: str, known: str) -> float:
    if word in known:
        return 1.0
    pairs = [word[n : n + 2] for n in range(len(word) - 1)]
    return 0.5 * sum(pair in known for pair in pairs) / len(pairs)


def _nearest(statement: _Statement, source: Source) -> list[Piece]:
    """Return the segments that together cover what a statement says, the one that covers most first."""
    wanted = set(statement.words | statement.names)
    figures = list(dict.fromkeys(statement.figures))
    chosen: list[Piece] = []
    while len(chosen) < _MOST_SEGMENTS:
        best = max(source.segments, key=lambda piece: (_gain(piece, wanted, figures, statement), -piece.start))
        if best in chosen or (chosen and _gain(best, wanted, figures, statement) < _LEAST_GAIN):
            break
        chosen.append(best)
        wanted -= {word for word in wanted if word in best.text}
        figures = [figure for figure in figures if not any(figure.carried_by(other) for other in best.figures)]
    return chosen


def _gain(piece: Piece, wanted: set[str], figures: Sequence[Figure], statement: _Statement) -> float:
    squeezed = squeeze(piece.text)
    gain = sum(len(word) / 2 for word in wanted if word in piece.text)
    gain += _FACT_WEIGHT * sum(any(figure.carried_by(other) for other in piece.figures) for figure in figures)
    return gain + _FACT_WEIGHT * sum(quoted in squeezed for quoted in statement.quoted)
