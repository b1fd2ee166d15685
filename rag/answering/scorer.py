"""Score candidates: features of how a text fits a question, weighed by numbers learned from judged questions."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from embeddings.terms import fold_aligned
from rag.answering.candidates import Candidate
from rag.answering.features import BLANK, STRICT_FORMS, Terms, form_places, has_form
from rag.answering.understand import Question
from rag.datatypes import Article, Span, Value

_MONEY = {"钱": "元"}
_LETTERS = re.compile(r"\w")  # 字, a, 1: what is read, punctuation left out
_FOLLOWING = 80  # characters behind a short sentence that may hold what it announces
_WINDOW = 40  # characters in which the terms of an answer stand close together
# 就是, 是指: a definition follows.
_DEFINES = re.compile(r"是指|就是|即|指的是|包括|称为|是:")
# 不得, 可以, 严禁: a rule that decides a yes or no.
_DECIDES = re.compile(r"不得|不能|不准|不许|不允许|严禁|禁止|可以|允许|应当|必须|不再|行不通|无记名|无需|不用")

FEATURES = (
    "covered",
    "context",
    "heading",
    "around",
    "run",
    "window",
    "quoted",
    "quoted_near",
    "form",
    "measure",
    "figures",
    "named",
    "names",
    "rank",
    "retrieved",
    "clause",
    "long",
    "short",
    "blank",
    "defines",
    "decides",
    "listed",
    "members_list",
    "members_count",
    "members_miscount",
    "members_other",
    "members_parts",
    "series",
    "in_part",
    "top_list",
    "heading_only",
    "article",
    "novel",
    "lead",
    "source",
    "form_near",
    "covered_rest",
    "members_extra",
    "members_one",
    "asks",
    "formless",
    "other_year",
    "figures_near",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the features of a candidate are taken against. `ranks` maps passages to rank and score (0 to 1).

    `parts` holds, by article, the range of the part that the question names by its number.
    """

    question: Question
    terms: Terms
    named: Mapping[str, float]
    names: tuple[str, ...]
    ranks: Mapping[str, tuple[int, float]]
    parts: Mapping[str, Span]
    articles_by_id: Mapping[str, Article]


def features(candidate: Candidate, setting: Setting) -> tuple[float, ...]:
    """Return the features of a candidate, in the order of `FEATURES`."""
    question, terms, text = setting.question, setting.terms, candidate.folded
    passage = _folded(candidate.passage.text)
    headings = _folded("\n".join(candidate.passage.headings))
    near = passage + headings
    inside = held(candidate, terms)
    rank, retrieved = setting.ranks.get(candidate.passage.passage_id, (50, 0.0))
    size = candidate.length
    listing = question.kind in ("list", "parts") or question.count > 0
    members = candidate.members
    wants = question.form
    return (
        terms.weight(inside),
        terms.weight(terms.within(near) - inside),
        terms.covered(headings),
        _around(candidate, terms, inside),
        _longest_run(text, question) / 8.0,
        _densest(text, terms),
        _share(question.quoted, text),
        _share(question.quoted, near),
        float(has_form(wants, text)) if wants else 0.5,
        float(_measured(question.measure, text)),
        _share(question.figures, text),
        setting.named.get(candidate.passage.article_id, 0.0) if setting.named else 0.5,
        _share(setting.names, near),
        1.0 / (1 + rank),
        retrieved,
        float(candidate.unit is not None and candidate.unit.is_clause),
        math.log1p(size) / 5.0,
        max(0.0, 1 - size / 12.0),
        float(BLANK.search(text) is not None and wants == "figure"),
        float(question.kind == "definition" and _DEFINES.search(text) is not None),
        float(question.kind == "yesno" and _DECIDES.search(text) is not None),
        float(listing and members == 0),
        float(listing and members > 0),
        float(0 < members == question.count),
        float(members > 0 and 0 < question.count != members),
        float(members > 0 and not listing),
        float(members > 0 and question.kind == "parts"),
        _series(text, question.count) if listing and members == 0 else 0.0,
        _in_part(candidate, setting.parts),
        float(candidate.parent is not None and question.kind == "parts" and _topmost(candidate, setting)),
        float(candidate.unit is not None and text.rstrip("。:") in headings),
        terms.covered(_folded(setting.articles_by_id[candidate.passage.article_id].title)),
        _novel(text, terms),
        _lead(candidate, terms, inside),
        float(says_of_itself(candidate, setting)),
        _form_near(wants, text, terms),
        _rest(inside, terms, setting.articles_by_id[candidate.passage.article_id].title),
        *_in_members(candidate, terms, inside),
        float(text.endswith(("?", "？")) and candidate.unit is not None),
        float(wants in STRICT_FORMS and not has_form(wants, _with_following(candidate))),
        float(_other_year(question.figures, text)),
        _share(question.figures, near) if question.figures else 0.5,
    )


def held(candidate: Candidate, terms: Terms) -> frozenset[str]:
    """Return the terms that a candidate holds; an enumeration also holds what half of its members hold."""
    inside = terms.within(candidate.folded)
    if not candidate.members:
        return inside
    each = [terms.within(_folded(piece.shown)) for piece in candidate.pieces]
    return inside | {term for term in frozenset().union(*each) if sum(term in e for e in each) * 2 >= len(each)}


def _rest(inside: frozenset[str], terms: Terms, title: str) -> float:
    """Return the share held of the terms that the article's title does not hold already."""
    given = terms.within(_folded(title))
    return terms.weight(inside - given) / max(1 - terms.weight(given), 0.15)


def _in_members(candidate: Candidate, terms: Terms, inside: frozenset[str]) -> tuple[float, float]:
    """Return the weight of further terms in all members, and in the one that holds most: then it is that one's text."""
    if not candidate.members:
        return 0.0, 0.0
    found = [terms.within(_folded(piece.shown)) - inside for piece in candidate.pieces]
    return terms.weight(frozenset().union(*found)), max(terms.weight(terms_of) for terms_of in found)


def _with_following(candidate: Candidate) -> str:
    """Return the text of a candidate, and the beginning of what follows a heading."""
    unit = candidate.unit
    if unit is None:
        return "\n".join(_folded(piece.shown) for piece in candidate.pieces)
    more = _FOLLOWING if len(unit.folded) < _FOLLOWING // 2 else 0
    return _folded(candidate.passage.text)[unit.start : unit.end + more]


def _other_year(figures: Sequence[str], text: str) -> bool:
    """Return whether a text speaks of another year than the question."""
    asked = {f for f in figures if len(f) == 5 and f.endswith("年")}
    found = set(re.findall(r"(?:19|20)\d{2}年", text)) if asked else set()
    return bool(found) and not asked & found


def _topmost(candidate: Candidate, setting: Setting) -> bool:
    """Return whether an enumeration is the highest level of what is asked about: the named part, else the article."""
    parent = candidate.parent
    if parent is None:
        return False
    part = setting.parts.get(candidate.passage.article_id)
    return part.start == parent.start if part else parent.start == parent.end


def _novel(text: str, terms: Terms) -> float:
    """Return how much a text says beyond the question, 1 from 25 characters on: a heading alone says nothing."""
    return min(1.0, len(_LETTERS.findall(terms.pattern.sub("", text))) / 25)


def _lead(candidate: Candidate, terms: Terms, inside: frozenset[str]) -> float:
    """Return the weight of further terms in the short sentence that leads to a unit."""
    unit = candidate.unit
    if unit is None:
        return 0.0
    before = _folded(candidate.passage.text)[: unit.start].rstrip()
    lead = re.split(r"[。!?！？\n]", before[-60:].rstrip("。!?！？\n"))[-1]
    return terms.weight(terms.within(lead) - inside)


_SELF: Mapping[str, tuple[str, ...]] = {
    "date": ("issued_on",),
    "year": ("issued_on",),
    "person": ("speaker", "issuer"),
    "": ("issuer",),
}


def says_of_itself(candidate: Candidate, setting: Setting) -> bool:
    """Return whether a candidate holds the date, speaker, body or place of its own article, when that is asked for."""
    question = setting.question
    if setting.named.get(candidate.passage.article_id, 0.0) < 1:
        return False
    provenance = setting.articles_by_id[candidate.passage.article_id].provenance
    values: list[Value | None] = []
    if question.about_document:
        values += [getattr(provenance, name) for name in _SELF.get(question.form, ())]
        values += [value for name, value in provenance.elements if name == "signer" and question.form == "person"]
    if question.kind == "where":
        values += provenance.places
    spans = [value.span for value in values if value and value.span]
    return any(p.start < s.end and s.start < p.end for p in candidate.pieces for s in spans)


def _form_near(form: str, text: str, terms: Terms) -> float:
    """Return the weight of the terms that stand near what has the form asked for."""
    best = 0.0
    for start, end in form_places(form, text):
        near = text[max(0, start - 15) : end + 15]
        best = max(best, terms.covered(near))
    return best


def _in_part(candidate: Candidate, parts: Mapping[str, Span]) -> float:
    """Return 1 inside the part that is named, 0 outside, a half where none is."""
    if not parts:
        return 0.5
    extent = parts.get(candidate.passage.article_id)
    return float(extent is not None and all(extent.start <= p.start < extent.end for p in candidate.pieces))


@functools.lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    return fold_aligned(text)


def _around(candidate: Candidate, terms: Terms, inside: frozenset[str]) -> float:
    """Return the weight of further terms in the sentence before and behind."""
    unit = candidate.unit
    if unit is None:
        return 0.0
    text = _folded(candidate.passage.text)
    begin, end = unit.whole
    around = text[max(0, begin - 80) : unit.start] + "\n" + text[unit.end : end + 80]
    return terms.weight(terms.within(around) - inside)


def _longest_run(text: str, question: Question) -> int:
    """Return the length, at most 8, of the longest stretch of the question's topic that stands in a text."""
    topic = "".join(question.topic)
    best = 0
    for start in range(len(topic)):
        while start + best < len(topic) and best < 8 and topic[start : start + best + 1] in text:
            best += 1
    return best


def _densest(text: str, terms: Terms) -> float:
    """Return the weight of the terms in the window of a text that holds most."""
    places = sorted((at, weight) for term, weight in terms.weights if (at := text.find(term)) >= 0)
    best = total = 0.0
    first = 0
    for at, weight in places:
        total += weight
        while places[first][0] <= at - _WINDOW:
            total -= places[first][1]
            first += 1
        best = max(best, total)
    return best / terms.total if terms.total else 0.0


def _share(wanted: Sequence[str], text: str) -> float:
    return sum(w in text for w in wanted) / len(wanted) if wanted else 0.5


def _measured(measure: str, text: str) -> bool:
    """Return whether a figure stands before the measure that was asked for: 多少条 → 86条."""
    if not measure:
        return False
    measure = _MONEY.get(measure, measure)
    return re.search(rf"[\d一二三四五六七八九十百千万亿两半余多](?:个)?{re.escape(measure[:1])}", text) is not None


def _series(text: str, count: int) -> float:
    """Return how well a sentence looks like the series asked for: parts between 、 or ; as many as asked."""
    parts = max(len(re.findall(mark, text)) + 1 for mark in ("[、和与及]", "[;；]", "[,，]"))
    if count:
        exact = any(
            len(re.split(mark, run)) == count
            for run in re.split("[,，。]", text)
            for mark in ("、", "[、和与及]", "[;；]")
        )
        return 1.0 if exact else 0.3 * float(parts >= count)
    return 0.5 * float("、" in text and parts >= 2)


@functools.cache
def weights() -> Mapping[str, float]:
    """Return the learned weights by feature."""
    data = json.loads(files("rag.answering").joinpath("weights.json").read_text(encoding="utf-8"))
    return {name: float(data["score"].get(name, 0.0)) for name in FEATURES}


def score(values: Sequence[float]) -> float:
    """Return the weighted sum of features."""
    return sum(weight * value for weight, value in zip(weights().values(), values, strict=True))
