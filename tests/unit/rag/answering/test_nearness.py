"""Which of the best candidates is the best, where the encoder finds one nearer than the other."""

from collections.abc import Sequence
from dataclasses import replace

from rag.answering import scorer
from rag.answering.evidence import find_evidence
from rag.answering.train.__main__ import using
from rag.answering.understand import understand
from tests.support.shelf import Shelf, make_document

TEXT = "关于会议的通知\n\n会议在县城召开。\n\n会议在学校召开。\n"


class Near(Shelf):
    """A shelf whose encoder finds near what holds a word."""

    word = ""

    def nearness(self, query: str, texts: Sequence[str]) -> list[float]:
        return [float(self.word in text) for text in texts]


def test_of_two_sentences_that_say_the_same_words_the_nearer_one_is_the_best():
    shelf, weights = Near([make_document(TEXT)]), {"covered": 1.0, "near": 1.0}
    with using(replace(scorer.learned(), score=weights)):
        for shelf.word in ("县城", "学校"):
            best, *others = find_evidence(understand("会议在哪里召开?"), shelf).ranked
            assert shelf.word in best.candidate.folded
            assert best.score > max(other.score for other in others)
