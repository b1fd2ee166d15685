"""What trees say of a case, worked by hand."""

import math

import pytest

from rag.answering.trees import Trees

TREES = Trees.of(
    {
        "bias": -1.0,
        "asks": [[("x", 0.5), ("y", 0.0)], [("y", 2.0), ("x", 0.5)]],
        "adds": [[0.0, 1.0, 2.0, 4.0], [10.0, 20.0, 30.0, 40.0]],
    }
)


@pytest.mark.parametrize(
    ("case", "total"),
    [
        ({"x": 0.5, "y": 0.0}, -1 + 0 + 10),  # a bound itself is not exceeded
        ({"x": 1.0, "y": 0.0}, -1 + 2 + 20),  # the first question is the highest digit
        ({"x": 1.0, "y": 3.0, "z": 9.0}, -1 + 4 + 40),
        ({"y": 1.0}, -1 + 1 + 10),  # what is not measured is 0
    ],
)
def test_each_tree_adds_what_it_holds_for_the_answers(case, total):
    assert TREES.probabilities([case, {}]) == pytest.approx([1 / (1 + math.exp(-total)), 1 / (1 + math.exp(-9))])


def test_no_case_has_no_probability():
    assert TREES.probabilities([]) == []
