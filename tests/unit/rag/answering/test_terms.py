"""Terms are weighed by rarity; the numbers are worked by hand."""

import math
from typing import cast

import pytest

from rag.answering.terms import Terms, weigh
from rag.answering.understand import understand
from rag.datatypes import Reader


class Counts:
    """A library of 200 passages of which only the counts matter."""

    def __init__(self, **found: int) -> None:
        self.found = found

    def count(self) -> int:
        return 200

    def frequency(self, term: str) -> int:
        return self.found.get(term, 0)


def weighed(question: str, masked: str = "", **found: int) -> Terms:
    understood = understand(question)
    at = understood.folded.find(masked) if masked else -1
    return weigh(
        understood, frozenset(range(at, at + len(masked))) if masked else frozenset(), cast(Reader, Counts(**found))
    )


def rarity(found: int) -> float:
    return math.log(1 + (200 - found + 0.5) / (found + 0.5)) + 0.2


def test_words_weigh_by_rarity_and_their_pairs_half():
    terms = dict(weighed("护林员巡山", 护林员=1, 巡山=2, 护林=1, 林员=1).weights)
    assert terms == pytest.approx(
        {"护林员": rarity(1), "巡山": rarity(2), "护林": rarity(1) / 2, "林员": rarity(1) / 2}
    )


def test_a_word_that_stands_nowhere_weighs_most_and_a_pair_that_does_is_nothing():
    terms = weighed("护林员巡山", 巡山=2)
    assert dict(terms.weights) == pytest.approx({"护林员": rarity(0), "巡山": rarity(2)})


def test_what_names_the_article_counts_little():
    terms = dict(weighed("柳溪护林员", masked="柳溪", 柳溪=4, 护林员=1).weights)
    assert terms["柳溪"] == pytest.approx(0.2 * rarity(4))


def test_the_densest_window_and_what_is_new():
    terms = weighed("巡山补助", 巡山=2, 补助=2)
    near, far = "巡山补助", "巡山" + "。" * 50 + "补助"
    assert terms.covered(near) == terms.covered(far) == pytest.approx(1.0)
    assert terms.densest(near) == pytest.approx(1.0)
    assert terms.densest(far) == pytest.approx(0.5)
    assert terms.novel("巡山补助") == 0.0
    assert terms.novel("巡山补助每月五百") == pytest.approx(4 / 25)


class Few(Counts):
    def count(self) -> int:
        return 3


def test_a_small_library_does_not_make_a_common_word_common():
    terms = dict(weigh(understand("护林员"), frozenset(), cast(Reader, Few(护林员=3))).weights)
    assert terms["护林员"] == pytest.approx(math.log(1 + (100 - 3 + 0.5) / 3.5) + 0.2)
