"""Other systems for the benchmark, as their manuals set them up: words and vectors, fused by rank, the same pieces.

Each is measured with jieba's words and with its stock settings, which know no Chinese, or cut it into characters. All
use the same encoder through the door that they have for one of one's own; texts come cut for the words, since none
but LangChain takes a function that cuts.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

POOL, K = 100, 10
PIECE, STEP = 400, 350  # characters


def read_pieces(documents: Path) -> list[str]:
    """Return the documents cut into pieces of equal length, which overlap."""
    pieces = []
    for path in sorted(documents.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        pieces += [text[at : at + PIECE] for at in range(0, max(len(text) - 50, 1), STEP)]
    return pieces


@functools.cache
def _encoder() -> Any:
    from embeddings.encoder import load_encoder

    return load_encoder()


def encode(texts: Sequence[str]) -> Any:
    """Return the vectors of texts that may be cut by spaces."""
    return _encoder().encode_document([text.replace(" ", "") for text in texts])


def words(text: str) -> list[str]:
    """Return jieba's words."""
    import jieba

    return [word for word in jieba.lcut(text) if not word.isspace()]


def spaced(text: str) -> str:
    """Return a text with spaces between jieba's words."""
    return " ".join(words(text))


class LangChain:
    """FAISS and BM25Retriever in an EnsembleRetriever; the latter keeps nothing on disk, and is made anew."""

    module = "langchain_community.retrievers"
    chinese = True

    def build(self, documents: Path, index: Path) -> None:
        from langchain_community.vectorstores import FAISS

        pieces = read_pieces(documents)
        FAISS.from_texts(pieces, self._embeddings()).save_local(str(index))
        (index / "pieces.json").write_text(json.dumps(pieces, ensure_ascii=False), encoding="utf-8")
        self._lexical(pieces)

    def open(self, index: Path) -> None:
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.vectorstores import FAISS

        # the benchmark wrote this folder itself a moment ago
        store = FAISS.load_local(str(index), self._embeddings(), allow_dangerous_deserialization=True)
        lexical = self._lexical(json.loads((index / "pieces.json").read_text(encoding="utf-8")))
        dense = store.as_retriever(search_kwargs={"k": POOL})
        self._ensemble: Any = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])

    def search(self, query: str) -> list[str]:
        return [found.page_content for found in self._ensemble.invoke(query)[:K]]

    def _lexical(self, pieces: list[str]) -> Any:
        from langchain_community.retrievers import BM25Retriever

        cut = {"preprocess_func": words} if self.chinese else {}
        return BM25Retriever.from_texts(pieces, k=POOL, **cut)

    def _embeddings(self) -> Any:
        from langchain_core.embeddings import Embeddings

        class Ours(Embeddings):
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return encode(texts).tolist()

            def embed_query(self, text: str) -> list[float]:
                return encode([text])[0].tolist()

        return Ours()


class LlamaIndex:
    """FaissVectorStore and BM25Retriever in a QueryFusionRetriever."""

    module = "llama_index.retrievers.bm25"
    chinese = True

    def _nodes(self, documents: Path) -> list[Any]:
        from llama_index.core.schema import TextNode

        prepare = spaced if self.chinese else str
        return [TextNode(text=prepare(piece), id_=str(n)) for n, piece in enumerate(read_pieces(documents))]

    def build(self, documents: Path, index: Path) -> None:
        import faiss
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.retrievers.bm25 import BM25Retriever
        from llama_index.vector_stores.faiss import FaissVectorStore

        nodes = self._nodes(documents)
        cut = {"token_pattern": r"(?u)\b\w+\b", "skip_stemming": True, "language": []} if self.chinese else {}
        BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=POOL, **cut).persist(str(index / "lexical"))
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(_encoder().dimension))
        context = StorageContext.from_defaults(vector_store=store)
        made = VectorStoreIndex(nodes, storage_context=context, embed_model=self._model(), store_nodes_override=True)
        made.storage_context.persist(str(index / "dense"))

    def open(self, index: Path) -> None:
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.retrievers.bm25 import BM25Retriever
        from llama_index.vector_stores.faiss import FaissVectorStore

        store = FaissVectorStore.from_persist_dir(str(index / "dense"))
        context = StorageContext.from_defaults(vector_store=store, persist_dir=str(index / "dense"))
        dense = load_index_from_storage(context, embed_model=self._model()).as_retriever(similarity_top_k=POOL)
        lexical = BM25Retriever.from_persist_dir(str(index / "lexical"))
        fused = {"similarity_top_k": K, "num_queries": 1, "mode": "reciprocal_rerank", "use_async": False}
        self._fusion: Any = QueryFusionRetriever([lexical, dense], llm=MockLLM(), **fused)

    def search(self, query: str) -> list[str]:
        return [hit.node.text for hit in self._fusion.retrieve(spaced(query) if self.chinese else query)]

    def _model(self) -> Any:
        from llama_index.core.embeddings import BaseEmbedding

        class Ours(BaseEmbedding):
            def _get_text_embedding(self, text: str) -> list[float]:
                return encode([text])[0].tolist()

            def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
                return encode(texts).tolist()

            def _get_query_embedding(self, query: str) -> list[float]:
                return self._get_text_embedding(query)

            async def _aget_query_embedding(self, query: str) -> list[float]:
                return self._get_text_embedding(query)

        return Ours(embed_batch_size=512)


class Haystack:
    """InMemoryDocumentStore with its two retrievers in a DocumentJoiner; its words are a regular expression's."""

    module = "haystack"
    chinese = True

    def _store(self) -> Any:
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        cut = {"bm25_tokenization_regex": r"(?u)\b\w+\b"} if self.chinese else {}
        return InMemoryDocumentStore(embedding_similarity_function="dot_product", shared=False, **cut)

    def build(self, documents: Path, index: Path) -> None:
        from haystack import Document

        pieces = read_pieces(documents)
        vectors = encode(pieces).tolist()
        prepare = spaced if self.chinese else str
        store = self._store()
        store.write_documents(
            [
                Document(content=prepare(piece), embedding=vector, id=str(n))
                for n, (piece, vector) in enumerate(zip(pieces, vectors, strict=True))
            ]
        )
        index.mkdir()
        store.save_to_disk(str(index / "store.json"))

    def open(self, index: Path) -> None:
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        store = InMemoryDocumentStore.load_from_disk(str(index / "store.json"))
        self._lexical: Any = InMemoryBM25Retriever(store, top_k=POOL)
        self._dense: Any = InMemoryEmbeddingRetriever(store, top_k=POOL)
        self._joiner: Any = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=K)

    def search(self, query: str) -> list[str]:
        lexical = self._lexical.run(query=spaced(query) if self.chinese else query)["documents"]
        dense = self._dense.run(query_embedding=encode([query])[0].tolist())["documents"]
        return [found.content for found in self._joiner.run(documents=[lexical, dense])["documents"]]


def _encode_nonzero(texts: Sequence[str]) -> Any:
    """Return the vectors of texts, one that is nothing with a first number: txtai divides each by its length."""
    vectors = encode(texts)
    vectors[~vectors.any(axis=1), 0] = 1.0
    return vectors


class Txtai:
    """A hybrid index with its content."""

    module = "txtai"
    chinese = True

    def build(self, documents: Path, index: Path) -> None:
        from txtai import Embeddings

        scoring: dict[str, Any] = {"method": "bm25", "terms": True, "normalize": True}
        if self.chinese:
            scoring["tokenizer"] = {"whitespace": True}
        made = Embeddings(method="external", transform=_encode_nonzero, hybrid=True, content=True, scoring=scoring)
        prepare = spaced if self.chinese else str
        made.index((n, prepare(piece), None) for n, piece in enumerate(read_pieces(documents)))
        # a function cannot be kept with the index; it is given again
        made.config["transform"] = None
        made.save(str(index))

    def open(self, index: Path) -> None:
        from txtai import Embeddings

        self._embeddings: Any = Embeddings()
        self._embeddings.load(str(index), config={"transform": _encode_nonzero})

    def search(self, query: str) -> list[str]:
        found = self._embeddings.search(spaced(query) if self.chinese else query, K)
        return [one["text"] for one in found]


def _stock(system: type[Any]) -> type[Any]:
    return type(f"{system.__name__}Stock", (system,), {"chinese": False, "__doc__": "With its stock settings."})


PEERS: dict[str, type[Any]] = {
    "langchain": LangChain,
    "llamaindex": LlamaIndex,
    "haystack": Haystack,
    "txtai": Txtai,
}
PEERS |= {f"{name}-stock": _stock(system) for name, system in PEERS.items()}
