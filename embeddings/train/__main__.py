"""Make the built-in encoder: `python -m embeddings.train DATA FOLDER [--recipe FILE] [--questions FOLDER]`.

DATA holds the files that `corpus` names, FOLDER receives the model, its card and its log. The same data, recipe and
number of threads give the same model.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.train.bags import Bags, Numbers, cut, renumber, text_frequencies
from embeddings.train.batches import PairBags, Sampler
from embeddings.train.company import start
from embeddings.train.contrast import Vectors, train
from embeddings.train.corpus import DOCUMENTS, PAIRS, QUESTIONS, read_pairs, read_questions, read_sentences
from embeddings.train.folder import write_folder
from embeddings.train.negatives import hardest
from embeddings.train.recipe import DEFAULT, Recipe, read_recipe

CARD = Path(__file__).with_name("card.md")
_ASKED = "questions/queries"


@dataclass(frozen=True, slots=True)
class Material:
    """All texts as bags over the vocabulary; `informations` is log(1 + texts without / texts with) of each term."""

    terms: list[str]
    informations: Vectors
    bags: dict[str, Bags]
    owners: dict[str, Numbers]

    def texts(self) -> list[Bags]:
        """Return the bags of all texts that are not repeated."""
        return _texts(self.bags)


def _texts(bags: Mapping[str, Bags]) -> list[Bags]:
    # names and leads are repeated beside each of their passages, and would count too often
    return [one for name, one in bags.items() if name == _ASKED or not name.endswith("/queries")]


def prepare(data: Path, questions: Path, recipe: Recipe) -> Material:
    """Read and cut the training data, and choose the vocabulary."""
    numbers: dict[str, int] = {}
    bags, owners = {}, {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        pairs = {kind: read_pairs(data, kind) for kind in PAIRS}
        pairs["questions"] = read_questions(data, pairs, questions)
        for kind, found in pairs.items():
            bags[f"{kind}/queries"] = cut(found.queries, numbers, pool)
            bags[f"{kind}/passages"] = cut(found.passages, numbers, pool)
        for kind in DOCUMENTS:
            sentences = read_sentences(data, kind, recipe.news if kind == "news" else None)
            bags[kind] = cut(sentences.texts, numbers, pool)
            owners[kind] = np.array(sentences.owners)
    counted = [(one, recipe.question_weight if one is bags[_ASKED] else 1) for one in _texts(bags)]
    frequencies, texts = text_frequencies(counted, len(numbers))
    order = np.argsort(-frequencies, kind="stable")[: recipe.terms]
    rows = np.full(len(numbers), -1)
    rows[order] = np.arange(len(order))
    held = frequencies[order]
    informations = np.log1p((texts - held + 0.5).clip(0.5) / (held + 0.5)).astype(np.float32)
    words = list(numbers)
    return Material([words[number] for number in order], informations, renumber(bags, rows), owners)


def make_sampler(material: Material, recipe: Recipe) -> Sampler:
    """Find the hard negatives, and bring all pairs together."""
    seen: dict[bytes, int] = {}
    pairs = {}
    for kind in PAIRS:
        queries, passages = material.bags[f"{kind}/queries"], material.bags[f"{kind}/passages"]
        pairs[kind] = PairBags(queries, passages, queries.keys(seen), passages.keys(seen))
    asked, statutes = pairs["questions"], pairs["statutes"]
    right, keys = asked.passage_keys, statutes.passage_keys
    hard = hardest(asked.queries, right, statutes.passages, keys, terms=len(material.terms), depth=recipe.hard_depth)
    sentences = {kind: (material.bags[kind], material.owners[kind]) for kind in DOCUMENTS}
    return Sampler(recipe, pairs, sentences, hard)


def make(data: Path, questions: Path, folder: Path, recipe: Recipe) -> None:
    """Make the model of a recipe, and write it with card and log."""
    begun = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "training.jsonl").open("w", encoding="utf-8") as file:

        def log(record: dict[str, float]) -> None:
            file.write(json.dumps(record) + "\n")
            file.flush()

        material = prepare(data, questions, recipe)
        log({"terms": len(material.terms), "seconds": round(time.monotonic() - begun)})
        sampler = make_sampler(material, recipe)
        log({"hard_negatives": recipe.hard_depth, "seconds": round(time.monotonic() - begun)})
        vectors = start(material.texts(), material.informations, recipe.dimension, recipe.seed)
        log({"company": len(vectors), "seconds": round(time.monotonic() - begun)})
        vectors = train(vectors, sampler, recipe, log)
    importances = (material.informations / material.informations.max()) ** recipe.importance_power
    write_folder(folder, material.terms, vectors, recipe.weight, importances, CARD.read_text(encoding="utf-8"))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m embeddings.train", description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder of the training data")
    parser.add_argument("folder", type=Path, help="where the model is written")
    parser.add_argument("--recipe", type=Path, default=DEFAULT, help="another recipe.toml")
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="folder of other written questions")
    chosen = parser.parse_args()
    make(chosen.data, chosen.questions, chosen.folder, read_recipe(chosen.recipe))


if __name__ == "__main__":
    main()
