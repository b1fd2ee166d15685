"""Build the outline of an article: sections of any depth from mixed marks, run-in headings and nested lists."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.reading.articles import Line
from rag.reading.closing import closing_lines, turns
from rag.reading.marks import Mark, find_marks, simplify

_MAX_DEPTH = 20
# Kinds with a rank of their own, whatever stands before them: a 章 is never inside a 条.
RANKS = {"附件": 0, "编": 1, "章": 2, "节": 3, "条": 4}
# Members of a running list: an unmarked paragraph after one belongs to the section above it.
_MEMBER_KINDS = ("第一", "一是", "①", "1)", "(1)")
_HEADING = 60  # characters; a longer first sentence is text, cut at a clause
_CLAUSE = 40
_STOPS = 2  # characters of punctuation after a heading that has no text on its line
_LOOK_AHEAD = 40  # marks; a list inside a member is shorter than this
_LOST = 2  # members whose mark was lost between two that have theirs
_CLOSED_LIST = 3  # members, each one paragraph: what follows the last of so many is no part of it


@dataclass(frozen=True, slots=True)
class Node:
    """A section in shown offsets: its mark, heading range, end of its extent, depth from 0 and parent (-1: none)."""

    mark: Mark
    heading_end: int
    end: int
    depth: int
    parent: int


@dataclass(slots=True)
class _Open:
    """A section under construction: `sentence` is where a list inside one sentence ends (0: none), `alone` whether no
    member of its list so far had a paragraph of its own, `stop` what its line ends in, `last` what the line of the
    member before it ends in, `introduced` whether a line that ends in a colon stands before its list.
    """

    node: int
    mark: Mark
    bodied: bool
    sentence: int
    alone: bool
    stop: str
    last: str = ""
    introduced: bool = False

    @property
    def kind(self) -> str:
        return self.mark.kind

    @property
    def number(self) -> int:
        return self.mark.number

    @property
    def inline(self) -> bool:
        return self.mark.inline

    @property
    def line(self) -> int:
        return self.mark.line


def build_outline(text: str, lines: tuple[Line, ...]) -> list[Node]:
    """Return the sections of an article in order. Linear in its length but for a bounded look ahead."""
    return _Builder(simplify(text), lines).build()


class _Builder:
    """Reads marks and lines in order, keeping the sections that are open."""

    def __init__(self, text: str, lines: tuple[Line, ...]) -> None:
        self.text, self.lines = text, lines
        found = find_marks(text, lines)
        self.begins = frozenset(mark.start for mark in found if mark.start == lines[mark.line].start)
        self.closing = closing_lines(text, lines, self.begins)
        self.marks = [mark for mark in found if mark.line not in self.closing]
        self.last = {mark.kind: mark.line for mark in self.marks if not mark.inline}
        self.starts: dict[tuple[str, int], list[int]] = {}
        for mark in self.marks:
            self.starts.setdefault((mark.kind, mark.number), []).append(mark.start)
        self.nodes: list[Node] = []
        self.ends: list[int] = []
        self.stack: list[_Open] = []

    def build(self) -> list[Node]:
        at_line: dict[int, list[tuple[int, Mark]]] = {}
        for index, mark in enumerate(self.marks):
            at_line.setdefault(mark.line, []).append((index, mark))
        for position, line in enumerate(self.lines):
            here = at_line.get(position, [])
            before = self.lines[position - 1].end if position else line.start
            if position in self.closing:
                self._close(0, before)
            elif not here or here[0][1].start > line.start:
                self._close(self._kept_by_paragraph(line), before)
                if self.stack:
                    self.stack[-1].alone = False
            for following, (index, mark) in enumerate(here, start=1):
                self._open(index, mark, here[following][1].start if following < len(here) else line.end)
        self._close(0, self.lines[-1].end if self.lines else 0)
        return [replace(n, end=max(end, n.heading_end)) for n, end in zip(self.nodes, self.ends, strict=True)]

    def _close(self, depth: int, at: int) -> None:
        while len(self.stack) > depth:
            gone = self.stack.pop()
            self.ends[gone.node] = min(at, gone.sentence) if gone.sentence else at

    def _open(self, index: int, mark: Mark, stop: int) -> None:
        """Open the section of a mark; `stop` is where the next mark of its line or the line ends."""
        line = self.lines[mark.line]
        depth = self._depth(mark, index)
        if depth < 0:
            return
        if not (depth < len(self.stack) and self.stack[depth].kind == mark.kind):
            depth = self._outside_sentences(mark, depth)
        above = self.stack[depth] if depth < len(self.stack) and self.stack[depth].kind == mark.kind else None
        self._close(depth, mark.start if mark.start > line.start else self.lines[max(mark.line - 1, 0)].end)
        heading_end = self._titled(mark) if mark.kind == "附件" else _heading_end(self.text, mark, stop, line)
        self.nodes.append(Node(mark, heading_end, 0, depth, self.stack[-1].node if self.stack else -1))
        self.ends.append(0)
        sibling = above if above and mark.number > 1 else None
        self.stack.append(
            _Open(
                len(self.nodes) - 1,
                mark,
                line.end - heading_end > _STOPS,
                self._sentence_end(sibling, mark, line),
                sibling.alone if sibling else True,
                self.text[line.end - 1],
                sibling.stop if sibling else "",
                sibling.introduced if sibling else self._introduced(mark),
            )
        )

    def _titled(self, mark: Mark) -> int:
        """Return where the heading of an attachment ends: with the line below its mark, where that is its title."""
        below = self.lines[mark.line + 1] if mark.line + 1 < len(self.lines) else self.lines[mark.line]
        titled = below.end - below.start <= _HEADING and self.text[below.end - 1] not in "。；：;:，,"
        return below.end if titled and below.start not in self.begins else mark.end

    def _introduced(self, mark: Mark) -> bool:
        before = self.lines[mark.line - 1].end if mark.line else 0
        return mark.kind != "一、" and before > 0 and self.text[before - 1] in "：:"

    def _goes_on(self, mark: Mark) -> bool:
        """Return whether the next member of a list comes before another first member."""
        following = self.starts.get((mark.kind, mark.number + 1), [])
        again = self.starts.get((mark.kind, 1), [])
        index, other = bisect_right(following, mark.start), bisect_right(again, mark.start)
        return index < len(following) and (other >= len(again) or following[index] < again[other])

    def _sentence_end(self, sibling: _Open | None, mark: Mark, line: Line) -> int:
        """Return where the sentence ends that holds a mark and the member before it; 0 when they share none."""
        if not sibling or not mark.inline or sibling.line != mark.line:
            return 0
        if _SENTENCE_STOP.search(self.text, sibling.mark.start, mark.start):
            return 0
        found = _SENTENCE_STOP.search(self.text, mark.end, line.end)
        return found.end() if found else 0

    def _outside_sentences(self, mark: Mark, depth: int) -> int:
        """Return the depth of a mark that does not go on with a list, after the lists whose sentence has ended."""
        ended = [i for i, o in enumerate(self.stack[:depth]) if 0 < o.sentence <= mark.start]
        return ended[0] if ended else depth

    def _kept_by_paragraph(self, line: Line) -> int:
        """Return how many open sections a paragraph without a mark at its start belongs to."""
        stack = self.stack
        if stack and turns(self.text, line):
            return int(self.last.get(stack[0].kind, -1) > stack[0].line)
        depth = len(stack)
        while depth and (stack[depth - 1].inline or self._complete(stack[depth - 1])):
            depth -= 1
        return depth

    def _complete(self, member: _Open) -> bool:
        """Return whether a section is a member of a list that takes no further paragraph."""
        if member.kind in _MEMBER_KINDS:
            return member.bodied
        if member.kind in RANKS or member.stop not in "。！" or self._goes_on(member.mark):
            return False
        # 第七条 …: (一)…(二)… ends with its last item; so does (一)…;(二)…。 and a list of one paragraph each
        above = self.nodes[member.node].parent
        if (above >= 0 and self.nodes[above].mark.kind == "条") or member.last in ("；", ";"):
            return True
        return member.alone and member.number >= (_CLOSED_LIST - 1 if member.introduced else _CLOSED_LIST)

    def _depth(self, mark: Mark, index: int) -> int:
        """Return the depth of a mark: that of the list it continues, else below what is open; -1: it is no mark."""
        stack, room = self.stack, len(self.stack) if len(self.stack) < _MAX_DEPTH else -1
        if mark.kind in RANKS:
            above = [i for i, o in enumerate(stack) if o.kind in RANKS and RANKS[o.kind] < RANKS[mark.kind]]
            return above[-1] + 1 if above else 0
        for depth in range(len(stack) - 1, -1, -1):
            if stack[depth].kind == mark.kind and (stack[depth].number + 1 == mark.number or mark.number == 0):
                return depth
        for depth in range(len(stack) - 1, -1, -1):
            if stack[depth].kind != mark.kind:
                continue
            if 1 < mark.number - stack[depth].number <= 1 + _LOST:
                return depth
            if (mark.inline and stack[depth].line == mark.line) or not stack[depth].bodied:
                break
            if mark.number == 1 and not self._resumes(index, stack[depth].number + 1):
                return depth
        if mark.inline and stack and mark.number > 1 and all(o.kind != mark.kind for o in stack):
            return room if mark.number == 2 else -1
        return room

    def _resumes(self, index: int, number: int) -> bool:
        """Return whether the list outside goes on with `number` after the list that begins at `index` has ended."""
        kind, running = self.marks[index].kind, 1
        outer = {o.kind for o in self.stack if o.kind != kind}
        for mark in self.marks[index + 1 : index + 1 + _LOOK_AHEAD]:
            if mark.kind in outer and not mark.inline:
                return False
            if mark.kind != kind:
                continue
            if mark.number == running + 1:
                running = mark.number
            elif mark.number == number:
                return True
            elif mark.number == 1:
                running = 1
        return False


def path_to(node: int, nodes: Sequence[Node]) -> list[int]:
    """Return the sections from the top down to `node`, itself included; empty for -1."""
    path = []
    while node >= 0:
        path.append(node)
        node = nodes[node].parent
    return path[::-1]


# 。 or a clause mark, closing quotation included.
_SENTENCE_STOP = re.compile(r"[。！？!?][”’」』）)]*")
_CLAUSE_STOP = re.compile(r"[，,；;：:。]")


def _heading_end(text: str, mark: Mark, stop: int, line: Line) -> int:
    """Return where the heading of a mark ends: its line, its first sentence, or a clause of a long one."""
    stop = mark.start + len(text[mark.start : stop].rstrip())
    if mark.kind == "条":
        # 第三条 【适用范围】 / 第三条（适用范围）
        titled = re.compile(r"[ \u3000]*[【（(\[][^】）)\]]{2,30}[】）)\]]").match(text, mark.end, stop)
        return titled.end() if titled else mark.end
    sentence = _SENTENCE_STOP.search(text, mark.end, stop)
    first = sentence.start() if sentence else stop
    if first - mark.start <= _HEADING:
        return first if first > mark.end else stop
    clauses = [m.start() for m in _CLAUSE_STOP.finditer(text, mark.end + 2, mark.start + _CLAUSE)]
    return clauses[-1] if clauses else min(stop, mark.start + _CLAUSE)
