"""The words of the page, in three languages; all of them stand in `strings.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
NAMES = (("简", "简体中文"), ("繁", "繁體中文"), ("EN", "English"))
# Regions and scripts whose readers expect traditional characters.
_TRADITIONAL = ("hant", "tw", "hk", "mo")


class Strings:
    """The words of one language: `words("send")`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._column = LANGUAGES.index(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return the words for `key`, with `values` filled in.

        Raises:
            KeyError: there is no such key.
        """
        return _table()[key][self._column].format(**values)

    @property
    def choices(self) -> list[tuple[str, str, str]]:
        """Return every language as `(tag, short name, name)`, the names in that language."""
        return [(tag, *names) for tag, names in zip(LANGUAGES, NAMES, strict=True)]


def translations(keys: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return `keys` in every language, by language tag."""
    return {language: {key: Strings(language)(key) for key in keys} for language in LANGUAGES}


def negotiate(chosen: str | None, accepted: str | None) -> str:
    """Return the language for a reader: the one chosen on the page, else the browser's first that we speak.

    `accepted` is an Accept-Language header; without one that fits, the page is in simplified Chinese.
    """
    if chosen in LANGUAGES:
        return chosen
    for _, tag in sorted(_ranges(accepted or ""), key=lambda pair: -pair[0]):
        primary, *rest = tag.lower().split("-")
        if primary == "zh":
            return "zh-Hant" if any(part in _TRADITIONAL for part in rest) else "zh-Hans"
        if primary == "en":
            return "en"
    return "zh-Hans"


def _ranges(header: str) -> list[tuple[float, str]]:
    found = []
    for part in header.split(","):
        tag, _, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=") or "1"
        try:
            found.append((float(weight), tag.strip()))
        except ValueError:
            continue  # a browser that writes its weights wrongly still gets a page
    return found


@cache
def _table() -> dict[str, list[str]]:
    return tomllib.loads(files("ui").joinpath("strings.toml").read_text(encoding="utf-8"))
