"""Random documents as both kinds of archive are given them, with all that an oracle has to know."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from rag.datatypes import Article, Passage, Provenance, RawDocument, Span, Value
from rag.search.archive import Archive, ArticleEntry, Entry, Volume
from rag.search.manifest import Manifest
from rag.search.store import Scope, pack_article, pack_document

DIMENSION = 16
WORDS = [f"词{number}" for number in range(40)]
# characters that end a literal, escape from it, or stand for others in a pattern
WILD = [
    '云溪"市',
    "云溪'市",
    "云溪%",
    "云_溪",
    "云\\溪",
    '云" or row >= 0 or kind == "',
    "云溪市",
    "云溪",
    "云溪市北区",
]
DATES = ["", "2011", "2011-05", "2011-05-08", "2012-01-31", "2010-12"]
KINDS = ["", "通知", "办法"]


@dataclass(frozen=True)
class Shown:
    """A passage as the oracle knows it."""

    terms: list[str]
    vector: np.ndarray
    scope: Scope
    passage: Passage


@dataclass(frozen=True)
class Case:
    """Documents, and what is in them: one list of passages, one of the terms of articles."""

    entries: list[Entry]
    shown: list[Shown]
    articles: list[list[str]]
    raws: list[RawDocument]


def make_case(seed: int, documents: int = 40, longest: int = 12) -> Case:
    """Return random documents; entries have at most `longest` terms a passage (tantivy keeps lengths to 40 exactly)."""
    random = np.random.default_rng(seed)
    entries, shown, articles, raws = [], [], [], []
    texts = [f"第{n}号\n" + "".join(random.choice(list("甲乙丙丁\n"), 200)) for n in range(documents)]
    made = [RawDocument("", text, hashlib.sha256(text.encode()).hexdigest()) for text in texts]
    for n, blank in enumerate(sorted(made, key=lambda raw: raw.doc_id)):
        place = str(random.choice(WILD))
        raw = replace(blank, source=f"{random.choice(WILD)}/{n}.txt", also=(f"副本/{place}{n}.txt",) if n % 3 else ())
        raws.append(raw)
        parts, vectors = [], []
        for number in range(1, 3):
            article = _article(raw, number, random)
            passages = [_passage(raw, number, order) for order in range(int(random.integers(1, 5)))]
            packed = pack_article(article, passages, raw.text)
            scope = _scope(len(articles), raw, packed.places, article)
            whole: list[str] = []
            fields = []
            for passage in passages:
                terms = [WORDS[min(int(random.exponential(8)), 39)] for _ in range(random.integers(1, longest))]
                vector = random.standard_normal(DIMENSION).astype(np.float32)
                vector /= np.linalg.norm(vector)
                fields.append([(" ".join(terms), 1)])
                whole += terms
                vectors.append(vector)
                shown.append(Shown(terms, vector, scope, passage))
            parts.append(ArticleEntry(packed, [(" ".join(whole), 1)], fields))
            articles.append(whole)
        where = raw.source, raw.also, len(raw.text)
        entries.append(Entry(raw.doc_id, *where, pack_document(raw), parts, np.array(vectors)))
    return Case(entries, shown, articles, raws)


def _article(raw: RawDocument, number: int, random: np.random.Generator) -> Article:
    places = tuple(Value(str(one)) for one in random.choice(WILD, int(random.integers(0, 3)), replace=False))
    date, kind = str(random.choice(DATES)), str(random.choice(KINDS))
    found = Provenance(
        title=Value("题"),
        places=places,
        issuer=Value(f"{random.choice(WILD)}人民政府") if number % 2 else None,
        kind=Value(kind) if kind else None,
        issued_on=Value(date) if date else None,
    )
    return Article(raw.doc_id, number, Span(0, len(raw.text)), found)


def _passage(raw: RawDocument, number: int, order: int) -> Passage:
    spans = (Span(order, order + 40),)
    text = raw.text[order : order + 40] if order % 2 else "别的字"
    article_id = f"{raw.doc_id}/{number}"
    return Passage(
        f"{article_id}/{order}", raw.doc_id, article_id, raw.source, order, "leaf", ("一、",), "一", spans, text
    )


def _scope(number: int, raw: RawDocument, places: str, article: Article) -> Scope:
    from embeddings.terms import fold

    found = article.provenance
    return Scope(
        number,
        article.article_id,
        0,
        0,
        (raw.source, *raw.also),
        tuple(places.split("\n")),
        fold(found.issuer.text) if found.issuer else "",
        fold(found.kind.text) if found.kind else "",
        found.issued_on.text if found.issued_on else "",
    )


def publish(archive: Archive, case: Case, similar: dict[str, list[str]] | None = None) -> Volume:
    """Write a case as the live snapshot, and open it."""
    with archive.writing():
        draft = archive.start()
        dense = draft.write(lambda: iter(case.entries), lambda: similar or {}, DIMENSION)
        name = draft.publish(make_manifest(case, dense))
    return archive.open(name, archive.manifest(name))


def make_manifest(case: Case, dense: dict[str, object]) -> Manifest:
    counts = len(case.entries), len(case.articles), len(case.shown), sum(entry.characters for entry in case.entries)
    return Manifest(
        "0", "2026", 0.0, (), (), "t", (), "e", "f", DIMENSION, None, False, 1, {}, dense, 0.1, *counts, set_aside=()
    )
