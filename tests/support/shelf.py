"""A reader over documents in memory, and the example documents as one: real passages, ranked by shared characters."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

from embeddings.terms import default_segmenter, fold
from rag.datatypes import Answer, Article, Citation, Document, Filter, Hit, Passage, RawDocument, Sentence
from rag.reading.load import load
from rag.reading.read import read

EXAMPLES = Path(__file__).parents[2] / "rag" / "examples" / "documents"


def make_document(text: str, source: str = "例.txt") -> Document:
    return read(RawDocument(source, text, hashlib.sha256(text.encode()).hexdigest()), None, default_segmenter())


@functools.cache
def example_documents() -> tuple[Document, ...]:
    """Return the example documents, read."""
    files = sorted(path for path in EXAMPLES.iterdir() if path.suffix in (".txt", ".docx", ".pdf"))
    return tuple(read(raw, None, default_segmenter()) for path in files for raw in load(path, path.name, sandbox=False))


class Shelf:
    """Implements `rag.datatypes.Reader`."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = {document.raw.doc_id: document for document in documents}
        self._articles = {a.article_id: a for document in documents for a in document.articles}
        self.all_passages = [passage for document in documents for passage in document.passages]
        self._pairs = {passage.passage_id: _pairs(passage.text) for passage in self.all_passages}

    def search(self, query: str, k: int = 10, where: Filter | None = None) -> list[Hit]:
        wanted = _pairs(query)
        hits = [
            Hit(passage, len(wanted & self._pairs[passage.passage_id]) / (len(passage.text) + 60) ** 0.5)
            for passage in self.all_passages
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.passage_id))[:k]

    def raw(self, doc_id: str) -> str:
        return self._documents[doc_id].raw.text

    def document(self, doc_id: str) -> RawDocument:
        return self._documents[doc_id].raw

    def article(self, article_id: str) -> Article:
        return self._articles[article_id]

    def articles(self) -> list[Article]:
        return list(self._articles.values())

    def passages(self, article_id: str) -> list[Passage]:
        return [passage for passage in self.all_passages if passage.article_id == article_id]

    def frequency(self, term: str) -> int:
        return sum(term in fold(passage.text) for passage in self.all_passages)

    def count(self) -> int:
        return len(self.all_passages)

    def nearness(self, query: str, texts: Sequence[str]) -> list[float]:
        return [len(_pairs(query) & _pairs(text)) / (len(_pairs(query)) or 1) for text in texts]

    def passage_with(self, words: str, source: str = "") -> Passage:
        """Return the first leaf in which words stand, in either script."""
        return next(
            passage
            for passage in self.all_passages
            if passage.kind == "leaf" and passage.source.startswith(source) and fold(words) in fold(passage.text)
        )

    def quoted(self, question: str, words: str) -> Answer:
        """Return the answer that quotes these words, as an answerer without a model gives it."""
        passage = self.passage_with(words)
        begin = passage.text.index(words)
        offsets = passage.offsets()
        start, end = offsets[begin], offsets[begin + len(words) - 1] + 1
        quote = self.raw(passage.doc_id)[start:end]
        article = self.article(passage.article_id)
        citation = Citation(
            1,
            passage.source,
            passage.doc_id,
            passage.passage_id,
            article.title,
            passage.locator,
            start,
            end,
            quote,
            words,
        )
        return Answer(question, f"{words}[1]", (Sentence(words, (1,)),), (citation,))


def _pairs(text: str) -> set[str]:
    folded = fold(text)
    return {folded[n : n + 2] for n in range(len(folded) - 1)}


@functools.cache
def example_shelf() -> Shelf:
    return Shelf(example_documents())
