"""What tells the sentences of one article apart; the numbers are worked by hand."""

import math
import re

import pytest

from rag.answering.candidates import Candidate, sentences_of
from rag.answering.standing import distinctions, standing
from rag.answering.terms import Terms
from rag.datatypes import Passage, Span


def make_passage(text: str, article: str = "d/1") -> Passage:
    return Passage(article + text[:3], "d", article, "a.txt", 0, "leaf", (), "", (Span(0, len(text)),), text)


def make_terms(**weights: float) -> Terms:
    return Terms(tuple(sorted(weights.items())), sum(weights.values()), re.compile("|".join(weights)))


TERMS = make_terms(古树=2.0, 补助=1.0, 移植=4.0)
TEXT = "古树要登记。古树有补助。古树补助多少?每株一千元。补助办法如下:"
FOUND = [(c, TERMS.within(c.folded)) for c in sentences_of(make_passage(TEXT))]


def of(candidate: Candidate) -> dict[str, float]:
    return standing(candidate, TERMS, TERMS.within(candidate.folded), distinctions(FOUND, TERMS))


def test_a_term_tells_more_where_fewer_sentences_of_the_article_hold_it():
    other = make_passage("移植古树。", "d/2")
    found = [*FOUND, *((c, TERMS.within(c.folded)) for c in sentences_of(other))]
    # four of the five sentences hold a term; 古树 three of them, 补助 three, 移植 none
    tree, grant = 2 * math.log1p(4 / 3.5), 1 * math.log1p(4 / 3.5)
    assert distinctions(found, TERMS)["d/1"] == pytest.approx(
        {"古树": tree / (tree + grant), "补助": grant / (tree + grant)}
    )
    assert distinctions(found, TERMS)["d/2"].keys() == {"古树", "移植"}


def test_a_sentence_that_holds_every_term_known_to_its_article_stands_out_fully():
    measured = [of(candidate)["distinct"] for candidate, _ in FOUND]
    assert measured == pytest.approx([2 / 3, 1.0, 1.0, 0.0, 1 / 3])


def test_what_asks_announces_or_follows_a_question_is_known():
    measured = [of(candidate) for candidate, _ in FOUND]
    assert [each["asks"] for each in measured] == [0, 0, 1, 0, 0]
    assert [each["announces"] for each in measured] == [0, 0, 0, 0, 1]
    assert [each["after_question"] for each in measured] == pytest.approx([0, 0, 0, 3 / 7, 0])
