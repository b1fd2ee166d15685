"""Find which articles a question names: by place, body, speaker, number or title."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from embeddings.terms import HAN, fold, fold_aligned
from rag.answering.understand import Question
from rag.datatypes import Article, Filter, Hit, Reader

# 县文化局 → 文化局, ××市财政局 → 财政局: users leave out the level before a body.
_LEVEL = re.compile(rf"^[^省市县区镇乡州旗]{{0,6}}[省市县区镇乡州旗](?=[{HAN}]{{2,}}[局厅部委办院会处]$)")
# 各自, 分别, 有什么不同: more than one thing is asked about.
EACH = re.compile(r"各|分别|比较|相比|不同|区别")
_JOINS = re.compile(r"[和与跟同及、]")  # 甲县和乙县
_SHORTEST = 2  # characters of a name that can be looked for in a question
_HEAD, _LINES = 300, 3  # characters and lines looked at for how an article begins
_OPENING = (5, 30)  # characters of a beginning that can be a name
# "## 某某县人民法院", "**公告**": marks of layout before the words of a line.
_MARKUP = re.compile(r"^[#*\s>《“【(]+")
_DATE = re.compile(r"[在于]?\d+[年月日]度?")  # 在2019年: how many lines begin, and no name
_TITLE = (3, 20)  # characters of a title that can be a name
_STATE = "中华人民共和国"  # users leave it out, and the place that a title begins with: 水文条例, 古树名木保护办法
_STATE_COUNCIL = "国务院"
_YEAR = re.compile(r"(\d{4})年度?")
# 关于印发《某某实施方案》的通知: what is sent out under a title.
_CITED = re.compile(r"《([^》]+)》")
_AGAIN = 15  # passages looked at for a second name
_LEVELS = ("省", "市", "县", "区", "镇", "乡", "州", "旗")
_STEM = 2  # characters that a name keeps at least
_EVERYWHERE = re.compile("各省[、,(]?(?:自治区|区)")  # 各省、自治区、直辖市人民政府: whom a notice to all is sent to


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of the question that is the provenance of some articles: `folded[start:end]`."""

    text: str
    start: int
    end: int
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The articles that one thing the question names stands for; `name` is what it is called there."""

    name: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The articles that a question names, by group; none: nothing is named. Groups that are `joined` are compared.

    `apart` are a place and the name right behind it, of which no article of that name speaks: another place's law.
    """

    mentions: tuple[Mention, ...] = ()
    groups: tuple[Group, ...] = ()
    joined: bool = False
    apart: tuple[tuple[str, str], ...] = ()

    @property
    def articles(self) -> tuple[str, ...]:
        """Return the articles of all groups."""
        return tuple(sorted({article for group in self.groups for article in group.articles}))

    @property
    def masked(self) -> frozenset[int]:
        """Return the positions of the folded question that a mention covers."""
        return frozenset(i for m in self.mentions for i in range(m.start, m.end))


def _groups(mentions: Sequence[Mention]) -> tuple[Group, ...]:
    """Return the fewest groups of articles that account for every mention: who fits most of them comes first."""
    rest, found = list(mentions), []
    while rest:
        lengths: Counter[str] = Counter()
        for mention in rest:
            lengths.update(dict.fromkeys(mention.articles, mention.end - mention.start))
        best = min(lengths, key=lambda article: (-lengths[article], article not in rest[0].articles, article))
        mine = [mention for mention in rest if best in mention.articles]
        articles = tuple(sorted(set.intersection(*(set(mention.articles) for mention in mine))))
        found.append((mine[0].start, Group(max((m.text for m in mine), key=len), articles)))
        rest = [mention for mention in rest if mention not in mine]
    return tuple(group for _, group in sorted(found, key=lambda pair: pair[0]))


@functools.lru_cache(maxsize=4096)
def names_of(article: Article) -> tuple[str, ...]:
    """Return the folded names under which an article can be called, longest first."""
    found = article.provenance
    values = [found.issuer, found.speaker, found.number, *found.places]
    words = [*(v.text for v in values if v), *found.aliases]
    names = {"".join(fold(word).split()) for word in words}
    # 临江医院_周某某: a title of names; a long title is a sentence
    title = fold(article.title)
    parts = [*re.split(r"[_\s]+", title), *_CITED.findall(title)]
    bare = [part.removeprefix(place) for place in (_STATE, *(fold(p.text) for p in found.places)) for part in parts]
    names |= {part for part in [*parts, *bare] if _TITLE[0] <= len(part) <= _TITLE[1]}
    names |= {*_of_year(title, article), *(_LEVEL.sub("", name) for name in names)}
    return tuple(sorted((n for n in names if len(n) >= _SHORTEST), key=lambda n: (-len(n), n)))


def _of_year(title: str, article: Article) -> Iterator[str]:
    """Yield a title with the year that stands before it, or that the article is of: 2024年的政府工作报告."""
    leading, issued = _YEAR.match(title), article.provenance.issued_on
    year = leading[1] if leading else issued.text[:4] if issued else ""
    bare = title[leading.end() if leading else 0 :].removeprefix(_STATE).removeprefix(_STATE_COUNCIL)
    if year and _TITLE[0] <= len(bare) <= _TITLE[1]:
        yield from (f"{year}年{between}{bare}" for between in ("", "的", "度"))


def openings_of(article: Article, reader: Reader) -> tuple[str, ...]:
    """Return how the first lines of an article begin, folded: what it is about often stands there."""
    return _openings(reader.raw(article.doc_id), article.span.start, article.span.end)


@functools.lru_cache(maxsize=4096)
def _openings(raw: str, start: int, end: int) -> tuple[str, ...]:
    lines = raw[start : min(end, start + _HEAD)].split("\n")
    begun = [_MARKUP.sub("", fold(line))[: _OPENING[1]] for line in lines if line.strip()]
    return tuple(dict.fromkeys(begun[:_LINES]))


def _opening_names(folded: str, openings: Iterable[str]) -> Iterator[str]:
    """Yield what a question and the beginning of a line have in common, where it is long enough for a name."""
    for opening in openings:
        for length in range(len(opening), _OPENING[0] - 1, -1):
            if opening[:length] in folded:
                if len(_DATE.sub("", opening[:length])) >= _OPENING[0]:
                    yield opening[:length]
                break


def find_scope(question: Question, hits: Sequence[Hit], reader: Reader, where: Filter | None = None) -> Scope:
    """Return the scope of a question, as far as the articles of a ranking tell."""
    all_found = _mentions(question, _articles(hits, reader), reader)
    if all_found and (_JOINS.search(question.folded) or EACH.search(question.folded)):
        # the articles of the first name fill the ranking: look again without it
        covered = {i for m in all_found for i in range(m.start, m.end)}
        rest = "".join(" " if i in covered else c for i, c in enumerate(question.folded))
        all_found = _mentions(question, _articles([*hits, *reader.search(rest, _AGAIN, where)], reader), reader)
    found = list(_one_name([m for m in all_found if m.articles]))
    apart = tuple((_place_before(m, question, all_found), m.text) for m in all_found if not m.articles)
    between = question.folded[found[0].end : found[-1].start] if found else ""
    joined = _JOINS.search(between) or EACH.search(question.folded)
    return Scope(tuple(found), _groups(found), joined is not None, apart)


def _one_name(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Yield the mentions, two without anything between as one: 某市应急管理局 is that bureau of that place."""
    last: Mention | None = None
    for mention in mentions:
        if last and last.end == mention.start:
            own, other = set(last.articles), set(mention.articles)
            last = Mention(last.text + mention.text, last.start, mention.end, tuple(sorted(own & other or own | other)))
        else:
            if last:
                yield last
            last = mention
    if last:
        yield last


def _articles(hits: Sequence[Hit], reader: Reader) -> list[Article]:
    return [reader.article(i) for i in dict.fromkeys(hit.passage.article_id for hit in hits)]


def _mentions(question: Question, articles: Sequence[Article], reader: Reader) -> list[Mention]:
    """Return the longest names found, none inside another one, in order of the question.

    How an article begins is a name only where no better one is, or where one more is joined to it: 甲公司和乙公司.
    """
    folded = question.folded
    mentions = _longest(folded, ((article, names_of(article)) for article in articles), ())
    mentions = [_of_the_place_before(m, question, mentions, reader) for m in mentions]
    openings = ((article, tuple(_opening_names(folded, openings_of(article, reader)))) for article in articles)
    more = [m for m in _longest(folded, openings, mentions) if not mentions or _joined(folded, m)]
    return sorted([*mentions, *more], key=lambda m: m.start)


def _of_the_place_before(mention: Mention, question: Question, mentions: Sequence[Mention], reader: Reader) -> Mention:
    """Return a name with those of its articles that speak of the place right before it: 甲市 before 绿色建筑条例.

    A name that says its own place (乙区人民法院) may leave out the one above it.
    """
    place = _place_before(mention, question, mentions)

    def fits(article: Article) -> bool:
        own = (stem(fold(value.text)) for value in article.provenance.places)
        text = text_of_article(article, reader)
        return mention.text.startswith(tuple(own)) or place in text or is_for_all(article, reader)

    return replace(mention, articles=tuple(i for i in mention.articles if not place or fits(reader.article(i))))


def _place_before(mention: Mention, question: Question, mentions: Sequence[Mention]) -> str:
    """Return the longest name that ends where another one begins, without its level; empty where none does."""
    names = {*question.names, *(m.text for m in mentions)}
    return stem(max((n for n in names if question.folded.endswith(n, 0, mention.start)), key=len, default=""))


def _joined(folded: str, mention: Mention) -> bool:
    around = folded[mention.start - 1 : mention.start] + folded[mention.end : mention.end + 1]
    return _JOINS.search(around) is not None


def _longest(folded: str, named: Iterable[tuple[Article, tuple[str, ...]]], taken: Sequence[Mention]) -> list[Mention]:
    """Return the longest names of articles that a question holds, where nothing stands yet."""
    found: dict[tuple[int, int], set[str]] = {}
    for article, names in named:
        for name in names:
            start = folded.find(name)
            if start >= 0:
                found.setdefault((start, start + len(name)), set()).add(article.article_id)
    mentions: list[Mention] = []
    for (start, end), ids in sorted(found.items(), key=lambda item: (item[0][0] - item[0][1], item[0])):
        if not any(m.start < end and start < m.end for m in (*taken, *mentions)):
            mentions.append(Mention(folded[start:end], start, end, tuple(sorted(ids))))
    return mentions


def stem(name: str) -> str:
    """Return the name of a place without its level: 临江市 → 临江; other names as they are."""
    return name[:-1] if len(name) > _STEM and name.endswith(_LEVELS) else name


def speaks_of(name: str, text: str) -> bool:
    """Return whether a text holds a name: as it is, or a body's place and the rest of it apart: 天津…市应急管理局."""
    place = _LEVEL.match(name)
    return stem(name) in text or (place is not None and stem(place[0]) in text and name[place.end() :] in text)


def is_for_all(article: Article, reader: Reader) -> bool:
    """Return whether an article is addressed to every province: what it orders is ordered in the one that is named."""
    start = article.span.start
    return (
        _EVERYWHERE.search(fold_aligned(article.title + reader.raw(article.doc_id)[start : start + _HEAD])) is not None
    )


def text_of_article(article: Article, reader: Reader) -> str:
    """Return the title and the whole text of an article, folded."""
    return _folded(article.title) + _folded(reader.raw(article.doc_id)[article.span.start : article.span.end])


@functools.lru_cache(maxsize=512)
def _folded(text: str) -> str:
    return fold_aligned(text)
