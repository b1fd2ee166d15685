"""Text prepared for checking: a passage with its segments, and the clauses of both sides, with figures and words."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from embeddings.terms import Segmenter, fold_aligned
from rag.datatypes import Passage, Reader
from rag.figures import Figure, figures
from rag.generating.words import load_words
from rag.numerals import value

# '…不低于二千元;' '二级保护的…': the members of a sentence end as sentences do
_SEGMENT = re.compile(r"[^。;!?\n]+[。;!?\n]*")
# '一级保护的古树名木,' '每株每年养护补助不低于二千元': clauses, and the members of a list; '增加 8亿元' is one
_CLAUSE = re.compile(r"(?:[^,、:。;!?\s]| (?=\d)|(?<=\d) )+")
# '8月'
_MONTH = re.compile(r"(?<![\d十])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!度)")
# '银发〔2015〕289号' is of 2015
_NUMBERED = re.compile(r"〔(\d{4})〕")
_DASHES = str.maketrans("—–―～", "----")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SMALL = 100
_BEFORE = 2000  # characters before a passage in which a month is sought that it leaves out
_HEAD = 200  # characters: a title block, not yet the matter


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of folded text from `start` to `end`, its figures and its words.

    `segment` and `sentence` count from 0; a sentence has several segments when they end in semicolons.
    """

    start: int
    end: int
    text: str
    figures: tuple[Figure, ...]
    words: frozenset[str]
    segment: int
    sentence: int


def prepared(text: str) -> str:
    """Return a text folded, as long as it was, with one kind of dash: '2019—2020年'."""
    return fold_aligned(text).translate(_DASHES)


def segments(folded: str, segmenter: Segmenter) -> tuple[Piece, ...]:
    """Cut a folded text into sentences and members of sentences."""
    found: list[Piece] = []
    sentence = 0
    for match in _SEGMENT.finditer(folded):
        if text := match.group().strip():
            start = match.start() + match.group().index(text)
            found.append(_piece(text, start, segmenter, len(found), sentence))
        sentence += not match.group().endswith(";")
    return tuple(found)


def clauses(parts: Sequence[Piece], segmenter: Segmenter) -> tuple[Piece, ...]:
    """Cut segments into the smallest pieces that can carry a figure."""
    return tuple(
        _piece(match.group(), part.start + match.start(), segmenter, part.segment, part.sentence)
        for part in parts
        for match in _CLAUSE.finditer(part.text)
    )


def _piece(text: str, start: int, segmenter: Segmenter, segment: int, sentence: int) -> Piece:
    return Piece(start, start + len(text), text, tuple(figures(text)), content(text, segmenter), segment, sentence)


def content(folded: str, segmenter: Segmenter) -> frozenset[str]:
    """Return the words of a folded text that say something: two characters or more, no figures."""
    return frozenset(
        word
        for word in segmenter.words(folded)
        if len(word) > 1 and word not in load_words().stop and word.isalpha() and not figures(word)
    )


def _dated(stated: Sequence[Figure], before: str) -> Iterator[Figure]:
    """Yield the days that stand without a month ('25日') with the one named last, there or in what is before."""
    named = _MONTH.findall(prepared(before)) if any(figure.days for figure in stated) else ()
    month = int(value(named[-1])) if named else 0
    for figure in stated:
        if figure.unit == "date" and isinstance(figure.value, tuple):
            month = figure.value[1] or month
            if figure.days and month:
                yield replace(figure, value=(0, month, figure.value[2]))


class Source:
    """A passage, folded, beside what it is known by: title, place, body, speaker, dates and headings.

    `head` is how the article begins: who speaks, and where, may stand in no more than its title block.
    """

    def __init__(self, text: str, context: str, head: str, segmenter: Segmenter, before: str = "") -> None:
        self.text = text
        self.context = context
        self.head = head
        self._segmenter = segmenter
        self._before = before

    @classmethod
    def of(cls, passage: Passage, reader: Reader, segmenter: Segmenter) -> Source:
        """Prepare a passage."""
        article = reader.article(passage.article_id)
        known = article.provenance
        values = (known.title, known.issuer, known.speaker, known.number, known.issued_on, known.effective_on)
        named = [value.text for value in (*values, *known.places, *known.addressees) if value]
        # A document is often called by its file: '2007年政府工作报告.txt'
        file = passage.source if _HAN.search(passage.source) else ""
        context = "\n".join((*passage.headings, *named, *known.aliases, file))
        raw = reader.raw(passage.doc_id)
        head = raw[article.span.start :][:_HEAD]
        begin = passage.spans[0].start
        before = raw[max(article.span.start, begin - _BEFORE) : begin]
        return cls(prepared(passage.text), prepared(context), prepared(head), segmenter, before)

    @classmethod
    def joined(cls, sources: Sequence[Source], segmenter: Segmenter) -> Source:
        """Take several passages as one."""
        text, context, head = (
            "\n".join(getattr(source, name) for source in sources) for name in ("text", "context", "head")
        )
        return cls(text, context, head, segmenter)

    @functools.cached_property
    def segments(self) -> tuple[Piece, ...]:
        """Return the sentences of the passage, with positions in its text."""
        return segments(self.text, self._segmenter)

    def sentence(self, piece: Piece) -> int:
        """Return where the sentence of a piece begins."""
        return next(other.start for other in self.segments if other.sentence == piece.sentence)

    @functools.cached_property
    def clauses(self) -> tuple[Piece, ...]:
        """Return the clauses of the passage."""
        return clauses(self.segments, self._segmenter)

    @functools.cached_property
    def stated(self) -> tuple[Figure, ...]:
        """Return the figures of the passage itself, days also with their months, and the years of document numbers."""
        own = figures(self.text)
        years = "".join(f"{year}年," for year in _NUMBERED.findall(self.text))
        return (*own, *_dated(own, self._before), *figures(years))

    @functools.cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Return all figures of the passage and its context."""
        # The small figures of headings number chapters.
        known = [
            figure for figure in figures(self.context) if isinstance(figure.value, tuple) or figure.value >= _SMALL
        ]
        return (*self.stated, *known)
