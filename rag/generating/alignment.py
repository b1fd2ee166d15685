"""Where the clauses of a sentence stand in its source, and what they put in the place of what stands there."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher

from rag.figures import Figure, figures
from rag.generating.facts import acts, agents, unbracketed
from rag.generating.source import Piece

# A shorter run of characters proves nothing about where a clause stands.
_RUN = 2
# What is exchanged for something else is a word or a name, no clause.
_LONGEST = 14
# Segments that a clause is aligned with: those that share most pairs of characters; aligning takes most of the time.
_LIKELY = 4
# What it costs to leave a segment for another between two clauses, as a share of a clause
_MOVE = 0.15
# What a figure counts that a segment lacks, as a share of a clause
_MISSING = 0.35
# What a clause has at least of its place, and what the place may have between its runs, to be literal
_LITERAL = 0.8
_NEAR = 4
# '四类问题:一是停车难,' two breaks
_BREAK = re.compile(r"[,。;:!?、\n]")
_CLAUSE = re.compile(r"[^,。;:!?\n]+")
_PART = re.compile(r"[^,。;:!?、\n]+")


@dataclass(frozen=True, slots=True)
class Slot:
    """What a clause says in a place where its source says something else; one of both may be empty.

    `before` and `after` are the characters that both have on either side, empty at an end.
    """

    said: str
    stands: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Place:
    """A clause, the segment that it stands in, the share of its characters that it has there (0 to 1), what differs.

    `window` is the text of those clauses of the segment that have a part of it. A clause is `complete` when these
    have all that it measures, and `literal` when it stands there nearly as it is, its figures included.
    """

    clause: str
    segment: Piece
    share: float
    slots: tuple[Slot, ...]
    window: str
    complete: bool
    literal: bool


def places(folded: str, segments: Sequence[Piece]) -> list[Place]:
    """Return where each clause of a folded sentence stands; neighbours stay in one segment unless it costs too much."""
    found = [[_aligned(clause, segment) for segment in _likely(clause, segments)] for clause in _clauses(folded)]
    if not found:
        return []
    # The best way so far that ends in each place, as in Viterbi's algorithm.
    ways = [(one.share, [one]) for one in found[0]]
    for options in found[1:]:
        ways = [max((_further(way, one) for way in ways), key=lambda way: way[0]) for one in options]
    return max(ways, key=lambda way: way[0])[1]


def _further(way: tuple[float, list[Place]], one: Place) -> tuple[float, list[Place]]:
    worth, before = way
    return worth + one.share - _MOVE * (before[-1].segment is not one.segment), [*before, one]


def _clauses(folded: str) -> list[str]:
    """Return the clauses of a sentence; the members of a list are clauses when each has its figure."""
    found = []
    for match in _CLAUSE.finditer(folded):
        members = match.group().split("、")
        found += members if all(map(_measured, members)) else [match.group()]
    return [text for part in found if (text := part.strip(" “”"))]


def _measured(text: str) -> bool:
    return any(not figure.is_label for figure in figures(text))


def _likely(clause: str, segments: Sequence[Piece]) -> list[Piece]:
    pairs = {clause[n : n + 2] for n in range(len(clause) - 1)}
    return sorted(segments, key=lambda segment: (-sum(pair in segment.text for pair in pairs), segment.start))[:_LIKELY]


def _runs(clause: str, text: str, start: int, end: int) -> list[Match]:
    """Return the runs of characters that a clause has in common with a range of a text, in order."""
    found = SequenceMatcher(None, text[start:end], clause, autojunk=False).get_matching_blocks()
    return [Match(block.a + start, block.b, block.size) for block in found if block.size >= _RUN]


@functools.lru_cache(maxsize=4096)
def _aligned(clause: str, segment: Piece) -> Place:
    """Lay a clause beside a segment, or beside that part of it which has as much and the figures too."""
    stated, acting = figures(clause), agents(clause)
    found = []
    for span in [(0, len(segment.text)), *(match.span() for match in _PART.finditer(segment.text))]:
        runs = _runs(clause, segment.text, *span)
        window = ",".join(
            match.group()
            for match in _CLAUSE.finditer(segment.text)
            if any(run.a < match.end() and match.start() < run.a + run.size for run in runs)
        )
        missing = sum(not any(one.carried_by(other) for other in _figures(window)) for one in stated)
        missing += sum(not acts(agent, unbracketed(segment.text)) for agent in acting)
        share = sum(run.size for run in runs) / len(clause) - _MISSING * missing
        found.append((share, -len(runs), runs, window))
    share, _, runs, window = max(found, key=lambda one: one[:2])
    known = _figures(window)
    complete = all(one.is_label or any(one.carried_by(other) for other in known) for one in stated)
    literal = share >= _LITERAL and _is_literal(clause, segment, runs)
    return Place(clause, segment, share, tuple(_slots(segment, clause, runs)), window, complete, literal)


def _is_literal(clause: str, segment: Piece, runs: Sequence[Match]) -> bool:
    """Return whether a clause stands there as it is: figures whole, little between, nothing from elsewhere in it."""
    whole = all(any(run.b <= one.start and one.end <= run.b + run.size for run in runs) for one in figures(clause))
    gaps = [(run.a + run.size, then.a, run.b + run.size, then.b) for run, then in itertools.pairwise(runs)]
    near = all(there - a <= _NEAR and here - b <= _NEAR for a, there, b, here in gaps)
    ends = [0, *(end for run in runs for end in (run.b, run.b + run.size)), len(clause)]
    own = (clause[end:start] for end, start in zip(ends[::2], ends[1::2], strict=True))
    return whole and near and not any(len(said) > 1 and said in segment.text for said in own)


@functools.lru_cache(maxsize=4096)
def _figures(window: str) -> tuple[Figure, ...]:
    return tuple(figures(window))


def _slots(segment: Piece, clause: str, runs: Sequence[Match]) -> Iterator[Slot]:
    """Yield what differs between two runs, or between a run and where the clause begins or ends, on either side."""
    ends = [(0, 0), *((run.a + run.size, run.b + run.size) for run in runs)]
    starts = [*((run.a, run.b) for run in runs), (len(segment.text), len(clause))]
    for number, ((a, b), (c, d)) in enumerate(zip(ends, starts, strict=True)):
        breaks = [match.start() for match in _BREAK.finditer(segment.text, a, c)]
        begin, end, until = a, c, d
        if breaks and number == 0:
            begin = breaks[-1] + 1
        elif breaks:
            # The runs lie in two clauses: what follows the first there is what the rest would have to be.
            end, until = breaks[0], len(clause)
        if 0 < max(end - begin, until - b) <= _LONGEST:
            before = clause[b - 1 : b] if number else ""
            yield Slot(clause[b:until], segment.text[begin:end], before, clause[until : until + 2])
