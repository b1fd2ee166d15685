"""What is asked of a thing, and questions made of it that no document answers."""

from __future__ import annotations

import random
from pathlib import Path

from rag.answering.train.examples import things_asked, verdicts
from rag.answering.train.judged import Judged, Quote
from rag.examples import DOCUMENTS
from rag.library import Library

ASKED = Judged(
    "q", "临渌市二级保护古树的养护补助是多少?", (), (Quote("一千二百元", lambda name: True),), ("一千二百元",)
)


def test_what_is_asked_of_a_thing_stands_before_the_word_that_asks() -> None:
    assert things_asked("白苎县的机场面积是多少?") == [("机场面积是多少", "机场面积")]
    assert things_asked("谁负责牵头?") == []


def test_a_thing_that_the_articles_do_not_know_makes_a_question_without_an_answer(tmp_path: Path) -> None:
    with Library.build([DOCUMENTS], tmp_path / "index") as library, library.reader() as reader:
        known, unknown = (
            list(verdicts(ASKED, reader, 1.0, "", things, random.Random(1)))
            for things in ([("保护级别是什么", "古树名木")], [("机场面积是多少", "机场面积")])
        )
    assert len(unknown) > len(known)
    assert sum(case.right for case in unknown) == sum(case.right for case in known) > 0
