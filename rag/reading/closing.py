"""Tell the lines that close an article and belong to none of its sections: attachments, copies, signature and date."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading.articles import Line
from rag.reading.head import DATE_LINE

# 同志们,… 各位代表! 让我们…: what a speech says at its end, or between two parts.
_TURN = re.compile(r"(?:同志们|各位\S{2,4}|最后|总之|谢谢大家|让我们)")
# 附件:… 抄送:… 主题词:… 特此通知 信息公开选项:… 请…将本通知转发…: what stands below an official document.
_FOOT = re.compile(
    r"附[ \u3000]*[件表录图][ \u3000\d一二三四五六七八九十]{0,5}(?:$|[:：])|附(?:$|[:：])|附件\d{1,2}\S"
    r"|附件[^\s，。]{2,40}$|(?:抄|主|发)[ \u3000]*送[:：]"
    r"|(?:抄报|内部发送|信息公开选项|主[ \u3000]*题[ \u3000]*词|联系人|联系电话|印发机关)"
    r"|此[复致]|特此(?:通知|公告|报告|批复|函复|通报)|附注|[^。]{2,40}印发$|[（(](?:此件|联系人)"
    r"|请[^。；]{2,120}将(?:本|此)\S{2,4}(?:转发|转知|印发)|请遵照执行|请认真贯彻"
)
# 本通知自发布之日起施行。: closes a notice; in a regulation it is an article and has its own mark.
_EFFECT = re.compile(r"本(?:通知|通告|公告|意见|办法|规定|方案|细则)自.{2,30}起?(?:施行|实施|执行|生效)")
# 执行中如遇问题,请及时报告。: the last paragraph of a notice
_TROUBLE = re.compile(
    r"[^。]{0,20}(?:执行|实施|工作)(?:过程)?中[^。]{0,8}(?:如遇|如有|遇到|遇有|发现)[^。]{0,60}(?:报告|反馈|反映|联系)"
)
# 2.实施细则: what follows the first attachment, one a line
_NUMBERED = re.compile(r"[（(]?\d{1,2}[)）]?[、.．]?[ \u3000]*\S.{0,90}$")
# 某某局 某某厅2014年4月30日: bodies and date on one line
_SIGNED = re.compile(r"[^。；，：！？]{4,40}\d{4}年\d{1,2}月\d{1,2}日$")
_SIGNATURE = 30  # characters; a longer line above a date is text
_SIGNERS = 12  # bodies that sign together, at most
_STOPS = "。！？!?；;：:，,、"


def turns(text: str, line: Line) -> bool:
    """Return whether a paragraph turns to the audience: it stands outside the section above it."""
    return _TURN.match(text, line.start, line.end) is not None


def closing_lines(text: str, lines: Sequence[Line], marked: frozenset[int]) -> frozenset[int]:
    """Return the positions of the lines that close a document.

    `text` has simplified numbering words; `marked` are the starts of lines that begin with a numbering mark.
    """
    found: set[int] = set()
    attached = False  # the line above names what is attached
    for position, line in enumerate(lines):
        if line.start in marked:
            attached = attached and _NUMBERED.fullmatch(text, line.start, line.end) is not None
            if attached:
                found.add(position)
        elif any(pattern.match(text, line.start, line.end) for pattern in (_FOOT, _EFFECT, _TROUBLE, _SIGNED)):
            found.add(position)
            attached = text.startswith("附", line.start)
        elif position and line.end - line.start <= _SIGNATURE and _is_date(text, line):
            found.update(range(_signature(text, lines, position, marked), position + 1))
            attached = False
        else:
            attached = False
    return frozenset(found)


def _is_date(text: str, line: Line) -> bool:
    words = text[line.start : line.end]
    return "月" in words and DATE_LINE.match(words) is not None


def _signature(text: str, lines: Sequence[Line], date: int, marked: frozenset[int]) -> int:
    """Return the first of the short lines above a date that sign it."""
    first = date
    while first and date - first < _SIGNERS:
        line = lines[first - 1]
        if line.start in marked or line.end - line.start > _SIGNATURE or text[line.end - 1] in _STOPS:
            break
        first -= 1
    return first
