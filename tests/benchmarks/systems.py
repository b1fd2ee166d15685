"""The systems that are compared; a child process builds one, another opens it and asks.

python -m tests.benchmarks.systems build SYSTEM DOCUMENTS INDEX
python -m tests.benchmarks.systems query SYSTEM INDEX QUESTIONS     prints seconds of loading and of every question
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Protocol

from tests.benchmarks.peers import PEERS, POOL, K, read_pieces

WARM = 20  # questions asked before time is taken
PATIENCE = 60.0  # seconds of asking: a system that is slow is asked fewer questions


class System(Protocol):
    """What is measured of a system. `module` is what has to be installed."""

    module: str

    def build(self, documents: Path, index: Path) -> None: ...

    def open(self, index: Path) -> None: ...

    def search(self, query: str) -> list[str]: ...


class Kaoju:
    """This project, as a program uses it."""

    module = "rag"

    def build(self, documents: Path, index: Path) -> None:
        from rag import Library

        Library.build([documents], index).close()

    def open(self, index: Path) -> None:
        from rag import Library

        self._library = Library.open(index)

    def search(self, query: str) -> list[str]:
        return [hit.passage.text for hit in self._library.search(query, K)]


class Baseline:
    """What is usually written: pieces of equal length, bm25s over jieba's words, exact vectors, reciprocal ranks."""

    module = "bm25s"
    RANK_CONSTANT = 60

    def build(self, documents: Path, index: Path) -> None:
        import bm25s
        import faiss
        import jieba

        from embeddings.encoder import load_encoder

        index.mkdir()
        pieces = read_pieces(documents)
        sparse = bm25s.BM25()
        sparse.index([jieba.lcut(piece) for piece in pieces], show_progress=False)
        sparse.save(index / "sparse")
        vectors = load_encoder().encode_document(pieces)
        dense = faiss.IndexFlatIP(vectors.shape[1])
        dense.add(vectors)
        faiss.write_index(dense, str(index / "dense.faiss"))
        (index / "pieces.json").write_text(json.dumps(pieces, ensure_ascii=False), encoding="utf-8")

    def open(self, index: Path) -> None:
        import bm25s
        import faiss
        import jieba

        from embeddings.encoder import load_encoder

        jieba.initialize()
        self._cut, self._encoder = jieba.lcut, load_encoder()
        self._sparse: Any = bm25s.BM25.load(index / "sparse")
        self._dense: Any = faiss.read_index(str(index / "dense.faiss"))
        self._pieces = json.loads((index / "pieces.json").read_text(encoding="utf-8"))

    def search(self, query: str) -> list[str]:
        pool = min(POOL, len(self._pieces))
        sparse = self._sparse.retrieve([self._cut(query)], k=pool, show_progress=False)[0][0].tolist()
        dense = self._dense.search(self._encoder.encode_query([query]), pool)[1][0].tolist()
        scores: dict[int, float] = {}
        for ranking in (sparse, dense):
            for rank, row in enumerate(ranking, 1):
                scores[row] = scores.get(row, 0.0) + 1 / (self.RANK_CONSTANT + rank)
        best = sorted(scores, key=lambda row: (-scores[row], row))[:K]
        return [self._pieces[row] for row in best]


SYSTEMS: dict[str, type[System]] = {"kaoju": Kaoju, "baseline": Baseline, **PEERS}


def query(system: System, index: Path, questions: list[str]) -> dict[str, float]:
    """Return the seconds of loading up to the first answer, and percentiles of the questions after it, in ms."""
    begun = time.perf_counter()
    system.open(index)
    opened = time.perf_counter() - begun
    system.search(questions[0])
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    for question in questions[:WARM]:
        system.search(question)
        if time.perf_counter() - begun > PATIENCE / 2:
            break
    waits, used, begun = [], [], time.perf_counter()
    for question in questions:
        if len(waits) >= 2 and time.perf_counter() - begun > PATIENCE:
            break
        wall, cpu = time.perf_counter(), time.process_time()
        assert system.search(question)
        waits.append((time.perf_counter() - wall) * 1000)
        used.append((time.process_time() - cpu) * 1000)
    found = {"load_s": opened, "first_s": first, "questions": float(len(waits))}
    for name, values in (("wall", waits), ("cpu", used)):
        marks = statistics.quantiles(values, n=20)
        found |= {f"p50_{name}_ms": statistics.median(values), f"p95_{name}_ms": marks[18]}
    return found


def main() -> None:
    """Do one step with one system."""
    step, name, *paths = sys.argv[1:]
    system, places = SYSTEMS[name](), [Path(path) for path in paths]
    if step == "build":
        system.build(*places)
    else:
        index, questions = places
        found = query(system, index, json.loads(questions.read_text(encoding="utf-8")))
        sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
