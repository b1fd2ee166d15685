"""The values that flow from the first line read to the last pixel drawn; all frozen.

Offsets are counted in characters (code points) of `RawDocument.text`. Three texts are kept apart: *cited* text is
`raw[start:end]`, *shown* text is cleaned, *indexed* text is folded and carries provenance and headings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Status = Literal["verified", "partly", "refused", "fallen back"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters of a raw text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RawDocument:
    """The text of one source, as citations cite it.

    For plain text it is the decoded file without its byte order mark, line ends as on disk; for docx, pdf, html and
    the like it is the extracted text. `pages` holds the offset at which each page begins (empty: no pages). `also` are
    the paths of identical files, `similar` the sources of reprints: other files with most of the same wording.
    """

    source: str
    text: str
    sha256: str
    format: str = "txt"
    encoding: str = ""
    confidence: float = 1.0
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()

    @property
    def doc_id(self) -> str:
        """Return the identity of the content: 16 hexadecimal digits of the hash of the file's bytes."""
        return self.sha256[:16]


@dataclass(frozen=True, slots=True)
class Value:
    """One finding about an article: what was read, from where, and how sure the reader is (0 to 1).

    `span` is None for a value that was not read from the text (a sidecar file, a folder name).
    """

    text: str
    span: Span | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who said it, where, when, to whom. Dates are ISO prefixes (`2011-03-08`, `2016`); what is missing stays None."""

    title: Value | None = None
    kind: Value | None = None
    places: tuple[Value, ...] = ()
    issuer: Value | None = None
    speaker: Value | None = None
    number: Value | None = None
    addressees: tuple[Value, ...] = ()
    issued_on: Value | None = None
    effective_on: Value | None = None
    keywords: tuple[str, ...] = ()
    elements: tuple[tuple[str, Value], ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of an article's outline. `heading` is shown text, mark included; `span` is the heading's own range,
    `extent` the range of all that stands under it. `parent` is a position in `Article.sections`, -1 at the top.
    """

    heading: str
    mark: str
    level: int
    parent: int
    span: Span
    extent: Span


@dataclass(frozen=True, slots=True)
class Dropped:
    """A range of raw text that no passage holds, and the name of the rule that put it aside."""

    span: Span
    rule: str


@dataclass(frozen=True, slots=True)
class Article:
    """A speech, notice or regulation: a whole document, or one part of a compilation. `number` counts from 1."""

    doc_id: str
    number: int
    span: Span
    provenance: Provenance
    sections: tuple[Section, ...] = ()

    @property
    def article_id(self) -> str:
        """Return the identity of the article."""
        return f"{self.doc_id}/{self.number}"

    @property
    def title(self) -> str:
        """Return the title, or an empty string when none was found."""
        return self.provenance.title.text if self.provenance.title else ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieval unit: a leaf (a paragraph or part of one) or an outline node (a heading with its children's).

    A leaf has one span, an outline node a list of spans. `text` is shown text: the spans' raw characters without `gaps`
    (raw ranges that cleaning left out), some replaced one for one, the spans joined by a line end. `order` counts
    within the document, from 0.
    """

    passage_id: str
    doc_id: str
    article_id: str
    source: str
    order: int
    kind: Literal["leaf", "outline"]
    headings: tuple[str, ...]
    locator: str
    spans: tuple[Span, ...]
    text: str
    page: int | None = None
    gaps: tuple[Span, ...] = ()

    def __hash__(self) -> int:
        return hash(self.passage_id)  # what is cached by passage is looked up often, and its text is long

    def offsets(self) -> list[int]:
        """Return the raw offset of each character of `text`; a joining line end has that of the end before it."""
        found: list[int] = []
        for number, span in enumerate(self.spans):
            if number:
                found.append(self.spans[number - 1].end)
            position = span.start
            for gap in (g for g in self.gaps if span.start <= g.start < span.end):
                found.extend(range(position, gap.start))
                position = gap.end
            found.extend(range(position, span.end))
        return found


@dataclass(frozen=True, slots=True)
class Document:
    """One source, read: its raw text, articles, passages, and what was put aside and why."""

    raw: RawDocument
    articles: tuple[Article, ...]
    passages: tuple[Passage, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file that was not indexed: where it is, why not, and what to do about it."""

    source: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Restrict a search before the best k are cut. Empty fields do not restrict; dates are ISO prefixes, inclusive."""

    places: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    folder: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score; a ranking is a list of hits ordered by `(-score, passage_id)`."""

    passage: Passage
    score: float
    sparse: float = 0.0
    dense: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation and where it stands: `raw[start:end] == quote`, checked before it is shown. `shown` is cleaned."""

    number: int
    source: str
    doc_id: str
    passage_id: str
    article: str
    locator: str
    start: int
    end: int
    quote: str
    shown: str
    page: int | None = None
    date: str = ""
    also: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of an answer and the numbers of the citations that carry it (none: a fixed connecting phrase)."""

    text: str
    citations: tuple[int, ...] = ()
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question. `question` is the standing question, rebuilt from history where it had to be.

    `text` carries `[n]` markers. A refusal has no citations, a `reason`, and up to three `nearest` hits. A sentence
    that is not `verified` is no part of `text`: it is shown folded, marked as not verified. `draft` is what a language
    model is still writing, shown as being checked; it is empty in the last of successive answers.
    """

    question: str
    text: str = ""
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    refused: bool = False
    reason: str = ""
    status: Status = "verified"
    nearest: tuple[Hit, ...] = ()
    elapsed_ms: float = 0.0
    notes: tuple[str, ...] = field(default=())
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question and its answer."""

    question: str
    answer: str


class Reader(Protocol):
    """A pinned snapshot, as answering sees it."""

    def search(self, query: str, k: int = 10, where: Filter | None = None) -> list[Hit]:
        """Return the k best passages of the fused ranking, ordered by `(-score, passage_id)`."""

    def raw(self, doc_id: str) -> str:
        """Return the raw text of a document."""

    def document(self, doc_id: str) -> RawDocument:
        """Return a document with its text, encoding, pages and the paths of identical files."""

    def article(self, article_id: str) -> Article:
        """Return an article with its provenance and outline."""

    def articles(self) -> list[Article]:
        """Return every article, in order of source and number."""

    def passages(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in document order."""

    def frequency(self, term: str) -> int:
        """Return in how many passages a folded term of the sparse index occurs."""

    def count(self) -> int:
        """Return the number of passages."""

    def nearness(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return the encoder's cosine of each text to a query; zeros where the encoder takes long for a sentence."""
