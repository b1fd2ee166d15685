"""One article under reading: its shown text, the same text folded, its lines, and the way back to the raw text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.datatypes import Value
from rag.reading.articles import Line
from rag.reading.clean import Cleaned
from rag.reading.dates import DATE, iso


@dataclass(frozen=True, slots=True)
class Sheet:
    """`folded` is the shown text folded character for character; the head ends before line number `body`."""

    cleaned: Cleaned
    folded: str
    lines: Sequence[Line]
    body: int

    def value(self, start: int, end: int, confidence: float, text: str | None = None) -> Value:
        """Return what stands in a range of shown characters, under another text where one is given."""
        shown = self.cleaned.text[start:end] if text is None else text
        return Value(shown, self.cleaned.span(start, end), confidence)

    def of(self, line: Line) -> str:
        """Return the folded text of a line."""
        return self.folded[line.start : line.end]

    def shown(self, line: Line) -> str:
        """Return the shown text of a line."""
        return self.cleaned.text[line.start : line.end]

    def date(self, start: int, end: int, confidence: float) -> Value | None:
        """Return the first date of a range."""
        found = DATE.search(self.folded, start, end)
        return self.value(found.start(), found.end(), confidence, iso(found)) if found and iso(found) else None
