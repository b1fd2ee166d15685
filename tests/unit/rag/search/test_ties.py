"""A cut returns all of what ties at it, or none, whatever order an engine has."""

import pytest

from rag.search.ties import cut

RANKING = [(1, 9.0), (2, 8.0), (3, 8.0), (4, 8.0), (5, 7.0)]


@pytest.mark.parametrize(
    ("depth", "most", "rows", "why"),
    [
        (9, 100, [1, 2, 3, 4, 5], "all there are"),
        (5, 100, [1, 2, 3, 4], "whether a sixth ties with the fifth is not known"),
        (3, 100, [1], "the third ties with the fourth"),
        (1, 100, [1], "nothing stands above the cut, so more is asked for"),
        (2, 2, [1], "an engine that returns no more than two"),
    ],
)
def test_the_cut(depth, most, rows, why):
    assert list(cut(lambda limit: RANKING[:limit], depth, most)) == rows, why


def test_where_everything_ties_all_is_returned_that_the_engine_returns():
    same = [(row, 1.0) for row in range(50)]
    assert len(cut(lambda limit: same[:limit], 10, 1000)) == 50
    assert len(cut(lambda limit: same[:limit], 10, 40)) == 40


def test_nothing_is_nothing():
    assert cut(lambda _: [], 10, 100) == {}
