"""Turn judged questions into examples for the three models."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from embeddings.terms import HAN, fold
from rag.answering.answerer import compose
from rag.answering.candidates import Piece
from rag.answering.evidence import Evidence, find_evidence, sides
from rag.answering.followup import standing_question
from rag.answering.further import belongs
from rag.answering.refusal import doubts
from rag.answering.scope import names_of, text_of_article
from rag.answering.selection import addable, spread
from rag.answering.train.fit import Case, Choice
from rag.answering.train.judged import Judged, adds, worth
from rag.answering.understand import understand
from rag.datatypes import Reader
from rag.evaluate import squeeze

_HEAD = 60  # candidates of a question that all are examples
_TAIL = 250  # candidates from which further ones are drawn
_DRAWN = 0.2
_STEPS = 3  # sentences that are added to a begun answer
_LENGTH = 300  # characters of an answer
# What a question without an answer is worth beside one with: as it was asked; as made here, and each of two of these.
_UNANSWERED, _MADE, _UNSAID = 2.0, 0.3, 0.2
_NAMED = 6  # named articles that must know nothing of what a made question asks for
# 某县的机场面积是多少: what is asked of a thing, and how.
_THING = re.compile(
    rf"的(([{HAN}]{{2,6}}?)(?:分别|各|都|共)?(?:是多少|是什么|是谁|有多少|是哪|为多少|在哪|有哪些|是几|叫什么)[^,，。?？]*)"
)
_SOME = 2  # things that a question is made to ask for


def evidence_of(judged: Judged, reader: Reader) -> Evidence:
    """Return what is found for a question."""
    standing = standing_question(judged.question, judged.history)
    return find_evidence(understand(standing.text, focus=standing.focus), reader)


def choices(judged: Judged, reader: Reader, weight: float, chance: random.Random) -> Iterator[Choice]:
    """Yield the candidates of a question, side by side when things are compared, where one of them is any good."""
    found = evidence_of(judged, reader)
    for own in [side for _, side in sides(found, reader)] or [found]:
        ranked = own.ranked[:_TAIL]
        values = [_worth(s.candidate.pieces, judged, reader) for s in ranked]
        kept = [n for n, value in enumerate(values) if n < _HEAD or value > 0 or chance.random() < _DRAWN]
        if max(values, default=0.0) > 0:
            measures = tuple(ranked[n].values for n in kept)
            yield Choice(judged.id, measures, tuple(values[n] for n in kept), weight)


def _worth(pieces: Sequence[Piece], judged: Judged, reader: Reader) -> float:
    quotes = judged.within(reader.document(pieces[0].passage.doc_id))
    return worth(squeeze("".join(piece.shown for piece in pieces)), quotes, judged.must_include) if quotes else 0.0


def additions(judged: Judged, reader: Reader, weight: float, chance: random.Random) -> Iterator[Case]:
    """Yield the sentences that could be added to an answer step by step; a right one is added before the next step."""
    evidence = evidence_of(judged, reader)
    if not evidence.ranked:
        return
    chosen = [evidence.ranked[0]]
    pieces = list(spread(chosen[0], evidence.question, reader))
    for _ in range(_STEPS):
        said = squeeze("".join(piece.shown for piece in pieces))
        room = _LENGTH - sum(len(piece.shown) for piece in pieces)
        open_to = [s for s in addable(pieces, evidence) if s.candidate.length <= room]
        right = []
        for scored in open_to:
            quotes = judged.within(reader.document(scored.candidate.passage.doc_id))
            good = bool(quotes) and adds(squeeze(scored.candidate.pieces[0].shown), said, quotes)
            right += [scored] if good else []
            yield Case(judged.id, belongs(scored, chosen, pieces, evidence), good, weight)
        if not right:
            return
        chosen.append(chance.choice(right))
        pieces += chosen[-1].candidate.pieces


def things_asked(question: str) -> list[tuple[str, str]]:
    """Return what a question asks of a thing, as words that ask for it and alone: 机场面积是多少, 机场面积."""
    return [(match[1], match[2]) for match in _THING.finditer(question)]


def verdicts(
    judged: Judged,
    reader: Reader,
    weight: float,
    foreign: str,
    things: Sequence[tuple[str, str]],
    chance: random.Random,
) -> Iterator[Case]:
    """Yield what is found for a question, for a foreign one, and for those made from it that have no answer here.

    `things` are what other questions ask for.
    """
    answerable = bool(judged.quotes or judged.must_include)
    evidence = evidence_of(judged, reader)
    yield from _cases(judged.id, evidence, reader, answerable, weight * (1.0 if answerable else _UNANSWERED))
    other = find_evidence(understand(foreign), reader)
    yield from _cases(judged.id, other, reader, False, weight * _MADE)
    if not answerable or judged.history:
        return
    made = [(text, _MADE) for text in _swapped(evidence, reader, chance)]
    made += [(text, _UNSAID) for text in _unsaid(evidence, things, reader, chance)]
    for text, share in made:
        yield from _cases(judged.id, find_evidence(understand(text), reader), reader, False, weight * share)


def _cases(name: str, evidence: Evidence, reader: Reader, right: bool, weight: float) -> Iterator[Case]:
    if evidence.ranked:
        parts = compose(evidence, reader)
        for _, pieces, own in parts:
            yield Case(name, doubts(own, pieces, reader), right, weight / len(parts))


def _swapped(evidence: Evidence, reader: Reader, chance: random.Random) -> list[str]:
    """Return the question with another article's name in place of the one that it names, and with a name of nothing."""
    if not evidence.scope.mentions:
        return []
    mention = evidence.scope.mentions[0]
    others = [
        name
        for article in reader.articles()
        if article.article_id not in evidence.scope.articles
        for name in names_of(article)
        if name[-1] == mention.text[-1] and name not in evidence.question.folded
    ]
    folded = evidence.question.folded
    nothing = mention.text[-2::-1] + mention.text[-1]
    names = [*([chance.choice(others)] if others else []), nothing]
    return [folded[: mention.start] + name + folded[mention.end :] for name in names if name != mention.text]


def _unsaid(
    evidence: Evidence, things: Sequence[tuple[str, str]], reader: Reader, chance: random.Random
) -> Iterator[str]:
    """Yield questions for things of which the named articles say nothing, asked of what the question names."""
    named = evidence.scope.articles[:_NAMED]
    text = "".join(text_of_article(reader.article(article), reader) for article in named)
    unsaid = [asked for asked, thing in things if fold(thing) not in text]
    if named and unsaid:
        for asked in chance.sample(unsaid, min(_SOME, len(unsaid))):
            yield f"{evidence.scope.mentions[0].text}的{asked}?"
