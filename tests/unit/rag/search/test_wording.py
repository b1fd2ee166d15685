import pytest

from rag.search.wording import content


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("請問古樹一年補助多少?", " 古树一年补助 ?"),
        ("牵头单位是哪个", "牵头单位是 "),
        ("几个人", " 人"),
        ("防汛值班制度", "防汛值班制度"),
        ("为什么?", "为什么?"),
    ],
)
def test_form_words_are_dropped(question, kept):
    assert content(question) == kept
