"""Read a question: what kind it is, what it asks about, what form its answer has."""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from embeddings.terms import HAN, Segmenter, default_segmenter, fold, fold_aligned
from rag.figures import PERIOD, Figure, figures, writings

Kind = Literal[
    "outline", "parts", "compare", "date", "figure", "who", "where", "definition", "list", "why", "how", "yesno", "fact"
]

_FORMLESS = ("outline", "parts")  # answered by headings: 讲了几点 asks for no hour
_N = "一二三四五六七八九十两"
# “五比五创”, 《乡村纪事》: what the asker sets apart is asked for literally.
_QUOTED = re.compile(r"[“\"《]([^”“\"《》]{1,40})[”\"》]")
# 第三部分, 第十二条, 第2章: a part named by its number; 第十四条第二款 names a part of a part.
_PART = re.compile(rf"第([{_N}百\d]{{1,4}})(部分|大块|块|编|章|节|条|款|点|项|篇)的?")
# 第三个问题, 排在第三的: a member named by its number; 第一类保护物 is a name.
_MEMBER = re.compile(rf"第([{_N}\d]{{1,3}})(?:个|项|条|件|步|种|点|名|位|的|是|类(?![{HAN}]{{2}})|类(?=[是的有为]))")
# 哪四个, 哪五项, 哪“五抓”, 几个(哪几个): how many members are asked for.
_COUNT = re.compile(rf"哪[“\"]?([{_N}\d]{{1,3}}|几)")
# 五个好, 三大工程, 四争先: a name that counts its members.
_NAMED_COUNT = re.compile(rf"(?<![第十百千万])([{_N}])(?:个|大|种|项|类|句|条|方面)?[{HAN}]")
# 多少条, 几名党员, 多少亿元: the measure that stands behind a figure.
_MEASURE = re.compile(rf"(?:多少|几)([{HAN}]{{1,2}})")
# 柳溪镇, 青石街道: two characters and the level of a place; not 全县, 各乡镇, 我区, 县城区, 哪个城市.
_LEVELLED = re.compile(rf"[{HAN}]{{2}}(?:街道|社区|[省市县区镇乡州])(?!长)")
# 某街道和县财政局: 和 joins what stands at its sides, 和县 is no place here.
_JOINT = re.compile(rf"([省市县区镇乡州道局委办院])[和与及](?=[县市区镇乡][{HAN}])")
_DEICTIC = re.compile(r"[全各我本该每县市区乡镇村有等个在的了和与及为由向对给至下辖级到从用是城哪一几个么多某这那两]")
# 根据…的判决书, | 结合…2018年的报告, : where the answer is to be found, not what is asked.
_HERE = re.compile("[省市县区镇乡村州局办][里上中内]")  # 镇里, 县上: where the asker is
_SOURCE = re.compile(r"^(?:请?根据|依据|按照|依照|结合|参照)[^,。?？]{2,40},")
# 多少, 哪一年, 谁, 是否: the word that asks.
_ASKS = re.compile(r"多少|几|什么|哪|谁|何[时处地人]|为何|如何|怎|多[久长大高远]|吗|是否|能否|可否")
# 的定义是, 的含义, 意思: what is asked of a word.
_MEANING = re.compile("的?(?:定义|含义|意思|概念)(?:是|$)?|(?:是|指)$")
_PROPER = ("nr", "ns", "nt", "nz")  # tags of proper names
_BESIDE = 3  # characters between the word that asks and what it asks about
# Letters that only a traditional text has tell its script; counting those that folding changed is enough.
_SCRIPT_SHARE = 0.08


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood. Texts are folded, except `text`.

    `topic` are the words that say what it is about, in order, question and function words left out. `form` is the form
    of the answer (a key of `forms.FORMS`, or empty). `count` is how many members are
    expected (0: not said), `member` the number of the one asked for, `part` the numbered part that is named, outermost
    first. `focus` is what a follow-up itself says; `about_document` marks a question on the document itself, as who
    signed it. `asked` are the topic words beside the word that asks. The first `source` characters of `folded` say
    where to look: 根据…的报告,
    """

    text: str
    folded: str
    kind: Kind
    topic: tuple[str, ...]
    form: str = ""
    quoted: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    measure: str = ""
    count: int = 0
    member: int = 0
    part: tuple[tuple[int, str], ...] = ()
    traditional: bool = False
    focus: str = ""
    about_document: bool = False
    asked: tuple[str, ...] = ()
    source: int = 0

    @property
    def subject(self) -> str:
        """Return what a question for a definition asks about, without the words that ask: 什么是保兑行 → 保兑行."""
        bare = self.quoted[0] if self.quoted else _MEANING.sub("", without_asking(self.folded))
        return bare.strip(' ,。?!:“”"') if self.kind == "definition" else ""

    @property
    def query(self) -> str:
        """Return what is searched for: the question, and its shares and years in the other writing."""
        others = [text for figure in self.figures for text in writings(figure) if text not in self.folded]
        return " ".join([self.folded, *others])


@dataclass(frozen=True, slots=True)
class _Words:
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...]
    forms: tuple[tuple[str, re.Pattern[str]], ...]
    asking: re.Pattern[str]
    acts: re.Pattern[str]
    function: frozenset[str]
    empty_tags: tuple[str, ...]
    opposites: tuple[tuple[str, ...], ...]


@functools.cache
def _words() -> _Words:
    data = tomllib.loads(files("rag.answering").joinpath("words.toml").read_text(encoding="utf-8"))
    return _Words(
        kinds=tuple((entry["kind"], re.compile(entry["pattern"])) for entry in data["kinds"]),
        forms=tuple((entry["form"], re.compile(entry["pattern"])) for entry in data["forms"]),
        asking=re.compile("|".join(data["asking"])),
        acts=re.compile(data["acts"]),
        function=frozenset("".join(data["function"]).split()),
        empty_tags=tuple(data["empty_tags"]),
        opposites=tuple(tuple(group.split()) for group in data["opposites"]),
    )


def understand(text: str, segmenter: Segmenter | None = None, focus: str = "") -> Question:
    """Return a question understood; `text` is the standing question, in either script, `focus` what is new in it."""
    segmenter = segmenter or default_segmenter()
    folded = fold(text).strip()
    words = _words()
    # a follow-up that asks itself is not asked what the question before was
    asked = fold(focus) if _has_kind(fold(focus)) else folded
    kind: Kind = next((kind for kind, pattern in words.kinds if pattern.search(asked)), "fact")
    measure = _MEASURE.search(asked)
    said = tuple(_figures(folded))
    part = _PART.findall(folded)
    member = None if part else _MEMBER.search(folded)
    bare = words.asking.sub(" ", (_PART if part else _MEMBER).sub(" ", _without_han_figures(folded, said)))
    topic = tuple(_topic(bare, words, segmenter))
    source = _SOURCE.match(folded)
    return Question(
        text=text,
        folded=folded,
        kind=kind,
        topic=topic,
        form="" if kind in _FORMLESS else next((form for form, pattern in words.forms if pattern.search(asked)), ""),
        quoted=tuple(dict.fromkeys(q for text in _QUOTED.findall(folded) for q in text.split("、") if q)),
        names=tuple(_names(folded, segmenter)),
        figures=said,
        measure=measure[1] if measure else "",
        count=_count(folded, segmenter),
        member=number(member[1]) if member else 0,
        part=tuple((number(digits), unit) for digits, unit in part),
        traditional=is_traditional(text),
        focus=fold(focus),
        about_document=words.acts.search(folded) is not None,
        asked=_beside(folded, topic),
        source=source.end() if source else 0,
    )


def is_function(word: str) -> bool:
    """Return whether a word only joins or places others: 从, 被, 上."""
    return word in _words().function


def is_asking(folded: str) -> bool:
    """Return whether a folded text holds a word that asks: 多少, 谁, 能不能."""
    return _ASKS.search(folded) is not None or _has_kind(folded)


def _has_kind(folded: str) -> bool:
    return any(pattern.search(folded) for _, pattern in _words().kinds)


def members_named(folded: str) -> list[tuple[int, str]]:
    """Return the members that a folded text names, as number and measure: 第一位和第三位 → 1 位, 3 位."""
    return [(number(match[1]), match[0][-1]) for match in _MEMBER.finditer(folded)]


def opposite_of(word: str, folded: str) -> str:
    """Return the word in a folded text whose place another one of its group takes: 城镇 for 农村; empty if none is."""
    groups = (group for group in _words().opposites if word in group)
    return next((other for group in groups for other in group if other != word and other in folded), "")


def without_asking(text: str) -> str:
    """Return a text, in its own script, without the words that only ask: 何时开工 → 开工."""
    kept, at = [], 0
    for asking in _words().asking.finditer(fold_aligned(text)):
        kept.append(text[at : asking.start()])
        at = asking.end()
    return "".join(kept) + text[at:]


def first_asking(text: str) -> int:
    """Return where the first word that only asks begins, 0 where none is."""
    asking = _words().asking.search(fold_aligned(text))
    return asking.start() if asking else 0


def is_traditional(text: str) -> bool:
    """Return whether a text is written in traditional characters."""
    han = [c for c in text if c > "\u3400"]
    changed = sum(fold(c) != c for c in han if c not in "“”「」『』，。？！、；：（）《》")
    return changed > _SCRIPT_SHARE * len(han)


def number(text: str) -> int:
    """Return a small number in either writing: '三' 3, '十二' 12, '2' 2; 0 when it is none."""
    if text.isdecimal():
        return int(text)
    tens, mark, ones = text.replace("两", "二").rpartition("十")
    digits = "零一二三四五六七八九"
    value = (digits.find(tens) if tens else 1) * 10 if mark else 0
    return value + (max(digits.find(ones), 0) if ones else 0)


def _figures(folded: str) -> Iterator[Figure]:
    """Yield the figures that the evidence should say: dates, shares, and what is written in digits (not 四争先)."""
    for figure in figures(folded):
        numbered = folded[figure.start - 1 : figure.start] == "第"
        if not numbered and (figure.unit in ("date", "%", PERIOD) or folded[figure.start].isdecimal()):
            yield figure


def _without_han_figures(folded: str, said: Sequence[Figure]) -> str:
    """Return a question with blanks for shares, and dates in Han figures: they are matched by value, not by word."""
    spelled = [f for f in said if f.unit == "%" or (f.unit == "date" and not folded[f.start].isdecimal())]
    for figure in spelled:
        folded = folded[: figure.start] + " " * (figure.end - figure.start) + folded[figure.end :]
    return folded


def _count(folded: str, segmenter: Segmenter) -> int:
    """Return how many members are asked for, or how many the name of a list counts; 四 in 四川 counts nothing."""
    asked = _COUNT.search(folded)
    if asked and number(asked[1]) > 1:
        return number(asked[1])
    tagged = segmenter.tag(folded)
    starts = itertools.accumulate((len(word) for word, _ in tagged), initial=0)
    plain = {start for start, (_, tag) in zip(starts, tagged, strict=False) if not tag.startswith(_PROPER)}
    named = [number(m[1]) for m in _NAMED_COUNT.finditer(folded) if m.start() in plain]
    return max((n for n in named if n > 1), default=0)


def _topic(bare: str, words: _Words, segmenter: Segmenter) -> list[str]:
    """Return the words that carry meaning: no function words, no pronouns, particles, conjunctions or marks."""
    found = []
    for word, tag in segmenter.tag(bare):
        clean = word.strip()
        if not clean or clean in words.function or not re.search(rf"[{HAN}a-z0-9]", clean):
            continue
        if tag.startswith(words.empty_tags) and len(clean) < (2 if tag == "c" else 3):  # 接管 is a conjunction there
            continue
        found.append(clean)
    return found


def _beside(folded: str, topic: Sequence[str]) -> tuple[str, ...]:
    """Return the topic words next to the last word that asks: 体温是多少 → 体温, 任命了几位董事 → 董事."""
    asks = [match.span() for match in _ASKS.finditer(folded)]
    if not asks:
        return ()
    start, end = asks[-1]
    before = [(folded.rfind(word, 0, start) + len(word), word) for word in topic if folded.rfind(word, 0, start) >= 0]
    behind = [(folded.find(word, end), word) for word in topic if folded.find(word, end) >= 0]
    near = [max(before)[1]] if before and start - max(before)[0] <= _BESIDE else []
    near += [min(behind)[1]] if behind and min(behind)[0] - end <= _BESIDE else []
    return tuple(dict.fromkeys(near))


def _names(folded: str, segmenter: Segmenter) -> list[str]:
    """Return the proper names that the dictionary's tags find, and places that their level shows.

    Short persons and other short names are often mistaken for such, and so is what is asked for: 哪个城市, 哪些东西.
    """
    bare = _words().asking.sub(" ", folded)
    tagged = [
        word
        for word, tag in segmenter.tag(_JOINT.sub(r"\1 ", bare))
        if ((tag[:2] in ("ns", "nt") and len(word) > 1) or (tag[:2] in ("nr", "nz") and len(word) > 2))
        and not _HERE.fullmatch(word)
    ]
    levels = [
        name
        for name in (match[0] for match in _LEVELLED.finditer(bare))
        if not _DEICTIC.search(name[:2]) and not segmenter.knows(name[1:])
    ]
    asked = _kinds(folded, segmenter)
    kinds = [name for name in (*tagged, *levels) if name in asked]
    return [name for name in dict.fromkeys([*tagged, *levels]) if not any(name in kind for kind in kinds)]


def _kinds(folded: str, segmenter: Segmenter) -> list[str]:
    """Return the nouns behind the words that ask which, whole and the last one; none that only goes before 的."""
    found: list[str] = []
    run: list[str] | None = None
    for word, tag in [*segmenter.tag(folded), ("", "")]:
        if run is not None and tag.startswith("n"):
            run.append(word)
        elif run != [] or not tag.startswith(("m", "q")):
            found += ["".join(run), run[-1]] if run and tag != "uj" else []
            run = [] if "哪" in word or word == "什么" else None
    return found
