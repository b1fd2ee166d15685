"""Cut passages into what can be quoted: sentences, and their clauses where a sentence is long."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from embeddings.terms import fold_aligned
from rag.datatypes import Passage

MAX_QUOTE = 300  # characters; a longer quotation is no proof but a copy
_LONG = 90  # characters; a longer sentence is also offered clause by clause
# 。” !』 ?): a sentence ends here, closing marks included, in either width; a line end ends it too.
_END = re.compile(r"(?:[。!?！？]+[”’」』）)》\"]*|\n+)\s*")
# ;: a clause of a long sentence ends here, in either width.
_CLAUSE_END = re.compile(r"[;；][”’」』）)]*\s*")
# , where a clause that is still too long is cut.
_COMMA = re.compile(r"[,，、:：]")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or clause of a passage: `passage.text[start:end]`, and the same folded character for character.

    `whole` is the range of the sentence that a clause is part of; `index` counts the units of the passage.
    """

    passage: Passage
    start: int
    end: int
    folded: str
    whole: tuple[int, int]
    index: int

    @property
    def is_clause(self) -> bool:
        """Return whether the unit is only part of a sentence."""
        return (self.start, self.end) != self.whole


@functools.lru_cache(maxsize=4096)
def units_of(passage: Passage) -> tuple[Unit, ...]:
    """Return the units of a passage in order; a clause comes after the sentence that it is part of."""
    folded = fold_aligned(passage.text)
    found: list[Unit] = []
    for whole in _pieces(folded, 0, len(folded), _END):
        ranges = [whole] if whole[1] - whole[0] <= MAX_QUOTE else []
        if whole[1] - whole[0] > _LONG:
            ranges += [r for r in _clauses(folded, *whole) if r != whole]
        for start, end in ranges:
            found.append(Unit(passage, start, end, folded[start:end], whole, len(found)))
    return tuple(found)


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the clauses of a sentence; one that is too long to quote is cut at its commas."""
    for first, stop in _pieces(text, start, end, _CLAUSE_END):
        begin = first
        while stop - begin > MAX_QUOTE:
            commas = [m.end() for m in _COMMA.finditer(text, begin + 1, begin + MAX_QUOTE)]
            cut = commas[-1] if commas else begin + MAX_QUOTE
            yield begin, cut
            begin = cut
        yield begin, stop


def _pieces(text: str, start: int, end: int, border: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges between borders, each with its closing marks, without spaces at its edges; none is empty."""
    begin = start
    for match in border.finditer(text, start, end):
        yield from _trimmed(text, begin, match.end())
        begin = match.end()
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
