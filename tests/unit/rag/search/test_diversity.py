"""A second article gets the fifth place when it scores nearly as well, and only then."""

import numpy as np
import pytest

from rag.search.diversity import diversify


def ranking(scores: dict[int, float]) -> list[int]:
    return sorted(scores, key=lambda row: (-scores[row], row))


OWNERS = dict(enumerate([0, 0, 0, 0, 0, 0, 1, 0, 1]))


@pytest.mark.parametrize(
    ("scores", "order", "why"),
    [
        ([9, 8, 7, 6, 5, 4.8, 4.5, 3, 1], [0, 1, 2, 3, 6, 4, 5, 7, 8], "the other article is near"),
        ([9, 8, 7, 6, 5, 4.8, 3.9, 3, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8], "it is not"),
        ([9, 8, 7, 6, 5, 4.8, 8.5, 3, 1], [0, 6, 1, 2, 3, 4, 5, 7, 8], "it is among the five already"),
    ],
)
def test_gives_way_to_a_second_article(scores: list[float], order: list[int], why: str) -> None:
    given = dict(enumerate(map(float, scores)))
    assert ranking(diversify(given, OWNERS)) == order, why


def test_no_hit_is_lost_and_none_gains() -> None:
    chance = np.random.default_rng(5)
    for _ in range(200):
        given = dict(enumerate(chance.random(9).tolist()))
        found = diversify(given, OWNERS)
        assert found.keys() == given.keys()
        assert all(found[row] <= given[row] for row in given)


def test_fewer_than_five_stay_as_they_are() -> None:
    given = {0: 2.0, 1: 1.5, 6: 1.4}
    assert diversify(given, OWNERS) == given
