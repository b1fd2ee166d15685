"""Find the dense part of the fusion that serves a user's own questions best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.encoder import load_encoder
from rag.errors import UsageError
from rag.evaluate import FOUND, Judged, recall
from rag.library import Library
from rag.search.archive import Archive

WEIGHTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
# Standard errors by which a weight must be better than the one in force: few questions show little.
_CLEARLY = 2.0


@dataclass(frozen=True, slots=True)
class Trial:
    """A weight, how well it ranks evidence, and whether it is clearly better than the weight in force.

    `mrr` is the mean of 1 / rank of the first passage that holds evidence, `found` the share of questions that have
    one among the hits.
    """

    weight: float
    mrr: float
    found: float
    clear: bool


def tune(index: Path | Archive, questions: Sequence[Judged], k: int = 10) -> tuple[Trial, ...]:
    """Return a trial for the weight in force, which comes first, and for each of `WEIGHTS`.

    Raises:
        UsageError: fewer than two questions have evidence.
    """
    asked = [judged for judged in questions if judged.evidence]
    if len(asked) < 2:
        raise UsageError("the weight is found on questions with evidence; give two of them or more")
    with Library.open(index) as library:
        manifest = library.info()
    encoder = load_encoder(manifest.encoder)
    ranks = []
    for weight in (manifest.dense_weight, *WEIGHTS):
        with Library.open(index, encoder=encoder, dense_weight=weight) as library:
            ranks.append([_reciprocal(library, judged, k) for judged in asked])
    found = np.array(ranks)
    gains = found - found[0]
    doubts = gains.std(axis=1, ddof=1) / len(asked) ** 0.5
    return tuple(
        Trial(weight, float(row.mean()), float((row > 0).mean()), bool(gain.mean() > _CLEARLY * doubt))
        for weight, row, gain, doubt in zip((manifest.dense_weight, *WEIGHTS), found, gains, doubts, strict=True)
    )


def best(trials: Sequence[Trial]) -> Trial:
    """Return the trial to keep: the best of those that are clearly better than the first, or else the first."""
    return max((trial for trial in trials if trial.clear), key=lambda trial: trial.mrr, default=trials[0])


def _reciprocal(library: Library, judged: Judged, k: int) -> float:
    for rank, hit in enumerate(library.search(judged.question, k), 1):
        if any(recall(evidence.quote, hit.passage.text) >= FOUND for evidence in judged.evidence):
            return 1 / rank
    return 0.0
