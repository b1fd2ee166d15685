"""Walk an article's outline: which sections hold a place in the text, which part a number names and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.candidates import Candidate, Piece, piece_of
from rag.answering.sentences import MAX_QUOTE, units_of
from rag.answering.understand import is_traditional, number
from rag.datatypes import Article, Passage, Reader, Section, Span

_DIGITS = re.compile(r"[一二三四五六七八九十百两\d]+")  # 三、, 第十二条, (二)
_CAPITALS = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾", "一二二三三四五六六七八九十")  # 參、
# 章 names chapters, 条 articles; 部分 and its like name what stands next below, whatever its mark.
_MARKED = frozenset("编章节条篇")
_PARAGRAPH, _ITEM = "款", "项"  # an unmarked paragraph of an article; in Taiwan a paragraph is 項, an item 款
_LINE = re.compile(r"\S[^\n]*")  # a paragraph of the raw text
_HEAD = 300  # characters of an article that tell its script
_OVERVIEW = 390  # characters of the headings or first sentences of a part that is too long to quote


def path_at(article: Article, position: int) -> list[Section]:
    """Return the sections that hold a raw position, outermost first."""
    return [s for s in article.sections if s.extent.start <= position < s.extent.end]


def named_part(article: Article, path: Sequence[tuple[int, str]], reader: Reader) -> Span | None:
    """Return the range that a path of numbers names, as ((14, "条"), (2, "款")); None where there is no such part.

    An article whose paragraphs stand on one line is returned whole where one of them is named.
    """
    parent, extent = -1, article.span
    paragraph = _ITEM if any(unit == _ITEM for _, unit in path) and _is_taiwanese(article, reader) else _PARAGRAPH
    for wanted, unit in path:
        if unit == paragraph:
            begun = {s.span.start for s in article.sections if s.extent != extent}
            lines = [line for line in _lines(extent, article, reader) if line.start not in begun]
            if wanted > len(lines) > 1:
                return None
            extent = lines[wanted - 1] if wanted <= len(lines) else extent
            continue
        found = _numbered(article, parent, wanted, unit)
        if found is None:
            return None
        parent, extent = found, article.sections[found].extent
    return extent if path else None


def _is_taiwanese(article: Article, reader: Reader) -> bool:
    """Return whether the first lines of an article are in traditional script."""
    return is_traditional(reader.raw(article.doc_id)[article.span.start : article.span.start + _HEAD])


def _numbered(article: Article, parent: int, wanted: int, unit: str) -> int | None:
    """Return the position of the section with a number: any within for 第十二条, one next below for 第三部分."""
    within = article.sections[parent].extent if parent >= 0 else article.span
    numbered = [
        position
        for position, section in enumerate(article.sections)
        if position != parent
        and within.start <= section.span.start < within.end
        and (digits := _DIGITS.search(section.mark.translate(_CAPITALS)))
        and number(digits[0]) == wanted
    ]
    marked = [n for n in numbered if unit in _MARKED and unit in article.sections[n].mark]
    below = [
        n
        for n in numbered
        if article.sections[n].parent == parent and (parent >= 0 or not _spoken(article.sections[n].mark))
    ]
    # where nothing is marked 条, 第二条 is 二、 or (二)
    other = unit in _MARKED and parent < 0 and any(unit in section.mark for section in article.sections)
    found = marked or ([] if other else below)
    return found[0] if found else None


def _spoken(mark: str) -> bool:
    """Return whether a mark is one of a list inside running text: 一是, 一要."""
    return mark.endswith(("是", "要"))


def _lines(extent: Span, article: Article, reader: Reader) -> list[Span]:
    raw = reader.raw(article.doc_id)
    return [Span(*match.span()) for match in _LINE.finditer(raw, extent.start, extent.end)]


def text_of(extent: Span, article: Article, reader: Reader) -> list[Piece]:
    """Return what a part says: its sentences, or, where they are too many for one answer, what each of its parts or
    paragraphs begins with.
    """
    sentences = list(_sentences(extent, article, reader))
    if sum(len(piece.shown) for piece in sentences) <= MAX_QUOTE:
        return sentences
    children = [s for s in article.sections if s.parent >= 0 and article.sections[s.parent].extent == extent]
    parts = [s.span for s in children] if len(children) > 1 else _lines(extent, article, reader)
    if len(parts) == 1:
        parts = [Span(piece.start, piece.end) for piece in sentences]
    titles = {s.span.start: s for s in children if len(s.heading) > len(s.mark)}
    found: list[Piece] = []
    for start in dict.fromkeys([extent.start, *(part.start for part in parts)]):
        title = heading_piece(titles[start], article, reader) if start in titles else None
        piece = title or next((s for s in sentences if s.start >= start), None)
        if piece and sum(len(p.shown) for p in [*found, piece]) <= _OVERVIEW and piece not in found:
            found.append(piece)
    return found


def _sentences(extent: Span, article: Article, reader: Reader) -> Iterator[Piece]:
    """Yield the sentences of a range that are short enough to quote."""
    for passage in reader.passages(article.article_id):
        if passage.kind != "leaf" or not _meets(passage, extent):
            continue
        for unit in units_of(passage):
            piece = piece_of(passage, unit.start, unit.end)
            inside = extent.start <= piece.start and piece.end <= extent.end
            if not unit.is_clause and inside and piece.end - piece.start <= MAX_QUOTE:
                yield piece


def _meets(passage: Passage, extent: Span) -> bool:
    return passage.spans[0].start < extent.end and extent.start < passage.spans[-1].end


def heading_piece(section: Section, article: Article, reader: Reader) -> Piece | None:
    """Return what quotes a heading; None when it is too long to quote or stands in no passage."""
    return piece_at(section.span, section.heading, article, reader)


def piece_at(span: Span, shown: str, article: Article, reader: Reader) -> Piece | None:
    """Return what quotes a range of an article; None when it is too long to quote or begins in no passage."""
    if span.end - span.start > MAX_QUOTE:
        return None
    for passage in reader.passages(article.article_id):
        if passage.kind == "leaf" and any(s.start <= span.start < s.end for s in passage.spans):
            return Piece(passage, span.start, span.end, shown)
    return None


def headings_above(candidate: Candidate, quoted: tuple[str, ...], reader: Reader) -> list[Piece]:
    """Return the headings under which evidence stands: the highest, and the one that holds a quoted word or is nearest.

    The evidence itself, when it is a heading, is none of them.
    """
    article = reader.article(candidate.passage.article_id)
    path = path_at(article, candidate.pieces[0].start)
    literal = [s for s in path if any(q in s.heading for q in quoted)]
    chosen = list(dict.fromkeys([*path[:1], *(literal[:1] or path[-1:])]))
    pieces = [heading_piece(section, article, reader) for section in chosen]
    return [piece for piece in pieces if piece]
