"""Who does what: whether a clause has something done by another than its source has it done by."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from embeddings.terms import Segmenter
from rag.figures import figures
from rag.generating.facts import even, shortened
from rag.generating.source import Piece, Source, content
from rag.generating.words import load_words

# '县水利局' '土地使用者' '申请人': how those are called who act; no '出局' '记者' '经过'
_ACTS = re.compile(
    r"(?:[^经出过队][局委厅署]|[^内外全干一]部|[^学]者|[县市区局镇乡省会校院厂处科站所组]长|[^个每工]人|[债所负责当申代受管监经发投被购买卖持租借用报举保承转让托付收].{0,2}人|方|户|[总分支][行局])$"
)
# Parts of speech that a name is made of; a verb only inside: '监督管理部门'
_NAMING = ("n", "j", "b", "a", "s", "g", "z", "r", "v", "f")
_LAST = ("n", "j", "r", "s", "g")
# '由县' '水利局', '交通运输' '局要': what the tagger glues together
_GLUED = re.compile(r"[由从对向在经].")
_GLUED_BEHIND = re.compile(r"[局委厅部院][要应须可将对]")
# '应当' '可以' '不得' '要' end a name
_MODAL = re.compile(r"应当|应该|必须|务必|可以|可|不得|不准|禁止|要|须|应|有权|负责|予以|给予")
# A clause, and where the one who acts stands in it: at its head, behind a time or a condition
_CLAUSE = re.compile(r"[^,;:。!?\n]+")
_LEADS = re.compile(
    r"(?:^|[,。;:!?\n])(?!凡)(?:[^,。;:\n的对向到给为在与从把将按以请让使据凭依照]{0,12}|[^,。;:\n]{0,14}[时后前日])$"
)
_JOINS = ("由", "、", "和", "与", "及", "或", ",", "。", ";", ":", "\n", "")
# '以上老人' '每个社区' '巡查员每人' '全街道' '我区': cut away, or nobody in particular
_EDGE = re.compile(r"^(?:以[上下内外]|[中内]的|每个?|各级?|所有|全部|有关)|每(?:个?人|[户名家])$")
_POINTING = re.compile(r"[全本我该其]|[有某]人|[双对各]方")
# '组长为王叙白' names, and '领导小组' does nothing there
_HOLDS = re.compile(r"[^主责委]任.")  # '王叙白任组长'
_IS = re.compile(r"[是为任叫即]|组长|包括")
# '交通运输部门' is '县交通运输局'; '县级政府' is not '省级政府'
_KIND = re.compile(r"(?:主管|管理|有关|相关)?(?:部门|机关|机构|单位|委员会|办公室|[局厅委部署院办])$")
_PLACED = re.compile(r"^(?:[省市县区镇乡]级?|当地|地方|各级|国家)")
_LEVEL = re.compile(r"[国省市县区乡镇村](?=级)")
_LEAST_PAIRS = 0.6  # of the pairs of characters of a name, which may be put in other words
_SAID = 4  # words behind a name that tell what is done
_DONE = 3  # weight of what is done against what it is done to
_NEARLY = 0.7  # of the score of the clause that has most of what is said
_LEAST_SAID = 2  # characters of them that a clause of the source must have
_BEFORE = 200  # characters before a sentence in which its subject may stand


@dataclass(frozen=True, slots=True)
class Actor:
    """`leads` tells whether a name stands where the one who acts does."""

    start: int
    end: int
    name: str
    leads: bool


@dataclass(frozen=True, slots=True)
class _Deed:
    """Who is said to act, the words for what is `done` and for its `topic`, what it is done to."""

    name: str
    done: tuple[str, ...]
    topic: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Spot:
    """A clause of a sentence, from `start` to `end` of its even text, and where in it the deed stands."""

    score: int
    piece: Piece
    text: str
    start: int
    end: int
    place: int


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    tag: str
    start: int

    @property
    def names(self) -> bool:
        return self.tag.startswith(_NAMING) and not figures(self.word) and not _MODAL.fullmatch(self.word)

    @property
    def acts(self) -> bool:
        known = self.word.endswith(load_words().actors) or _ACTS.search(self.word)
        return self.tag.startswith(_LAST) and bool(known)


def reassigned(clause: str, source: Source, segmenter: Segmenter) -> bool:
    """Return whether a folded clause has somebody do what somebody else does in a passage."""
    return any(not _does(deed, "由" in clause, source, segmenter) for deed in _heads(even(clause), segmenter))


def _heads(clause: str, segmenter: Segmenter) -> Iterator[_Deed]:
    """Yield who acts in a clause, with the words for what is done; before '由' stands what it is done to."""
    found = actors(clause, segmenter)
    by = next((one.start for one in found if clause[one.start - 1 : one.start] == "由"), -1)
    for one in found:
        if one.start < by or (by < 0 and not one.leads) or _IS.match(clause, one.end) or _HOLDS.search(one.name):
            continue
        rest = clause[one.end :]
        done = _content(rest, segmenter)[:_SAID] or ([] if figures(rest[:2]) else [rest[:2]])
        topic = _content(clause[: by - 1], segmenter) if by > 0 else []
        deed = _Deed(
            one.name, *(tuple(word for word in words if len(word) > 1 and not _acts(word)) for words in (done, topic))
        )
        if deed.done or deed.topic:
            yield deed


def _content(text: str, segmenter: Segmenter) -> list[str]:
    words = content(text, segmenter)
    return [word for word in segmenter.words(text) if word in words]


def _acts(word: str) -> bool:
    return word.endswith(load_words().actors) or _ACTS.search(word) is not None


def _does(deed: _Deed, passive: bool, source: Source, segmenter: Segmenter) -> bool:
    """Return whether the clauses that have most of what is said give it to this one, or to nobody."""
    found = list(_spots(deed, source))
    least = _NEARLY * max((spot.score for spot in found), default=0)
    likely = [spot for spot in found if spot.score >= least]
    return not likely or any(_given(deed.name, passive, spot, source, segmenter) for spot in likely)


def _spots(deed: _Deed, source: Source) -> Iterator[_Spot]:
    """Yield the clauses of a passage that have some of what is said."""
    for piece in source.segments:
        text = even(piece.text)
        for match in _CLAUSE.finditer(text):
            done, topic = ([word for word in words if word in match.group()] for words in (deed.done, deed.topic))
            score = _DONE * len("".join(done)) + len("".join(topic))
            if score >= _LEAST_SAID:
                place = match.start() + match.group().find((done or topic)[0])
                yield _Spot(score, piece, text, match.start(), match.end(), place)


def _given(name: str, passive: bool, spot: _Spot, source: Source, segmenter: Segmenter) -> bool:
    """Return whether a clause of a passage gives what it says to somebody of this name."""
    text, place = spot.text, spot.place
    here = actors(text, segmenter)
    before = [one for one in here if one.end <= place and (one.leads or one.end == place)]
    inside = [
        one
        for one in here
        if spot.start <= one.start < spot.end and (one.end <= place or text[one.start - 1 : one.start] == "由")
    ]
    if any(same(name, one.name) for one in inside) or shortened(name, text[spot.start : place]):
        return True
    if not before and not inside:
        return _implied(name, here, spot.piece, source, segmenter)
    if not passive and _joined(name, before, text, spot.start, place):
        return True
    index = here.index((before or inside)[-1])
    group = [here[index].name]
    while index and here[index - 1].end >= here[index].start - 1:
        index -= 1
        group.append(here[index].name)
    return any(same(name, other) for other in group)


def _joined(name: str, before: Sequence[Actor], text: str, start: int, place: int) -> bool:
    """Return whether a name stands earlier in the sentence, and nobody else between it and the place."""
    begin = max(text.rfind(";", 0, start), text.rfind("由", 0, start)) + 1
    found = text.find(name, begin, place)
    return found >= 0 and len(name) > 2 and not any(one.start > found and one.leads for one in before)


def _implied(name: str, here: Sequence[Actor], piece: Piece, source: Source, segmenter: Segmenter) -> bool:
    """Return whether somebody may be meant in a sentence that does not say who acts."""
    known = even(source.context + source.head)
    if any(same(name, one.name) for one in here) or name in known + piece.text:
        return True
    prior = [
        one for one in actors(even(source.text[max(0, piece.start - _BEFORE) : piece.start]), segmenter) if one.leads
    ]
    if prior:
        return any(same(name, one.name) for one in prior[-2:])
    return all(word in source.text + known for word in segmenter.words(name) if len(word) > 1)


def same(one: str, other: str) -> bool:
    """Return whether two names may be those of one body: whole or in part, shortened, or of one field."""
    levels = set(_LEVEL.findall(one)), set(_LEVEL.findall(other))
    if all(levels) and not levels[0] & levels[1]:
        return False
    if one in other or other in one or _shortens(one, other) or _shortens(other, one):
        return True
    pairs = {one[n : n + 2] for n in range(len(one) - 1)}
    if sum(pair in other for pair in pairs) >= _LEAST_PAIRS * len(pairs):
        return True
    field = _PLACED.sub("", _KIND.sub("", one))
    return len(field) > 1 and bool(_KIND.search(one) and _KIND.search(other)) and field[:2] in other


def _shortens(short: str, long: str) -> bool:
    rest = iter(long)
    return short[-1] == long[-1] and all(character in rest for character in short)


@functools.lru_cache(maxsize=4096)
def actors(text: str, segmenter: Segmenter) -> tuple[Actor, ...]:
    """Return who is named in a text that may act, in order."""
    tokens = _tokens(text, segmenter)
    found: list[Actor] = []
    for first, end in _names(tokens):
        start = tokens[first].start
        if found and found[-1].end == start:
            start = found.pop().start
        one = _actor(text, start, tokens[end].start, tokens[end], found)
        if len(one.name) > 1 and not _POINTING.match(one.name):
            found.append(one)
    return tuple(found)


def _actor(text: str, start: int, end: int, follows: _Token, found: Sequence[Actor]) -> Actor:
    # '古树名木由市林业主管部门', as the tagger has it
    name = _EDGE.sub("", text[start:end].rpartition("由")[2])
    start = text.index(name, start)
    joint = text[start - 1 : start]
    leads = joint in _JOINS[0] or _LEADS.search(text[:start]) is not None
    if found and joint in _JOINS[1:5] and found[-1].end == start - 1:
        leads = found[-1].leads
    # Only one leads in a clause: '各社区确定1名联络人'
    if found and found[-1].leads and joint not in _JOINS and _CLAUSE.fullmatch(text, found[-1].end, start) is not None:
        leads = False
    return Actor(start, end, name, leads and follows.word not in ("的", "之") and follows.tag != "vn")


def _tokens(text: str, segmenter: Segmenter) -> list[_Token]:
    found, place = [], 0
    for word, tag in segmenter.tag(text):
        if _GLUED.match(word) and tag.startswith(_NAMING) and not segmenter.knows(word):
            found += [_Token(word[0], "p", place), _Token(word[1:], "n", place + 1)]
        elif _GLUED_BEHIND.fullmatch(word):
            found += [_Token(word[0], "n", place), _Token(word[1:], "d", place + 1)]
        else:
            found.append(_Token(word, tag, place))
        place += len(word)
    return [*found, _Token("", "x", place)]


def _names(tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """Yield the runs of tokens that name who may act."""
    first = 0
    for place, token in enumerate(tokens):
        if not token.names:
            first = place + 1
            continue
        follows = tokens[place + 1]
        if not token.acts or (follows.tag.startswith("n") and follows.tag != "nr" and follows.names):
            continue
        start = first
        # '支持快递企业': the verb is no part of the name; it is of '监督管理部门'
        for verb in range(first, place):
            compound = verb == first and verb < place - 1 and tokens[place - 1].tag in ("vn", "v", "n")
            if tokens[verb].tag == "v" and not (compound and _KIND.fullmatch(token.word)):
                start = verb + 1
        if start <= place:
            yield start, place + 1
        first = place + 1
