"""Trees learn what no linear model can, the same each time."""

from rag.answering.train.fit import Case
from rag.answering.train.grow import grow
from rag.answering.trees import Trees

ASKED = [{"x": x, "noise": 3.0} for x in (0.0, 0.5, 1.0)]
CASES = [Case("q", {"x": x, "noise": n % 7}, x == 0.5, 1.0) for n in range(50) for x in (0.0, 0.5, 1.0)]


def test_what_is_neither_little_nor_much_is_learned():
    few, some, much = Trees.of(grow(CASES)).probabilities(ASKED)
    assert max(few, much) < 0.1
    assert some > 0.9


def test_the_same_cases_grow_the_same_trees():
    assert grow(CASES) == grow(CASES)


def test_a_case_of_no_weight_teaches_nothing():
    wrong = [Case("q", case.measures, not case.right, 0.0) for case in CASES]
    assert Trees.of(grow([*CASES, *wrong])).probabilities(ASKED)[1] > 0.9
