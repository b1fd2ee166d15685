"""Decide whether what was found answers the question at all."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from importlib.resources import files

from embeddings.terms import fold_aligned
from rag.answering.candidates import Piece
from rag.answering.compose import phrases
from rag.answering.evidence import Evidence, stem, text_of_article
from rag.answering.features import BLANK, STRICT_FORMS, has_form
from rag.answering.scope import names_of
from rag.answering.scorer import FEATURES
from rag.answering.understand import Question
from rag.datatypes import Reader

DOUBTS = (
    "bias",
    "covered",
    "near",
    "absent",
    "words",
    "nouns",
    "form",
    "form_near",
    "elsewhere",
    "named",
    "unknown_name",
    "quoted",
    "blank",
    "year",
    "uncounted",
    "score",
    "window",
    "run",
    "figures",
    "formless",
    "conflict",
    "only_elsewhere",
    "rarest_elsewhere",
    "unmatched",
    "absent_unnamed",
    "near_unnamed",
)
_YEAR = 5  # characters of 2023年
_READ = 6  # named articles whose whole text is looked through
THRESHOLD = 0.3  # probability of an answer below which a question is refused; a setting of whoever calls


def doubts(evidence: Evidence, pieces: Sequence[Piece], reader: Reader) -> tuple[float, ...]:
    """Return what speaks for and against an answer made of some pieces, in the order of `DOUBTS`."""
    question, terms, best = evidence.question, evidence.terms, evidence.ranked[0]
    text = fold_aligned("\n".join(piece.shown for piece in pieces))
    passages = {piece.passage.passage_id: piece.passage for piece in pieces}.values()
    titles = "\n".join(reader.article(p.article_id).title for p in passages)
    near = fold_aligned("\n".join(["\n".join(p.headings) + "\n" + p.text for p in passages]) + titles)
    words = [
        word for word in question.topic if len(word) > 1 and not any(word in m.text for m in evidence.scope.mentions)
    ]
    missing = _unknown(evidence, reader)
    value = dict(zip(FEATURES, best.values, strict=True))
    counted = value["members_count"] > 0 or value["series"] > 0.9
    return (
        1.0,
        terms.covered(text),
        terms.covered(near),
        terms.absent,
        sum(word in near for word in words) / len(words) if words else 0.5,
        sum(word in text for word in words) / len(words) if words else 0.5,
        float(has_form(question.form, text)) if question.form else 0.5,
        value["form_near"] if question.form else 0.3,
        float(_elsewhere(evidence, reader)),
        float(bool(evidence.scope.articles)),
        float(bool(missing)),
        sum(q in near for q in question.quoted) / len(question.quoted) if question.quoted else 0.5,
        float(question.form == "figure" and _left_blank(question, text)),
        float(question.form == "year" and not has_form("year", text)),
        float(question.kind == "list" and question.count > 0 and not counted),
        best.score / 10.0,
        value["window"],
        value["run"],
        _year_said(evidence, reader),
        float(question.form in STRICT_FORMS and not has_form(question.form, text)),
        float(len(evidence.scope.groups) > 1),
        *_only_elsewhere(evidence, words, reader),
        _unmatched(words, near, reader),
        0.0 if evidence.scope.articles else terms.absent,
        0.5 if evidence.scope.articles else terms.covered(near),
    )


def _year_said(evidence: Evidence, reader: Reader) -> float:
    """Return 1 when the article of the best evidence names one of the years asked about, or none is asked about."""
    years = [figure for figure in evidence.question.figures if len(figure) == _YEAR]
    article = reader.article(evidence.ranked[0].candidate.passage.article_id)
    date = article.provenance.issued_on.text if article.provenance.issued_on else ""
    text = text_of_article(article, reader)
    return float(not years or any(year in text or year[:4] in date for year in years))


def _elsewhere(evidence: Evidence, reader: Reader) -> bool:
    """Return whether the best evidence is of another place than the one named, and does not speak of that one."""
    article = reader.article(evidence.ranked[0].candidate.passage.article_id)
    if article.article_id in evidence.scope.articles or not (evidence.scope.articles and names_of(article)):
        return False
    text = text_of_article(article, reader)
    return not any(stem(mention.text) in text for mention in evidence.scope.mentions)


def _only_elsewhere(evidence: Evidence, words: Sequence[str], reader: Reader) -> tuple[float, float]:
    """Return how much of a question that names its articles is said in other ones only: a thing of another place.

    Two numbers: the share of the weight of the words that the library knows, and 1 when the rarest of them is one.
    """
    if not evidence.scope.articles:
        return 0.0, 0.0
    best = evidence.ranked[0].candidate.passage.article_id
    articles = [*evidence.scope.articles[:_READ], *([] if _elsewhere(evidence, reader) else [best])]
    own = "".join(text_of_article(reader.article(article), reader) for article in articles)
    weight = dict(evidence.terms.weights)
    known = {word: weight.get(word, 0.0) for word in words if reader.frequency(word)}
    total = sum(known.values())
    if not total:
        return 0.0, 0.0
    rarest = max(known, key=lambda word: (known[word], word))
    return sum(w for word, w in known.items() if word not in own) / total, float(rarest not in own)


def _unmatched(words: Sequence[str], near: str, reader: Reader) -> float:
    """Return the share of the words that the library knows and the evidence does not hold."""
    known = [word for word in words if reader.frequency(word)]
    return sum(word not in near for word in known) / len(known) if known else 0.5


def _left_blank(question: Question, text: str) -> bool:
    """Return whether the figure asked for is left out: 投资额x亿元 for 多少亿元."""
    blanks = [text[m.end() : m.end() + len(question.measure)] for m in BLANK.finditer(text)]
    return any(unit and unit[0] == question.measure[0] for unit in blanks)


def _unknown(evidence: Evidence, reader: Reader) -> list[str]:
    """Return the names of the question that stand in no passage; a name that is cut in pieces is known by its head."""
    names = [n for n in evidence.question.names if not _mentioned(n, evidence) and not reader.frequency(n)]
    return [n for n in names if not reader.frequency(n[:2])]


def _mentioned(name: str, evidence: Evidence) -> bool:
    return any(name in mention.text or mention.text in name for mention in evidence.scope.mentions)


@functools.cache
def _weights() -> Mapping[str, float]:
    data = json.loads(files("rag.answering").joinpath("weights.json").read_text(encoding="utf-8"))
    return {name: float(data["answerable"].get(name, 0.0)) for name in DOUBTS}


def answerable(values: Sequence[float]) -> float:
    """Return the probability that an answer with these doubts is one."""
    total = sum(weight * value for weight, value in zip(_weights().values(), values, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def reason_to_refuse(evidence: Evidence, pieces: Sequence[Piece], reader: Reader) -> str:
    """Return why a question cannot be answered by some pieces, or an empty string."""
    words = phrases(evidence.question.traditional)
    values = doubts(evidence, pieces, reader)
    found = dict(zip(DOUBTS, values, strict=True))
    missing = found["formless"] or found["blank"]
    if answerable(values) >= THRESHOLD and not missing:
        return ""
    if found["unknown_name"]:
        return words.unknown_name.format(name=_unknown(evidence, reader)[0])
    if missing:
        return words.blank
    if evidence.scope.mentions:
        return words.other_place.format(name=evidence.scope.mentions[0].text)
    return words.absent if found["near"] > _ON_TOPIC else words.off_topic


_ON_TOPIC = 0.4  # share of the question's weight that the passage holds, from which the topic is known
