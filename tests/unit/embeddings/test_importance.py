import pytest

from embeddings.importance import importance


@pytest.mark.parametrize("common", ["的", "是", "有", "工作", "问题"])
@pytest.mark.parametrize("naming", ["党组织", "不动产", "疫苗"])
def test_words_of_every_text_say_less_than_words_that_name(common: str, naming: str) -> None:
    assert 0 < importance(common) < importance(naming) < 1


def test_a_term_never_seen_says_most() -> None:
    assert importance("云泽乌有县") == 1
