"""Compose an answer of quotations and fixed phrases, each quotation with its citation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from embeddings.terms import fold_aligned
from rag.answering.candidates import Piece
from rag.answering.phrases import HANS, HANT, Phrases
from rag.answering.sentences import MAX_QUOTE
from rag.datatypes import Answer, Citation, Hit, Reader, Sentence
from rag.figures import carries

_NEAREST = 3  # passages shown beside a refusal


def phrases(traditional: bool) -> Phrases:
    """Return the phrases of the user's script."""
    return HANT if traditional else HANS


def as_written(name: str, question: str) -> str:
    """Return a folded name as the question writes it, in its own script."""
    at = fold_aligned(question).find(name)
    return question[at : at + len(name)] if at >= 0 else name


@dataclass(slots=True)
class Draft:
    """An answer under composition; what is quoted already, but for a mark at its end, is not quoted again."""

    reader: Reader
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    dropped: int = 0

    def say(self, text: str) -> None:
        """Add a fixed phrase."""
        self.sentences.append(Sentence(text))

    def quote(self, piece: Piece, lead: str = "") -> None:
        """Add a quotation with its citation; one that shows a figure its source has not is dropped and counted."""
        own = [c for c in self.citations if c.doc_id == piece.passage.doc_id]
        if any(c.start <= piece.start and piece.end <= c.end + 1 for c in own):
            return
        citation = _cite(piece, len(self.citations) + 1, self.reader)
        if citation is None:
            self.dropped += 1
            return
        self.citations.append(citation)
        self.sentences.append(Sentence(f"{lead}{_one_line(piece.shown)}[{citation.number}]", (citation.number,)))

    def finish(self, question: str, notes: Sequence[str] = ()) -> Answer:
        """Return the answer."""
        text = "\n".join(sentence.text for sentence in self.sentences)
        if self.dropped:
            notes = [*notes, f"{self.dropped} quotations did not equal their source and were dropped"]
        return Answer(question, text, tuple(self.sentences), tuple(self.citations), notes=tuple(notes))


def _cite(piece: Piece, number: int, reader: Reader) -> Citation | None:
    passage = piece.passage
    document = reader.document(passage.doc_id)
    quote = document.text[piece.start : piece.end]
    if not quote or len(quote) > MAX_QUOTE or not figures_stand(piece.shown, quote):
        return None
    article = reader.article(passage.article_id)
    date = article.provenance.issued_on
    return Citation(
        number=number,
        source=passage.source,
        doc_id=passage.doc_id,
        passage_id=passage.passage_id,
        article=article.title,
        locator=passage.locator,
        start=piece.start,
        end=piece.end,
        quote=quote,
        shown=piece.shown,
        page=passage.page,
        date=date.text if date else "",
        also=document.also,
        similar=document.similar,
    )


def figures_stand(shown: str, quote: str) -> bool:
    """Return whether every figure and date of a shown text stands in its quotation, which may break inside of one."""
    source = fold_aligned(quote)
    return carries(source, fold_aligned(shown)) or carries(source + "\n" + "".join(source.split()), fold_aligned(shown))


def _one_line(shown: str) -> str:
    return " ".join(shown.split("\n"))


def refuse(question: str, reason: str, hits: Sequence[Hit], notes: Sequence[str] = ()) -> Answer:
    """Return a refusal with its reason and the nearest passages."""
    nearest = tuple(hit for hit in hits if hit.passage.kind == "leaf")[:_NEAREST]
    return Answer(question, refused=True, reason=reason, status="refused", nearest=nearest, notes=tuple(notes))
