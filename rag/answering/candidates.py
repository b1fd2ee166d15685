"""Gather what could answer a question: sentences, clauses, and whole enumerations."""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from embeddings.terms import fold_aligned
from rag.answering.sentences import MAX_QUOTE, Unit, units_of
from rag.datatypes import Article, Passage, Reader, Span

_INTRO = 100  # characters before the first member that introduce an enumeration
MAX_MEMBERS = 20  # a longer enumeration is a table of contents, not an answer
# 第一场,打好…, 其二,把…, ——经济总体…: how a member begins that is counted in words.
_COUNTS = re.compile(
    r"——|第(?P<n>[一二三四五六七八九十])(?P<of>[个场条步仗关方项块件类道])|其(?P<m>[一二三四五])[,、:是]"
)
_HAN_DIGITS = "一二三四五六七八九十"
_FAR = 1000  # characters from one member to the next
_ENDED = "。;:!?\n"  # behind one of these, or before it, a heading is whole


@dataclass(frozen=True, slots=True)
class Piece:
    """What one citation quotes: raw range and shown text, and the passage it stands in."""

    passage: Passage
    start: int
    end: int
    shown: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer. `folded` is the text that is matched: for an enumeration its heading and introduction.

    `members` is 0 for a sentence, else the number of members; `unit` is None for an enumeration; `parent` is the
    range of the heading above the members, empty for the highest level of an article.
    """

    passage: Passage
    folded: str
    pieces: tuple[Piece, ...]
    unit: Unit | None = None
    members: int = 0
    parent: Span | None = None

    @property
    def length(self) -> int:
        """Return the number of shown characters."""
        return sum(len(piece.shown) for piece in self.pieces)


def piece_of(passage: Passage, start: int, end: int) -> Piece:
    """Return what quotes `passage.text[start:end]`."""
    offsets = _offsets(passage)
    return Piece(passage, offsets[start], offsets[end - 1] + 1, passage.text[start:end])


def up_to(piece: Piece, end: int) -> Piece:
    """Return the part of a piece before a raw position; a piece with left-out characters inside is not shortened."""
    if end >= piece.end or piece.end - piece.start != len(piece.shown):
        return piece
    shown = piece.shown[: end - piece.start].rstrip()
    return Piece(piece.passage, piece.start, piece.start + len(shown), shown)


def completed(piece: Piece) -> Piece:
    """Return a heading together with the rest of its sentence, where it breaks off inside one: 一、自2月5日起, …"""
    passage, offsets = piece.passage, _offsets(piece.passage)
    start, end = bisect_left(offsets, piece.start), bisect_left(offsets, piece.end)
    if any(fold_aligned(c) in _ENDED or c.isspace() for c in passage.text[end - 1 : end + 1]):
        return piece
    whole = (u for u in units_of(passage) if not u.is_clause and u.start <= start < end < u.end)
    return next((piece_of(passage, start, unit.end) for unit in whole), piece)


@functools.lru_cache(maxsize=4096)
def _offsets(passage: Passage) -> tuple[int, ...]:
    return tuple(passage.offsets())


@functools.lru_cache(maxsize=2048)
def sentences_of(passage: Passage) -> tuple[Candidate, ...]:
    """Return the sentences and clauses of a leaf that are short enough to quote."""
    found = []
    for unit in units_of(passage):
        piece = piece_of(passage, unit.start, unit.end)
        if piece.end - piece.start <= MAX_QUOTE:
            found.append(Candidate(passage, unit.folded, (piece,), unit))
    return tuple(found)


def enumerations_of(article: Article, reader: Reader) -> tuple[Candidate, ...]:
    """Return the enumerations of an article: the titled sections under one heading, introduced by the text before."""
    return _enumerations(article, tuple(reader.passages(article.article_id)), reader.raw(article.doc_id))


@functools.lru_cache(maxsize=256)
def _enumerations(article: Article, passages: tuple[Passage, ...], raw: str) -> tuple[Candidate, ...]:
    leaves = [p for p in passages if p.kind == "leaf"]
    starts = [p.spans[0].start for p in leaves]
    if not leaves:
        return ()
    found = []
    for parent, children in _families(article):
        first = article.sections[children[0]].span.start
        begin = article.sections[parent].span.start if parent >= 0 else article.span.start
        intro = fold_aligned(raw[max(begin, first - _INTRO) : first])
        over = article.sections[parent].span if parent >= 0 else Span(article.span.start, article.span.start)
        heading = article.sections[parent].heading if parent >= 0 else article.title
        pieces = tuple(_heading_piece(article, n, leaves, starts) for n in children)
        if any(p.end - p.start > MAX_QUOTE for p in pieces):
            continue
        text = fold_aligned(heading) + "\n" + intro
        found.append(Candidate(pieces[0].passage, text, pieces, None, len(pieces), over))
    found += [*_runs(leaves), *_counted(leaves)]
    return tuple(found)


def _runs(leaves: Sequence[Passage]) -> Iterator[Candidate]:
    """Yield the enumerations without marks: neighbouring sentences that begin with a quoted name."""
    for passage in leaves:
        whole = [c for c in sentences_of(passage) if c.unit and not c.unit.is_clause]
        for opens, group in itertools.groupby(range(len(whole)), key=lambda n: whole[n].folded.startswith("“")):
            numbers = list(group)
            # the first member often stands in the sentence that leads to the list
            before = whole[numbers[0] - 1] if numbers[0] else None
            if not opens or len(numbers) < 2:
                continue
            members = [whole[n] for n in numbers]
            if before and "“" in before.folded.split(":")[-1]:
                members = [before, *members]
            lead = before.folded if before else ""
            pieces = tuple(piece for member in members for piece in member.pieces)
            yield Candidate(passage, lead + "\n" + members[0].folded[:20], pieces, None, len(pieces))


def _counted(leaves: Sequence[Passage]) -> Iterator[Candidate]:
    """Yield the enumerations whose members are counted in words or set out by dashes: 第一场…。第二场…。"""
    before = ""
    open_runs: dict[str, list[tuple[Candidate, str]]] = {}
    for sentence in (c for leaf in leaves for c in sentences_of(leaf) if c.unit and not c.unit.is_clause):
        begun = _COUNTS.match(sentence.folded)
        if begun:
            key, number = begun["of"] or begun[0][0], _HAN_DIGITS.find(begun["n"] or begun["m"] or "无")
            run = open_runs.setdefault(key, [])
            follows = run and sentence.pieces[0].start - run[-1][0].pieces[0].start < _FAR
            if not follows or (number >= 0 and number != len(run)):
                yield from _run_of(run)
                run.clear()
            if run or number <= 0:
                run.append((sentence, before))
        before = sentence.folded
    for run in open_runs.values():
        yield from _run_of(run)


def _run_of(run: Sequence[tuple[Candidate, str]]) -> Iterator[Candidate]:
    """Yield the enumeration of sentences in a row, introduced by the heading and the sentence before the first."""
    if 2 <= len(run) <= MAX_MEMBERS:
        first, before = run[0]
        pieces = tuple(piece for member, _ in run for piece in member.pieces)
        heading = fold_aligned("".join(first.passage.headings[-1:]))
        yield Candidate(first.passage, f"{heading}\n{before[-_INTRO:]}", pieces, None, len(pieces))


def _families(article: Article) -> Iterator[tuple[int, list[int]]]:
    """Yield each parent with its titled children, two or more."""
    children: dict[tuple[int, bool], list[int]] = {}
    for index, section in enumerate(article.sections):
        if len(section.heading) > len(section.mark):
            # 一是, 二是 in the text before the first heading are no headings beside 一、
            children.setdefault((section.parent, section.mark.endswith(("是", "要"))), []).append(index)
    for (parent, _), below in sorted(children.items()):
        if 2 <= len(below) <= MAX_MEMBERS:
            yield parent, below


def _heading_piece(article: Article, index: int, leaves: Sequence[Passage], starts: Sequence[int]) -> Piece:
    section = article.sections[index]
    at = max(bisect_right(starts, section.span.start) - 1, 0)
    return Piece(leaves[at], section.span.start, section.span.end, section.heading)


def gather(passages: Iterable[Passage], articles: Iterable[Article], reader: Reader) -> list[Candidate]:
    """Return the candidates of some passages, and the enumerations of some articles."""
    found: list[Candidate] = []
    for passage in passages:
        if passage.kind == "leaf":
            found += sentences_of(passage)
    for article in articles:
        found += enumerations_of(article, reader)
    return found
