"""Is a sentence carried by the passages that it cites? Told without a model, from what can be compared.

A passage carries a sentence when it has every quotation to the letter, every figure and date by value, every name; when
no other member of the passage fits a figure better than the one that has it; when each clause, laid beside the clauses
that it comes from, denies, allows, widens and turns round nothing there, and exchanges nothing for another thing; and
when enough of the words are the passage's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from embeddings.terms import default_segmenter
from rag.datatypes import Passage, Reader
from rag.figures import RATE, Figure, figures
from rag.generating.alignment import Place, places
from rag.generating.attribution import unattributed
from rag.generating.draft import Claim
from rag.generating.exchange import exchanged, excluded
from rag.generating.facts import (
    acts,
    agents,
    holders,
    labels,
    named,
    names,
    proper,
    quotations,
    shortened,
    squeeze,
    unbracketed,
)
from rag.generating.operators import changes
from rag.generating.order import disordered, misjudged
from rag.generating.placement import misplaced
from rag.generating.polarity import contradicts
from rag.generating.relations import misdirected, turned
from rag.generating.roles import reassigned
from rag.generating.source import Piece, Source, clauses, content, prepared, segments
from rag.generating.support import covering, support
from rag.units import load_units

# Share of a sentence's words that the source must have; between the two kinds on the tuning half of the claims.
_LEAST_SUPPORT = 0.6
# A passage that was not cited must have nearly all of them: nobody but us says that it is meant.
_RECITED_SUPPORT = 0.9
# Share that the quoted sentences must have by themselves: a title alone proves nothing.
_LEAST_OWN = 0.35
# Found out against the very passage that speaks of it: no other one makes that right.
_SETTLED = frozenset({"misplaced", "polarity", "operator", "exchanged", "agent"})
# '罗湖、福田和南山'
_LIST = re.compile(r"[,;:。在]")
_ABOVE = ("上述", "以上", "前述")
_JOINTS = re.compile(r"[、和与]")
# '应当听取意见,结合实际,并公布': all of it
_MODAL = re.compile(r"应当|应该|必须|不得|可以|鼓励")
# '《结算办法》'
_TITLE = re.compile("《([^《》]{2,60})》")
_STOPS = "。;,!?\n"
# 'http://a.example' 'www.a.example'
_LINK = re.compile(r"[a-z]+://|www\.")


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
        folded = prepared(claim.text)
        text = unattributed(folded, [self._sources[key].context for key in claim.keys])
        statement = self._statement(text)
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
        # What another document says is not what the one that is named says.
        if text.count("《") == folded.count("《") and not _SETTLED.intersection(reasons.values()):
            for key, source in self._sources.items():
                if key not in reasons and not self._fault(statement, source, _RECITED_SUPPORT):
                    return Verdict(self._proofs(statement, [key]), recited=True)
        return Verdict(reason=next(iter(reasons.values()), "no citation"))

    def _statement(self, folded: str) -> _Statement:
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
        if _verbatim(statement.text, source):
            return ""
        return _missing(statement, source) or self._unlike(statement, source, least)

    def _unlike(self, statement: _Statement, source: Source, least: float) -> str:
        nearest = covering(statement.words | statement.names, statement.figures, statement.quoted, source)
        own = squeeze("".join(piece.text for piece in nearest))
        if any(name not in own and "我" not in own for name in statement.holders):
            return "name"
        known = own + "\n" + squeeze(source.context)
        if support(statement.words, own) < _LEAST_OWN or support(statement.words, known) < least:
            return "support"
        stand = places(statement.text, source.segments)
        if any(_misdated(one, stand, source) for one in stand):
            return "figure"
        literal = all(one.literal for one in stand)
        if not literal and any(misplaced(group, source, statement.labels) for group in statement.groups):
            return "misplaced"
        if misjudged(stand):
            return "condition"
        if disordered(stand):
            return "misplaced"
        return next((reason for one in stand if (reason := self._misread(one, stand, statement, source))), "")

    def _misread(self, one: Place, stand: Sequence[Place], statement: _Statement, source: Source) -> str:
        """Return in what a clause differs from where it stands in the source, empty when in nothing that matters."""
        window = _lead(one, source).replace(":", "") + one.window
        here = squeeze(one.segment.text + window + source.context)
        if contradicts(one.clause, window, self._segmenter):
            return "polarity"
        if changes(one.clause, window + _governing(one)):
            return "operator"
        settled = all(other.complete for other in stand if other.segment is one.segment)
        if exchanged(one, source.text, self._segmenter, settled=settled) or excluded(one, statement.text):
            return "exchanged"
        if turned(one, source, self._segmenter):
            return "exchanged"
        if any(not _acts(agent, one, source) for agent in agents(one.clause)):
            return "agent"
        if reassigned(one.clause, source, self._segmenter) or misdirected(one, self._segmenter):
            return "agent"
        if any(name in one.clause and not named(name, here + source.head) for name in self._strict(statement)):
            return "name"
        return ""

    def _strict(self, statement: _Statement) -> Iterator[str]:
        """Yield the names that must stand where the clause does; what may be a common word may stand further on."""
        known = statement.labels | statement.holders
        return (name for name in statement.names if name in known or proper(name, self._segmenter))

    def _proofs(self, statement: _Statement, keys: Sequence[str]) -> tuple[Proof, ...]:
        """Return the sentences that have what a statement says, in order; neighbours become one quotation."""
        found: list[Proof] = []
        for key in keys:
            passage, source = self._passages[key], self._sources[key]
            pieces = covering(statement.words | statement.names, statement.figures, statement.quoted, source)
            for piece in sorted(pieces, key=lambda piece: piece.start):
                start = piece.start
                if found and found[-1].passage is passage and _adjacent(found[-1].end, start, passage):
                    start = found.pop().start
                found.append(Proof(passage, start, piece.end))
        return tuple(found)


def _verbatim(text: str, source: Source) -> bool:
    """Return whether a sentence stands in its source as it is, from where a sentence or member begins."""
    words = text.rstrip(_STOPS)
    return words in source.text and any(
        source.text.startswith(words, piece.start) and source.text[piece.start + len(words) :][:1] in (*_STOPS, "")
        for piece in source.segments
    )


def _missing(statement: _Statement, source: Source) -> str:
    """Return what a passage does not have that it must have as it is, empty when it has all."""
    known = squeeze(source.text) + "\n" + squeeze(source.context)
    if any(quotation not in known for quotation in statement.quoted):
        return "quotation"
    # How often may be said in other words ('一月一次'); that it is said of something else is found out later.
    rated = any(figure.unit == RATE for figure in statement.figures)
    stated = [figure for figure in statement.figures if figure.unit != RATE and not (rated and _once(figure))]
    stated = [figure for figure in stated if not _counted(figure, statement.text)]
    if any(not any(figure.carried_by(other) for other in source.figures) for figure in stated):
        return "figure"
    if any(not shortened(squeeze(title), known) for title in _TITLE.findall(statement.text)):
        return "name"
    return "name" if any(not named(name, known) and name not in source.head for name in statement.names) else ""


def _once(figure: Figure) -> bool:
    return figure.unit == "次" and figure.value == 1


def _counted(figure: Figure, text: str) -> bool:
    """Return whether a figure counts the list that it stands behind: '罗湖、福田、南山、宝安四个区局', '以上三类'."""
    if figure.unit in load_units().counters and text[: figure.start].endswith(_ABOVE):
        return True
    joints = len(_JOINTS.findall(_LIST.split(text[: figure.start])[-1]))
    return figure.unit in load_units().counters and joints > 0 and figure.value == joints + 1


def _misdated(one: Place, stand: Sequence[Place], source: Source) -> bool:
    """Return whether a clause has a year that only the title knows where the source itself gives another."""
    own = [known for place in stand for known in place.segment.figures if _year(known)]
    stated = [figure for figure in figures(one.clause) if _year(figure)]
    return any(own and not any(figure.carried_by(known) for known in source.stated) for figure in stated)


def _year(figure: Figure) -> bool:
    return isinstance(figure.value, tuple) and figure.value[0] > 0


def _governing(one: Place) -> str:
    """Return the word by which a source obliges or allows what a clause says, where it stands in an earlier clause."""
    last = one.window.rpartition(",")[2]
    modals = _MODAL.findall(one.segment.text.partition(last)[0]) if last else []
    return modals[-1] if modals and not _MODAL.search(one.window) else ""


def _acts(agent: str, one: Place, source: Source) -> bool:
    """Return whether the segment of a clause speaks of an agent; a speaker says 'I'."""
    text = unbracketed(one.segment.text)
    return acts(agent, text) or ("由我" in text and agent[:2] in source.context + source.head)


def _lead(one: Place, source: Source) -> str:
    """Return what leads in the list that a clause is a member of ('在保护范围内,禁止下列行为:'), empty when none is."""
    before = (piece.text for piece in reversed(source.segments) if piece.segment < one.segment.segment)
    return next((text for text in before if text.endswith(":")), "")


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


def _measured(piece: Piece) -> bool:
    return any(not figure.is_label or figure.unit == RATE for figure in piece.figures)
