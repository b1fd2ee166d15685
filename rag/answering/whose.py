"""Say of which place or document a sentence is, where that is asked for: 哪个县承诺…, 哪份文件规定…"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from embeddings.terms import fold_aligned
from rag.answering.candidates import Piece
from rag.answering.structure import piece_at
from rag.answering.understand import Question, understand
from rag.datatypes import Article, Reader, Value

_ASKED = r"哪(?:[一几]?[个部份篇项]|些)?"
_PLACE = re.compile(rf"{_ASKED}城?(省|市|州|区|县|镇|乡|村|街道)(?![场域长级委局里])")
_DOCUMENT = re.compile(rf"{_ASKED}(?:文件|法律|法规|条例|办法|通知|意见|方案|报告|讲话|公告)")


def with_whose(pieces: Sequence[Piece], question: Question, reader: Reader) -> list[Piece]:
    """Return pieces, before the first of each article what names its place or title, where that is asked and unsaid."""
    found: list[Piece] = []
    for n, piece in enumerate(pieces):
        article = reader.article(piece.passage.article_id)
        if not any(other.passage.article_id == article.article_id for other in pieces[:n]):
            found += _whose(question, article, fold_aligned(piece.shown), reader)
        found.append(piece)
    return found


def _whose(question: Question, article: Article, said: str, reader: Reader) -> Iterator[Piece]:
    for value in _values(question, article, said):
        piece = piece_at(value.span, value.text, article, reader) if value.span else None
        if piece and reader.raw(article.doc_id)[piece.start : piece.end] == value.text:
            yield piece


def _values(question: Question, article: Article, said: str) -> Iterator[Value]:
    """Yield what an article is called by, where its quoted text names nothing of the kind."""
    place = _PLACE.search(question.folded)
    if place and not any(name.endswith(place[1]) for name in understand(said).names):
        yield from [value for value in article.provenance.places if value.text.endswith(place[1])][:1]
    title = article.provenance.title
    if title and _DOCUMENT.search(question.folded) and not re.search("《[^》]+》", said):
        yield title
