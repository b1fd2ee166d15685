"""A word that each side of the strait says in its own way finds the other side's documents."""

import pytest

from embeddings.terms import default_segmenter
from rag.search.wording import content, regional


@pytest.mark.parametrize(
    ("question", "found", "why"),
    [
        ("信息公开由谁负责", {"资讯"}, "said here, written there"),
        ("資訊公開由誰負責", {"信息"}, "said there, written here"),
        ("联系人是谁", {"联络人"}, "three characters"),
        ("森林防火期是哪几个月", set(), "the same on both sides"),
    ],
)
def test_names_what_the_other_side_calls_it(question: str, found: set[str], why: str) -> None:
    folded, segmenter = content(question), default_segmenter()
    others = set(regional(folded, segmenter.terms(folded), segmenter))
    assert found <= others, why
    assert bool(others) == bool(found), why
