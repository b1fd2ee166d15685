"""The best candidate is one of the article that most probably holds the answer."""

import pytest

from rag.answering.candidates import Candidate, Piece
from rag.answering.evidence import Scored, _says_the_bound, likeliest_article_first
from rag.answering.understand import understand
from rag.datatypes import Passage, Span


def make_scored(article: str, score: float, by_words: float) -> Scored:
    passage = Passage(f"{article}{score}", article, article, "a.txt", 0, "leaf", (), "", (Span(0, 2),), "甲。")
    return Scored(
        Candidate(passage, "甲。", (Piece(passage, 0, 2, "甲。"),)), {"article_sparse": by_words}, score, frozenset()
    )


@pytest.mark.parametrize(
    ("scores", "by_words", "first"),
    [
        # e^2 = 7.4 against 2 e^1.5 = 9.0
        ({"a": (2.0,), "b": (1.5, 1.5)}, {"a": 0.9, "b": 0.9}, "b"),
        # e^2 = 7.4 against e^1.5 + e^0.5 = 6.1
        ({"a": (2.0,), "b": (1.5, 0.5)}, {"a": 0.9, "b": 0.9}, "a"),
        # the words of the question rank the first article higher, by more than what the sentences say
        ({"a": (2.0,), "b": (1.5, 1.5)}, {"a": 1.0, "b": 0.9}, "a"),
    ],
)
def test_the_sentences_of_an_article_speak_for_it_together(scores, by_words, first):
    scored = [make_scored(article, score, by_words[article]) for article in scores for score in scores[article]]
    found = likeliest_article_first(sorted(scored, key=lambda s: -s.score))
    assert [s.candidate.passage.article_id for s in found[:1]] == [first]
    assert found[0].score == max(scores[first])
    assert sorted(s.candidate.passage.passage_id for s in found) == sorted(
        s.candidate.passage.passage_id for s in scored
    )


@pytest.mark.parametrize(
    ("question", "text", "bound"),
    [
        ("最多可以试摆几天?", "试摆期间不得超过九十日。", True),
        ("试行期最长几个月?", "试行期不得超过六个月。", True),
        ("至少要多少人参加?", "参加的不得少于三十人。", True),
        ("至少要多少人参加?", "参加的不得超过三十人。", False),  # the other bound
        ("最低工资标准是多少元?", "支付的工资不得低于一千元。", False),  # 最低 is of a name
        ("最高人民法院受理多少件?", "受理的不得超过三百件。", False),
    ],
)
def test_a_bound_is_looked_for_only_where_it_is_asked_for(question, text, bound):
    assert _says_the_bound(understand(question), text) == bound
