"""Gather the headings of each list into one passage, so that "which four", "in how many parts" can be answered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Article, Passage, RawDocument, Span
from rag.reading.articles import Line
from rag.reading.clean import Cleaned
from rag.reading.locator import mark_text
from rag.reading.outline import Node, path_to

_MAX_CHILDREN = 40  # headings in an outline node; more are a table of contents, not an answer


def page_of(raw: RawDocument, start: int) -> int | None:
    """Return the page on which an offset stands, from 1; None where there are no pages."""
    return bisect_right(raw.pages, start) if raw.pages else None


def overviews(
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
                headings=tuple(heading_of(cleaned, nodes[n]) for n in path),
                locator="".join(mark_text(nodes[n].mark) for n in path) or "全文",
                spans=spans,
                text="\n".join(cleaned.text[start:end] for start, end in ranges),
                page=page_of(raw, spans[0].start),
                gaps=tuple(gap for start, end in ranges for gap in gaps(cleaned.offsets[start:end])),
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


def heading_of(cleaned: Cleaned, node: Node) -> str:
    """Return a heading on one line: that of an attachment stands on two."""
    start, end = _heading(node)
    return cleaned.text[start:end].replace("\n", " ")


def _heading(node: Node) -> tuple[int, int]:
    return node.mark.start, node.heading_end


def gaps(kept: NDArray[np.int64]) -> list[Span]:
    """Return the raw ranges between kept characters that were left out."""
    if int(kept[-1]) - int(kept[0]) == len(kept) - 1:
        return []
    return [Span(int(kept[i]) + 1, int(kept[i + 1])) for i in np.flatnonzero(np.diff(kept) > 1)]
