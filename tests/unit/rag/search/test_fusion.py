import pytest

from rag.search.fusion import fuse, spread, widen, wider


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


def test_hits_after_the_first_take_the_order_of_the_wider_fusion():
    ranked = {7: 0.9, 3: 0.8, 5: 0.6, 1: 0.5, 4: 0.5, 2: 0.1}
    wide = {7: 0.0, 3: 0.1, 5: 0.2, 1: 0.9, 4: 0.3, 2: 0.8}
    # 7 and 3 stay; behind them 1, 2, 4, 5, with the scores that stood there
    assert widen(ranked, wide, 2) == {7: 0.9, 3: 0.8, 1: 0.6, 2: 0.5, 4: 0.5, 5: 0.1}
    assert widen(ranked, wide, 6) == ranked


def test_the_dense_side_counts_more_the_less_the_first_hits_say():
    assert [wider(0.1, said, 1.0) for said in (0.0, 0.4, 0.6, 0.8, 0.9)] == pytest.approx([0.9, 0.9, 0.5, 0.1, 0.1])


def test_the_dense_side_counts_no_more_where_the_first_hits_are_of_one_article():
    assert [wider(0.1, 0.0, spread) for spread in (0.0, 0.5, 1.0)] == pytest.approx([0.1, 0.5, 0.9])


def test_four_articles_among_five_hits_count_as_five():
    found = [
        spread(owners) for owners in ([7], [7] * 5, [7, 7, 7, 3, 7], [7, 3, 7, 4, 3], [1, 2, 3, 4, 1], [1, 2, 3, 4, 5])
    ]
    assert found == pytest.approx([0, 0, 0.375, 0.75, 1, 1])


def test_an_encoder_that_earned_nothing_reaches_nowhere():
    assert [wider(weight, 0.0, 1.0) for weight in (0.0, 0.05, 0.1, 0.3, 0.95)] == pytest.approx(
        [0, 0.45, 0.9, 0.9, 0.95]
    )
