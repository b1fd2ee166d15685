"""Read the head of an article: title, repeated titles, speaker, date, number and addressees, line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.terms import HAN, fold
from rag.reading.articles import Line

_MAX_HEAD = 12  # lines; a head is never longer
_LONG_TITLE = 160  # characters; several bodies that issue together, and a number behind
_NOTE = 4  # lines of a text so short that it is all head
_TITLE = 80  # characters; a longer line is a paragraph
# 讲话 意见 …: what a title of an official document ends in; 讲话稿, 意见(试行) count too.
_KINDS = (
    "命令|决定|决议|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要|条例|规定|规则|细则|办法|规程|章程|准则|方案|规划|计划|"
    "纲要|要点|指引|总结|讲话|发言|致辞|讲稿|演讲|汇报|简报|倡议书|公约|协议|说明|解读|建议|答复|材料|体会|述职|令|"
    # a statute (…管理法, …组织法), but no 做法 and no 执法
    "标准|通则|须知|法(?<!做法|方法|执法|立法|(?<!公)司法|普法|看法|想法|用法|说法|手法|违法|合法|依法|守法|学法|释法|语法|书法)"
)
_ENDS_IN_KIND = re.compile(
    rf"(?P<kind>{_KINDS})(?:书|稿|提纲|材料|全文|摘要|范文|要点|摘登)?\d{{0,2}}(?:\s*[（(](?:[^（()）]|[（(][^）)]*[）)]){{1,60}}[）)])*[》]?$"
)
# 某某令(2021)第1号(某某办法): the last kind that a title names, where none ends it
_HOLDS_KIND = re.compile(rf"({_KINDS})(?=[（(〔》）)]|$)")
# 同志们: / 各位代表: / 各县(市)区委,市委各部委办局:
_ADDRESS = re.compile(r"(?=[^。！？!?]*[各局委府部厅院司行会校镇县市区省所室])(?!.*[如以]下)[^。！？!?]{0,300}[:：]$")
# 清河县人民政府文件 / 加 急 / 机密★1年 / 000123 / (根据录音整理) / 讲话稿4篇: what a head holds beside the title.
_LETTERHEAD = re.compile(
    r"(?:(?!.*关于).{2,60}文件|附件\s*\d{0,2}[:：]?|\d{4,8}|(?:特|加|平)\s*(?:急|提)|(?:秘密|机密|绝密).{0,8}|签发人[:：].{0,20}|[（(].{1,20}[）)]"
    r"|.{2,40}[（(]?(?:共|精选)?[\d一二三四五六七八九十]{1,3}篇[）)]?)$"
)
# 附件 / 附件1: what follows has a title of its own
_ATTACHED = re.compile(r"附件\s*\d{0,2}$")
_SALUTATION = re.compile(
    r"(?:尊敬的|各位|同志们|同志|朋友们|老师们|先生们|女士们|委员们|代表们)[^。]{0,40}[:：!！,，]?$"
)
# (2011年3月8日) / 二〇二三年五月 / 2016-05-20
DATE_LINE = re.compile(
    r"[（(]?\s*(?:\d{4}|[〇零○一二三四五六七八九]{4}|(?:中华)?民国\s*[\d一二三四五六七八九十○〇]{1,5})\s*[年./-]\s*"
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[月./-]\s*(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*日?)?)?"
    r"(?:[ ,，]*星期.|.{0,20}(?:通过|批准|修订|修正|公布|发布|施行))?\s*[）)]?$"
)
# 国发〔2023〕12号 / 云政办函[2021]7号 / 府人字第1120012345号
NUMBER = re.compile(
    rf"(?:[{HAN}]{{1,12}})?[〔\[【［(（]\s*(?:19|20)\d{{2}}\s*[〕\]】］)）]\s*第?\s*\d{{1,4}}\s*号"
    rf"|(?!日)[{HAN}]{{1,8}}字第\s*\d{{4,14}}\s*号"
)
# 第12号 / 2020年第8号 / 某某局公告2020年第8号
_ORDER_NUMBER = re.compile(
    r"(?:[\w 、]{0,40}(?:令|公告|通告)\s*)?(?:(?:19|20)\d{2}年)?第\s*[\d一二三四五六七八九十百]+\s*号(?:令|公告)?$"
)
# 某某委员会令 / 某某局公告: the letterhead of an order, a title only where there is no other
_BARE_ORDER = re.compile(r"(?!.*关于).{2,24}(?:令|公告|通告)$")
# 吴某某 / 许怀远同志 / 县委书记 李某某: a line with a name and little else.
_NAME_LINE = re.compile(rf"(?:[{HAN}]{{2,12}}[ \u3000]+)?[{HAN}·]{{2,4}}(?:同志)?$")


@dataclass(frozen=True, slots=True)
class Head:
    """The lines of an article's head by their part; `body` is the position of the first line after it."""

    title: tuple[Line, ...] = ()
    repeated: tuple[Line, ...] = ()
    name: Line | None = None
    date: Line | None = None
    number: Line | None = None
    addressee: Line | None = None
    body: int = 0


def read_head(text: str, lines: Sequence[Line], headings: frozenset[int]) -> Head:
    """Return the head of an article, of which `text` is the shown text folded character for character.

    `headings` are the starts of lines that begin with a numbering mark.
    """
    end = _head_end(text, lines, headings)
    head = lines[:end]
    repeated = tuple(line for i, line in enumerate(head) if _again(text, line, head[i + 1 :]))
    rest = [line for line in head if line not in repeated]
    addressee = rest[-1] if rest and _ADDRESS.match(_of(text, rest[-1])) else None
    number = next((line for line in rest if _is_number(_of(text, line))), None)
    date = next((line for line in rest if DATE_LINE.match(_of(text, line))), None)
    known = (addressee, number, date)
    parts = [line for line in rest if line not in known and not _LETTERHEAD.match(_of(text, line))]
    parts = [line for line in parts if text[line.end - 1] not in ":：。；"]  # 现就有关事项公告如下: no title
    title = _title_lines(text, parts, frozenset(line.start for line in (number, date) if line))
    title = title or ((number,) if number else ())  # 某某指挥部令第13号 and nothing else
    name = next((line for line in parts if line not in title and _NAME_LINE.match(_of(text, line))), None)
    return Head(title, repeated, name, date, number, addressee, end)


def title_kind(title: str) -> str:
    """Return the kind of document that a title names (通知 for …的通知); empty when it names none."""
    words = fold(title).strip()
    found = _ENDS_IN_KIND.search(words)
    if found and found["kind"] != "令":
        return found["kind"]
    return next(reversed(_HOLDS_KIND.findall(words)), "")


def _of(text: str, line: Line) -> str:
    return text[line.start : line.end]


def _head_end(text: str, lines: Sequence[Line], headings: frozenset[int]) -> int:
    """Return how many lines the head has: up to a salutation or addressees, a heading, or a paragraph."""
    for position, line in enumerate(lines[:_MAX_HEAD]):
        words = _of(text, line)
        if line.start in headings and not _ENDS_IN_KIND.search(words):
            return position
        if _SALUTATION.match(words):
            return position
        if _ADDRESS.match(words) and position:
            return position + 1
        if _ATTACHED.match(words) and position:
            return position
        if len(words) <= _LONG_TITLE and _ENDS_IN_KIND.search(words):
            continue
        if len(words) > _TITLE or (words[-1] in "。；;，,、！!？?" and not _ENDS_IN_KIND.search(words[:-1])):
            return position if position or len(words) > _TITLE else 1
    return len(lines) if len(lines) <= _NOTE else 1


def _again(text: str, line: Line, later: Sequence[Line]) -> bool:
    """Return whether a line stands again below, alone or as the beginning of a longer title."""
    key = re.sub(r"\W", "", _of(text, line))
    return len(key) > 3 and any(re.sub(r"\W", "", _of(text, other)).endswith(key) for other in later)


def _is_number(words: str) -> bool:
    words = re.sub(r"\s*签发人.*", "", words.strip())
    return bool(NUMBER.fullmatch(words) or _ORDER_NUMBER.fullmatch(words))


def _title_lines(text: str, parts: Sequence[Line], others: frozenset[int]) -> tuple[Line, ...]:
    """Return the lines of the title: the last that ends in a kind of document, with those above that run into it.

    `others` are the starts of number and date: a title does not run across them.
    """
    ends = [i for i, line in enumerate(parts) if _ENDS_IN_KIND.search(_of(text, line))]
    ends = [i for i in ends if not _BARE_ORDER.match(_of(text, parts[i]))] or ends
    if not ends:
        pair = parts[:2] if len(parts) > 1 and not _NAME_LINE.match(_of(text, parts[1])) else parts[:1]
        return tuple(pair if sum(line.end - line.start for line in pair) <= _TITLE else parts[:1])
    last = ends[-1]
    first = last
    while (
        first
        and not _ENDS_IN_KIND.search(_of(text, parts[first - 1]))
        and not any(parts[first - 1].start < start < parts[first].start for start in others)
        and _runs_on(text, parts[first - 1], parts[first])
    ):
        first -= 1
    title = parts[first : last + 1]
    # 某某令〔2009〕第1号(…管理办法) above 某某令: the longer form says more
    fuller = [line for line in parts if len(title) == 1 and _of(text, line).startswith(_of(text, title[0]))]
    return tuple(fuller[:1] or title)


def _runs_on(text: str, line: Line, following: Line) -> bool:
    """Return whether a line is the beginning of the title below: a part of it, or the name of who spoke."""
    words = _of(text, line)
    if _of(text, following).startswith(("在", "关于")):
        return words.endswith("同志") or not _NAME_LINE.match(words)
    return len(words) > 1 and words[-1] not in "。！？!?；;:：》）)"
