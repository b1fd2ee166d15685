"""Find out who said an article, where, when, to whom, under which number; each value with where it was read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from embeddings.terms import HAN, Segmenter, fold_aligned
from rag.datatypes import Provenance, Value
from rag.reading.articles import Line, mark_title
from rag.reading.bodies import find_body
from rag.reading.card import Card
from rag.reading.clean import Cleaned
from rag.reading.dates import DATE, iso
from rag.reading.head import DATE_LINE, NUMBER, Head, title_kind
from rag.reading.places import find_places

_SURE, _LIKELY, _GUESS = 0.95, 0.8, 0.5
_DATE_LINE, _BODY_LINE = 24, 40  # characters of the lines of a signature
_TAIL = 12  # lines at the end where signature, date, copies and notes stand
# 自2024年1月1日起施行
_EFFECTIVE = re.compile(r"自\s*(?P<date>[^。；;，,]{4,14}?)\s*起(?:施行|实施|执行|生效)")
# 国务院办公厅关于…的通知, 某某委员会令〔2021〕第1号: who stands before 关于 or 令
_ISSUER_IN_TITLE = re.compile(rf"^([{HAN} 、]{{2,40}}?)(?:关于|印发|转发|批转|(?:令|公告)(?=[〔(\[第]))")
# 清河县人民政府办公室: what the name of an issuing body ends in
_BODY = re.compile(
    rf"^[{HAN} \u3000]{{2,40}}"
    r"(?:委员会|人民政府|政府|办公室|办公厅|党委|工委|局|厅|部|院|署|会|公司|中心|大学|学院|银行|处|办)$"
)
# 张某某同志在…, 在…上的讲话 张某某
_SPEAKER_IN_TITLE = re.compile(rf"^([{HAN}·]{{2,4}}?)(?:同志)?(?:在(?!全|我|本|各)|同志)")
# 县委书记 许某某: an office before the name
_TITLE_BEFORE = re.compile(r"(?:书记|[^\s]长|主任|主席|总理|委员|秘书)[ \u3000]+$")
_SPEAKER_LINE = re.compile(rf"^(?:.*[ \u3000])?([{HAN}·]{{2,4}}?)(?:同志)?$")
_FEW = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DAY = rf"((?:\d{{4}}|[〇零○一二三四五六七八九]{{4}})\s*年\s*{_FEW}\s*月\s*{_FEW}\s*日)"
# …管理规则二〇一一年三月二十四日 / 2011年3月24日印发, at the end of a line
_DATED_END = re.compile(rf"{_DAY}$")
_PRINTED = re.compile(rf"{_DAY}印发")
_ELEMENTS = [
    # 机密★1年
    ("secrecy", re.compile(r"^(秘密|机密|绝密)(?:\s*[★☆*]?\s*(?:\d+\s*(?:年|个月)|长期)?)?$")),
    # 特急 / 加急
    ("urgency", re.compile(r"^(特急|加急|特提|平急)$")),
    # 签发人:王某某
    ("signer", re.compile(r"^签发人[::]\s*(\S.{0,20})$")),
    # 抄送:市委办公室,…
    ("copies", re.compile(r"^抄送[::]\s*(\S.*)$")),
    # 清河县人民政府办公室 2023年5月6日印发
    ("printed", re.compile(r"^(\S.{2,40}?(?:19|20)\d{2}年\d{1,2}月\d{1,2}日印发)$")),
    # 附件:1.实施细则
    ("attachment", re.compile(r"^附件\d{0,2}[::]\s*(\S.*)$")),
    # (此件公开发布)
    ("note", re.compile(r"^[（(](此件.{2,20})[）)]$")),
    # 主题词:教育 经费 通知
    ("subject", re.compile(r"^主题词[::]\s*(\S.*)$")),
]


class _Reading:
    """One article under reading: its shown text, the same folded character for character, and the way back to raw."""

    def __init__(self, cleaned: Cleaned, folded: str, lines: Sequence[Line], body: int) -> None:
        self.cleaned, self.folded, self.lines, self.body = cleaned, folded, lines, body

    def value(self, start: int, end: int, confidence: float, text: str | None = None) -> Value:
        shown = self.cleaned.text[start:end] if text is None else text
        return Value(shown, self.cleaned.span(start, end), confidence)

    def of(self, line: Line) -> str:
        return self.folded[line.start : line.end]

    def date(self, start: int, end: int, confidence: float) -> Value | None:
        """Return the first date of a range."""
        found = DATE.search(self.folded, start, end)
        return self.value(found.start(), found.end(), confidence, iso(found)) if found and iso(found) else None

    def of_card(self, card: Card, name: str) -> Value | None:
        line = card.values.get(name)
        return self.value(line.start, line.end, _SURE) if line else None

    def date_of_card(self, card: Card, name: str) -> Value | None:
        line = card.values.get(name)
        return self.date(line.start, line.end, _SURE) if line else None

    def signatures(self) -> Iterator[tuple[Line, Line]]:
        """Yield (bodies, date) of what signs: one or more bodies, a line each, and the date on the next line."""
        for position, line in enumerate(self.lines[1:], start=1):
            first = position
            if line.end - line.start <= _DATE_LINE and DATE_LINE.match(self.of(line)):
                while first and self._is_body(self.lines[first - 1]):
                    first -= 1
            if first < position:
                yield Line(self.lines[first].start, self.lines[position - 1].end), line

    def _is_body(self, line: Line) -> bool:
        return line.end - line.start <= _BODY_LINE and _BODY.match(self.of(line)) is not None


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
    reading = _Reading(cleaned, folded, lines, head.body)
    title = _title(reading, head, mark) or reading.of_card(card, "title")
    key = fold_aligned(title.text) if title else ""
    # whom a notice is sent to does not speak in it
    begin = lines[head.body].start if head.addressee and head.body < len(lines) else start
    places = find_places(folded[begin:end], key, segmenter)
    issuer = reading.of_card(card, "issuer") or _issuer(reading, head, key)
    body = find_body(folded[begin:end], segmenter) if not issuer else None
    aliases = list(places.aliases)
    if body:
        aliases += [place + body.text for place in places.aliases]
        issuer = _at(cleaned, body, begin)
    if mark:
        aliases.append(cleaned.text[mark.start : mark.end])
    kind = title_kind(key)
    return Provenance(
        title=title,
        kind=Value(kind, title.span, _SURE) if kind and title else None,
        places=tuple(_at(cleaned, value, begin) for value in places.values),
        issuer=issuer,
        speaker=_speaker(reading, head, key, title, segmenter),
        number=reading.of_card(card, "number") or _number(reading, head),
        addressees=_addressees(reading, head),
        issued_on=next(_issued_on(reading, head, card, title), None),
        effective_on=reading.date_of_card(card, "effective_on") or _effective_on(reading, start, end),
        elements=tuple(_elements(reading)),
        aliases=tuple(dict.fromkeys(aliases)),
    )


def _at(cleaned: Cleaned, value: Value, start: int) -> Value:
    """Return a name as the document writes it (its own script), with its raw range."""
    if value.span is None:
        return value
    begin, end = start + value.span.start, start + value.span.end
    return replace(value, text=cleaned.text[begin:end] + value.text[end - begin :], span=cleaned.span(begin, end))


def _title(reading: _Reading, head: Head, mark: Line | None) -> Value | None:
    if head.title:
        text = "".join(reading.cleaned.text[line.start : line.end] for line in head.title)
        return reading.value(
            head.title[0].start, head.title[-1].end, _SURE if title_kind(fold_aligned(text)) else _LIKELY, text
        )
    text = mark_title(reading.cleaned.text[mark.start : mark.end]) if mark else ""
    return reading.value(mark.end - len(text), mark.end, _LIKELY) if mark and text else None


def _issuer(reading: _Reading, head: Head, title: str) -> Value | None:
    """Return the body that issued: the signature above the date, else the name before 关于 in the title."""
    for bodies, _ in reading.signatures():
        return reading.value(
            bodies.start, bodies.end, _SURE, " ".join(reading.cleaned.text[bodies.start : bodies.end].split())
        )
    found = _ISSUER_IN_TITLE.match(title)
    if found and _BODY.match(found[1].strip()) and head.title:
        begin = reading.folded.find(found[1], head.title[0].start)
        if begin >= 0:
            return reading.value(begin, begin + len(found[1].rstrip()), _LIKELY)
    return None


def _speaker(reading: _Reading, head: Head, title: str, whole: Value | None, segmenter: Segmenter) -> Value | None:
    """Return who speaks: a name on a line of its own, else the name at the beginning of the title."""
    found = _SPEAKER_LINE.match(reading.of(head.name)) if head.name else _SPEAKER_IN_TITLE.match(title)
    line = head.name or (head.title[0] if head.title else None)
    if found is None or line is None or whole is None:
        return None
    begin, end = line.start + found.start(1), line.start + found.end(1)
    # folding may change a name (著 → 着), and the tags know simplified names better: either will do
    titled = _TITLE_BEFORE.search(reading.folded[line.start : begin]) is not None
    named = titled or _is_person(found[1], segmenter) or _is_person(reading.cleaned.text[begin:end], segmenter)
    return reading.value(begin, end, _SURE) if named else None


def _is_person(name: str, segmenter: Segmenter) -> bool:
    """Return whether a name is tagged as a person, alone or before 同志, and is no place or office."""
    tagged = segmenter.tag(name + "同志在")
    return bool(tagged) and tagged[0][1] in ("nr", "nrt", "nrfg") and not _BODY.match(name)


def _number(reading: _Reading, head: Head) -> Value | None:
    if head.number:
        found = NUMBER.search(reading.folded, head.number.start, head.number.end)
        bounds = found.span() if found else (head.number.start, head.number.end)
        return reading.value(*bounds, _SURE)
    stop = reading.lines[min(head.body + 1, len(reading.lines)) - 1].end if reading.lines else 0
    begin = reading.lines[0].start if reading.lines else 0
    found = NUMBER.search(reading.folded, begin, min(stop, begin + 300))
    in_title = found and any(line.start <= found.start() < line.end for line in head.title)
    return reading.value(found.start(), found.end(), _LIKELY if in_title else _GUESS) if found else None


def _addressees(reading: _Reading, head: Head) -> tuple[Value, ...]:
    line = head.addressee
    if line is None:
        return ()
    # 各县(市)区委,市委各部委办局: cut at commas, not at 、 inside a name
    start = line.start
    for title in head.title:
        # …的通知各县区人民政府: the title runs into the addressees
        words = reading.of(title)
        shared = next(
            (
                n
                for n in (len(words), len(re.sub(r"[（(][^（()）]*[）)]$", "", words)))
                if n and reading.folded.startswith(words[:n], line.start)
            ),
            0,
        )
        start += shared
    parts = re.finditer(r"[^,，;；:：\s]+", reading.folded[start : line.end])
    return tuple(reading.value(start + p.start(), start + p.end(), _SURE) for p in parts)


def _issued_on(reading: _Reading, head: Head, card: Card, title: Value | None) -> Iterator[Value]:
    """Yield the dates of issue, the surest first: card, line of its own, signature, end of a line; the title's year."""
    found = [reading.date_of_card(card, "issued_on")]
    lines = [line for line in reading.lines[:_TAIL] if line.end - line.start <= _DATE_LINE]
    dated = [line for line in lines if DATE_LINE.match(reading.of(line))]
    dated += [date for _, date in reading.signatures()]
    tail = [line for line in reading.lines[-_TAIL:] if line.end - line.start <= _DATE_LINE]
    dated += [line for line in reversed(tail) if DATE_LINE.match(reading.of(line))]
    found += [reading.date(line.start, line.end, _SURE) for line in [*([head.date] if head.date else []), *dated]]
    for line in reading.lines[: head.body]:
        # ——2023年3月5日在第十四届…会议上: a line below the title
        if line not in head.title and re.match(r"[—–-]*\s*\d{4}年\d{1,2}月\d", reading.of(line)):
            found.append(reading.date(line.start, line.end, _LIKELY))
    found.append(_glued_date(reading))
    found.append(reading.date_of_card(card, "published_on"))
    yield from (value for value in found if value)
    year = re.search(r"(?<!\d)((?:19|20)\d{2})年", fold_aligned(title.text) if title else "")
    if year and title:
        yield Value(year[1], title.span, _GUESS)


def _glued_date(reading: _Reading) -> Value | None:
    """Return the date at the end of a line: …申请书二〇〇六年三月八日; else that of 2006年3月10日印发."""
    for end, pattern in (("日", _DATED_END), ("印发", _PRINTED)):
        for line in reading.lines[reading.body :]:
            if reading.folded.endswith(end, line.start, line.end):
                found = pattern.search(reading.of(line))
                if found:
                    return reading.date(line.start + found.start(1), line.start + found.end(1), _LIKELY)
    return None


def _effective_on(reading: _Reading, start: int, end: int) -> Value | None:
    for found in _EFFECTIVE.finditer(reading.folded, start, end):
        date = DATE.search(found["date"])
        if date and iso(date):
            begin = found.start("date")
            return reading.value(begin, begin + len(found["date"]), _SURE, iso(date))
    return None


def _elements(reading: _Reading) -> list[tuple[str, Value]]:
    lines = [*reading.lines[:_TAIL], *reading.lines[max(_TAIL, len(reading.lines) - _TAIL) :]]
    found = []
    for line in lines:
        for name, pattern in _ELEMENTS:
            match = pattern.match(reading.of(line))
            if match:
                found.append((name, reading.value(line.start + match.start(1), line.start + match.end(1), _SURE)))
    return found
