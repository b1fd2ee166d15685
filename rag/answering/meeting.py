"""Measure whether what is asked about, the form of the answer and the dates meet in one sentence."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from embeddings.importance import importance
from embeddings.terms import HAN, default_segmenter
from rag.answering.forms import has_form
from rag.answering.terms import Terms
from rag.answering.understand import Question
from rag.figures import Figure, share_carried

# 多少, 哪一年, 谁, 是否, 有何: the word that asks.
_ASKS = re.compile(r"多少|几|什么|哪|谁|何[时处地人]|[为如有]何|怎|多[久长大高远]|吗|是否|能否|可否")
# 谁更早, 哪家公司的总资产更高: which of several, not what.
_COMPARES = re.compile(rf"(?:谁|哪[家个位种]?[{HAN}]{{0,12}})更|相比|比较")
_KIND = re.compile(rf"哪[一几两]?[家个位种项]([{HAN}]{{0,4}})")  # 哪家公司: the kind of the things compared
_DEGREE = re.compile(r"[更最]|相比|比较|(?:[早晚高低大小长短快慢多少])$")  # 更早, 最大: tells things compared apart
_DATED = re.compile(rf"[\d.年月日]+|[{HAN}]?年|月")
_SENTENCE = re.compile("[^。！？!?;；\\n]+")
_BEHIND, _BEFORE, _FAR = 8, 7, 12  # characters between the word that asks and what it asks about; of a comparison
_WORDS = 2  # on each side
_PLAIN = 0.3  # weight of a word that only names the form of the answer: 时间, 金额
_UNASKED = 0.6  # where nothing stands beside the word that asks
_BOTH, _ONE, _PAIRS = 0.5, 0.2, 0.9  # what a sentence says of a word: both its characters, one, all its pairs


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer has to bring together: words beside the word that asks, by weight, a form, dates with a month."""

    words: Mapping[str, float]
    form: str
    dates: tuple[Figure, ...]

    def met(self, text: str) -> float:
        """Return how far all of it meets in one sentence of a folded text, 0 to 1; the one before may hold the rest."""
        best, before = 0.0, ""
        for match in _SENTENCE.finditer(text):
            sentence = match.group()
            said = self._said(sentence)
            if said > best:
                both = before + "\n" + sentence
                best = max(best, said * share_carried(self.dates, both) * has_form(self.form, both))
            before = sentence
        return best

    def _said(self, sentence: str) -> float:
        total = sum(self.words.values())
        return sum(w * _partly(word, sentence) for word, w in self.words.items()) / total if total else _UNASKED


def wanted_by(question: Question, terms: Terms, named: Sequence[str]) -> Wanted:
    """Return what an answer to a question has to bring together; `named` are the names of articles in it."""
    weights = dict(terms.weights)
    words = [w for w in _asked(question) if not any(w in name or name in w for name in named)]
    plain = _plain()
    dates = tuple(f for f in question.figures if f.unit == "date" and isinstance(f.value, tuple) and f.value[1])
    return Wanted(
        {w: weights.get(w, 1.0) * importance(w) * (_PLAIN if w in plain else 1.0) for w in words}, question.form, dates
    )


def _asked(question: Question) -> tuple[str, ...]:
    """Return the words beside the last word that asks (最喜欢的食物是什么 → 食物, 喜欢), else the last ones."""
    text = question.folded
    asks = [match.span() for match in _ASKS.finditer(text)]
    compares = _COMPARES.search(text) is not None
    words = list(_telling(question, compares))
    if not asks:
        return tuple(words[-_WORDS:])
    start, end = asks[-1]
    reach = _FAR if compares else _BEFORE
    before = sorted((start - text.rfind(w, 0, start) - len(w), w) for w in words if w in text[:start])
    behind = sorted((text.find(w, end) - end, w) for w in words if w in text[end:])
    near = [w for gap, w in behind if gap <= _BEHIND][:_WORDS] + [w for gap, w in before if gap <= reach][:_WORDS]
    return tuple(dict.fromkeys(near))


def _telling(question: Question, compares: bool) -> Iterator[str]:
    """Yield the topic words that can be what is asked about: no dates, names of persons, and degrees."""
    tags = dict(default_segmenter().tag(question.folded))
    kind = _KIND.search(question.folded) if compares else None
    for word in question.topic:
        tag = tags.get(word, "")
        short = len(word) == 1 and not tag.startswith("v")
        person = tag.startswith("nr") or "某" in word
        sort = kind is not None and kind[1].startswith(word)
        if not (short or person or sort or _DATED.fullmatch(word) or _DEGREE.match(word)):
            yield word


@functools.cache
def _plain() -> frozenset[str]:
    data = tomllib.loads(files("rag.answering").joinpath("words.toml").read_text(encoding="utf-8"))
    return frozenset(data["plain"].split())


def _partly(word: str, text: str) -> float:
    """Return how much of a word stands in a text: all, most of its pairs of characters, or characters of it."""
    if word in text:
        return 1.0
    if len(word) < 3:
        return _BOTH if all(c in text for c in word) else _ONE * any(c in text for c in word)
    return _PAIRS * sum(word[i : i + 2] in text for i in range(len(word) - 1)) / (len(word) - 1)
