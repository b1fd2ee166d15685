"""Cut an article into passages: leaves that end at sentence or member borders, and outline nodes."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Article, Passage, RawDocument, Span
from rag.reading.articles import Line
from rag.reading.clean import Cleaned
from rag.reading.locator import POINT_KINDS, mark_text, number_locators
from rag.reading.outline import RANKS, Node, path_to

MIN_LEAF = 60  # characters; a shorter piece is joined to what follows
MAX_LEAF = 400  # characters; a longer paragraph is cut at its members, then at its sentences
_MAX_CHILDREN = 40  # headings in an outline node; more are a table of contents, not an answer
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
    found.extend(_outline_nodes(raw, cleaned, article, titles, nodes, borders))
    found.sort(key=lambda pair: (pair[0], pair[1].kind != "outline"))
    passages = number_locators([passage for _, passage in found])
    return [replace(p, order=order + i, passage_id=f"{raw.doc_id}-{order + i:05d}") for i, p in enumerate(passages)]


def _units(text: str, lines: Sequence[Line], nodes: Sequence[Node]) -> Iterator[_Unit]:
    """Yield the smallest pieces: lines, cut where a section begins inside them, and long ones at sentences."""
    starts = [node.mark.start for node in nodes]
    index = 0
    for position, line in enumerate(lines):
        cuts = [line.start]
        while index < len(starts) and starts[index] < line.end:
            if starts[index] > line.start:
                cuts.append(starts[index])
            index += 1
        for start, stop in zip(cuts, [*cuts[1:], line.end], strict=True):
            owner = _owner(nodes, starts, start)
            opens = owner >= 0 and starts[owner] == start
            bare = opens and nodes[owner].heading_end >= start + len(text[start:stop].rstrip("。：:；;,， \n"))
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
        near = [b for b in borders if begin < b <= begin + MAX_LEAF]
        cut = min(near, key=lambda b: (abs(b - wanted), b)) if near else begin + MAX_LEAF
        yield begin, cut
        begin = cut
    while end - begin > MAX_LEAF:
        near = [b for b in borders if begin < b <= begin + MAX_LEAF]
        cut = near[-1] if near else begin + MAX_LEAF
        yield begin, cut
        begin = cut
    yield begin, end


def _pack(units: Sequence[_Unit], nodes: Sequence[Node]) -> Iterator[list[_Unit]]:
    """Join units to leaves: headings and short pieces go with what follows, members stay together while they fit."""
    leaf: list[_Unit] = []
    size = 0
    for unit in units:
        length = unit.end - unit.start
        if leaf and (size + length > MAX_LEAF or _breaks(leaf, size, unit, nodes)):
            yield leaf
            leaf, size = [], 0
        leaf.append(unit)
        size += length
    if leaf:
        yield leaf


def _breaks(leaf: list[_Unit], size: int, unit: _Unit, nodes: Sequence[Node]) -> bool:
    """Return whether a unit begins a new leaf although it would fit."""
    last = leaf[-1]
    if last.heading_only:
        return _empty_section(last, unit, nodes)
    if unit.line == last.line:
        return False
    if unit.opens_section and nodes[unit.node].mark.kind in RANKS:
        return last.node >= 0 or size >= MIN_LEAF
    return size >= MIN_LEAF or (unit.opens_section and _above(unit.node, leaf[0].node, nodes))


def _empty_section(last: _Unit, unit: _Unit, nodes: Sequence[Node]) -> bool:
    """Return whether the heading before a unit has no text of its own: the next section is not inside it."""
    node = unit.node
    while node >= 0 and node != last.node:
        node = nodes[node].parent
    return node != last.node


def _above(node: int, first: int, nodes: Sequence[Node]) -> bool:
    """Return whether a section opens at a higher level than that in which the leaf began."""
    return first >= 0 and nodes[node].depth < nodes[first].depth


def _leaf(raw: RawDocument, cleaned: Cleaned, article: Article, units: list[_Unit], nodes: Sequence[Node]) -> Passage:
    pieces = [(units[0].start, units[0].end)]
    for before, unit in itertools.pairwise(units):
        pieces += [_joint(cleaned.text, before.end, unit.start), (unit.start, unit.end)]
    kept = np.concatenate([cleaned.offsets[start:end] for start, end in pieces])
    path, tail = _common(units, nodes)
    span = Span(int(kept[0]), int(kept[-1]) + 1)
    return Passage(
        passage_id="",
        doc_id=raw.doc_id,
        article_id=article.article_id,
        source=raw.source,
        order=0,
        kind="leaf",
        headings=tuple(cleaned.text[nodes[n].mark.start : nodes[n].heading_end] for n in path),
        locator="".join(mark_text(nodes[n].mark) for n in path) + tail,
        spans=(span,),
        text="".join(cleaned.text[start:end] for start, end in pieces),
        page=_page(raw, span.start),
        gaps=tuple(_gaps(kept)),
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
    paths = [path_to(unit.node, nodes) for unit in units]
    shared = paths[0]
    for path in paths[1:]:
        shared = [a for a, b in zip(shared, path, strict=False) if a == b]
    below = list(dict.fromkeys(path[len(shared)] for path in paths if len(path) > len(shared)))
    numbers = [nodes[n].mark.number for n in below if nodes[n].mark.kind in POINT_KINDS]
    if len(numbers) > 1 and len(numbers) == len(below):
        return shared, f"第{numbers[0]}至{numbers[-1]}点"
    return shared, ""


def _page(raw: RawDocument, start: int) -> int | None:
    return bisect_right(raw.pages, start) if raw.pages else None


def _outline_nodes(
    raw: RawDocument,
    cleaned: Cleaned,
    article: Article,
    titles: Sequence[Line],
    nodes: Sequence[Node],
    borders: Sequence[int],
) -> Iterator[tuple[int, Passage]]:
    """Yield each list of titled sections, verbatim, with what it stands under.

    `borders` are the starts of the leaves: a list that stands whole in one leaf needs no node to gather it.
    """
    for parent, below in _lists(nodes):
        if bisect_right(borders, nodes[below[0]].mark.start) == bisect_right(borders, nodes[below[-1]].mark.start):
            continue
        ranges = [_heading(nodes[parent])] if parent >= 0 else [(line.start, line.end) for line in titles]
        ranges += [_heading(nodes[n]) for n in below[:_MAX_CHILDREN]]
        path = path_to(parent, nodes)
        spans = tuple(cleaned.span(start, end) for start, end in ranges)
        yield (
            ranges[0][0],
            Passage(
                passage_id="",
                doc_id=raw.doc_id,
                article_id=article.article_id,
                source=raw.source,
                order=0,
                kind="outline",
                headings=tuple(cleaned.text[start:end] for start, end in (_heading(nodes[n]) for n in path)),
                locator="".join(mark_text(nodes[n].mark) for n in path) or "全文",
                spans=spans,
                text="\n".join(cleaned.text[start:end] for start, end in ranges),
                page=_page(raw, spans[0].start),
                gaps=tuple(gap for start, end in ranges for gap in _gaps(cleaned.offsets[start:end])),
            ),
        )


def _lists(nodes: Sequence[Node]) -> Iterator[tuple[int, list[int]]]:
    """Yield (parent, children) of each list of two or more titled sections: one kind of mark, numbers that rise."""
    lists: list[tuple[int, list[int]]] = []
    latest: dict[tuple[int, str], list[int]] = {}
    for index, node in enumerate(nodes):
        if node.heading_end <= node.mark.end:
            continue
        key = (node.parent, node.mark.kind)
        if key not in latest or 0 < node.mark.number <= nodes[latest[key][-1]].mark.number:
            latest[key] = []
            lists.append((node.parent, latest[key]))
        latest[key].append(index)
    yield from ((parent, children) for parent, children in lists if len(children) > 1)


def _heading(node: Node) -> tuple[int, int]:
    return node.mark.start, node.heading_end


def _gaps(kept: NDArray[np.int64]) -> list[Span]:
    """Return the raw ranges between kept characters that were left out."""
    if int(kept[-1]) - int(kept[0]) == len(kept) - 1:
        return []
    return [Span(int(kept[i]) + 1, int(kept[i + 1])) for i in np.flatnonzero(np.diff(kept) > 1)]
