"""Choose the evidence for a question: the passages to look at, the best candidates, the fewest that cover it."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from embeddings.terms import HAN
from rag.answering.candidates import Candidate, gather
from rag.answering.features import Setting, addressed, asks_for_addressees, features, held, says_of_itself
from rag.answering.forms import measured, years
from rag.answering.prior import of_other_years, priors
from rag.answering.scope import Group, Scope, find_scope, is_for_all, names_of, speaks_of, text_of_article
from rag.answering.scorer import score
from rag.answering.standing import distinctions
from rag.answering.structure import named_part
from rag.answering.terms import Terms, weigh
from rag.answering.understand import Question
from rag.datatypes import Article, Filter, Hit, Reader, Span
from rag.figures import figures

_POOL = 30  # passages of the ranking that are read sentence by sentence
_LISTED = 4  # articles whose enumerations are looked at
_WHOLE = 80  # passages; a named article that is shorter is read whole
_UNNAMED = 0.4  # of an article that does not say whose it is, or is everyone's
_SPEAKS_OF = 0.7  # of an article that is not named but speaks of what is named
# 不准干哪些事, 哪些东西不能提; 能不能 asks for something else
_NOT_ALLOWED = re.compile(r"(?<![能可准])不(?:能|准|许|让|可以|允许|该|得)|禁止|严禁")
_FORBIDS = re.compile(r"不得|禁止|严禁|不准|不许|不应当|不予|不可")
_PUNISHES = re.compile(r"违反|罚|责令|处分|追究|处理")
_ASKED_OF = re.compile(rf"(?:哪些|哪几[个种类项条]|什么|何种)([{HAN}]{{2,8}})")  # 哪些情形
_MARK = re.compile(rf"^[^{HAN}]*[一二三四五六七八九十]{{0,3}}[、)]|[^{HAN}]+$")  # (三)基本原则。
# 最多几天, 至少多少人, 最长可以几天: asks for the bound that a rule sets; 最低工资, 最高人民法院 are names.
_VERB = "(?=[可能得不是为要应到达罚几多])"
_ASKS_BOUND = re.compile(rf"(?P<ceiling>[最至顶]多|最[高长迟]{_VERB})|[最至]少|起码|最[低短]{_VERB}")
_SHORT_NAME = 2  # characters of a quoted word that is no name itself
_RULED = 3.0  # points for what is asked for by its kind: a rule that forbids, not its punishment; the addressees
_PROBABLE = 250  # candidates whose probabilities count for their article
_BY_WORDS = 8.0  # points for the article of the highest lexical score; from 5 to 20 about as many are right
_NEAR = 20  # candidates that the encoder reads: 80 would take 12 ms
_SIDES = 4  # things that one answer compares
_NAMED = 3  # named articles at most that are read whole


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its features and score, and the terms of the question that it holds."""

    candidate: Candidate
    values: Mapping[str, float]
    score: float
    inside: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question, best first; `setting` is what it was measured against."""

    question: Question
    scope: Scope
    terms: Terms
    hits: tuple[Hit, ...]
    ranked: tuple[Scored, ...]
    setting: Setting


def find_evidence(question: Question, reader: Reader, where: Filter | None = None) -> Evidence:
    """Return the candidates for a question, scored, best first."""
    hits = reader.search(question.query, _POOL, where)
    scope = find_scope(question, hits, reader, where)
    if scope.articles:
        named = reader.search(question.query, _POOL, replace(where or Filter(), articles=scope.articles))
        hits = sorted({h.passage.passage_id: h for h in [*hits, *named]}.values(), key=_order)
    terms = weigh(question, scope.masked | frozenset(range(question.source)), reader)
    setting, ranked = rank(question, scope, terms, hits, reader)
    return Evidence(question, scope, terms, tuple(hits), tuple(ranked), setting)


def sides(evidence: Evidence, reader: Reader) -> list[tuple[str, Evidence]]:
    """Return what is compared, each with its name and the evidence from its own articles; empty for one thing."""
    groups = evidence.scope.groups
    if len(groups) < 2 or not evidence.scope.joined:
        return []
    found = [(group.name, narrowed(evidence, group, reader)) for group in groups[:_SIDES]]
    return [(name, own) for name, own in found if own.ranked]


def narrowed(evidence: Evidence, group: Group, reader: Reader) -> Evidence:
    """Return the evidence from the articles of one name alone."""
    scope = Scope(evidence.scope.mentions, (group,))
    hits = [hit for hit in evidence.hits if hit.passage.article_id in group.articles]
    setting, ranked = rank(evidence.question, scope, evidence.terms, hits, reader)
    own = tuple(scored for scored in ranked if scored.candidate.passage.article_id in group.articles)
    return replace(evidence, scope=scope, ranked=own, setting=setting)


def _order(hit: Hit) -> tuple[float, str]:
    return -hit.score, hit.passage.passage_id


def rank(
    question: Question, scope: Scope, terms: Terms, hits: Sequence[Hit], reader: Reader
) -> tuple[Setting, list[Scored]]:
    """Return the setting of a question, and the candidates of ranked passages and named articles, best first."""
    wanted = {hit.passage.passage_id: hit.passage for hit in hits}
    for article_id in scope.articles[:_NAMED]:
        passages = reader.passages(article_id)
        if len(passages) <= _WHOLE:
            wanted |= {p.passage_id: p for p in passages}
    order = dict.fromkeys([*scope.articles[:_NAMED], *(hit.passage.article_id for hit in hits)])
    listed = [reader.article(i) for i in list(order)[:_LISTED]]
    articles = {i: reader.article(i) for i in {p.article_id for p in wanted.values()}}
    top = hits[0].score if hits else 1.0
    found = [(candidate, held(candidate, terms)) for candidate in gather(wanted.values(), listed, reader)]
    asked = [f for f in question.figures if f.unit == "date" and not scope.articles]
    setting = Setting(
        question,
        terms,
        _named(scope, articles.values(), reader),
        tuple(n for n in question.names if not any(n in m.text or m.text in n for m in scope.mentions)),
        {h.passage.passage_id: (i, h.score / (top or 1.0)) for i, h in enumerate(hits)},
        priors(articles.values(), "".join(question.topic), terms, hits, reader),
        _parts(question, scope, order, reader),
        articles,
        distinctions(found, terms),
        of_other_years(articles.values(), years(asked), reader),
    )
    scored = [
        measure(candidate, setting, inside)
        for candidate, inside in found
        if (inside or says_of_itself(candidate, setting))
        and (asks_for_addressees(setting) or not addressed(candidate, setting))
    ]
    scored = [s for s in scored if s.values["in_part"] == 1] or scored
    scored.sort(key=_by_score)
    scored = sorted(_with_nearness(scored[:_NEAR], question, reader), key=_by_score) + scored[_NEAR:]
    return setting, scored if len(scope.articles) == 1 else likeliest_article_first(scored)


def _by_score(scored: Scored) -> tuple[float, str, int]:
    return -scored.score, scored.candidate.passage.passage_id, scored.candidate.pieces[0].start


def likeliest_article_first(scored: Sequence[Scored]) -> list[Scored]:
    """Return candidates, the best of the article that most probably holds the answer first: others lose what they have
    before it.

    Scores are learned such that e to their power is in proportion to the probability of a candidate: an article has
    that of all its own, and counts by its place in the ranking of words besides.
    """
    own: defaultdict[str, list[Scored]] = defaultdict(list)
    for one in scored[:_PROBABLE]:
        own[one.candidate.passage.article_id].append(one)
    if len(own) < 2:
        return list(scored)
    top = scored[0].score
    likely = {
        article: math.log(math.fsum(math.exp(one.score - top) for one in found))
        + _BY_WORDS * found[0].values["article_sparse"]
        for article, found in own.items()
    }
    first = max(likely, key=likely.__getitem__)
    before = top - own[first][0].score
    told = [s if s.candidate.passage.article_id == first else replace(s, score=s.score - before) for s in scored]
    return sorted(told, key=lambda s: (-s.score, s.candidate.passage.article_id != first, *_by_score(s)))


def _with_nearness(best: Sequence[Scored], question: Question, reader: Reader) -> list[Scored]:
    """Return the best candidates with the encoder's nearness to the question among their features."""
    texts = ["".join(piece.shown for piece in scored.candidate.pieces) for scored in best]
    nearness = [{"near": near} for near in reader.nearness(question.text, texts)]
    return [
        replace(one, values={**one.values, **near}, score=one.score + score(near))
        for one, near in zip(best, nearness, strict=True)
    ]


def measure(candidate: Candidate, setting: Setting, inside: frozenset[str]) -> Scored:
    """Return a candidate with its features and score; `inside` are the terms that it holds."""
    values = features(candidate, setting, inside)
    forbidden = _asks_what_is_forbidden(setting.question.folded) and _forbids(candidate.folded)
    sent = asks_for_addressees(setting) and addressed(candidate, setting)
    named = any(_holds_name_with(quoted, candidate.folded) for quoted in setting.question.quoted)
    led = setting.question.kind == "list" and _leads_to_what_is_asked(setting.question.folded, candidate.folded)
    bound = _says_the_bound(setting.question, candidate.folded)
    ruled = (forbidden or sent or led or named or bound) - (candidate.passage.article_id in setting.other_years)
    return Scored(candidate, values, score(values) + _RULED * ruled, inside)


def _says_the_bound(question: Question, folded: str) -> bool:
    """Return whether a text sets the bound that is asked for: 不得超过九十日 for 最多几天."""
    asked = _ASKS_BOUND.search(question.folded) if question.kind == "figure" else None
    wanted = -1 if asked and asked["ceiling"] else 1
    return asked is not None and any(
        figure.bound == wanted
        and (not question.measure or measured(question.measure, folded[figure.start : figure.end + 2]))
        for figure in figures(folded)
    )


def _holds_name_with(quoted: str, folded: str) -> bool:
    """Return whether a text quotes a longer name with a short quoted word in it: “干部作风严管年” for “年”."""
    word = re.escape(quoted)
    return len(quoted) <= _SHORT_NAME and re.search(f"“(?:[^”]+{word}|{word}[^”])[^”]*”", folded) is not None


def _leads_to_what_is_asked(question: str, folded: str) -> bool:
    """Return whether a text leads to a list of what is asked for: 有下列情形之一 for 哪些情形, or is headed by it."""
    asked = _ASKED_OF.search(question)
    if asked is None:
        return False
    heading = _MARK.sub("", folded.split("\n", maxsplit=1)[0])
    titled = len(heading) > 1 and asked[1].startswith(heading)
    return titled or re.search(f"[下以][列下]{asked[1][:2]}", folded) is not None


def _asks_what_is_forbidden(folded: str) -> bool:
    return _NOT_ALLOWED.search(folded) is not None and _PUNISHES.search(folded) is None


def _forbids(folded: str) -> bool:
    """Return whether a text forbids something, and is not about who does it all the same."""
    return _FORBIDS.search(folded) is not None and _PUNISHES.search(folded) is None


def _named(scope: Scope, articles: Iterable[Article], reader: Reader) -> dict[str, float]:
    """Return how far each article is what the question names: 1 named, a part when it speaks of it, 0 when not."""
    if not scope.groups:
        return {}
    names = {mention.text for mention in scope.mentions}
    found = {}
    for article in articles:
        if article.article_id in scope.articles:
            found[article.article_id] = 1.0
        else:
            text = text_of_article(article, reader)
            silent = _UNNAMED if not names_of(article) or is_for_all(article, reader) else 0.0
            found[article.article_id] = _SPEAKS_OF if any(speaks_of(name, text) for name in names) else silent
    return found


def _parts(question: Question, scope: Scope, articles: Iterable[str], reader: Reader) -> dict[str, Span]:
    """Return, for each named article, the range of the part that the question names by its number."""
    found = {}
    for article_id in (scope.articles or tuple(articles))[:_NAMED] if question.part else ():
        extent = named_part(reader.article(article_id), question.part, reader)
        if extent:
            found[article_id] = extent
    return found
