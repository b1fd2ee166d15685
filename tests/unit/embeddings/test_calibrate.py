"""No encoder may make the search worse: one that knows nothing gets no part of the fusion."""

import numpy as np
import pytest

from embeddings.calibrate import CAP, calibrate
from rag.search.fusion import fuse

PASSAGES, TERMS, LENGTH = 400, 3000, 60


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def make_vectors(random, size, dimension=64):
    return unit(random.standard_normal((size, dimension)))


@pytest.mark.parametrize("probes", [2, 20, 200])
def test_a_random_encoder_gets_almost_nothing(probes):
    weights = []
    for seed in range(50):
        random = np.random.default_rng(seed)
        passages = make_vectors(random, PASSAGES)
        weights.append(calibrate(make_vectors(random, probes), passages))
    assert np.mean(weights) < 0.005
    assert max(weights) < 0.05


def test_an_encoder_that_finds_every_passage_gets_the_cap():
    passages = make_vectors(np.random.default_rng(1), PASSAGES)
    assert calibrate(passages[:50], passages) == pytest.approx(CAP)


@pytest.mark.parametrize(
    "vectors",
    [
        pytest.param(np.ones((PASSAGES, 4), np.float32) / 2, id="all texts alike"),
        pytest.param(np.zeros((PASSAGES, 4), np.float32), id="nothing known"),
    ],
)
def test_ties_count_against_the_encoder(vectors):
    assert calibrate(vectors[:100], vectors) == 0


def test_too_little_to_learn_from_gives_no_part():
    passages = make_vectors(np.random.default_rng(1), PASSAGES)
    assert calibrate(passages[:1], passages) == 0
    assert calibrate(passages[:0], passages) == 0
    assert calibrate(np.repeat(passages[:1], 5, axis=0), np.repeat(passages[:1], 5, axis=0)) == 0


def test_the_better_encoder_gets_the_greater_part():
    random = np.random.default_rng(4)
    passages = make_vectors(random, PASSAGES)
    noise = make_vectors(random, 100)
    weights = [
        calibrate(unit(share * noise + (1 - share) * passages[:100]), passages) for share in (0.0, 0.6, 0.75, 0.85, 1.0)
    ]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] < 0.02 < weights[1]


def test_a_random_encoder_costs_at_most_half_a_point_of_recall():
    """A corpus drawn at random, lexical scores by brute force: the fused recall@5 with and without the encoder."""
    random = np.random.default_rng(5)
    shares = 1 / np.arange(1, TERMS + 1)
    texts = random.choice(TERMS, size=(PASSAGES, LENGTH), p=shares / shares.sum())
    right = random.integers(PASSAGES, size=1000)
    # a question shares four words with its passage, and has eight of its own
    own = np.stack([random.choice(texts[row], 4, replace=False) for row in right])
    questions = np.concatenate([own, random.choice(TERMS, size=(1000, 8), p=shares / shares.sum())], axis=1)
    held = np.zeros((PASSAGES, TERMS))
    held[np.arange(PASSAGES)[:, np.newaxis], texts] = 1
    lexical = (held * np.log(1 + PASSAGES / held.sum(axis=0).clip(1))) @ np.stack(
        [np.bincount(question, minlength=TERMS) for question in questions]
    ).T
    vectors, asked = make_vectors(random, PASSAGES), make_vectors(random, 1000)
    weight = calibrate(make_vectors(random, 100), vectors)
    cosines = asked @ vectors.T

    def recall(part):
        found = 0
        for number, row in enumerate(right):
            fused = fuse(dict(enumerate(lexical[:, number])), dict(enumerate(cosines[number])), part)
            found += row in sorted(fused, key=lambda other: (-fused[other], other))[:5]
        return found / len(right)

    alone = recall(0.0)
    assert 0.3 < alone < 0.99
    assert recall(weight) >= alone - 0.005
