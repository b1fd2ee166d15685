"""Questions of any kind: no exception, no answer without a valid citation, the same answer twice."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from rag.answering import answer
from rag.datatypes import Reader, Turn
from rag.evaluate import read_judged
from rag.examples import DOCUMENTS, QUESTIONS
from rag.library import Library
from tests.conftest import SEED
from tests.support.promises import check

WORDS = [
    "柳汀街道",
    "白苎县",
    "古树",
    "第三",
    "哪四个",
    "多少",
    "“四下沉”",
    "什么",
    "呢",
    "谁",
    "和",
    "2023年",
    "它",
    "x",
    "《",
    "?",
    "𠮷",
    "\n",
]
ASKED = [judged.question for judged in read_judged(QUESTIONS)]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    index: Path = tmp_path_factory.mktemp("examples")
    with Library.build([DOCUMENTS], index / "index") as library, library.reader() as found:
        yield found


def cut(question: str, start: int, end: int) -> str:
    """Return a question with a stretch taken out, as of one typed in haste."""
    return question[: start % len(question)] + question[end % len(question) :]


any_text = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=9).map("".join),
    st.builds(cut, st.sampled_from(ASKED), st.integers(0, 99), st.integers(0, 99)),
    st.tuples(st.sampled_from(ASKED), st.sampled_from(ASKED)).map("".join),
    st.text(max_size=40),
)


def ask_many(reader: Reader, times: int, again: bool) -> None:
    @seed(SEED)
    @settings(max_examples=times, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(any_text, st.lists(any_text, max_size=2))
    def ask(question: str, before: list[str]) -> None:
        history = tuple(Turn(text, text[::-1]) for text in before)
        found = answer(question, history, reader)
        check(found, reader)
        if again:
            assert replace(answer(question, history, reader), elapsed_ms=0) == replace(found, elapsed_ms=0)

    ask()


@pytest.mark.fuzz
def test_no_question_breaks_a_promise(reader, count):
    ask_many(reader, count(60, 2_000, 100_000), again=False)


@pytest.mark.fuzz
def test_a_question_is_answered_alike_twice(reader, count):
    ask_many(reader, count(20, 200, 2_000), again=True)
