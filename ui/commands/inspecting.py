"""`show` and `doctor`: a document as it was read, and proof that nothing of it was lost."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.datatypes import Article
from rag.errors import UsageError
from rag.settings import Settings
from ui.commands import SET_ASIDE, Add, opened
from ui.commands.printing import say
from ui.commands.records import to_json

if TYPE_CHECKING:
    from rag.doctor import Examination, Finding


def add_commands(add: Add) -> None:
    """Add `show` and `doctor`."""
    show = add("show", "Print the outline of a document, with locators.", "kaoju show 意见.txt")
    show.add_argument("source", help="the path of a document as `kaoju list` prints it")
    show.set_defaults(run=_show)
    doctor = add("doctor", "Account for every character of every document.", "kaoju doctor --json")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.set_defaults(run=_doctor)


def _show(args: Namespace, settings: Settings) -> int:
    with opened(settings) as library:
        found = [doc_id for source, doc_id, also, _ in library.documents() if args.source in (source, *also)]
        if not found:
            raise UsageError(f"there is no document {args.source!r} in the index; `kaoju list` prints them")
        with library.reader() as reader:
            for article in reader.articles():
                if article.doc_id == found[0]:
                    _show_article(article)
    return 0


def _show_article(article: Article) -> None:
    from rag.doctor import named_values

    say(f"{article.number}. {article.title or '(no title)'}")
    for name, value in named_values(article.provenance):
        if value is not None and name != "title":
            say(f"   {name}: {value.text}")
    for line in _outline(article):
        say(line)


def _outline(article: Article) -> Iterator[str]:
    from rag.reading.articles import Line
    from rag.reading.locator import mark_text
    from rag.reading.marks import find_marks

    locators: list[str] = []
    for section in article.sections:
        marks = find_marks(section.heading, (Line(0, len(section.heading)),))
        above = locators[section.parent] if section.parent >= 0 else ""
        locators.append(above + (mark_text(marks[0]) if marks else section.mark))
        yield f"{'  ' * (section.level + 1)}{section.heading}  [{locators[-1]}]"


def _doctor(args: Namespace, settings: Settings) -> int:
    from ui.checkup import examined

    with opened(settings) as library, library.reader() as reader:
        set_aside = reader.manifest.set_aside
        articles: dict[str, list[Article]] = {}
        for article in reader.articles():
            articles.setdefault(article.doc_id, []).append(article)
        found = [examined(reader, doc_id, articles.get(doc_id, [])) for _, doc_id, _, _ in reader.sources()]
    if args.json:
        documents = [dataclasses.asdict(one) for one in found]
        say(to_json({"documents": documents, "set_aside": [dataclasses.asdict(one) for one in set_aside]}))
    else:
        for one in found:
            _tell(one)
        for aside in set_aside:
            say(f"set aside: {aside.source}: {aside.reason}; {aside.remedy}")
    if any(one.unread for one in found):
        return 1
    return SET_ASIDE if set_aside else 0


def _tell(one: Examination) -> None:
    parts = [("passages", one.passage), ("metadata", one.metadata), ("blank", one.blank), *one.dropped]
    shares = ", ".join(f"{name} {count / max(one.characters, 1):.1%}" for name, count in parts if count)
    unread = sum(span.end - span.start for span in one.unread)
    say(f"{one.source} ({one.characters} characters, {one.encoding or 'extracted'}): {shares}; unread {unread}")
    for span in one.unread:
        say(f"  unread: characters {span.start} to {span.end}")
    for note in one.notes:
        say(f"  note: {note}")
    for finding in one.findings:
        _tell_finding(finding)


def _tell_finding(finding: Finding) -> None:
    known = "; ".join(f"{name} {text}" for name, text in finding.known if name != "title")
    say(f"  {finding.number}. {finding.title or '(no title)'}")
    say(f"     found: {known or 'nothing'}")
    say(f"     not found: {', '.join(finding.missing) or 'nothing'}")
