"""Find out who signed an article and when it was issued and takes effect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from embeddings.terms import HAN
from rag.datatypes import Value
from rag.reading.articles import Line
from rag.reading.dates import DATE, iso
from rag.reading.head import DATE_LINE, Head
from rag.reading.sheet import Sheet

TAIL = 12  # lines at the end where signature, date, copies and notes stand
_SURE, _LIKELY, _GUESS = 0.95, 0.8, 0.5
_DATE_LINE, _BODY_LINE = 24, 40  # characters of the lines of a signature
_NOTE_LINE = 400  # characters of the note below the title of a statute: who passed it, who amended it, each with a day
# 清河县人民政府办公室: what the name of an issuing body ends in
BODY = re.compile(
    rf"^[{HAN} \u3000（()）]{{2,40}}"
    r"(?:委员会|人民政府|政府|办公室|办公厅|委|局|厅|部|院|署|会|组|公司|中心|大学|学院|银行|处|办)$"
)
# 工作委员会, 防控工作领导小组: the second line of a name, never a name of its own
_REST_OF_NAME = re.compile(r"(?:\S{0,6}工作)?(?:委员会|领导小组|指挥部|办公室|小组)$")
_FEW = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DAY = rf"((?:\d{{4}}|[〇零○一二三四五六七八九]{{4}}|民国\s*\d{{1,3}})\s*年\s*{_FEW}\s*月\s*{_FEW}\s*日)"
# …管理规则二〇一一年三月二十四日 / 2011年3月24日印发, at the end of a line
_DATED_END = re.compile(rf"{_DAY}$")
_PRINTED = re.compile(rf"{_DAY}印发")
# 某市市场监督管理局 2020年2月3日: body and date on one line
_SIGNED = re.compile(rf"(?P<bodies>[{HAN}（()）\u3000 ]{{4,80}}?)[ \u3000]*{_DAY}$")
# (2021年8月26日某市人民政府第37次常务会议通过 2021年9月10日公布 自2021年11月1日起施行)
_NOTE = re.compile(rf"[（(]?(?:中华)?{_DAY}")
_ACT = re.compile(r"公布|发布|通过|批准|修订|修正")
# ——2023年3月5日在第十四届…会议上, …的讲话(2020年11月20日,北京): a day below the title or in it
_DAY_OF_SPEECH = re.compile(rf"[—–-]*\s*{_DAY}")
_DAY_IN_TITLE = re.compile(rf"[（(]{_DAY}")
# 自2024年1月1日起施行
_EFFECTIVE = re.compile(r"自\s*(?P<date>[^。；;，,]{4,14}?)\s*起(?:施行|实施|执行|生效)")


def signatures(sheet: Sheet) -> Iterator[tuple[Line, Line]]:
    """Yield (bodies, date) of what signs: one or more bodies, a line each, with the date on the last or the next."""
    for position, line in enumerate(sheet.lines[1:], start=1):
        if line.end - line.start <= _DATE_LINE and DATE_LINE.match(sheet.of(line)):
            first = _first_body(sheet, position)
            if first < position:
                yield Line(sheet.lines[first].start, sheet.lines[position - 1].end), line
        elif position > sheet.body and sheet.folded.endswith("日", line.start, line.end):
            found = _SIGNED.match(sheet.of(line))
            if found and BODY.match(found["bodies"]):
                yield Line(line.start, line.start + found.end("bodies")), line


def _first_body(sheet: Sheet, date: int) -> int:
    """Return the first of the lines above a date that are names of bodies."""
    first = date
    while first and _is_short(sheet.lines[first - 1]) and BODY.match(sheet.of(sheet.lines[first - 1])):
        first -= 1
    broken = first < date and first > sheet.body and _REST_OF_NAME.match(sheet.of(sheet.lines[first]))
    return first - 1 if broken and _is_short(sheet.lines[first - 1]) else first


def _is_short(line: Line) -> bool:
    return line.end - line.start <= _BODY_LINE


def issued_on(sheet: Sheet, head: Head, title: Value | None, written: Sequence[Value | None]) -> Value | None:
    """Return the date of issue, the surest that is found: on a line of its own, in a signature, below the title ….

    `written` are the dates that the card of a web page gives: of issue first, of upload last.
    """
    return next((value for value in _dates(sheet, head, title, written) if value), None)


def _dates(sheet: Sheet, head: Head, title: Value | None, written: Sequence[Value | None]) -> Iterator[Value | None]:
    yield written[0]
    tops = [line for line in sheet.lines[:TAIL] if line.end - line.start <= _DATE_LINE]
    dated = [line for line in [head.date, *tops] if line and DATE_LINE.match(sheet.of(line))]
    dated += [date for _, date in signatures(sheet)]
    tail = [line for line in sheet.lines[-TAIL:] if line.end - line.start <= _DATE_LINE]
    dated += [line for line in reversed(tail) if DATE_LINE.match(sheet.of(line))]
    yield from (sheet.date(line.start, line.end, _SURE) for line in dated)
    for line in sheet.lines[: head.body + 1]:
        found = _DAY_OF_SPEECH.match(sheet.of(line)) if line not in head.title else None
        yield _enacted(sheet, line) or (sheet.date(line.start, line.end, _LIKELY) if found else None)
    found = _DAY_IN_TITLE.search(sheet.folded, *_extent(head.title))
    yield sheet.date(found.start(1), found.end(1), _LIKELY) if found else None
    yield _glued_date(sheet)
    yield written[-1]
    year = re.search(r"(?<!\d)((?:19|20)\d{2})年", sheet.folded[slice(*_extent(head.title))])
    yield Value(year[1], title.span, _GUESS) if year and title else None


def _extent(lines: Sequence[Line]) -> tuple[int, int]:
    return (lines[0].start, lines[-1].end) if lines else (0, 0)


def _enacted(sheet: Sheet, line: Line) -> Value | None:
    """Return the day on which a statute was made public, else last passed or amended, from the note below its title."""
    words = sheet.of(line)
    if len(words) > _NOTE_LINE or not _NOTE.match(words):
        return None
    days = list(re.finditer(_DAY, words))
    acts = [
        (day, _ACT.findall(words[day.end() : after.start() if after else len(words)]))
        for day, after in zip(days, [*days[1:], None], strict=True)
    ]
    public = [day for day, act in acts if {"公布", "发布"} & set(act)]
    last = (public or [day for day, act in acts if act])[-1:]
    return sheet.date(line.start + last[0].start(), line.start + last[0].end(), _LIKELY) if last else None


def _glued_date(sheet: Sheet) -> Value | None:
    """Return the date at the end of a line: …申请书二〇〇六年三月八日; else that of 2006年3月10日印发."""
    for end, pattern in (("日", _DATED_END), ("印发", _PRINTED)):
        for line in sheet.lines[sheet.body :]:
            if sheet.folded.endswith(end, line.start, line.end):
                found = pattern.search(sheet.of(line))
                if found:
                    return sheet.date(line.start + found.start(1), line.start + found.end(1), _LIKELY)
    return None


def effective_on(sheet: Sheet, start: int, end: int) -> Value | None:
    """Return the day from which an article is in force, where it says so."""
    for found in _EFFECTIVE.finditer(sheet.folded, start, end):
        date = DATE.search(found["date"])
        if date and iso(date):
            begin = found.start("date")
            return sheet.value(begin, begin + len(found["date"]), _SURE, iso(date))
    return None
