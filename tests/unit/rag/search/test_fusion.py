import pytest

from rag.search.fusion import fuse


def test_worked_by_hand():
    # sparse 8 of 8, 4 of 8, 0; dense 0.2 is the low end, 0.6 the high one
    found = fuse({1: 8.0, 2: 4.0}, {1: 0.2, 2: 0.6, 3: 0.4}, 0.25)
    assert found == pytest.approx({1: 0.75, 2: 0.375 + 0.25, 3: 0.125})


def test_a_weight_of_nothing_leaves_the_other_side_as_it_is():
    sparse, dense = {1: 3.0, 2: 1.0}, {1: 0.1, 2: 0.9}
    assert sorted(fuse(sparse, dense, 0.0), key=lambda row: -fuse(sparse, dense, 0.0)[row]) == [1, 2]
    assert sorted(fuse(sparse, dense, 1.0), key=lambda row: -fuse(sparse, dense, 1.0)[row]) == [2, 1]


def test_empty_and_equal_pools():
    assert fuse({}, {}, 0.5) == {}
    assert fuse({}, {1: 0.3}, 0.5) == {1: 0.0}
    assert fuse({1: 2.0}, {1: 0.3}, 0.5) == {1: 0.5}
