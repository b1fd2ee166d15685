"""What an encoder is worth: recall of the lexical index alone, of the encoder alone, and of both fused.

python tests/benchmarks/encoders.py                           the built-in encoder and a random one, on every set
python tests/benchmarks/encoders.py builtin FOLDER --weights 0.1 0.2 --sets cmrc2018 drcd

The sets lie in ../shared/data/eval (`--data`); one that is absent is named and left out. Passages are indexed with their
title, questions searched without their form words, as the program does; there is no article score here.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.calibrate import PROBES, earned
from embeddings.encoder import BUILTIN, Encoder, Vectors, load_encoder
from embeddings.terms import default_segmenter
from rag.search.dense import DenseIndex, build_dense
from rag.search.focus import FIRST, focus, informations, shares
from rag.search.fusion import fuse, spread, widen, wider
from rag.search.sparse import SparseIndex, SparseWriter
from rag.search.wording import content

DATA = Path(__file__).parents[3] / "shared" / "data" / "eval"
DEPTH = 200
RANDOM = "random"
_SENTENCE = re.compile(r"[^。！？!?；\n]+[。！？!?；\n]*")  # 会议要求，抓好落实。


@dataclass(frozen=True, slots=True)
class Judged:
    """Passages, the document of each, and questions with the documents that answer them; the cuts to report."""

    titles: list[str]
    passages: list[str]
    owners: list[int]
    questions: list[str]
    right: list[set[int]]
    cuts: tuple[int, int]


class RandomEncoder:
    """An encoder that knows nothing: each text has a vector of its own."""

    name = fingerprint = RANDOM
    dimension, weight = 256, None

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return a vector drawn for each text."""
        drawn = [np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimension) for text in texts]
        rows = np.array(drawn, np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    encode_document = encode_query


def read(data: Path, name: str) -> list[dict[str, object]]:
    """Read the rows of a file of the sets."""
    with lzma.open(data / f"{name}.jsonl.xz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_comprehension(data: Path, name: str) -> Judged:
    """Read questions over paragraphs; the right paragraph is the one that a question was asked on."""
    rows = read(data, f"{name}_dev")
    numbers: dict[str, int] = {}
    right = [{numbers.setdefault(str(row["context"]), len(numbers))} for row in rows]
    texts = list(numbers)
    return Judged([""] * len(texts), texts, list(range(len(texts))), [str(r["question"]) for r in rows], right, (1, 5))


def read_statutes(data: Path) -> Judged:
    """Read lay questions over articles of statutes."""
    rows, asked = read(data, "statutes_corpus"), read(data, "statutes_dev")
    numbers = {row["id"]: number for number, row in enumerate(rows)}
    right = [{numbers[one] for one in row["gold"]} for row in asked]  # type: ignore[attr-defined]
    titles, texts = [str(row["title"]) for row in rows], [str(row["text"]) for row in rows]
    return Judged(titles, texts, list(range(len(rows))), [str(row["question"]) for row in asked], right, (10, 100))


def read_notices(data: Path) -> Judged:
    """Read questions over official notices, cut into passages; documents of the same text are all right."""
    rows, asked = read(data, "policy_notices_corpus"), read(data, "policy_notices_dev")
    same: dict[str, set[int]] = {}
    for number, row in enumerate(rows):
        same.setdefault(str(row["text"]), set()).add(number)
    wanted = {row["id"]: same[str(row["text"])] for row in rows}
    cut = [(str(row["title"]), text, number) for number, row in enumerate(rows) for text in pieces(str(row["text"]))]
    titles, passages, owners = (list(column) for column in zip(*cut, strict=True))
    return Judged(
        titles, passages, owners, [str(r["question"]) for r in asked], [wanted[r["docid"]] for r in asked], (1, 5)
    )


def pieces(text: str, size: int = 250) -> Iterable[str]:
    """Cut a text into pieces of whole sentences, of about so many characters."""
    piece = ""
    for sentence in _SENTENCE.findall(text):
        if piece and len(piece) + len(sentence) > size:
            yield piece
            piece = ""
        piece += sentence
    if piece.strip():
        yield piece


SETS: dict[str, Callable[[Path], Judged]] = {
    "statutes": read_statutes,
    "policy_notices": read_notices,
    "cmrc2018": lambda data: read_comprehension(data, "cmrc2018"),
    "drcd": lambda data: read_comprehension(data, "drcd"),
}


def measure(judged: Judged, rankings: Sequence[Sequence[int]]) -> str:
    """Return the recall of documents at both cuts, in points."""
    found = []
    for cut in judged.cuts:
        shares = []
        for rows, right in zip(rankings, judged.right, strict=True):
            documents = {judged.owners[row] for row in rows[:cut]}
            # of documents with several passages, or several copies, one is enough
            shares.append(len(documents & right) / len(right) if cut >= 10 else float(bool(documents & right)))
        found.append(f"@{cut} {100 * np.mean(shares):6.2f}")
    return "  ".join(found)


def best(scores: dict[int, float]) -> list[int]:
    """Return rows, the best first."""
    return sorted(scores, key=lambda row: (-scores[row], row))[:100]


class Bench:
    """One set, its lexical index built once."""

    def __init__(self, judged: Judged, folder: Path) -> None:
        self.judged, self._folder = judged, folder
        cut = default_segmenter().terms
        writer = SparseWriter(folder / "sparse")
        for row, (title, text) in enumerate(zip(judged.titles, judged.passages, strict=True)):
            writer.add(row, row, [(" ".join(cut(f"{title} {text}")), 1)])
        writer.finish()
        self._sparse = SparseIndex(folder / "sparse")
        self._asked = [content(question) for question in judged.questions]
        self._terms = [cut(question) for question in self._asked]
        self._lexical = [self._sparse.search(terms, DEPTH) for terms in self._terms]

    def lexical(self) -> str:
        """Measure the lexical index alone."""
        return measure(self.judged, [best(scores) for scores in self._lexical])

    def encoded(self, encoder: Encoder, weights: Sequence[float]) -> dict[str, str]:
        """Measure the encoder alone, fused at its own weight, at the one it earns here, and at others."""
        texts = [f"{title} {text}" for title, text in zip(self.judged.titles, self.judged.passages, strict=True)]
        vectors = encoder.encode_document(texts)
        build_dense(vectors, self._folder / "dense")
        index, asked = DenseIndex(self._folder / "dense"), encoder.encode_query(self._asked)
        pools: list[tuple[dict[int, float], dict[int, float]]] = []
        alone = []
        for vector, terms, found in zip(asked, self._terms, self._lexical, strict=True):
            dense = index.search(vector, DEPTH)
            alone.append(best(dense))
            sparse = found | self._sparse.score(terms, sorted(dense.keys() - found.keys()))
            pools.append((sparse, dense | index.score(vector, sorted(found.keys() - dense.keys()))))
        shown = {"alone": measure(self.judged, alone)}
        announced = [] if encoder.weight is None else [("announced", encoder.weight)]
        parts = [*announced, ("earned", self._earned(encoder)), *(("given", w) for w in weights)]
        for name, weight in parts:
            rankings = [self._rank(*pool, weight, terms) for pool, terms in zip(pools, self._terms, strict=True)]
            shown[f"{name} {weight:.3f}"] = measure(self.judged, rankings)
        return shown

    def _rank(
        self, sparse: dict[int, float], dense: dict[int, float], weight: float, terms: Sequence[str]
    ) -> list[int]:
        """Return the best rows, the document first of which one sentence says most, as `rag.search.snapshot` does."""
        fused = fuse(sparse, dense, weight)
        said = informations(terms, self._sparse.frequency, len(self.judged.passages))
        part = shares({row: self.judged.passages[row] for row in best(fused)[:FIRST]}, said)
        owners = {row: self.judged.owners[row] for row in part}
        wide = wider(weight, max(part.values()), spread(list(owners.values())))
        return best(widen(focus(fused, owners, part), fuse(sparse, dense, wide), FIRST))

    def _earned(self, encoder: Encoder) -> float:
        """Calibrate by the title of a passage, or its first sentence, as a probe for what follows it."""
        pairs: dict[str, str] = {}
        for row in np.linspace(0, len(self.judged.passages) - 1, 5 * PROBES).astype(int):
            title, text = self.judged.titles[row], self.judged.passages[row]
            first = title or next(iter(_SENTENCE.findall(text)), "")
            pairs[first] = text.removeprefix(first)
        return earned(encoder, list(pairs.items())[:: max(1, len(pairs) // PROBES)][:PROBES])


def main() -> None:
    """Read the command line, and print a row a candidate."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("encoders", nargs="*", default=[BUILTIN, RANDOM])
    parser.add_argument("--weights", nargs="*", type=float, default=[])
    parser.add_argument("--sets", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--data", type=Path, default=DATA)
    chosen = parser.parse_args()
    for name in chosen.sets:
        if not (chosen.data / f"{name}_dev.jsonl.xz").is_file():
            sys.stdout.write(f"{name}: left out, it is not in {chosen.data}\n")
            continue
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(SETS[name](chosen.data), Path(folder))
            sys.stdout.write(f"{name:15}{'lexical index alone':30}{bench.lexical()}\n")
            for one in chosen.encoders:
                encoder = RandomEncoder() if one == RANDOM else load_encoder(one)
                for kind, figures in bench.encoded(encoder, chosen.weights).items():
                    sys.stdout.write(f"{name:15}{f'{Path(one).name}, {kind}':30}{figures}\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
