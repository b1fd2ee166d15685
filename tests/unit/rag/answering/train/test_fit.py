"""The fits find what is known: the log-odds of counts, the measure that tells right from wrong."""

import math

import pytest

from rag.answering.train.fit import Case, Choice, fit_cases, fit_choices


def test_without_measures_that_tell_the_bias_is_the_log_odds():
    cases = [Case("q", {"same": 1.0}, right, 1.0) for right in [True] * 3 + [False]]
    weights = fit_cases(cases, {})
    assert weights["bias"] + weights["same"] == pytest.approx(math.log(3), abs=0.01)


def test_a_weight_of_the_wrong_sign_becomes_nothing():
    cases = [Case("q", {"x": float(right)}, right, 1.0) for right in (True, False) * 10]
    assert fit_cases(cases, {})["x"] > 1
    assert fit_cases(cases, {"x": -1})["x"] == 0


def test_the_measure_that_marks_the_right_candidate_wins_over_one_that_marks_none():
    choices = [
        Choice("q", ({"right": 1.0, "noise": n % 2}, {"right": 0.0, "noise": 1 - n % 2}), (1.0, 0.0), 1.0)
        for n in range(6)
    ]
    weights = fit_choices(choices)
    assert weights["right"] > 1
    assert abs(weights["noise"]) < 0.05
