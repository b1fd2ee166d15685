"""Turn a piece of text into numbers that say how well it fits a question."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.terms import HAN
from rag.answering.understand import Question
from rag.datatypes import Reader

# 32个, 百分之三, 三十二, 1.2万亿: a figure; a Han figure needs a measure behind it.
_FIGURE = re.compile(
    r"\d|百分之|[一二三四五六七八九十百千万亿两]{1,8}(?:[个名条家户元人次项年天倍亩里米吨件所座万亿成]|分之)"
)
# 3月底, 2015年, 7月上旬, 二〇二三年, 周五前: a date.
_DATE = re.compile(
    r"(?:\d{1,4}|[〇零一二三四五六七八九十]{1,4})(?:年|月|日|号)|[上中下]旬|年底|月底|年初|年末|[上下]半年|季度|星期|周[一二三四五六日]|万年|世纪|年代|当天|即日"
)
# 2015年, 二〇一五年: a year.
_YEAR = re.compile(r"(?:19|20)\d{2}(?:年|[-./])|[一二][〇零○九][〇零○一二三四五六七八九]{2}年|民国\S{1,4}年")
# 张三同志, 局长, 各支部书记, 领导小组: who acts.
_PERSON = re.compile(
    r"同志|书记|[局县市区镇乡州厅部处科站院校省村组社]长|主任|主席|总理|领导|委员|干部|负责人|责任人|[组部局委会院厅科室站所]|单位|人员|群众|代表|老师|先生|女士"
)
_REASON = re.compile(r"因为|由于|因此|所以|为了|为|考虑到|鉴于|以便|原因|理由|导致|使")  # 考虑到时间紧
# ××县, x个, ***: what stands for something left out.
BLANK = re.compile(
    r"[×xX]{1,4}(?=[个名条家户元人次项年天倍亩里米吨件所座万亿成%])|×{2,}|\*{2,}|[xX]{2,}|□{1,}|_{2,}|〔\s*〕"
)
_PHONE = re.compile(
    r"\d{3,4}[-—－]\d{7,8}|1\d{10}|(?<!\d)\d{7,8}(?!\d)|(?<!\d)1[12]\d{1,3}(?!\d|[年月日.%])"
)  # 0311-88615047, 12345
_FORMS = {"phone": _PHONE, "figure": _FIGURE, "date": _DATE, "year": _YEAR, "person": _PERSON, "reason": _REASON}
STRICT_FORMS = ("year", "figure", "date", "phone")  # an answer without one of these is none
_RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+(?:\.[0-9]+)*")
_PART_WEIGHT = 0.5  # single characters and pairs repeat what the words say
_MASKED_WEIGHT = 0.2  # what names the article is seldom said again in its sentences
_FOCUS_WEIGHT = 2.0  # what a follow-up says itself counts more than what it takes over
_QUOTED_WEIGHT = 2.0  # what stands in quotation marks is meant literally


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a question with their weights; `absent` is the share of weight that stands in no passage at all."""

    weights: tuple[tuple[str, float], ...]
    absent: float
    total: float
    pattern: re.Pattern[str]

    def covered(self, folded: str) -> float:
        """Return which share of the weight stands in a folded text."""
        return sum(w for term, w in self.weights if term in folded) / self.total if self.total else 0.0

    def within(self, folded: str) -> frozenset[str]:
        """Return the terms that stand in a folded text."""
        return frozenset(term for term, _ in self.weights if term in folded)

    def weight(self, terms: frozenset[str]) -> float:
        """Return the share of the weight of some terms."""
        return sum(w for term, w in self.weights if term in terms) / self.total if self.total else 0.0


def weigh(question: Question, masked: frozenset[int], reader: Reader) -> Terms:
    """Return the terms of a question: topic words, pairs of characters across them, and quoted words, by rarity.

    `masked` are positions that name an article: they chose the articles and say little about a sentence.
    """
    bare = "".join(" " if i in masked else c for i, c in enumerate(question.folded))
    words = [w for w in question.topic if w in bare]
    runs = _runs(bare, words)
    counts = {w: reader.frequency(w) for w in words}
    pairs = {run[i : i + 2] for run in runs for i in range(len(run) - 1) if run[0] > "\u3000"}
    # a pair across two words that stands nowhere says nothing; a word that stands nowhere does
    counts |= {pair: n for pair in pairs if (n := reader.frequency(pair)) and pair not in counts}
    total = reader.count()
    weights = {
        term: _rarity(total, found) * (1.0 if term in words and len(term) > 1 else _PART_WEIGHT)
        for term, found in counts.items()
    }
    for word in question.topic:
        if word not in bare and len(word) > 1:
            weights[word] = _MASKED_WEIGHT * _rarity(total, reader.frequency(word))
    for text in question.quoted:
        if text in bare and len(text) > 1 and text in (question.focus or text):
            weights[text] = _QUOTED_WEIGHT * max((weights.get(p, 0.0) for p in weights if p in text), default=1.0)
    for term in weights:
        weights[term] *= _FOCUS_WEIGHT if term in question.focus else 1.0
    whole = sum(weights.values())
    missing = sum(w for term, w in weights.items() if term in counts and not counts[term])
    longest = sorted(weights, key=lambda term: (-len(term), term))
    pattern = re.compile("|".join(map(re.escape, longest)) or "(?!)")
    return Terms(tuple(sorted(weights.items())), missing / whole if whole else 0.0, whole, pattern)


def _rarity(total: int, found: int) -> float:
    return math.log(1 + (total - found + 0.5) / (found + 0.5)) + 0.2


def _runs(bare: str, words: Sequence[str]) -> list[str]:
    """Return the stretches of topic words that stand side by side in the question."""
    runs: list[str] = []
    position, end = 0, -1
    for word in words:
        start = bare.find(word, position)
        if start < 0:
            start = bare.find(word)
        if start == end and runs:
            runs[-1] += word
        else:
            runs.append(word)
        position = end = start + len(word)
    return [run for text in runs for run in _RUN.findall(text)]


def has_form(form: str, folded: str) -> bool:
    """Return whether a text holds what a form of answer asks for; every text holds no form."""
    return form not in _FORMS or _FORMS[form].search(folded) is not None


def form_places(form: str, folded: str) -> list[tuple[int, int]]:
    """Return where a text holds what a form of answer asks for."""
    return [match.span() for match in _FORMS[form].finditer(folded)] if form in _FORMS else []
