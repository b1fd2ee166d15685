"""Build the outline of an article: sections of any depth from mixed marks, run-in headings and nested lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.articles import Line
from rag.reading.marks import Mark, find_marks

_MAX_DEPTH = 20
# Kinds with a rank of their own, whatever stands before them: a 章 is never inside a 条.
RANKS = {"编": 0, "章": 1, "节": 2, "条": 3}
# Members of a running list: an unmarked paragraph after one belongs to the section above it.
_MEMBER_KINDS = ("第一", "一是", "①", "1)", "(1)")
_HEADING = 60  # characters; a longer first sentence is text, cut at a clause
_CLAUSE = 40
_STOPS = 2  # characters of punctuation after a heading that has no text on its line
_LOOK_AHEAD = 40  # marks; a list inside a member is shorter than this
_LOST = 2  # members whose mark was lost between two that have theirs
# 同志们,… 特此通知 本办法自…起施行 附件:… : lines that close an article and belong to no section.
_CLOSING = re.compile(
    r"(?:同志们|各位\S{2,4}|最后|总之|谢谢大家|让我们|特此(?:通知|公告|报告|批复|函复)|附件[::1一]|附[::]|此复|此致|抄送|主题词|印发机关"
    r"|(?:同志們|總之|謝謝大家|讓我們|附註))"
)


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
    node: int
    kind: str
    number: int
    inline: bool
    line: int
    bodied: bool


def build_outline(text: str, lines: tuple[Line, ...]) -> list[Node]:
    """Return the sections of an article in order. Linear in its length but for a bounded look ahead."""
    marks = find_marks(text, lines)
    at_line: dict[int, list[Mark]] = {}
    for mark in marks:
        at_line.setdefault(mark.line, []).append(mark)
    positions = {mark.start: index for index, mark in enumerate(marks)}
    last = {mark.kind: mark.line for mark in marks if not mark.inline}
    nodes: list[Node] = []
    ends: list[int] = []
    stack: list[_Open] = []

    def close(depth: int, at: int) -> None:
        while len(stack) > depth:
            ends[stack.pop().node] = at

    for position, line in enumerate(lines):
        here = at_line.get(position, [])
        if not here or here[0].inline:
            close(_kept_by_paragraph(text, line, stack, last), lines[position - 1].end if position else line.start)
        for index, mark in enumerate(here):
            depth = _depth(stack, mark, marks, positions[mark.start])
            if depth < 0:
                continue
            close(depth, mark.start if mark.inline else lines[position - 1].end if position else line.start)
            stop = here[index + 1].start if index + 1 < len(here) else line.end
            heading_end = _heading_end(text, mark, stop, line)
            nodes.append(Node(mark, heading_end, 0, depth, stack[-1].node if stack else -1))
            ends.append(0)
            stack.append(
                _Open(len(nodes) - 1, mark.kind, mark.number, mark.inline, position, line.end - heading_end > _STOPS)
            )
    close(0, lines[-1].end if lines else 0)
    return [
        Node(n.mark, n.heading_end, max(end, n.heading_end), n.depth, n.parent)
        for n, end in zip(nodes, ends, strict=True)
    ]


def path_to(node: int, nodes: Sequence[Node]) -> list[int]:
    """Return the sections from the top down to `node`, itself included; empty for -1."""
    path = []
    while node >= 0:
        path.append(node)
        node = nodes[node].parent
    return path[::-1]


def _kept_by_paragraph(text: str, line: Line, stack: list[_Open], last: dict[str, int]) -> int:
    """Return how many open sections a paragraph without a mark at its start belongs to.

    `last` gives the line on which each kind of mark begins a line for the last time.
    """
    if stack and _CLOSING.match(text, line.start, line.end):
        return int(last.get(stack[0].kind, -1) > stack[0].line)
    depth = len(stack)
    while depth and (stack[depth - 1].inline or (stack[depth - 1].kind in _MEMBER_KINDS and stack[depth - 1].bodied)):
        depth -= 1
    return depth


def _depth(stack: list[_Open], mark: Mark, marks: list[Mark], index: int) -> int:
    """Return the depth of a mark: that of the list it continues, else below what is open; -1: it is no mark."""
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
        if mark.number == 1 and not _resumes(marks, index, stack[depth].number + 1, stack):
            return depth
    if mark.inline and len(stack) and mark.number > 1 and all(o.kind != mark.kind for o in stack):
        return len(stack) if mark.number == 2 and len(stack) < _MAX_DEPTH else -1
    return len(stack) if len(stack) < _MAX_DEPTH else -1


def _resumes(marks: list[Mark], index: int, number: int, stack: list[_Open]) -> bool:
    """Return whether the list outside goes on with `number` after the list that begins at `index` has ended."""
    kind, running = marks[index].kind, 1
    outer = {o.kind for o in stack if o.kind != kind}
    for mark in marks[index + 1 : index + 1 + _LOOK_AHEAD]:
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
