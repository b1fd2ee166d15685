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
from rag.answering.forms import STRICT_FORMS, has_form
from rag.answering.terms import Terms
from rag.answering.understand import Question
from rag.figures import Figure, share_carried

# 多少, 哪一年, 谁, 是否, 有何: the word that asks.
_ASKS = re.compile(r"多少|几|什么|哪|谁|何[时处地人]|[为如有]何|怎|多[久长大高远]|吗|是否|能否|可否")
# 谁更早, 哪家公司的总资产更高: which of several, not what.
_COMPARES = re.compile(rf"(?:谁|哪[家个位种]?[{HAN}]{{0,12}})更|相比|比较")
_EARLIER, _LARGER = re.compile("[早晚先后]"), re.compile("[高低大小多少长短]")  # what is compared: dates, figures
# 哪家公司, 哪些行业: of what kind the answer is; its text says the thing, not the kind
_KIND = re.compile(rf"哪[一几两]?[家个位种项些类名份]?([{HAN}]{{0,6}})")
_DEGREE = re.compile(r"[更最]|相比|比较|(?:[早晚高低大小长短快慢多少])$")  # 更早, 最大: tells things compared apart
_DATED = re.compile(rf"[\d.年月日]+|[{HAN}]?年|月")
_SENTENCE = re.compile("[^。！？!?;；\\n]+")
# 2021年6月, 第三条, 20:30, (一), 3.: figures that count nothing
_UNCOUNTED = re.compile(
    r"(?:\d{1,4}|[〇零一二三四五六七八九十]{1,4})[年月日号]|第[\d一二三四五六七八九十百]+[条章款项部]"
    r"|\d{1,2}:\d{2}|\([一二三四五六七八九十\d]+\)|^\W*\d{1,2}[.、)]"
)
_SPANS = re.compile("[年月日天]")  # 多少年, 几天: a span of time is asked for
_BEHIND, _BEFORE, _FAR = 8, 7, 12  # characters between the word that asks and what it asks about; of a comparison
_WORDS = 2  # on each side
_PLAIN = 0.3  # weight of a word that only names the form of the answer: 时间, 金额
_UNKNOWN = 0.3  # weight of what the dictionary does not hold: 要罚, 位新, cut wrongly
_UNASKED, _UNSURE = 0.6, 0.5  # what counts as said where nothing is asked, and the weight of that beside the words
_UNSEEN = 0.7  # of what meets without a person, place or reason: these are not always recognised
_BOTH, _ONE, _PAIRS = 0.5, 0.2, 0.9  # what a sentence says of a word: both its characters, one, all its pairs


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer has to bring together: words beside the word that asks, by weight, a form, and `dates`.

    These are dates with a month, and shares. `counted` tells that a figure is asked for that is no date.
    """

    words: Mapping[str, float]
    form: str
    dates: tuple[Figure, ...]
    counted: bool = False

    def met(self, text: str) -> float:
        """Return how far all of it meets in one sentence of a folded text, 0 to 1; the one before may hold the rest."""
        best, before = self._said(""), ""
        for match in _SENTENCE.finditer(text):
            sentence = match.group()
            said = self._said(sentence)
            if said > best:
                both = before + "\n" + sentence
                best = max(best, said * share_carried(self.dates, both) * self._formed(both))
            before = sentence
        return best

    def undated(self, text: str) -> float:
        """Return the share of the dates that a folded text does not say."""
        return 1 - share_carried(self.dates, text) if self.dates else 0.0

    def _said(self, sentence: str) -> float:
        said = sum(w * _partly(word, sentence) for word, w in self.words.items())
        return (said + _UNSURE * _UNASKED) / (sum(self.words.values()) + _UNSURE)

    def _formed(self, text: str) -> float:
        """Return 1 where a text holds the form of the answer, less where it may hold it unseen: a person, a place."""
        if has_form(self.form, without_dates(text) if self.counted else text):
            return 1.0
        return 0.0 if self.form in STRICT_FORMS else _UNSEEN


def wanted_by(question: Question, terms: Terms, named: Sequence[str]) -> Wanted:
    """Return what an answer to a question has to bring together; `named` are the names of articles in it."""
    weights = dict(terms.weights)
    words = [w for w in _asked(question) if not any(w in name or name in w for name in named)]
    dates = tuple(f for f in question.figures if _fixed(f, question))
    form = _form(question)
    counted = form == "figure" and not _SPANS.search(question.measure)
    return Wanted({w: weights.get(w, 1.0) * importance(w) * _telling_much(w) for w in words}, form, dates, counted)


def _fixed(figure: Figure, question: Question) -> bool:
    """Return whether an answer has to say a figure of the question: a date with a month, a share not asked whether."""
    if figure.unit == "%":
        return question.kind != "yesno"
    return figure.unit == "date" and isinstance(figure.value, tuple) and bool(figure.value[1])


def _form(question: Question) -> str:
    """Return the form of the answer; of things compared, the form of what is compared."""
    if not _COMPARES.search(question.folded):
        return question.form
    if _EARLIER.search(question.folded):
        return "date"
    return "figure" if _LARGER.search(question.folded) else question.form


def _telling_much(word: str) -> float:
    known = len(word) == 1 or default_segmenter().knows(word)
    return (_PLAIN if word in plain_words() else 1.0) * (1.0 if known else _UNKNOWN)


def _asked(question: Question) -> tuple[str, ...]:
    """Return the words beside the last word that asks (最喜欢的食物是什么 → 食物, 喜欢), else the last ones."""
    text = question.folded
    asks = [match.span() for match in _ASKS.finditer(text)]
    compares = _COMPARES.search(text) is not None
    words = list(_telling(question))
    if not asks:
        return tuple(words[-_WORDS:])
    start, end = asks[-1]
    reach = _FAR if compares else _BEFORE
    before = sorted((start - text.rfind(w, 0, start) - len(w), w) for w in words if w in text[:start])
    behind = sorted((text.find(w, end) - end, w) for w in words if w in text[end:])
    near = [w for gap, w in behind if gap <= _BEHIND][:_WORDS] + [w for gap, w in before if gap <= reach][:_WORDS]
    return tuple(dict.fromkeys(near))


def _telling(question: Question) -> Iterator[str]:
    """Yield the topic words that can be what is asked about: no dates, names of persons, kinds and degrees."""
    tags = dict(default_segmenter().tag(question.folded))
    kinds = [match[1] for match in _KIND.finditer(question.folded)]
    for word in question.topic:
        tag = tags.get(word, "")
        short = len(word) == 1 and not tag.startswith("v")
        person = tag.startswith("nr") or "某" in word
        sort = any(kind.startswith(word) for kind in kinds)
        if not (short or person or sort or _DATED.fullmatch(word) or _DEGREE.match(word)):
            yield word


def without_dates(text: str) -> str:
    """Return a text with blanks for dates, hours and numbers of parts: figures that count nothing."""
    return _UNCOUNTED.sub(" ", text)


@functools.cache
def plain_words() -> frozenset[str]:
    """Return the words that name the form of an answer, not what it is about."""
    data = tomllib.loads(files("rag.answering").joinpath("words.toml").read_text(encoding="utf-8"))
    return frozenset(data["plain"].split())


def _partly(word: str, text: str) -> float:
    """Return how much of a word stands in a text: all, most of its pairs of characters, or characters of it."""
    if word in text:
        return 1.0
    if len(word) < 3:
        return _BOTH if all(c in text for c in word) else _ONE * any(c in text for c in word)
    return _PAIRS * sum(word[i : i + 2] in text for i in range(len(word) - 1)) / (len(word) - 1)
