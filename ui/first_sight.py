"""What a reader meets on opening the page: how much there is, what to ask, and to what a search can be limited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from rag.datatypes import Article, Reader
from rag.search.snapshot import Snapshot
from ui.starters import starters
from ui.strings import LANGUAGES, Strings

_MOST_FILES = 300  # in a list to choose from; of more, those are offered that were ticked on the library page

Choices = list[tuple[str, str]]  # label and value


@dataclass(frozen=True, slots=True)
class FirstSight:
    """The same for everyone who opens the page: counts, questions by language, and the choices of each limit."""

    documents: int
    articles: int
    starters: Mapping[str, Sequence[str]]
    choices: Mapping[str, Choices]

    @classmethod
    def of(cls, reader: Snapshot) -> Self:
        """Return what a snapshot offers."""
        articles = reader.articles()
        return cls(
            documents=reader.manifest.documents,
            articles=len(articles),
            starters={language: starters(articles, Strings(language)) for language in LANGUAGES},
            choices=_choices(articles),
        )


def _choices(articles: Sequence[Article]) -> dict[str, Choices]:
    found = [article.provenance for article in articles]
    places = {place.text for one in found for place in one.places}
    kinds = {one.kind.text for one in found if one.kind}
    years = {one.issued_on.text[:4] for one in found if one.issued_on}
    return {
        "files": [_choice(article) for article in articles] if len(articles) <= _MOST_FILES else [],
        "places": [(place, place) for place in sorted(places)],
        "kinds": [(kind, kind) for kind in sorted(kinds)],
        "years": [(year, year) for year in sorted(years, reverse=True)],
    }


def _choice(article: Article) -> tuple[str, str]:
    return article.title or article.article_id, article.article_id


def chosen_files(reader: Reader, identities: Iterable[str]) -> Choices:
    """Return those of the articles with these identities that there are, to be chosen."""
    found: Choices = []
    for identity in identities:
        try:
            found.append(_choice(reader.article(identity)))
        except KeyError:
            continue  # an old address; what is gone cannot be asked
    return found
