"""The automatic numbering of docx: the marks that a reader sees and that stand nowhere in the text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from rag.reading.formats.numerals import numeral

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level counts. `restart` is the level (from 1) after which it begins anew, 0 for never."""

    start: int = 1
    style: str = "decimal"
    pattern: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False


class Numbering:
    """Counts paragraphs as they come and tells the mark of each."""

    def __init__(self, root: Element | None, styles: Element | None) -> None:
        self._styles = {style.get(W + "styleId", ""): style for style in _all(styles, "style")}
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._numbers: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        self._by_style: dict[str, int] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        links: dict[str, str] = {}
        for abstract in _all(root, "abstractNum"):
            name = abstract.get(W + "abstractNumId", "")
            self._abstract[name] = {_index(level): _level(level) for level in abstract.findall(W + "lvl")}
            links[name] = _value(abstract, "numStyleLink")
            for level in abstract.findall(W + "lvl"):
                self._by_style.setdefault(_value(level, "pStyle"), _index(level))
        for number in _all(root, "num"):
            self._add(number, links)

    def _add(self, number: Element, links: dict[str, str]) -> None:
        name, abstract = number.get(W + "numId", ""), _value(number, "abstractNumId")
        overrides = {}
        for override in number.findall(W + "lvlOverride"):
            level = override.find(W + "lvl")
            if level is not None:
                overrides[_index(override)] = _level(level)
            start = _value(override, "startOverride")
            if start.lstrip("-").isdecimal():
                self._restarts[name, _index(override)] = int(start)
        if links.get(abstract):  # a list style: its levels stand in the abstract list that the style's own number names
            linked = self._style_number(links[abstract])
            abstract = self._numbers.get(linked, (abstract, {}))[0]
        self._numbers[name] = (abstract, overrides)

    def mark(self, paragraph: Element) -> str:
        """Return the mark of the next paragraph, with a space where the text does not follow closely; or nothing."""
        name, index = self._reference(paragraph)
        abstract, overrides = self._numbers.get(name, ("", {}))
        levels = self._abstract.get(abstract, {}) | overrides
        if index not in levels:
            return ""
        self._count(name, abstract, index, levels)
        level = levels[index]
        counts = self._counts[abstract]

        def number(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            shown = levels.get(place, _Level())
            style = "decimal" if level.legal else shown.style
            return numeral(counts.get(place, shown.start), style)

        # "%1.%2", "第%1条"
        mark = re.sub(r"%([1-9])", number, level.pattern if level.style != "bullet" else "")
        return mark + " " if mark and level.suffix != "nothing" and mark[-1].isalnum() else mark

    def _count(self, name: str, abstract: str, index: int, levels: dict[int, _Level]) -> None:
        """Count a paragraph; a number with a start of its own begins anew at its first use, and deeper levels do."""
        counts = self._counts[abstract]
        start = self._restarts.pop((name, index), None)
        counts[index] = start if start is not None else counts.get(index, levels[index].start - 1) + 1
        for deeper in range(index + 1, _LEVELS):
            restart = levels.get(deeper, _Level()).restart
            if restart is None or 0 < index + 1 <= restart:
                counts.pop(deeper, None)

    def _reference(self, paragraph: Element) -> tuple[str, int]:
        """Return the number and level of a paragraph: its own, or those of its style or of one it is based on."""
        properties = paragraph.find(f"{W}pPr")
        own = properties.find(f"{W}numPr") if properties is not None else None
        style = _value(properties, "pStyle") if properties is not None else ""
        name, index = _value(own, "numId"), _value(own, "ilvl")
        seen: set[str] = set()
        while style and style not in seen and not (name and index):
            seen.add(style)
            element = self._styles.get(style)
            inherited = element.find(f"{W}pPr/{W}numPr") if element is not None else None
            if inherited is not None and not name:
                name = _value(inherited, "numId")
                index = index or _value(inherited, "ilvl") or str(self._by_style.get(style, 0))
            style = _value(element, "basedOn")
        return ("" if name == "0" else name), int(index) if index.isdecimal() else 0

    def _style_number(self, style: str) -> str:
        element = self._styles.get(style)
        return _value(element.find(f"{W}pPr/{W}numPr"), "numId") if element is not None else ""


def _level(element: Element) -> _Level:
    start, restart = _value(element, "start"), _value(element, "lvlRestart")
    legal = element.find(W + "isLgl")
    return _Level(
        start=int(start) if start.isdecimal() else 1,
        style=_value(element, "numFmt") or "decimal",
        pattern=_value(element, "lvlText"),
        suffix=_value(element, "suff") or "tab",
        restart=int(restart) if restart.isdecimal() else None,
        legal=legal is not None and legal.get(W + "val", "1") not in {"0", "false"},
    )


def _index(element: Element) -> int:
    index = element.get(W + "ilvl", "")
    return int(index) if index.isdecimal() else 0


def _value(element: Element | None, name: str) -> str:
    found = element.find(W + name) if element is not None else None
    return found.get(W + "val", "") if found is not None else ""


def _all(root: Element | None, name: str) -> list[Element]:
    return root.findall(W + name) if root is not None else []
