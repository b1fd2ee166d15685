"""Decide whether what was found answers the question at all."""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.terms import fold_aligned
from rag.answering.candidates import Piece
from rag.answering.compose import as_written, phrases
from rag.answering.evidence import Evidence
from rag.answering.forms import STRICT_FORMS, has_form, left_blank, measured, years
from rag.answering.label import label_of, not_given
from rag.answering.meeting import wanted_by
from rag.answering.scope import is_for_all, names_of, speaks_of, stem, text_of_article
from rag.answering.scorer import answerable
from rag.answering.understand import is_function
from rag.datatypes import Article, Reader
from rag.figures import figures

_SERIES = 0.9  # from here on a sentence holds as many parts as were asked for
_ON_TOPIC = 0.5  # share of the question's weight that the passage holds, from which the topic is known
# A question of few words that names no article, and much of which stands not in its passage, shares a word or two
# with the library by chance: an answer to it must be more probable. Of 60 questions off topic on four libraries this
# refuses 217 of 240 instead of 190, and no more of the judged answerable ones.
_FEW, _STRANGE, _STRICTER = 4, 0.4, 0.2
_ONE_THING = ("who", "where", "date", "figure", "definition")
_HALF = 0.5  # of what one thing is asked by: more of it in one sentence tells no more
_HEAD = 2  # characters of a name by which it is known
# Measures of what no list is reckoned up by, each with the other one by which it may be told: 多少家企业 → 11个企业.
_TOLD = {**dict.fromkeys("层间岁亩吨", ""), **dict.fromkeys("家座栋辆台户", "个")}
_READ = 6  # named articles whose whole text is looked through
_LONG = 1000  # characters; a shorter text says each thing once, in its own words
_FEW_NAMED = 2  # articles; a name that more of them fit is a place, of which much is said in other words


def doubts(evidence: Evidence, pieces: Sequence[Piece], reader: Reader) -> dict[str, float]:
    """Return by name what speaks for and against an answer made of some pieces."""
    question, terms, best = evidence.question, evidence.terms, evidence.ranked[0]
    named = bool(evidence.scope.articles)
    text = fold_aligned("\n".join(piece.shown for piece in pieces))
    near = _near(pieces, reader)
    counted = best.values.get("members_count", 0.0) > 0 or best.values.get("series", 0.0) > _SERIES
    return {
        "score": best.score / 10.0,
        "form_near": best.values["form_near"] if question.form else 0.3,
        "figures_near": best.values["figures_near"],
        # a short question tells little, but where one sentence says all of it
        "few": (1 - best.values["covered"] ** 2) / (1 + len(question.topic)),
        "quoted": sum(q in near for q in question.quoted) / len(question.quoted) if question.quoted else 0.5,
        "named": float(named),
        "near_unnamed": 0.5 if named else terms.covered(near),
        "off_topic": 0.0 if named else max(0.0, _ON_TOPIC - terms.covered(near)),
        "elsewhere": float(_elsewhere(evidence, reader)),
        "only_elsewhere": _only_elsewhere(evidence, reader),
        "conflict": float(_conflict(evidence, reader)),
        "unknown_name": float(bool(_unknown(evidence, reader))),
        "figures": _year_said(evidence, reader),
        "formless": float(question.form in STRICT_FORMS and not has_form(question.form, text)),
        "year": float(question.form == "year" and not has_form("year", text)),
        "blank": float(question.form in ("figure", "money") and left_blank(question.measure, text)),
        "uncounted": float(question.kind == "list" and question.count > 0 and not counted),
        "silent": _silent(evidence, pieces, reader),
        **_meeting(evidence, text, near, reader),
    }


def _meeting(evidence: Evidence, said: str, near: str, reader: Reader) -> dict[str, float]:
    """Return how far what is asked about, its form and its dates meet in what is said, or in an article named.

    A question for one thing asks for words that its answer says; one for a list, a reason or a summary less so.
    """
    named, best = evidence.scope.articles, evidence.ranked[0].candidate.passage.article_id
    read = named[:_READ] if named and best not in named else (best,)
    own = "\n".join(text_of_article(reader.article(article), reader) for article in read)
    wanted = wanted_by(evidence.question, evidence.terms, [mention.text for mention in evidence.scope.mentions])
    met = max(wanted.met(own), wanted.met(said))
    one = evidence.question.kind in _ONE_THING
    return {
        "undated": wanted.undated(near),
        "one_thing": float(one),
        "met_one": min(met, _HALF) * one,
        "met": met * (not one),
    }


def _silent(evidence: Evidence, pieces: Sequence[Piece], reader: Reader) -> float:
    """Return which share of the pieces is of articles that are not those named, and do not speak of what is named."""
    silent = {
        i
        for i in {piece.passage.article_id for piece in pieces}
        if _foreign([piece for piece in pieces if piece.passage.article_id == i], evidence, reader)
    }
    return sum(piece.passage.article_id in silent for piece in pieces) / len(pieces)


def _foreign(pieces: Sequence[Piece], evidence: Evidence, reader: Reader) -> bool:
    """Return whether the article of some pieces is none of those named, and does not speak of what is named.

    One of a place of the same level as that named speaks of it only where its passage does. A place that no article is
    of is named, too: one of another place does not answer for it, but one for all does.
    """
    article = reader.article(pieces[0].passage.article_id)
    if article.article_id in evidence.scope.articles or is_for_all(article, reader):
        return False
    named = [mention.text for mention in evidence.scope.mentions]
    office = not evidence.scope.articles and evidence.question.form in ("name", "deputy")
    if not evidence.scope.articles and (office or article.provenance.places):
        named = [name for name in evidence.question.names if stem(name) != name]
    if not named:
        return False
    if office:
        text = fold_aligned(pieces[0].shown)  # 甲镇的书记: not that of its county
    else:
        text = _near(pieces, reader) if _rivals(article, evidence, reader) else text_of_article(article, reader)
    return not any(speaks_of(name, text) for name in named)


def _rivals(article: Article, evidence: Evidence, reader: Reader) -> bool:
    """Return whether an article is of a place of the level of one named, so that neither lies in the other."""
    own = {fold_aligned(place.text)[-1] for place in article.provenance.places}
    named = (fold_aligned(place.text) for i in evidence.scope.articles for place in reader.article(i).provenance.places)
    asked = [place for place in named if any(stem(place).startswith(stem(m.text)) for m in evidence.scope.mentions)]
    return any(place[-1] in own for place in asked)


def _near(pieces: Sequence[Piece], reader: Reader) -> str:
    """Return the passages of some pieces with headings and titles, folded."""
    passages = {piece.passage.passage_id: piece.passage for piece in pieces}.values()
    titles = "\n".join(reader.article(p.article_id).title for p in passages)
    return fold_aligned("\n".join(["\n".join(p.headings) + "\n" + p.text for p in passages]) + titles)


def _not_so_measured(evidence: Evidence, pieces: Sequence[Piece]) -> bool:
    """Return whether a figure of a measure is asked for that is only told, and nothing so counted is quoted."""
    asked = evidence.question.measure if evidence.question.form == "figure" else ""
    text = fold_aligned("".join("".join(piece.shown.split()) for piece in pieces))
    return asked[:1] in _TOLD and not any(measured(one, text) for one in (asked, _TOLD[asked[0]]))


def _another_day(evidence: Evidence, reader: Reader) -> bool:
    """Return whether a thing on a day is asked about that the article of the best evidence has not, but other days."""
    if evidence.question.kind not in (*_ONE_THING, "fact", "yesno"):
        return False
    asked = [f.value[1:] for f in evidence.question.figures if isinstance(f.value, tuple) and f.unit == "date"]
    asked = [day for day in asked if all(day)]
    if not asked:
        return False
    text = text_of_article(reader.article(evidence.ranked[0].candidate.passage.article_id), reader)
    said = {f.value[1:] for f in figures(text) if isinstance(f.value, tuple) and f.unit == "date" and f.value[2]}
    return bool(said) and not any((month, day) in said or (0, day) in said for month, day in asked)


def _missing(evidence: Evidence, text: str) -> float:
    """Return the weight, among the words that name no article and no source, of those that stand not in a text."""
    weight = dict(evidence.terms.weights)
    words = {word: weight.get(word, 0.0) for word in evidence.question.topic if not _mentioned(word, evidence)}
    total = sum(words.values())
    return sum(w for word, w in words.items() if word not in text) / total if total else 0.0


def _year_said(evidence: Evidence, reader: Reader) -> float:
    """Return 1 when the article of the best evidence names one of the years asked about, or none is asked about."""
    asked = years(evidence.question.figures)
    article = reader.article(evidence.ranked[0].candidate.passage.article_id)
    issued = article.provenance.issued_on
    date = f"{issued.text[:4]}年" if issued else ""
    return float(not asked or bool(asked & years(figures(date + text_of_article(article, reader)))))


def _elsewhere(evidence: Evidence, reader: Reader) -> bool:
    """Return whether the best evidence is of another place than the one named, and does not speak of that one."""
    best = evidence.ranked[0].candidate
    return bool(names_of(reader.article(best.passage.article_id))) and _foreign(best.pieces, evidence, reader)


def _conflict(evidence: Evidence, reader: Reader) -> bool:
    """Return whether a question brings together names that the article of the best evidence does not."""
    scope = evidence.scope
    together = [mention.text for mention in scope.mentions] if len(scope.groups) > 1 else []
    together += [name for pair in scope.apart for name in pair if not scope.joined]
    if not together:
        return False
    text = text_of_article(reader.article(evidence.ranked[0].candidate.passage.article_id), reader)
    return not all(speaks_of(name, text) for name in together)


def _only_elsewhere(evidence: Evidence, reader: Reader) -> float:
    """Return how much of a question that names its articles is said in other ones only: a thing of another place.

    It is a share of the weight of those of its words that the library knows.
    """
    if not evidence.scope.articles:
        return 0.0
    best = evidence.ranked[0].candidate.passage.article_id
    articles = [*evidence.scope.articles[:_READ], *([] if _elsewhere(evidence, reader) else [best])]
    own = "".join(text_of_article(reader.article(article), reader) for article in articles)
    weight = dict(evidence.terms.weights)
    words = [word for word in evidence.question.topic if len(word) > 1 and not _mentioned(word, evidence)]
    known = {word: weight.get(word, 0.0) for word in words if reader.frequency(word)}
    total = sum(known.values())
    return sum(w for word, w in known.items() if word not in own) / total if total else 0.0


def _unknown(evidence: Evidence, reader: Reader) -> list[str]:
    """Return the names of the question that stand in no passage; a name that is cut in pieces is known by its head.

    A function word is often taken for the beginning of one: 于亚太.
    """
    names = [n for n in evidence.question.names if not _mentioned(n, evidence) and not reader.frequency(n)]
    return [n for n in names if not any(reader.frequency(part) for part in (n[:_HEAD], *_freed(n)))]


def _freed(name: str) -> list[str]:
    """Return the head of a name without the function word before it: 于亚太 → 亚太."""
    return [name[1 : 1 + _HEAD]] if is_function(name[0]) and len(name) > _HEAD else []


def _mentioned(name: str, evidence: Evidence) -> bool:
    return any(name in mention.text or mention.text in name for mention in evidence.scope.mentions)


def unsaid(evidence: Evidence, reader: Reader, *, alone: bool) -> bool:
    """Return whether the articles named are silent about what is asked for by a label.

    They are where no sentence speaks of it, or where none has the figure or date that other articles give for it. The
    sides of a comparison often say it in other words, and dates of events more so: there only figures are looked for.
    """
    named, label = evidence.scope.articles, label_of(evidence.question, evidence.scope.masked)
    if label is None or not named:
        return False
    best = evidence.ranked[0].candidate
    own = [] if _foreign(best.pieces, evidence, reader) else [best.passage.article_id]
    read = dict.fromkeys([*named[:_READ], *own])
    texts = [text_of_article(reader.article(article), reader) for article in read]
    long = max(map(len, texts)) >= _LONG
    if alone and long and len(named) <= _FEW_NAMED and not any(label.heard(text) for text in texts):
        return True
    return (alone or label.form == "figure") and not_given(label, named, texts, reader)


def reason_to_refuse(
    evidence: Evidence, pieces: Sequence[Piece], reader: Reader, below: float, *, alone: bool = True
) -> str:
    """Return why a question cannot be answered by some pieces, or an empty string: an answer is probable enough.

    A part of a question that asks several things at once is not `alone`: it is short because it was taken apart.
    """
    words = phrases(evidence.question.traditional)
    found = doubts(evidence, pieces, reader)
    missing = (
        found["formless"] or found["blank"] or _another_day(evidence, reader) or _not_so_measured(evidence, pieces)
    )
    short = alone and len(evidence.question.topic) <= _FEW
    strange = short and not found["named"] and _missing(evidence, _near(pieces, reader)) > _STRANGE
    probable = answerable(found) >= below + _STRICTER * strange
    if probable and not missing and not unsaid(evidence, reader, alone=alone):
        return ""
    if found["unknown_name"]:
        return words.unknown_name.format(name=as_written(_unknown(evidence, reader)[0], evidence.question.text))
    if missing:
        return words.blank if found["blank"] else words.unsaid
    if evidence.scope.mentions:
        return words.other_place.format(name=as_written(evidence.scope.groups[0].name, evidence.question.text))
    return words.absent if not found["off_topic"] else words.off_topic
