"""Visual lines of printed pages, joined to paragraphs again; running heads, feet and page numbers are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.reading.formats.extracted import Extracted

# "— 12 —", "第 3 页 共 9 页", "3/9", "Page 3", "12"
_PAGE_NUMBER = re.compile(
    r"[-—–－―·•\s]*(?:第\s*)?\d{1,4}(?:\s*页)?[-—–－―·•\s]*(?:[,，/／]?\s*(?:共|of)?\s*\d{1,4}\s*页?)?\s*|[Pp]age\s*\d{1,4}"
)
# 一、 (二) 第三条 4. （5） 六是: what begins a paragraph where nothing is indented
_MARK = re.compile(
    r"[〇零一二三四五六七八九十百]{1,4}(?:、|是|要)|[（(][〇零一二三四五六七八九十百\d]{1,4}[)）]|\d{1,2}[.、．](?!\d)"
    r"|第[〇零一二三四五六七八九十百千\d]{1,6}[编章节条款]|附件|[①-⑳]"
)
_MARGIN = 0.12  # of the page's height: where heads and feet stand
_EDGE_LINES = 2  # at each end of a page may be heads or feet
_FULL = 2.5  # widths of a character that a full line may lack: a mark may not begin the next
_RAGGED = 6  # the same where the sentence goes on: a figure or word is not cut in two
_INDENT = 1.2  # widths of a character
_GAP = 0.7  # of the usual pitch more than usual: an empty line
_OTHER_SIZE = 0.2
_SENTENCE_END = "。！？!?…：:；;"
_CJK_START = "\u2e80"


@dataclass(frozen=True, slots=True)
class Line:
    """A visual line. Coordinates in any unit, `top` and `bottom` measured downward from the top of the page."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        """Return the width of a character: the line's height is near it for Han."""
        return max(self.bottom - self.top, 0.1)


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page in reading order, and its height."""

    lines: Sequence[Line]
    height: float


@dataclass(slots=True)
class _Paragraphs:
    """Text as it grows; `last` is the line that ends it."""

    text: str = ""
    last: Line | None = None
    done: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, line: Line, joined: bool) -> int:
        """Add a line and return the offset at which it begins."""
        gap = ("" if _tight(self.text, line.text) else " ") if joined else ("\n" if self.last else "")
        start = self.length + len(gap)
        self.done.append(gap + line.text)
        self.length = start + len(line.text)
        self.text, self.last = line.text, line
        return start


def join(pages: Sequence[Page]) -> Extracted:
    """Return the text of printed pages, with the offset at which each page begins."""
    running = _running(pages)
    kept = [
        Page([line for line in page.lines if line.text.strip() and (number, line) not in running], page.height)
        for number, page in enumerate(pages)
    ]
    left, right, pitch = _block(kept)
    paragraphs = _Paragraphs()
    starts: list[int] = []
    for page in kept:
        start = None
        for number, line in enumerate(page.lines):
            joined = paragraphs.last is not None and _continues(paragraphs.last, line, left, right, pitch, number == 0)
            offset = paragraphs.add(line, joined)
            start = offset if start is None else start
        starts.append(paragraphs.length if start is None else start)
    notes = (f"{len(running)} running heads, feet and page numbers left out",) if running else ()
    return Extracted("".join(paragraphs.done), tuple(starts), notes)


def _running(pages: Sequence[Page]) -> set[tuple[int, Line]]:
    """Find page numbers in the margins, and lines at the edges that most pages repeat but for their digits."""
    edges = [(number, line) for number, page in enumerate(pages) for line in _edge_lines(page)]
    seen = Counter(key for _, key in {(number, _key(line)) for number, line in edges})
    often = max(2, len(pages) // 3)  # odd and even pages may differ, the first may have none
    return {
        (number, line)
        for number, line in edges
        if _PAGE_NUMBER.fullmatch(line.text.strip()) or seen[_key(line)] >= often
    }


def _edge_lines(page: Page) -> list[Line]:
    lines = sorted((line for line in page.lines if line.text.strip()), key=lambda line: line.top)
    ends = lines[:_EDGE_LINES] + lines[_EDGE_LINES:][-_EDGE_LINES:]
    low, high = page.height * _MARGIN, page.height * (1 - _MARGIN)
    return [line for line in ends if line.bottom <= low or line.top >= high]


def _key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", "".join(line.text.split())), round(line.top / line.size / 2)


def _block(pages: Sequence[Page]) -> tuple[float, float, float]:
    """Return the left and right border of the text block and the usual distance of its lines."""
    lines = [line for page in pages for line in page.lines]
    if not lines:
        return 0.0, 0.0, 0.0
    size = sorted(line.size for line in lines)[len(lines) // 2]
    lefts = Counter(round(line.left / size * 2) for line in lines)
    rights = Counter(round(line.right / size) for line in lines)
    floor = max(2, len(lines) // 20)
    left = min((place for place, count in lefts.items() if count >= floor), default=min(lefts)) * size / 2
    right = max((place for place, count in rights.items() if count >= floor), default=max(rights)) * size
    steps = [below.top - above.top for page in pages for above, below in zip(page.lines, page.lines[1:], strict=False)]
    steps = sorted(step for step in steps if step > 0)
    return left, right, steps[len(steps) // 2] if steps else 0.0


def _continues(above: Line, line: Line, left: float, right: float, pitch: float, new_page: bool) -> bool:
    """Return whether a line goes on with the paragraph of the line above it."""
    ended = above.text.rstrip()[-1:] in _SENTENCE_END
    if above.right < right - (_FULL if ended else _RAGGED) * above.size or line.left > left + _INDENT * line.size:
        return False
    if abs(above.size - line.size) > _OTHER_SIZE * max(above.size, line.size) + 0.15 * above.size:
        return False
    if not new_page and line.top - above.top > pitch * (1 + _GAP):
        return False
    return not (ended and _MARK.match(line.text.lstrip()))


def _tight(before: str, after: str) -> bool:
    """Return whether two joined lines need no space: one side is Chinese."""
    return before[-1:] >= _CJK_START or after[:1] >= _CJK_START or before[-1:] in "“（《" or after[:1] in "”）》"
