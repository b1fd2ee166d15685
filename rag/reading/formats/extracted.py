"""What every format gives: text, where its pages begin, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a file, a paragraph a line. `pages` are the character offsets at which pages begin.

    `scanned` counts the pages of a file that holds pictures instead of text.
    """

    text: str
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    scanned: int = 0
