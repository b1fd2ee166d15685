"""The subcommands of `kaoju`, by what a user wants: one module each, light to import."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rag.errors import SettingsError
from rag.settings import Settings
from ui.commands.printing import tell

if TYPE_CHECKING:
    from rag.generating import Generator
    from rag.library import Library

SET_ASIDE = 3  # done, but a file was set aside, an older snapshot was served, or the question was refused


class Add(Protocol):
    """What a room of commands is given to add its own."""

    def __call__(self, name: str, text: str, example: str) -> ArgumentParser:
        """Add the subcommand `name`, with one sentence on what it does and an example of its use."""
        ...


def build_generator(settings: Settings) -> Generator:
    """Return the generator of the settings.

    Raises:
        SettingsError: no language model is set, or its address cannot be used.
    """
    from rag.generating import Generator

    if not settings.llm_base_url or not settings.llm_model:
        raise SettingsError("no language model is set; set llm_base_url and llm_model in kaoju.toml or the environment")
    return Generator(
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        api_key=settings.llm_api_key,
        context=settings.llm_context,
    )


@contextmanager
def opened(settings: Settings, generator: Generator | None = None) -> Iterator[Library]:
    """Open the library of the settings, and tell what the user ought to know about it."""
    from rag.archives import open_archive
    from rag.library import Library

    with Library.open(open_archive(settings), generator=generator, dense_weight=settings.dense_weight) as library:
        library.refuse_below = settings.refuse_below
        for notice in library.notices:
            tell(f"kaoju: {notice}")
        yield library
