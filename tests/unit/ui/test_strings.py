"""Three languages, whole, and chosen as the reader means it."""

import re
from pathlib import Path

import pytest

from ui import strings
from ui.strings import LANGUAGES, Strings, negotiate

UI = Path(strings.__file__).parent


def test_every_key_has_words_in_every_language_with_the_same_blanks() -> None:
    for key, words in strings._table().items():
        assert len(words) == len(LANGUAGES), key
        assert all(words), key
        assert len({tuple(sorted(re.findall(r"\{(\w+)\}", one))) for one in words}) == 1, key


def test_the_page_says_nothing_that_is_not_in_the_table() -> None:
    """No Han character stands in a template or a script: it would be there in one language only."""
    for file in [*UI.glob("templates/*.html"), *UI.glob("assets/*.js")]:
        han = re.findall(r"[\u4e00-\u9fff]+", file.read_text("utf-8"))
        assert not han, (file.name, han)


def test_every_key_that_a_template_names_exists_and_every_key_is_used() -> None:
    sources = "".join(file.read_text("utf-8") for pattern in ("templates/*.html", "*.py") for file in UI.glob(pattern))
    named = set(re.findall(r"\b(?:t|words)\(\s*\"([a-z_]+)\"\s*[,)]", sources))
    assert named <= set(strings._table())
    quoted = set(re.findall(r"[\"']([a-z_]+)[\"']", sources))
    made = {
        key
        for key in strings._table()
        if key.startswith(("status_", "why_", "scope_", "suggest_", "script_", "field_", "found_"))
    }
    assert set(strings._table()) - quoted - made == set()


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        (None, "zh-TW,zh;q=0.9", "zh-Hant"),
        (None, "zh-Hant-HK", "zh-Hant"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "fr,zh-HK;q=0.7,en;q=0.3", "zh-Hant"),
        (None, "en;q=0.3,zh;q=0.9", "zh-Hans"),
        (None, "fr", "zh-Hans"),
        (None, None, "zh-Hans"),
        (None, "en;q=x, ;;;, zh-TW;q=0.1", "zh-Hant"),
        ("en", "zh-CN", "en"),
        ("xx", "zh-TW", "zh-Hant"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers(
    chosen: str | None, accepted: str | None, language: str
) -> None:
    assert negotiate(chosen, accepted) == language


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        Strings("en")("nothing_like_this")
