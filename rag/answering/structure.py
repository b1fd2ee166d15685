"""Walk an article's outline: which sections hold a place in the text, which section a number names."""

from __future__ import annotations

import re

from rag.answering.candidates import Candidate, Piece, piece_of
from rag.answering.sentences import MAX_QUOTE, units_of
from rag.answering.understand import number
from rag.datatypes import Article, Passage, Reader, Section

_DIGITS = re.compile(r"[一二三四五六七八九十百两\d]+")  # 三、, 第十二条, (二)
# 章 names chapters, 条 articles; 部分 and its like name the highest level, whatever its mark.
_MARKED = frozenset("编章节条篇")


def path_at(article: Article, position: int) -> list[Section]:
    """Return the sections that hold a raw position, outermost first."""
    return [s for s in article.sections if s.extent.start <= position < s.extent.end]


def named_part(article: Article, part: tuple[int, str]) -> Section | None:
    """Return the section that a number names, as (3, "部分") or (12, "条")."""
    wanted, unit = part
    for section in article.sections:
        digits = _DIGITS.search(section.mark)
        if digits is None or number(digits[0]) != wanted:
            continue
        if unit in section.mark if unit in _MARKED else section.parent == -1 and not _spoken(section.mark):
            return section
    return None


def _spoken(mark: str) -> bool:
    """Return whether a mark is one of a list inside running text: 一是, 一要."""
    return mark.endswith(("是", "要"))


def text_of(section: Section, article: Article, reader: Reader) -> list[Piece]:
    """Return the sentences of a section, as many as one answer can hold."""
    found: list[Piece] = []
    length = 0
    for passage in reader.passages(article.article_id):
        if passage.kind != "leaf" or not _meets(passage, section):
            continue
        for unit in units_of(passage):
            piece = piece_of(passage, unit.start, unit.end)
            inside = section.extent.start <= piece.start and piece.end <= section.extent.end
            if unit.is_clause or not inside or piece.end - piece.start > MAX_QUOTE:
                continue
            length += len(piece.shown)
            if found and length > MAX_QUOTE:
                return found
            found.append(piece)
    return found


def _meets(passage: Passage, section: Section) -> bool:
    return passage.spans[0].start < section.extent.end and section.extent.start < passage.spans[-1].end


def heading_piece(section: Section, article: Article, reader: Reader) -> Piece | None:
    """Return what quotes a heading; None when it is too long to quote or stands in no passage."""
    if section.span.end - section.span.start > MAX_QUOTE:
        return None
    for passage in reader.passages(article.article_id):
        if passage.kind == "leaf" and any(s.start <= section.span.start < s.end for s in passage.spans):
            return Piece(passage, section.span.start, section.span.end, section.heading)
    return None


def headings_above(candidate: Candidate, quoted: tuple[str, ...], reader: Reader) -> list[Piece]:
    """Return the headings under which evidence stands: the one that holds a quoted word, else highest and nearest."""
    article = reader.article(candidate.passage.article_id)
    path = path_at(article, candidate.pieces[0].start)
    literal = [s for s in path if any(q in s.heading for q in quoted)]
    chosen = literal[:1] or list(dict.fromkeys([*path[:1], *path[-1:]]))
    pieces = [heading_piece(section, article, reader) for section in chosen]
    return [piece for piece in pieces if piece]
