import pytest

from embeddings.importance import importance


@pytest.mark.parametrize("asking", ["什么", "怎么", "多少", "哪些", "如何", "的"])
@pytest.mark.parametrize("naming", ["工资", "离婚", "不动产", "疫苗"])
def test_words_that_only_ask_say_less_than_words_that_name(asking: str, naming: str) -> None:
    assert 0 < importance(asking) < importance(naming) < 1


def test_a_piece_of_an_interrogative_says_little_however_rare() -> None:
    assert importance("字什") == 0.25


def test_a_term_never_seen_says_most() -> None:
    assert importance("云泽乌有县") == 1
