"""Read one file: to documents, terms and vectors, as bytes that the cache keeps and that no path is part of."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.static import StaticEncoder
from embeddings.terms import Segmenter, Terms
from rag.datatypes import Document, RawDocument, SetAside
from rag.errors import KaojuError, ReadingError
from rag.reading.load import load_each
from rag.reading.read import read
from rag.reading.split import Fields, indexed_fields
from rag.reading.twins import sketch
from rag.search.record import dump
from rag.search.store import Packed, pack_article, pack_document

if TYPE_CHECKING:
    from embeddings.encoder import Encoder

_PIECES = 4  # of a document as it is kept, with a size each
_SIDECAR = ".meta.toml"
_ARCHIVE = ".zip"
_CHUNK = 1 << 20  # bytes of a file hashed at a time
_PACKAGES = Path(__file__).parents[2]
# All code and data on which it depends what is read from a file: a change of any of them empties the cache.
_READERS = (
    "rag/reading",
    "rag/building/prepare.py",
    "rag/search/record.py",
    "rag/search/store.py",
    "embeddings/terms.py",
)


class EntryDamaged(Exception):
    """What the cache kept is not what was given to it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read: the SHA-256 and the number of its bytes, the text of its sidecar, and its name in the cache."""

    path: str
    source: str
    digest: str
    size: int
    sidecar: str
    key: str

    @property
    def doc_id(self) -> str:
        """Return the identity of the document that a file of these bytes holds, if it is no archive."""
        return self.digest[:16]

    @property
    def archive(self) -> bool:
        """Return whether it may hold any number of documents; any other file holds at most the one of its bytes."""
        return self.path.lower().endswith(_ARCHIVE)


@dataclass(frozen=True, slots=True)
class Part:
    """A document as it is kept; `tail` is what stands behind the file's source (a member of a zip), `data` opaque."""

    doc_id: str
    tail: str
    articles: int
    passages: int
    characters: int
    data: bytes

    def head(self) -> list[str | int]:
        """Return all but the data."""
        return [self.doc_id, self.tail, self.articles, self.passages, self.characters]

    @classmethod
    def of(cls, head: Sequence[Any], data: bytes = b"") -> Part:
        """Return the part with a head, and its data where they are at hand."""
        doc_id, tail, articles, passages, characters = head
        return cls(doc_id, tail, articles, passages, characters, data)


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a job. The sources of `set_aside` are tails."""

    key: str
    parts: tuple[Part, ...]
    set_aside: tuple[SetAside, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """The data of a part unpacked: what the store keeps, the terms of the fields, vectors (passages, dimension).

    `heads`: terms of (title, provenance) for each article; `bodies`: of (headings, body) for each passage, and whether
    it is a leaf. `sketch` are the hashes by which reprints are recognised.
    """

    raw: bytes
    articles: tuple[Packed, ...]
    heads: Sequence[tuple[str, str]]
    bodies: Sequence[tuple[str, str, bool]]
    vectors: NDArray[np.float32]
    sketch: NDArray[np.uint64]


@functools.cache
def rules() -> str:
    """Return a hash of the code that reads."""
    digest = hashlib.sha256()
    for name in _READERS:
        path = _PACKAGES / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in {".py", ".txt", ".json", ".toml"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()


def make_job(path: Path, source: str, makers: str) -> Job:
    """Return the job for a file.

    Raises:
        ReadingError: the file or its sidecar cannot be read.
    """
    try:
        digest, size = _digest(path)
        beside = [f"{path}{_SIDECAR}", f"{path.with_suffix('')}{_SIDECAR}"]
        sidecar = next((Path(name).read_text(encoding="utf-8-sig") for name in beside if os.path.isfile(name)), "")  # noqa: PTH113 - for every file, and four times as fast
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "the sidecar is not UTF-8"
        raise ReadingError(f"it cannot be read: {reason}", "check its permissions and encoding") from error
    named = json.dumps([digest, path.suffix.lower(), sidecar, makers])
    return Job(str(path), source, digest, size, sidecar, hashlib.sha256(named.encode()).hexdigest())


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        while data := file.read(_CHUNK):
            digest.update(data)
            size += len(data)
    return digest.hexdigest(), size


class Preparer:
    """Do jobs, with one segmenter and one encoder."""

    def __init__(self, segmenter: Segmenter, encoder: Encoder, *, encoding: str | None, allow_secret: bool) -> None:
        self._segmenter = segmenter
        self._encoder = encoder
        self._encoding = encoding
        self._allow_secret = allow_secret

    def prepare(self, job: Job) -> Read:
        """Read, cut and encode a file; whatever is wrong with it sets it aside, with the reason."""
        parts: list[Part] = []
        aside: list[SetAside] = []
        try:
            sidecar = tomllib.loads(job.sidecar)
            for found in load_each(Path(job.path), job.source, encoding=self._encoding):
                if isinstance(found, SetAside):
                    aside.append(SetAside(found.source.removeprefix(job.source), found.reason, found.remedy))
                elif found.sha256 != job.digest and not job.archive:
                    aside.append(SetAside("", "it changes while it is read", "index again when it is written"))
                else:
                    self._add(found, sidecar, job, parts, aside)
        except tomllib.TOMLDecodeError as error:
            aside.append(SetAside("", f"its sidecar is no TOML ({error})", "mend or remove the .meta.toml beside it"))
        return Read(job.key, tuple(parts), tuple(aside))

    def _add(
        self, raw: RawDocument, sidecar: dict[str, Any], job: Job, parts: list[Part], aside: list[SetAside]
    ) -> None:
        tail = raw.source.removeprefix(job.source)
        try:
            document = read(raw, sidecar, self._segmenter, allow_secret=self._allow_secret)
        except ReadingError as error:
            aside.append(SetAside(tail, error.reason, error.remedy))
        except KaojuError as error:
            aside.append(SetAside(tail, str(error), "mend or remove the .meta.toml beside it"))
        except Exception as error:  # noqa: BLE001 - a fault of ours in one file must not cost all others
            aside.append(SetAside(tail, f"reading it failed inside Kaoju ({error!r})", "report this with the file"))
        else:
            if document.passages:
                parts.append(self._pack(document, tail))
            else:
                aside.append(SetAside(tail, "there is no text in it", "nothing is lost by leaving it out"))

    def _pack(self, document: Document, tail: str) -> Part:
        articles = {article.article_id: article for article in document.articles}
        fields = [indexed_fields(articles[p.article_id], p) for p in document.passages]
        texts = list(dict.fromkeys(text for one in fields for text in (*_heads(one), one.body)))
        cut = dict(zip(texts, self._segmenter.cut(texts), strict=True))
        joined = {text: terms.joined() for text, terms in cut.items()}
        heads = {p.article_id: (f.title, f.provenance) for p, f in zip(document.passages, fields, strict=True)}
        passages = {key: list(members) for key, members in groupby(document.passages, attrgetter("article_id"))}
        packed = [pack_article(a, passages.get(a.article_id, []), document.raw.text) for a in document.articles]
        record = [
            [(a.article_id, a.places, a.issuer, a.kind, a.date, len(a.record), a.passages) for a in packed],
            [p.kind == "leaf" for p in document.passages],
        ]
        lines = [joined.get(text, "") for a in document.articles for text in heads.get(a.article_id, ("", ""))]
        lines += [joined[text] for one in fields for text in (one.headings, one.body)]
        pieces = [
            dump(record).encode("utf-8", "surrogatepass"),
            "\n".join(lines).encode("utf-8", "surrogatepass"),
            sketch(document.raw.text).astype("<u8", copy=False).tobytes(),
            pack_document(document.raw),
        ]
        sizes = np.array([len(piece) for piece in pieces], dtype="<u8").tobytes()
        vectors = self._encode(fields, cut).astype("<f4", copy=False)
        data = b"".join([sizes, *pieces, *(a.record for a in packed), vectors.tobytes()])
        counts = len(document.articles), len(document.passages), len(document.raw.text)
        return Part(document.raw.doc_id, tail, *counts, zlib.crc32(data).to_bytes(4, "little") + data)

    def _encode(self, fields: Sequence[Fields], cut: Mapping[str, Terms]) -> Vectors:
        if isinstance(self._encoder, StaticEncoder) and not self._segmenter.user_words:
            return self._encoder.encode_terms([[cut[text] for text in _texts(one)] for one in fields])
        return self._encoder.encode_document([encoded_text(one) for one in fields])


def encoded_text(fields: Fields) -> str:
    """Return the text of a passage that the encoder sees."""
    return "\n".join(text for text in _texts(fields) if text)


def _texts(fields: Fields) -> list[str]:
    # a vector is a mean: what the body says itself is not said again by the title or the headings above it
    return [*(text for text in _heads(fields) if text not in fields.body), fields.body]


def _heads(fields: Fields) -> tuple[str, str, str]:
    return fields.title, fields.provenance, fields.headings


def unpack(part: Part) -> Contents:
    """Return the contents of a part.

    Raises:
        EntryDamaged: the bytes were changed since they were packed.
    """
    data = memoryview(part.data)[4:]
    if zlib.crc32(data).to_bytes(4, "little") != part.data[:4]:
        raise EntryDamaged(part.doc_id)
    *pieces, rest = _cut_up(data)
    record, lines, hashes, raw = pieces
    found, leaves = json.loads(str(record, "utf-8", "surrogatepass"))
    terms = str(lines, "utf-8", "surrogatepass").split("\n")
    pairs = list(zip(terms[::2], terms[1::2], strict=True))
    heads, bodies = pairs[: len(found)], pairs[len(found) :]
    articles = []
    for article_id, places, issuer, kind, date, size, passages in found:
        articles.append(Packed(article_id, places, issuer, kind, date, bytes(rest[:size]), passages))
        rest = rest[size:]
    vectors = np.frombuffer(rest, "<f4").reshape(len(bodies), -1)
    described = [(headings, body, leaf) for (headings, body), leaf in zip(bodies, leaves, strict=True)]
    return Contents(bytes(raw), tuple(articles), heads, described, vectors, np.array(np.frombuffer(hashes, "<u8")))


def _cut_up(data: memoryview) -> Iterator[memoryview]:
    """Yield the pieces of a part's data whose sizes stand before them, then what is left."""
    at = 8 * _PIECES
    for size in np.frombuffer(data[:at], "<u8").tolist():
        yield data[at : at + size]
        at += size
    yield data[at:]
