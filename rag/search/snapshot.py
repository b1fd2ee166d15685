"""A snapshot opened for asking: sparse and dense scores of a volume, as one ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import nsmallest

from embeddings.encoder import Encoder
from embeddings.static import StaticEncoder
from embeddings.terms import Segmenter
from rag.datatypes import Article, Filter, Hit, Passage, RawDocument
from rag.errors import IndexMismatch
from rag.search.archive import Volume
from rag.search.diversity import diversify
from rag.search.focus import FIRST, focus, informations, shares
from rag.search.fusion import fuse, spread, widen, wider
from rag.search.manifest import Manifest
from rag.search.wording import content, regional

# Rows taken from each side before fusion; on the policy notices 100 and 400 rank alike.
_DEPTH = 200
# Part of its article's score that a passage is given; measured on the policy notices: doc@1 0.784 to 0.823.
_ARTICLE_WEIGHT = 0.5
_MAX_QUERY = 2_000  # characters; a question that is longer is cut here


class Snapshot:
    """A `Reader`: it never changes, and any number of threads may ask it."""

    def __init__(
        self,
        name: str,
        manifest: Manifest,
        volume: Volume,
        encoder: Encoder,
        segmenter: Segmenter,
        weight: float | None = None,
    ) -> None:
        """Open a snapshot; `weight` is the dense part of the fusion, that of the manifest if None."""
        _check_makers(name, manifest, encoder, segmenter)
        self.name = name
        self.manifest = manifest
        self._volume = volume
        self._encoder = encoder
        self._weight = manifest.dense_weight if weight is None else weight
        self._segmenter = segmenter

    def close(self) -> None:
        """Let go of the volume."""
        self._volume.close()

    def count(self) -> int:
        """Return the number of passages."""
        return self.manifest.passages

    def nearness(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return the encoder's cosine of each text to a query; zeros where the encoder takes long for a sentence."""
        if not texts or not isinstance(self._encoder, StaticEncoder):
            return [0.0] * len(texts)
        found: list[float] = (self._encoder.encode_document(texts) @ self._encoder.encode_query([query])[0]).tolist()
        return found

    def frequency(self, term: str) -> int:
        """Return in how many passages a folded term of the sparse index occurs."""
        return self._volume.frequency(term)

    def document(self, doc_id: str) -> RawDocument:
        """Return a document with its text, encoding, pages and the paths of identical files.

        Raises:
            KeyError: there is none of that identity.
        """
        return self._volume.document(doc_id)

    def article(self, article_id: str) -> Article:
        """Return an article with its provenance and outline.

        Raises:
            KeyError: there is none of that identity.
        """
        return self._volume.article(article_id)

    def raw(self, doc_id: str) -> str:
        """Return the raw text of a document."""
        return self.document(doc_id).text

    def articles(self) -> list[Article]:
        """Return every article, in order of source and number."""
        return self._volume.articles()

    def passages(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in document order."""
        return self._volume.passages(article_id)

    def sources(self) -> list[tuple[str, str, tuple[str, ...], int]]:
        """Return (source, doc_id, paths of identical files, characters) of every document, in order of source."""
        return self._volume.sources()

    def search(self, query: str, k: int = 10, where: Filter | None = None) -> list[Hit]:
        """Return the k best passages of the fused ranking, ordered by `(-score, passage_id)`."""
        query = content(query[:_MAX_QUERY])
        terms = self._segmenter.terms(query)
        terms += regional(query, terms, self._segmenter)
        if not terms or k < 1:
            return []
        depth = max(_DEPTH, 2 * k)
        vector = self._encoder.encode_query([query])[0]
        chosen = where if where != Filter() else None
        sparse = self._volume.find_sparse(terms, depth, chosen)
        dense = self._volume.find_dense(vector, depth, chosen)
        # each side scores what only the other one found, so that a missing score never stands for a low one
        sparse |= self._volume.score_sparse(terms, sorted(dense.keys() - sparse.keys()))
        dense |= self._volume.score_dense(vector, sorted(sparse.keys() - dense.keys()))
        if not dense:  # a filter lets nothing through
            return []
        owners = self._volume.owners(sorted(dense))
        lexical = self._with_articles(terms, sparse, owners)
        fused = fuse(lexical, dense, self._weight)
        said = self._said(terms, _best(fused, FIRST))
        ranked = diversify(focus(fused, owners, said), owners)
        wide = wider(self._weight, max(said.values()), spread([owners[row] for row in said]))
        if wide > self._weight:
            ranked = widen(ranked, fuse(lexical, dense, wide), FIRST)
        best = _best(ranked, k)
        found = self._volume.at(best)
        return [Hit(found[row], ranked[row], lexical[row], dense[row]) for row in best]

    def _said(self, terms: Sequence[str], rows: Sequence[int]) -> dict[int, float]:
        """Return which part of the question the best sentence of each row says."""
        found = self._volume.at(rows)
        said = informations(terms, self._volume.frequency, self.count())
        return shares({row: found[row].text for row in rows}, said)

    def _with_articles(
        self, terms: Sequence[str], sparse: dict[int, float], owners: dict[int, int]
    ) -> dict[int, float]:
        """Return the sparse score of every row with its article's part added."""
        whole = self._volume.score_articles(terms, sorted(set(owners.values())))
        return {row: sparse.get(row, 0.0) + _ARTICLE_WEIGHT * whole.get(one, 0.0) for row, one in owners.items()}


def _best(scores: Mapping[int, float], count: int) -> list[int]:
    return [row for _, row in nsmallest(count, [(-score, row) for row, score in scores.items()])]


def _check_makers(name: str, manifest: Manifest, encoder: Encoder, segmenter: Segmenter) -> None:
    pairs = [
        ("terms", manifest.terms, segmenter.fingerprint),
        ("encoder", manifest.encoder_fingerprint, encoder.fingerprint),
        ("dimension", manifest.dimension, encoder.dimension),
    ]
    for what, made, here in pairs:
        if made != here:
            raise IndexMismatch(f"{name} was made with {what} {made}, here it is {here}; run `kaoju rebuild`")
