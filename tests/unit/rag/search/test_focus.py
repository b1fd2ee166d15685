"""Which article stands first, worked by hand."""

import math

import pytest

from embeddings.importance import importance
from rag.search.focus import focus, informations, shares

SAID = {"古树": 2.0, "补助": 1.0, "柳汀": 1.0}
TOGETHER, APART = "古树每株补助一百元。其他另行规定。", "古树要挂牌。修桥补助照旧。"


def best(scores):
    return sorted(scores, key=lambda row: (-scores[row], row))


def test_a_term_says_its_count_times_its_rarity_times_its_importance():
    held = {"古树": 1, "的": 90}
    found = informations(["的", "古树", "的"], held.__getitem__, 100)
    assert found["古树"] == pytest.approx(importance("古树") * math.log(1 + 99.5 / 1.5))
    assert found["的"] == pytest.approx(2 * importance("的") * math.log(1 + 10.5 / 90.5))


def test_the_article_comes_first_of_which_one_sentence_says_most():
    scores = {7: 0.9, 3: 0.8, 5: 0.7}
    texts = {7: APART, 3: TOGETHER, 5: "无关。"}
    # 0.9 + 0.6 * 2/4 = 1.2 against 0.8 + 0.6 * 3/4 = 1.25
    assert best(focus(scores, {7: 1, 3: 2, 5: 3}, shares(texts, SAID))) == [3, 7, 5]
    assert focus({**scores, 3: 0.7}, {7: 1, 3: 2, 5: 3}, shares(texts, SAID)) == {**scores, 3: 0.7}


def test_the_order_within_an_article_stays():
    scores = {7: 0.9, 3: 0.8, 5: 0.1}
    assert focus(scores, {7: 1, 3: 1, 5: 2}, shares({7: APART, 3: TOGETHER, 5: "无关。"}, SAID)) == scores


def test_the_first_of_equals_stays_and_nothing_asked_changes_nothing():
    scores = {1: 0.5, 2: 0.5}
    assert focus(scores, {1: 1, 2: 2}, shares({1: TOGETHER, 2: TOGETHER}, SAID)) == scores
    assert focus(scores, {1: 1, 2: 2}, shares({1: "", 2: TOGETHER}, {})) == scores


def test_a_text_is_folded_before_its_sentences_are_cut():
    scores = {1: 0.9, 2: 0.8}
    texts = {1: APART, 2: "古樹每株補助柳汀。"}
    assert best(focus(scores, {1: 1, 2: 2}, shares(texts, SAID))) == [2, 1]
