"""Whether a clause relates other things than its source does.

'A借鉴B' for 'B借鉴A', '由A改为B' for '由B改为A'; '向A申请' for '向B申请'.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from embeddings.terms import Segmenter
from rag.generating.alignment import Place
from rag.generating.facts import even
from rag.generating.roles import actors, same
from rag.generating.source import Source, content

# '建设、管理和维护': a verb in a list has no sides
_JOINS = tuple("、和与及或")
# '改为' says what '调整为' says
_BECOMES = re.compile(r"(?:改|变|调整|变更|转|转变|转化)[为成]")
# '由县政府批准': what follows does not stand there for its place
_PASSIVE = re.compile(r"[由被受]$")
# '向', or with others before: '经复核、'
_GOVERNED = re.compile(r"([由经向报给受为])(?:[^,;:。]{0,12}[、和与及])?$")
_LEAST = 0.5  # of the words of a clause that a sentence must have to be about the same
_CLAUSE_END = re.compile("[,;:。]")


def turned(one: Place, source: Source, segmenter: Segmenter) -> bool:
    """Return whether words on both sides of a verb have changed sides wherever the source has it."""
    clause = _BECOMES.sub("调整为", one.clause)
    said = content(clause, segmenter)
    texts = [
        (_BECOMES.sub("调整为", source.text[source.sentence(piece) : piece.start]), _BECOMES.sub("调整为", piece.text))
        for piece in source.segments
        if piece is one.segment or len(said & piece.words) >= _LEAST * len(said)
    ]
    return any(_crossed(clause, start, verb, texts, segmenter) for start, verb in _verbs(clause, segmenter))


def _verbs(clause: str, segmenter: Segmenter) -> Iterator[tuple[int, str]]:
    start = 0
    for word, tag in segmenter.tag(clause):
        if tag.startswith("v") and len(word) > 1:
            yield start, word
        start += len(word)


def _crossed(clause: str, start: int, verb: str, texts: Sequence[tuple[str, str]], segmenter: Segmenter) -> bool:
    before, after = clause[:start], clause[start + len(verb) :]
    sides = [
        (lead + text[: match.start()], text[match.end() :].partition(",")[0])
        for lead, text in texts
        for match in re.finditer(re.escape(verb), text)
    ]
    if any(left.endswith(_JOINS) or right.startswith(_JOINS) for left, right in [(before, after), *sides]):
        return False
    said = content(before, segmenter), content(after, segmenter)
    return bool(sides) and all(
        any(word not in left and _stands(word, right) for word in said[0])
        and any(word in left and word not in right for word in said[1])
        for left, right in sides
    )


def _stands(word: str, text: str) -> bool:
    return word in text and not any(
        _PASSIVE.search(text[: match.start()]) for match in re.finditer(re.escape(word), text)
    )


@dataclass(frozen=True, slots=True)
class _Complement:
    """Somebody behind a preposition, and the first word for what is done."""

    by: str
    name: str
    done: str


def misdirected(one: Place, segmenter: Segmenter) -> bool:
    """Return whether a clause has something done to, for or by leave of another than its source has."""
    stands = list(_complements(even(one.segment.text), segmenter))
    for said in _complements(even(one.clause), segmenter):
        names = [other.name for other in stands if (other.by, other.done) == (said.by, said.done)]
        if names and not any(_same(said.name, name) for name in names):
            return True
    return False


def _complements(text: str, segmenter: Segmenter) -> Iterator[_Complement]:
    for actor in actors(text, segmenter):
        governed = _GOVERNED.search(text[: actor.start])
        words = [word for word in segmenter.words(_CLAUSE_END.split(text[actor.end :])[0]) if len(word) > 1]
        if governed and words:
            yield _Complement(governed.group(1), actor.name, words[0])


def _same(one: str, other: str) -> bool:
    """Return whether two names may be those of one body: '人民银行总行' is not '人民银行分支机构'."""
    alike = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    rests = one[alike:], other[alike:]
    return same(one, other) and (not alike or not all(rests) or bool(set(rests[0]) & set(rests[1])))
