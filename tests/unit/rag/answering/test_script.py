"""A quotation may be shown in the reader's script beside its own, with the same words."""

import pytest

from rag.answering.script import in_readers_script


@pytest.mark.parametrize(
    ("shown", "question", "converted"),
    [
        ("城市居民可支配收入達到13603元。", "收入要达到多少元?", "城市居民可支配收入达到13603元。"),
        ("扶持软件和信息产业。", "扶持哪些產業?", "扶持軟件和信息產業。"),
        ("收入达到13603元。", "收入要达到多少元?", ""),
        ("收入達到13603元。", "收入要達到多少元?", ""),
        ("", "收入要达到多少元?", ""),
    ],
)
def test_the_characters_are_exchanged_and_no_word(shown, question, converted):
    assert in_readers_script(shown, question) == converted
