"""Learn the vectors of terms: a query's mean vector shall be nearer to its passage than to those of all others."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, embedding_bag, normalize

from embeddings.train.bags import Bags
from embeddings.train.batches import Batch, Sampler
from embeddings.train.recipe import Recipe

Vectors = NDArray[np.float32]
_WARM_UP, _LAST_RATE = 50, 0.05  # steps until the full rate; part of it that is left at the end
_MOMENTUM, _SCALE, _TINY = 0.9, 0.99, 1e-8  # of Adam
_WRONG = -1e4  # score of a masked pair


def train(vectors: Vectors, sampler: Sampler, recipe: Recipe, log: Callable[[dict[str, float]], None]) -> Vectors:
    """Return the learned vectors; `log` is told step, loss and seconds every fiftieth step."""
    table = vectors.copy()
    mean, square = np.zeros_like(table), np.zeros_like(table)
    begun, losses = time.monotonic(), []
    for step in range(1, recipe.steps + 1):
        batch = sampler.draw()
        rows, places = np.unique(np.concatenate([batch.queries.ids, batch.passages.ids]), return_inverse=True)
        held = torch.from_numpy(table[rows]).requires_grad_()
        loss = _loss(held, torch.from_numpy(places), batch, recipe.temperature)
        slope = torch.autograd.grad(loss, held)[0].numpy()
        # Adam on the rows of this batch only: a rare term is not moved by batches that it is not in. NumPy's root is
        # rounded by IEEE 754, torch's with threads gave another last bit in one process of twelve.
        mean[rows] = _MOMENTUM * mean[rows] + (1 - _MOMENTUM) * slope
        square[rows] = _SCALE * square[rows] + (1 - _SCALE) * slope**2
        rate = recipe.rate * min(1, step / _WARM_UP) * max(_LAST_RATE, 1 - step / recipe.steps)
        table[rows] -= rate * mean[rows] / (np.sqrt(square[rows]) + _TINY)
        losses.append(loss.item())
        if step % 50 == 0 or step == recipe.steps:
            log({"step": step, "loss": round(float(np.mean(losses)), 4), "seconds": round(time.monotonic() - begun)})
            losses.clear()
    return table


def _loss(held: torch.Tensor, places: torch.Tensor, batch: Batch, temperature: float) -> torch.Tensor:
    border = len(batch.queries.ids)
    queries = _encode(held, places[:border], batch.queries)
    passages = _encode(held, places[border:], batch.passages)
    scores = (queries @ passages.T / temperature).masked_fill(torch.from_numpy(batch.masked), _WRONG)
    right = torch.arange(len(queries))
    # both ways: to each query its passage, to each passage its query
    return (cross_entropy(scores, right) + cross_entropy(scores[:, : len(queries)].T, right)) / 2


def _encode(held: torch.Tensor, places: torch.Tensor, bags: Bags) -> torch.Tensor:
    return normalize(embedding_bag(places, held, torch.from_numpy(bags.offsets[:-1]), mode="mean"), eps=_TINY)
