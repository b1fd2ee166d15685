"""Cut an article into passages: leaves that end at sentence or member borders, and outline nodes."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.datatypes import Article, Passage, RawDocument, Span
from rag.reading.articles import Line
from rag.reading.clean import Cleaned
from rag.reading.locator import POINT_KINDS, mark_text, number_locators
from rag.reading.outline import RANKS, Node, path_to
from rag.reading.overview import gaps, heading_of, overviews, page_of

MIN_LEAF = 60  # characters; a shorter piece is joined to what follows
MAX_LEAF = 400  # characters; a longer paragraph is cut at its members, then at its sentences
_MEMBER_STOPS = "；;，,、"  # a line that ends so is a member of a list, not a heading
# 。” : where a sentence ends, closing marks included.
_SENTENCE = re.compile(r"[。！？!?；;\n][”’」』）)]*")


@dataclass(frozen=True, slots=True)
class Fields:
    """The texts under which a passage is indexed, unfolded; `body` is the shown text."""

    title: str
    provenance: str
    headings: str
    body: str


@dataclass(frozen=True, slots=True)
class _Unit:
    start: int
    end: int
    node: int
    line: int
    opens_section: bool
    heading_only: bool


def indexed_fields(article: Article, passage: Passage) -> Fields:
    """Return what is indexed for a passage: who, where and under which headings it was said, and its text."""
    found = article.provenance
    values = [
        found.kind,
        found.issuer,
        found.speaker,
        found.number,
        found.issued_on,
        *found.places,
        *found.addressees[:2],
    ]
    words = dict.fromkeys([*(v.text for v in values if v), *found.aliases])
    return Fields(article.title, " ".join(words), "\n".join(passage.headings), passage.text)


def split_article(
    raw: RawDocument,
    cleaned: Cleaned,
    article: Article,
    lines: Sequence[Line],
    titles: Sequence[Line],
    nodes: Sequence[Node],
    order: int,
) -> list[Passage]:
    """Return the passages of an article in document order, numbered within the document from `order`."""
    units = list(_units(cleaned.text, lines, nodes))
    leaves = list(_pack(units, nodes))
    found = [(leaf[0].start, _leaf(raw, cleaned, article, leaf, nodes)) for leaf in leaves]
    borders = [leaf[0].start for leaf in leaves]
    found.extend(overviews(raw, cleaned, article, titles, nodes, borders))
    found.sort(key=lambda pair: (pair[0], pair[1].kind != "outline"))
    passages = [passage for _, passage in found]
    return [
        replace(passage, order=position, passage_id=f"{raw.doc_id}-{position:05d}", locator=locator)
        for position, (passage, locator) in enumerate(zip(passages, number_locators(passages), strict=True), order)
    ]


def _units(text: str, lines: Sequence[Line], nodes: Sequence[Node]) -> Iterator[_Unit]:
    """Yield the smallest pieces: lines, cut where a section begins inside them, and long ones at sentences."""
    starts = [node.mark.start for node in nodes]
    borders = sorted({*starts, *(node.end for node in nodes)})
    index = 0
    for position, line in enumerate(lines):
        cuts = [line.start]
        while index < len(borders) and borders[index] < line.end:
            if borders[index] > line.start and text[borders[index] : line.end].strip():
                cuts.append(borders[index])
            index += 1
        for start, stop in zip(cuts, [*cuts[1:], line.end], strict=True):
            owner = _owner(nodes, starts, start)
            opens = owner >= 0 and starts[owner] == start
            bare = (
                owner >= 0
                and text[stop - 1] not in _MEMBER_STOPS
                and nodes[owner].heading_end >= start + len(text[start:stop].rstrip("。：:；;,， \n"))
            )
            for number, (begin, end) in enumerate(_sentences(text, start, stop)):
                yield _Unit(begin, end, owner, position, opens and not number, bare)


def _owner(nodes: Sequence[Node], starts: list[int], at: int) -> int:
    """Return the innermost section that holds a position; -1 for none."""
    index = bisect_right(starts, at) - 1
    while index >= 0 and nodes[index].end <= at:
        index = nodes[index].parent
    return index


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a piece whole when it is short enough, else cut at sentence ends into nearly equal parts."""
    length = end - start
    if length <= MAX_LEAF:
        yield start, end
        return
    parts = -(-length // MAX_LEAF)
    borders = [m.end() for m in _SENTENCE.finditer(text, start, end) if m.end() < end]
    begin = start
    for part in range(1, parts):
        wanted = start + length * part // parts
        near = borders[bisect_right(borders, begin) : bisect_right(borders, begin + MAX_LEAF)]
        cut = min(near, key=lambda b: (abs(b - wanted), b)) if near else begin + MAX_LEAF
        yield begin, cut
        begin = cut
    while end - begin > MAX_LEAF:
        last = bisect_right(borders, begin + MAX_LEAF)
        cut = borders[last - 1] if last and borders[last - 1] > begin else begin + MAX_LEAF
        yield begin, cut
        begin = cut
    yield begin, end


def _pack(units: Sequence[_Unit], nodes: Sequence[Node]) -> Iterator[list[_Unit]]:
    """Join units to leaves: headings and short pieces go with what follows, members stay together while they fit."""
    done: list[_Unit] = []
    leaf: list[_Unit] = []
    for unit in units:
        if leaf and (_size(leaf) + unit.end - unit.start > MAX_LEAF or _breaks(leaf, _size(leaf), unit, nodes)):
            if done and _tail(done, leaf):
                done = [*done, *leaf]
            else:
                yield from [done] if done else []
                done = leaf
            leaf = []
        leaf.append(unit)
    if done and leaf and _tail(done, leaf):
        done, leaf = [*done, *leaf], []
    yield from [part for part in (done, leaf) if part]


def _size(leaf: list[_Unit]) -> int:
    return sum(unit.end - unit.start for unit in leaf)


def _tail(done: list[_Unit], leaf: list[_Unit]) -> bool:
    """Return whether a leaf is the short end of the section that the leaf before it ends in, or signs below it."""
    short = _size(leaf) < MIN_LEAF and _size(done) + _size(leaf) <= MAX_LEAF
    return short and done[-1].node >= 0 and leaf[0].node in (done[-1].node, -1) and not leaf[0].opens_section


def _breaks(leaf: list[_Unit], size: int, unit: _Unit, nodes: Sequence[Node]) -> bool:
    """Return whether a unit begins a new leaf although it would fit."""
    last = leaf[-1]
    if last.heading_only:
        return _empty_section(last, unit, nodes)
    if unit.line == last.line:
        return False
    if unit.opens_section and nodes[unit.node].mark.kind == "附件":
        return True
    if unit.opens_section and nodes[unit.node].mark.kind in RANKS:
        return last.node >= 0 or size >= MIN_LEAF
    if unit.node < 0 <= leaf[0].node:
        return True
    return size >= MIN_LEAF or (unit.opens_section and _leaves(unit.node, leaf, nodes))


def _empty_section(last: _Unit, unit: _Unit, nodes: Sequence[Node]) -> bool:
    """Return whether the heading before a unit has no text of its own: the next section is not inside it."""
    node = unit.node
    while node >= 0 and node != last.node:
        node = nodes[node].parent
    return node != last.node


def _leaves(node: int, leaf: list[_Unit], nodes: Sequence[Node]) -> bool:
    """Return whether a section opens outside that in which a leaf began; short members of one list stay together."""
    first = leaf[0].node
    if first < 0 or nodes[node].depth != nodes[first].depth:
        return first >= 0 and nodes[node].depth < nodes[first].depth
    return not leaf[0].opens_section and nodes[node].mark.kind not in POINT_KINDS


def _leaf(raw: RawDocument, cleaned: Cleaned, article: Article, units: list[_Unit], nodes: Sequence[Node]) -> Passage:
    pieces = [(units[0].start, units[0].end)]
    for before, unit in itertools.pairwise(units):
        joint = _joint(cleaned.text, before.end, unit.start)
        if joint == (before.end, unit.start):  # nothing is left out between them
            pieces[-1] = (pieces[-1][0], unit.end)
        else:
            pieces += [joint, (unit.start, unit.end)]
    parts = [cleaned.offsets[start:end] for start, end in pieces]
    kept = np.concatenate(parts) if len(parts) > 1 else parts[0]
    path, tail = _common(units, nodes)
    span = Span(int(kept[0]), int(kept[-1]) + 1)
    return Passage(
        passage_id="",
        doc_id=raw.doc_id,
        article_id=article.article_id,
        source=raw.source,
        order=0,
        kind="leaf",
        headings=tuple(heading_of(cleaned, nodes[n]) for n in path),
        locator="".join(mark_text(nodes[n].mark) for n in path) + tail,
        spans=(span,),
        text="".join(cleaned.text[start:end] for start, end in pieces),
        page=page_of(raw, span.start),
        gaps=tuple(gaps(kept)),
    )


def _joint(text: str, end: int, start: int) -> tuple[int, int]:
    """Return the range of the shown character kept between two units: the first line end, else the first space."""
    if end >= start:
        return end, end
    line_end = text.find("\n", end, start)
    return (line_end, line_end + 1) if line_end >= 0 else (end, end + 1)


def _common(units: list[_Unit], nodes: Sequence[Node]) -> tuple[list[int], str]:
    """Return the sections that hold all units, and the range of their members where there are several."""
    # a title, a salutation or a bare heading joined to a paragraph does not say where the paragraph stands
    standing = [i for i, unit in enumerate(units) if unit.node >= 0]
    lead = next((i for i in standing if not units[i].heading_only), standing[0] if standing else 0)
    if sum(unit.end - unit.start for unit in units[:lead] if not unit.heading_only) < MIN_LEAF:
        units = units[lead:]
    while units[-1].node < 0 <= units[0].node:
        units = units[:-1]
    paths = [path_to(unit.node, nodes) for unit in units]
    shared = paths[0]
    for path in paths[1:]:
        shared = [a for a, b in zip(shared, path, strict=False) if a == b]
    below = list(dict.fromkeys(path[len(shared)] for path in paths if len(path) > len(shared)))
    numbers = [nodes[n].mark.number for n in below if nodes[n].mark.kind in POINT_KINDS]
    if len(numbers) > 1 and len(numbers) == len(below):
        return shared, f"第{numbers[0]}至{numbers[-1]}点"
    if len(below) > 1 and len({nodes[n].mark.kind for n in below}) == 1:
        return shared, f"{mark_text(nodes[below[0]].mark)}至{mark_text(nodes[below[-1]].mark)}"
    return shared, ""
