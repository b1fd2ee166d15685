"""Folding, held against the plain way of doing it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.terms import _fold_table, fold_aligned

MIXED = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("國発著Ａ①㈠ﬁ㍿﨑\u200b\ufeff\U00020000\U000e0041"))
)


@settings(deadline=None, max_examples=300)
@given(MIXED)
def test_aligned_folding_is_that_of_each_character_where_it_is_one(text: str) -> None:
    table = {code: folded for code, folded in _fold_table().items() if len(folded) == 1}
    assert fold_aligned(text) == text.translate(table)


def test_aligned_folding_of_every_character_is_that_of_the_table() -> None:
    table = {code: folded for code, folded in _fold_table().items() if len(folded) == 1}
    every = "".join(map(chr, range(0x110000)))
    assert fold_aligned(every) == every.translate(table)
