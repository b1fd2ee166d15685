"""Find out who said an article, where, when, to whom, under which number; each value with where it was read."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from embeddings.terms import HAN, Segmenter, fold_aligned
from rag.datatypes import Provenance, Value
from rag.reading.articles import Line, mark_title
from rag.reading.bodies import find_body
from rag.reading.card import Card
from rag.reading.clean import Cleaned
from rag.reading.head import NUMBER, Head, title_kind
from rag.reading.issue import BODY, TAIL, effective_on, issued_on, signatures
from rag.reading.places import find_places
from rag.reading.sheet import Sheet

_SURE, _LIKELY, _GUESS = 0.95, 0.8, 0.5
# 国务院办公厅关于…的通知, 某某委员会令〔2021〕第1号, 某某局公告: who stands before 关于 or 令
_ISSUER_IN_TITLE = re.compile(rf"^([{HAN} 、]{{2,40}}?)(?:关于|印发|转发|批转|(?:令|公告|通告)(?=[〔(\[第]|$))")
# 张某某同志在…, 在…上的讲话 张某某
_SPEAKER_IN_TITLE = re.compile(rf"^([{HAN}·]{{2,4}}?)(?:同志)?(?:在(?!全|我|本|各)|同志)")
# 县委书记 许某某: an office before the name
_TITLE_BEFORE = re.compile(r"(?:书记|[^\s]长|主任|主席|总理|委员|秘书)[ \u3000]+$")
_SPEAKER_LINE = re.compile(rf"^(?:.*[ \u3000])?([{HAN}·]{{2,4}}?)(?:同志)?$")
# A title that names no more than who decided; what was decided follows it.
_ORDERS = ("", "令", "命令", "公告", "通告")
# 第一章 总则 / 第一条 为了… / 目录: what follows the title of a statute
_STATUTE_BEGINS = re.compile(r"第\s*[一1]\s*[编章节条]|目\s*录$|总\s*则$")
_ORDER_LINES = 15  # lines of an order before the statute that it puts in force, at most
_TITLE = 80  # characters of a title
_ELEMENTS = [
    # 机密★1年
    ("secrecy", re.compile(r"^(秘密|机密|绝密)(?:\s*[★☆*]?\s*(?:\d+\s*(?:年|个月)|长期)?)?$")),
    # 特急 / 加急
    ("urgency", re.compile(r"^(特急|加急|特提|平急)$")),
    # 签发人:王某某, on a line of its own or behind the number
    ("signer", re.compile(r"^(?:.*号\s+)?签发人[::]\s*(\S.{0,20})$")),
    # 抄送:市委办公室,…
    ("copies", re.compile(r"^抄送[::]\s*(\S.*)$")),
    # 清河县人民政府办公室 2023年5月6日印发
    ("printed", re.compile(r"^(\S.{2,40}?(?:19|20)\d{2}年\d{1,2}月\d{1,2}日印发)$")),
    # 附件:1.实施细则
    ("attachment", re.compile(r"^附件\d{0,2}[::]\s*(\S.*)$")),
    # (此件公开发布)
    ("note", re.compile(r"^[（(](此件.{2,20})[）)]$")),
    # 主题词:教育 经费 通知
    ("subject", re.compile(r"^主题词[::]\s*(\S.*?)\s*(?:(?:抄|发|内部发)\s*送[::].*|联系人.*)?$")),
]
# What else one of these lines begins with, if it is not one that ends in 印发 or holds 签发人.
_ELEMENT_BEGINS = "秘机绝特加平抄附主（("


def read_provenance(
    cleaned: Cleaned,
    folded: str,
    lines: Sequence[Line],
    head: Head,
    card: Card,
    mark: Line | None,
    segmenter: Segmenter,
) -> Provenance:
    """Return what an article says about itself.

    `folded` is the whole shown text folded character for character, `mark` the line that sets the article apart inside
    a compilation.
    """
    end = lines[-1].end if lines else mark.end if mark else 0
    start = lines[0].start if lines else end
    sheet = Sheet(cleaned, folded, lines, head.body)
    titles = _titles(sheet, head, card, mark)
    title = titles[0] if titles else None
    key = fold_aligned(title.text) if title else ""
    speech = _speech(sheet, head, start, end)
    places = find_places(speech, key, segmenter)
    issuer = _of_card(sheet, card, "issuer") or _issuer(sheet, head)
    body = find_body(speech, segmenter) if not issuer else None
    aliases = list(places.aliases)
    if body:
        aliases += [place + body.text for place in places.aliases]
        issuer = _at(cleaned, body, start)
    aliases += [other.text for other in titles[1:]]
    if mark:
        aliases.append(cleaned.text[mark.start : mark.end])
    kind = title_kind(key)
    days = [_day_of_card(sheet, card, name) for name in ("issued_on", "published_on")]
    return Provenance(
        title=title,
        # 某局发布《…办法》: the kind of another document
        kind=Value(kind, title.span, _GUESS if key.endswith("》") else _SURE) if kind and title else None,
        places=tuple(_at(cleaned, value, start) for value in places.values),
        issuer=issuer,
        speaker=_speaker(sheet, head, key, title, segmenter),
        number=_of_card(sheet, card, "number") or _number(sheet, head),
        addressees=_addressees(sheet, head),
        issued_on=issued_on(sheet, head, title, days),
        effective_on=_day_of_card(sheet, card, "effective_on") or effective_on(sheet, start, end),
        elements=tuple(_elements(sheet)),
        aliases=tuple(dict.fromkeys(aliases)),
    )


def _of_card(sheet: Sheet, card: Card, name: str) -> Value | None:
    line = card.values.get(name)
    return sheet.value(line.start, line.end, _SURE) if line else None


def _day_of_card(sheet: Sheet, card: Card, name: str) -> Value | None:
    line = card.values.get(name)
    return sheet.date(line.start, line.end, _SURE) if line else None


def _speech(sheet: Sheet, head: Head, start: int, end: int) -> str:
    """Return the folded text of an article with blanks for whom it is sent to: they do not speak in it."""
    if head.addressee is None:
        return sheet.folded[start:end]
    begin, stop = head.addressee.start, head.addressee.end
    return sheet.folded[start:begin] + " " * (stop - begin) + sheet.folded[stop:end]


def _at(cleaned: Cleaned, value: Value, start: int) -> Value:
    """Return a name as the document writes it (its own script), with its raw range."""
    if value.span is None:
        return value
    begin, end = start + value.span.start, start + value.span.end
    return replace(value, text=cleaned.text[begin:end] + value.text[end - begin :], span=cleaned.span(begin, end))


def _titles(sheet: Sheet, head: Head, card: Card, mark: Line | None) -> list[Value]:
    """Return the title and what else the article is called: by the card, by the order that enacts a statute."""
    written = _of_card(sheet, card, "title")
    found = _title(sheet, head, mark)
    if written and (found is None or _key(written.text).endswith(_key(found.text))):
        return [written] if found is None or len(_key(found.text)) < len(_key(written.text)) else [found]
    if found is None:
        return []
    statute = _enacted_by(sheet, head) if title_kind(found.text) in _ORDERS and "关于" not in found.text else None
    return [sheet.value(statute.start, statute.end, _LIKELY), found] if statute else [found]


def _key(title: str) -> str:
    return re.sub(r"\s", "", title)


def _title(sheet: Sheet, head: Head, mark: Line | None) -> Value | None:
    if head.title:
        text = "".join(sheet.shown(line) for line in head.title)
        return sheet.value(
            head.title[0].start, head.title[-1].end, _SURE if title_kind(fold_aligned(text)) else _LIKELY, text
        )
    text = mark_title(sheet.shown(mark)) if mark else ""
    return sheet.value(mark.end - len(text), mark.end, _LIKELY) if mark and text else None


def _enacted_by(sheet: Sheet, head: Head) -> Line | None:
    """Return the title of the statute that an order or announcement puts in force: the line above its first article."""
    for line, following in itertools.pairwise(sheet.lines[head.body : head.body + _ORDER_LINES]):
        if line.end - line.start <= _TITLE and _STATUTE_BEGINS.match(sheet.of(following)):
            return line if title_kind(sheet.of(line)) not in _ORDERS else None
    return None


def _issuer(sheet: Sheet, head: Head) -> Value | None:
    """Return the body that issued: the signature above the date, else the name before 关于 in the title."""
    found = _ISSUER_IN_TITLE.match("".join(sheet.of(line) for line in head.title))
    named = found[1].strip() if found and BODY.match(found[1].strip()) else ""
    for bodies, _ in signatures(sheet):
        # some of those that sign may stand on a line with other things: the title names them all
        if not all(body in named for body in sheet.of(bodies).split()) or len(named) <= len(sheet.of(bodies)):
            return sheet.value(bodies.start, bodies.end, _SURE, " ".join(sheet.shown(bodies).split()))
    begin = sheet.folded.find(named, head.title[0].start) if named else -1
    return sheet.value(begin, begin + len(named), _LIKELY) if begin >= 0 else None


def _speaker(sheet: Sheet, head: Head, title: str, whole: Value | None, segmenter: Segmenter) -> Value | None:
    """Return who speaks: a name on a line of its own, else the name at the beginning of the title."""
    found = _SPEAKER_LINE.match(sheet.of(head.name)) if head.name else _SPEAKER_IN_TITLE.match(title)
    line = head.name or (head.title[0] if head.title else None)
    if found is None or line is None or whole is None:
        return None
    begin, end = line.start + found.start(1), line.start + found.end(1)
    # folding may change a name (著 → 着), and the tags know simplified names better: either will do
    titled = _TITLE_BEFORE.search(sheet.folded[line.start : begin]) is not None
    named = titled or _is_person(found[1], segmenter) or _is_person(sheet.cleaned.text[begin:end], segmenter)
    return sheet.value(begin, end, _SURE) if named else None


def _is_person(name: str, segmenter: Segmenter) -> bool:
    """Return whether a name is tagged as a person, alone or before 同志, and is no place or office."""
    tagged = segmenter.tag(name + "同志在")
    return bool(tagged) and tagged[0][1] in ("nr", "nrt", "nrfg") and not BODY.match(name)


def _number(sheet: Sheet, head: Head) -> Value | None:
    if head.number:
        found = NUMBER.search(sheet.folded, head.number.start, head.number.end)
        bounds = found.span() if found else (head.number.start, head.number.end)
        return sheet.value(*bounds, _SURE)
    stop = sheet.lines[min(head.body + 1, len(sheet.lines)) - 1].end if sheet.lines else 0
    begin = sheet.lines[0].start if sheet.lines else 0
    stop = min(stop, begin + 300)
    numbers = list(NUMBER.finditer(sheet.folded, begin, stop)) if "号" in sheet.folded[begin:stop] else []
    titled = [each for each in numbers if any(line.start <= each.start() < line.end for line in head.title)]
    # 根据《…》(国办发〔2011〕25号): the number of another document
    own = [each for each in numbers if sheet.folded[each.start() - 1 : each.start()] not in ("(", "（")]
    found, in_title = next(iter(titled or own), None), bool(titled)
    return sheet.value(found.start(), found.end(), _LIKELY if in_title else _GUESS) if found else None


def _addressees(sheet: Sheet, head: Head) -> tuple[Value, ...]:
    line = head.addressee
    if line is None:
        return ()
    # 各县(市)区委,市委各部委办局: cut at commas, not at 、 inside a name
    start = line.start
    for title in head.title:
        # …的通知各县区人民政府: the title runs into the addressees
        words = sheet.of(title)
        shared = next(
            (
                n
                for n in (len(words), len(re.sub(r"[（(][^（()）]*[）)]$", "", words)))
                if n and sheet.folded.startswith(words[:n], line.start)
            ),
            0,
        )
        start += shared
    parts = re.finditer(r"[^,，;；:：\s]+", sheet.folded[start : line.end])
    return tuple(sheet.value(start + p.start(), start + p.end(), _SURE) for p in parts)


def _elements(sheet: Sheet) -> list[tuple[str, Value]]:
    lines = [*sheet.lines[:TAIL], *sheet.lines[max(TAIL, len(sheet.lines) - TAIL) :]]
    found = []
    for line in lines:
        words = sheet.of(line)
        if words[0] not in _ELEMENT_BEGINS and not words.endswith("印发") and "签发人" not in words:
            continue
        for name, pattern in _ELEMENTS:
            match = pattern.match(words)
            if match:
                found.append((name, sheet.value(line.start + match.start(1), line.start + match.end(1), _SURE)))
    return found
