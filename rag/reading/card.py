"""Read the card that government sites put above a document: 索引号, 发文机关, 成文日期, 发文字号, with their values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.reading.articles import Line

# What a card says under each name; names that say nothing about the document are read and left out.
_NAMES = {
    "title": ("标题", "名称", "法规名称", "文件名称", "信息名称"),
    "number": ("发文字号", "文号", "文件编号", "发布文号"),
    "issuer": ("发文机关", "发文单位", "发布机构", "发布机关", "制发机关", "来文机关", "发文机构", "信息来源"),
    "issued_on": ("成文日期", "成文时间", "发文日期", "修正日期", "公布日期", "公发布日", "制定日期"),
    "published_on": ("发布日期", "发布时间", "公开日期"),
    "effective_on": ("生效日期", "施行日期", "实施日期"),
    "": (
        "索引号", "信息索引号", "主题分类", "公文种类", "主题词", "关键词", "体裁分类", "组配分类", "信息分类",
        "有效性", "时效", "时效性", "附加码", "效力状态", "法规类别", "生效状态", "废止日期", "失效日期",
        "信息类别", "公开方式", "公开范围", "公开时限", "内容概述",
    ),
}  # fmt: skip
_MEANING = {name: meaning for meaning, names in _NAMES.items() for name in names}
# 索引号: / 标 题: , folded, with its value behind it or on the next line
_SPACED = [r"[ \u3000]*".join(name) for name in sorted(_MEANING, key=len, reverse=True)]
_NAME = re.compile(rf"(?<![^\s:])({'|'.join(_SPACED)})[ \u3000]*:")
_LONGEST = 120  # characters; a longer line is the text of the document
_FEWEST = 3  # names; fewer are lines of the text
_REACH = 40  # lines from the top in which a card stands
_FIRST = 6  # lines above it, at most


@dataclass(frozen=True, slots=True)
class Card:
    """The values of a card by meaning, its lines, and the other lines of the article."""

    values: Mapping[str, Line] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    rest: tuple[Line, ...] = ()


def read_card(text: str, lines: Sequence[Line]) -> Card:
    """Return the card above an article; `text` is folded character for character."""
    values: dict[str, Line] = {}
    taken: list[int] = []
    names: set[str] = set()
    open_name = ""
    for position, line in enumerate(lines[:_REACH]):
        if line.end - line.start > _LONGEST:
            break
        found = list(_NAME.finditer(text, line.start, line.end))
        if found and found[0].start() == line.start:
            taken.append(position)
            for mark, following in zip(found, [*found[1:], None], strict=True):
                open_name = re.sub(r"\s", "", mark[1])
                names.add(open_name)
                stop = following.start() if following else line.end
                if _keep(text, values, open_name, mark.end(), stop):
                    open_name = ""
        elif open_name and not _is_text(text, line, open_name, lines, position):
            _keep(text, values, open_name, line.start, line.end)
            taken.append(position)
            open_name = ""
        elif len(names) > 1 or position > _FIRST:
            break
    if len(names) < _FEWEST:
        return Card(rest=tuple(lines))
    values.pop("", None)
    chosen = set(taken)
    return Card(
        values,
        tuple(lines[p] for p in taken),
        tuple(line for p, line in enumerate(lines) if p not in chosen),
    )


def _keep(text: str, values: dict[str, Line], name: str, start: int, stop: int) -> bool:
    """Keep the value that stands in a range, if one does."""
    words = text[start:stop]
    if not words.strip():
        return False
    begin = start + len(words) - len(words.lstrip())
    values.setdefault(_MEANING[name], Line(begin, start + len(words.rstrip())))
    return True


def _is_text(text: str, line: Line, name: str, lines: Sequence[Line], position: int) -> bool:
    """Return whether a line is no value but the document: addressees, or the title again after the last name."""
    words = text[line.start : line.end]
    if words.endswith(":"):
        return True
    above = [text[other.start : other.end] for other in lines[:position]]
    return _MEANING[name] == "" and len(words) > 4 and any(other.startswith(words) for other in above)
