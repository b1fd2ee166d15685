"""Turn a candidate into numbers that say how well it fits a question."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embeddings.terms import fold_aligned
from rag.answering.candidates import Candidate
from rag.answering.deciding import decides
from rag.answering.forms import STRICT_FORMS, form_places, has_form, measured, other_year, series
from rag.answering.prior import longest_run
from rag.answering.standing import standing
from rag.answering.terms import Terms
from rag.answering.understand import Question
from rag.datatypes import Article, Span, Value
from rag.figures import Figure, share_carried

_FOLLOWING = 80  # characters behind a short sentence that may hold what it announces
_AROUND = 80  # characters before and behind a sentence that count as its surroundings
_LEAD = 60  # characters before a sentence in which the one that leads to it is looked for
_NEAR_FORM = 15  # characters around a figure or date that say what it is of
_RUN = 8  # characters in a row from which a text and a question agree fully
_LABEL = 15  # characters of a label, at most
_UNRANKED = 50  # rank of a passage that the ranking does not hold
_LEAST_REST = 0.15  # share of a question that is left, at least, when the title has said the most of it
# 就是, 是指: a definition follows.
_DEFINES = re.compile(r"是指|就是|即|指的是|包括|称为|是:")
# ”,是指; (以下简称某某),系指: behind what is defined
_OWN = r"(?:\([^)]{1,40}\))?[”\"》)]?[,:]?\s?(?:[是系]指|指|是|:|即)"
_OWN_DEFINITION = 3.0  # against 1 for the definition of anything
# 发给哪些单位, 主送机关: asks whom a document is sent to.
_SENT = re.compile(r"[发送寄][给往至]|给谁|主送|收文|收件")
_COLON = 2  # characters behind the last of them
# 。 !: where the sentence before ends.
_END = "。!?！？\n"
# What an article says of itself, by the form of answer that asks for it.
_SELF: Mapping[str, tuple[str, ...]] = {
    "date": ("issued_on",),
    "year": ("issued_on",),
    "person": ("speaker", "issuer"),
    "number": ("number",),
    "": ("issuer",),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the features of a candidate are taken against. `ranks` maps passages to rank and score (0 to 1), `priors`
    articles to what speaks for them.

    `parts` holds, by article, the range of the part that the question names by its number, `distinct` what each term
    tells of its sentences, `other_years` those that write none of the years asked about.
    """

    question: Question
    terms: Terms
    named: Mapping[str, float]
    names: tuple[str, ...]
    ranks: Mapping[str, tuple[int, float]]
    priors: Mapping[str, Mapping[str, float]]
    parts: Mapping[str, Span]
    articles_by_id: Mapping[str, Article]
    distinct: Mapping[str, Mapping[str, float]]
    other_years: frozenset[str]


def features(candidate: Candidate, setting: Setting, inside: frozenset[str]) -> dict[str, float]:
    """Return the features of a candidate by name; `inside` are the terms that it holds."""
    return (
        _lexical(candidate, setting, inside)
        | _formal(candidate, setting)
        | _enumerated(candidate, setting, inside)
        | _placed(candidate, setting)
        | standing(candidate, setting.terms, inside, setting.distinct)
    )


def _lexical(candidate: Candidate, setting: Setting, inside: frozenset[str]) -> dict[str, float]:
    """Return how far the words of the question stand in a candidate and near it."""
    terms, text = setting.terms, candidate.folded
    headings = _folded("\n".join(candidate.passage.headings))
    near = _folded(candidate.passage.text) + headings
    title = _folded(setting.articles_by_id[candidate.passage.article_id].title)
    given = terms.within(title)
    return {
        "covered": terms.weight(inside),
        "covered_rest": terms.weight(inside - given) / max(1 - terms.weight(given), _LEAST_REST),
        "context": terms.weight(terms.within(near) - inside),
        "heading": terms.covered(headings),
        "heading_only": float(candidate.unit is not None and text.rstrip("。:") in headings),
        "around": _around(candidate, terms, inside),
        "lead": _lead(candidate, terms, inside),
        "run": longest_run("".join(setting.question.topic), text, _RUN) / _RUN,
        "window": terms.densest(text),
        "novel": terms.novel(text),
        "quoted_near": _share(setting.question.quoted, near),
        "names": _share(setting.names, near),
        "figures": _said(setting.question.figures, text),
        "figures_near": _said(setting.question.figures, near + title + _issued(candidate, setting)),
        "asked": _share(setting.question.asked, text),
        "asked_near": _share(setting.question.asked, near),
        "label": _label(candidate, terms),
        "titled": float(text in title or title in text),
    }


def _issued(candidate: Candidate, setting: Setting) -> str:
    """Return the year that the article of a candidate is of, as a text says it."""
    date = setting.articles_by_id[candidate.passage.article_id].provenance.issued_on
    return f"\n{date.text[:4]}年" if date else ""


def _formal(candidate: Candidate, setting: Setting) -> dict[str, float]:
    """Return how far a candidate has the form of an answer."""
    question, text, size = setting.question, candidate.folded, candidate.length
    form = question.form
    return {
        "form": float(has_form(form, text)) if form else 0.5,
        "form_near": _form_near(form, text, setting.terms),
        "formless": float(form in STRICT_FORMS and not has_form(form, _with_following(candidate))),
        "measure": float(measured(question.measure, text)),
        "other_year": float(other_year(question.figures, text)),
        "defines": _defines(question, text),
        "decides": decides(question, text),
        "clause": float(candidate.unit is not None and candidate.unit.is_clause),
        "long": math.log1p(size) / 5.0,
        "short": max(0.0, 1 - size / 12.0),
    }


def _defines(question: Question, text: str) -> float:
    """Return how far a text is a definition: of anything, or of what is asked about."""
    if question.kind != "definition":
        return 0.0
    subject = question.subject
    own = len(subject) > 1 and re.search(re.escape(subject) + _OWN, text) is not None
    return _OWN_DEFINITION if own else float(_DEFINES.search(text) is not None)


def _enumerated(candidate: Candidate, setting: Setting, inside: frozenset[str]) -> dict[str, float]:
    """Return how far a candidate is the enumeration asked for."""
    question, members = setting.question, candidate.members
    listing = question.kind in ("list", "parts") or question.count > 0
    if not members:
        return {"series": series(candidate.folded, question.count) if listing else 0.0}
    found = [setting.terms.within(_folded(piece.shown)) - inside for piece in candidate.pieces]
    return {
        "members_list": float(listing),
        "members_other": float(not listing),
        "members_parts": float(question.kind == "parts"),
        "members_count": float(members == question.count),
        "members_miscount": float(0 < question.count != members),
        "members_extra": setting.terms.weight(frozenset().union(*found)),
        "members_one": max(setting.terms.weight(each) for each in found),
        "top_list": float(question.kind == "parts" and _topmost(candidate, setting)),
    }


def _placed(candidate: Candidate, setting: Setting) -> dict[str, float]:
    """Return where a candidate stands: in the ranking, in a named article, in a named part."""
    rank, retrieved = setting.ranks.get(candidate.passage.passage_id, (_UNRANKED, 0.0))
    return {
        "rank": 1.0 / (1 + rank),
        "retrieved": retrieved,
        "named": setting.named.get(candidate.passage.article_id, 0.0) if setting.named else 0.5,
        "in_part": _in_part(candidate, setting.parts),
        "source": float(says_of_itself(candidate, setting)),
        **setting.priors[candidate.passage.article_id],
    }


def held(candidate: Candidate, terms: Terms) -> frozenset[str]:
    """Return the terms that a candidate holds; an enumeration also holds what half of its members hold."""
    inside = terms.within(candidate.folded)
    if not candidate.members:
        return inside
    each = [terms.within(_folded(piece.shown)) for piece in candidate.pieces]
    return inside | {term for term in frozenset().union(*each) if sum(term in e for e in each) * 2 >= len(each)}


def _with_following(candidate: Candidate) -> str:
    """Return the text of a candidate, and the beginning of what follows a heading."""
    unit = candidate.unit
    if unit is None:
        return "\n".join(_folded(piece.shown) for piece in candidate.pieces)
    more = _FOLLOWING if len(unit.folded) < _FOLLOWING // 2 else 0
    return _folded(candidate.passage.text)[unit.start : unit.end + more]


def _topmost(candidate: Candidate, setting: Setting) -> bool:
    """Return whether an enumeration is the highest level of what is asked about: the named part, else the article."""
    parent = candidate.parent
    if parent is None:
        return False
    part = setting.parts.get(candidate.passage.article_id)
    return part.start == parent.start if part else parent.start == parent.end


def _lead(candidate: Candidate, terms: Terms, inside: frozenset[str]) -> float:
    """Return the weight of further terms in the short sentence that leads to a unit."""
    unit = candidate.unit
    if unit is None:
        return 0.0
    before = _folded(candidate.passage.text)[: unit.start].rstrip()
    lead = re.split(f"[{_END}]", before[-_LEAD:].rstrip(_END))[-1]
    return terms.weight(terms.within(lead) - inside)


def _label(candidate: Candidate, terms: Terms) -> float:
    """Return the weight of the terms in the label of a unit, as of 职业 in “职业:退休工人”."""
    label, colon, value = candidate.folded.partition(":")
    return terms.covered(label) if colon and value.strip() and len(label) <= _LABEL else 0.0


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


def asks_for_addressees(setting: Setting) -> bool:
    """Return whether a question asks to whom a document is sent."""
    return _SENT.search(setting.question.folded) is not None


def addressed(candidate: Candidate, setting: Setting) -> bool:
    """Return whether a candidate only names those whom its article is sent to."""
    article = setting.articles_by_id.get(candidate.passage.article_id)
    spans = [value.span for value in article.provenance.addressees if value.span] if article else []
    if not spans:
        return False
    piece = candidate.pieces[0]
    return spans[0].start <= piece.start and piece.end <= spans[-1].end + _COLON


def _form_near(form: str, text: str, terms: Terms) -> float:
    """Return the weight of the terms that stand near what has the form asked for."""
    best = 0.0
    for start, end in form_places(form, text):
        near = text[max(0, start - _NEAR_FORM) : end + _NEAR_FORM]
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
    around = text[max(0, begin - _AROUND) : unit.start] + "\n" + text[unit.end : end + _AROUND]
    return terms.weight(terms.within(around) - inside)


def _said(wanted: Sequence[Figure], text: str) -> float:
    return share_carried(wanted, text) if wanted else 0.5


def _share(wanted: Sequence[str], text: str) -> float:
    return sum(w in text for w in wanted) / len(wanted) if wanted else 0.5
