"""Answer a question by quoting, or refuse it."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from embeddings.terms import fold_aligned
from rag.answering.candidates import Piece, completed
from rag.answering.clauses import clauses_that_ask
from rag.answering.compose import Draft, as_written, phrases, refuse
from rag.answering.evidence import Evidence, Scored, find_evidence, sides
from rag.answering.followup import may_stand_alone, standing_question
from rag.answering.forms import STRICT_FORMS, has_form
from rag.answering.joined import things_joined
from rag.answering.label import weighs_figures
from rag.answering.refusal import reason_to_refuse, unsaid
from rag.answering.selection import matching, select, spread
from rag.answering.structure import headings_above, named_part, text_of
from rag.answering.understand import Question, is_traditional, members_named, understand
from rag.answering.whose import with_whose
from rag.datatypes import Answer, Filter, Reader, Turn
from rag.figures import figures
from rag.settings import REFUSE_BELOW

_SIDES = 380  # characters of all sides of a comparison together
_LOOKED_THROUGH = 20  # sentences among which one on a single thing is looked for
_ONE_SENTENCE = ("figure", "date", "who", "where", "why", "yesno")  # kinds that no list answers
_STANDS = 3  # topic words of one of several clauses that is asked without those before it
_LOOKED = 5  # passages whose articles may hold a part that is named without its document


def answer(
    question: str,
    history: Sequence[Turn],
    reader: Reader,
    *,
    where: Filter | None = None,
    refuse_below: float = REFUSE_BELOW,
) -> Answer:
    """Return the answer to a question, standing on quotations only, or a refusal with the nearest passages.

    It is refused where the probability of an answer is less than `refuse_below`.
    """
    begun = time.perf_counter()
    said = _answer(question, history, reader, where, refuse_below)
    if said.refused and said.question != question and may_stand_alone(question):
        # a new topic, which was read as one more question on the one before
        said = _answer(question, (), reader, where, refuse_below)
    return replace(said, elapsed_ms=round((time.perf_counter() - begun) * 1000, 2))


def _answer(text: str, history: Sequence[Turn], reader: Reader, where: Filter | None, refuse_below: float) -> Answer:
    words = phrases(is_traditional(text))
    if not text.strip():
        return refuse(text, words.empty, ())
    standing = standing_question(text, history)
    notes = (words.follow_up.format(question=standing.text),) if standing.focus else ()
    question = replace(understand(standing.text, focus=standing.focus), traditional=is_traditional(text))
    evidence = find_evidence(question, reader, where)
    draft = Draft(reader)
    for piece in _part(evidence, reader):
        draft.quote(piece)
    if draft.citations:
        return draft.finish(standing.text, notes)
    if not evidence.ranked:
        return refuse(standing.text, words.off_topic, evidence.hits, notes)
    reasons = []
    parts = compose(evidence, reader, where)
    for lead, pieces, own in parts:
        reason = reason_to_refuse(own, pieces, reader, refuse_below, alone=len(parts) == 1)
        for number, piece in enumerate([] if reason else pieces):
            draft.quote(piece, "" if number else lead)
        if reason and (lead or own is parts[0][2]):
            reasons.append(reason)
    compared = len(parts) > 1 and weighs_figures(question)
    one_sided = compared and any(unsaid(own, reader, alone=False) for _, _, own in parts)
    if one_sided or not draft.citations:
        return refuse(standing.text, reasons[0] if reasons else words.absent, evidence.hits, notes)
    for reason in reasons:
        draft.say(reason)
    return draft.finish(standing.text, notes)


Part = tuple[str, list[Piece], Evidence]  # of an answer: a lead, what to quote, and what it rests on


def compose(evidence: Evidence, reader: Reader, where: Filter | None = None) -> list[Part]:
    """Return the parts of an answer in the way that its kind asks for."""
    question = evidence.question
    found = [(name, _sentences_first(own)) for name, own in sides(evidence, reader)]
    if len(found) > 1:
        chosen = matching([own for _, own in found])
        matched = [replace(own, ranked=(one, *own.ranked)) for (_, own), one in zip(found, chosen, strict=True)]
        return _side_by_side([as_written(name, question.text) for name, _ in found], chosen, matched, reader)
    each = _one_by_one(evidence, reader, where)
    if each:
        names = [as_written(name, question.text) for name in each]
        return _side_by_side(names, [one for one, _ in each.values()], [own for _, own in each.values()], reader)
    best = evidence.ranked[0].candidate
    if question.kind == "outline":
        return [("", [*headings_above(best, question.quoted, reader), *best.pieces], evidence)]
    listed = _with_member(evidence)
    if listed:
        return [("", list(listed.candidate.pieces), replace(evidence, ranked=(listed,)))]
    defined = any(s.values["defines"] > 1 and s.candidate.unit for s in evidence.ranked[:_LOOKED_THROUGH])
    if question.kind in _ONE_SENTENCE or defined:
        evidence = _sentences_first(evidence)
    pieces = with_whose(select(evidence, reader), question, reader)
    return [("", pieces, evidence), *_clauses_left(question, pieces, reader, where)]


def _clauses_left(question: Question, pieces: Sequence[Piece], reader: Reader, where: Filter | None) -> Iterator[Part]:
    """Yield the best sentence for each of several clauses that ask, where most of its words are not quoted yet."""
    said = fold_aligned("\n".join(piece.shown for piece in pieces))
    asking = [] if question.focus else clauses_that_ask(question.text)
    for n, clause in enumerate(asking):
        topic = [word for word in understand(clause).topic if len(word) > 1]
        missing = [word for word in topic if word not in said]
        if len(missing) * 2 <= len(topic):
            continue
        before = [Turn(other, "") for other in asking[:n]] if len(topic) < _STANDS else []
        standing = standing_question(clause, before)
        own = _sentences_first(find_evidence(understand(standing.text, focus=standing.focus), reader, where))
        if own.ranked and sum(word in own.ranked[0].candidate.folded for word in missing) * 2 >= len(missing):
            yield "", list(own.ranked[0].candidate.pieces), own


def _sentences_first(evidence: Evidence) -> Evidence:
    """Return the evidence of a side without enumerations, where no list is asked for and a sentence is there."""
    question = evidence.question
    single = tuple(s for s in evidence.ranked if s.candidate.unit)
    listing = question.kind in ("list", "parts") or (question.count > 0 and not question.form)
    return evidence if listing or not single else replace(evidence, ranked=single)


def _side_by_side(
    names: Sequence[str], chosen: Sequence[Scored], grounds: Sequence[Evidence], reader: Reader
) -> list[Part]:
    """Return a part for each thing compared; what follows a best sentence is left out where it makes them too long."""
    lead = phrases(grounds[0].question.traditional).named
    pieces = [list(spread(one, own.question, reader)) for one, own in zip(chosen, grounds, strict=True)]
    if sum(len(piece.shown) for side in pieces for piece in side) > _SIDES:
        pieces = [list(one.candidate.pieces) for one in chosen]
    return [(lead.format(name=name), side, own) for name, side, own in zip(names, pieces, grounds, strict=True)]


def _one_by_one(evidence: Evidence, reader: Reader, where: Filter | None) -> dict[str, tuple[Scored, Evidence]]:
    """Return what to quote for each of the things that a question joins, and on what grounds; empty where one sentence
    speaks of them all.
    """
    question = evidence.question
    joined = dict(things_joined(question.folded))
    found: dict[str, tuple[Scored, Evidence]] = {}
    for thing, text in joined.items():
        asked = replace(understand(text), traditional=question.traditional)
        own = _sentences_first(find_evidence(asked, reader, where))
        if not own.ranked or not _speaks_of(thing, own, reader):
            return {}
        found[thing] = _of_one(thing, joined, own), own
    return found if len({one.candidate.pieces for one, _ in found.values()}) == len(found) > 1 else {}


def _of_one(thing: str, things: Collection[str], evidence: Evidence) -> Scored:
    """Return the best sentence, or one on the thing alone where figures are asked for and the best has not one each."""
    form = evidence.question.form or evidence.question.kind
    best = _with_member(evidence) or evidence.ranked[0]
    said = best.candidate.folded
    if form not in STRICT_FORMS or (thing in said and len(figures(said)) >= len(things)):
        return best
    for scored in evidence.ranked[:_LOOKED_THROUGH]:
        text = scored.candidate.folded
        if has_form(form, text) and [other for other in things if other in text] == [thing]:
            return scored
    return best


def _speaks_of(thing: str, evidence: Evidence, reader: Reader) -> bool:
    """Return whether the best evidence is of an article that is named, or has the thing in its passage or above it."""
    passage = (_with_member(evidence) or evidence.ranked[0]).candidate.passage
    known = fold_aligned("\n".join([*passage.headings, passage.text, reader.article(passage.article_id).title]))
    return passage.article_id in evidence.scope.articles or thing in known


def _part(evidence: Evidence, reader: Reader) -> list[Piece]:
    """Return the text of a part that is named by its number, when the question asks for no more than that."""
    question, scope = evidence.question, evidence.scope
    bare = "".join(" " if i in scope.masked else c for i, c in enumerate(question.folded))
    subject = [word for word in question.topic if word in (question.focus or bare)]
    for article_id in scope.articles or dict.fromkeys(h.passage.article_id for h in evidence.hits[:_LOOKED]):
        article = reader.article(article_id)
        extent = named_part(article, question.part, reader)
        known = "".join(mention.text for mention in scope.mentions) + fold_aligned(article.title)
        if extent and any(word in known for word in question.topic) and all(word in known for word in subject):
            return text_of(extent, article, reader)
    return []


def _with_member(evidence: Evidence) -> Scored | None:
    """Return the member that a number names: a sentence that says this number, else that of the best enumeration."""
    wanted = evidence.question.member
    if not wanted:
        return None
    named = members_named(evidence.question.folded)[0]
    for scored in evidence.ranked[:_LOOKED_THROUGH]:
        if scored.candidate.unit and named in members_named(scored.candidate.folded):
            return scored
    for scored in evidence.ranked:
        if scored.candidate.members >= max(wanted, 2):
            piece = completed(scored.candidate.pieces[wanted - 1])
            return replace(scored, candidate=replace(scored.candidate, pieces=(piece,), members=0))
    return None
