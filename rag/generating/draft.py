"""The words of a model as they arrive: cut into sentences, markers read and repaired, the unfinished held back."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.generating.prompt import KEY

_OPENING = "“「『《（(【[<"
_CLOSING = dict(zip("”」』》）)】]>", _OPENING, strict=True))
_QUOTES = "“「『"
_ENDS = "。！？!?；;"
_TAIL = "”」』’）)"
# An open quotation mark longer than this was never closed: sentences end again.
_LONGEST_QUOTATION = 300
# '<think>…</think>': what a model thinks aloud, before its answer as a rule; some servers leave out the first tag
_TAGS = ("think", "thinking", "thought", "reasoning")
_TAG = re.compile(rf"</?(?:{'|'.join(_TAGS)})>")
_THOUGHT = re.compile(rf"</(?:{'|'.join(_TAGS)})>")
_LONGEST_TAG = max(map(len, _TAGS)) + len("</>")

_LABEL = r"(?:(?:ID|ref|资料|資料|来源|來源|编号|編號)\s*[:：]?\s*)?"
_ITEM = rf"{_LABEL}(?:{KEY.pattern}|\d{{1,2}})(?:\s*[-–~]\s*\d{{1,2}})?"
_LIST = rf"{_ITEM}(?:\s*[,，、;；]\s*{_ITEM})*"
# '[k3fa1]' '【1】' '[1，2]' '[ID:1]' '［k3fa1、k9bc2］' '[1-3]'; in round
# brackets keys alone, since '(1)' marks a list: '(k3fa1)' '(来源：k3fa1)'; never 〔2023〕, part of a document's number
_MARKER = re.compile(
    rf"\s*\^?(?:[\[【［]\s*({_LIST})\s*[\]】］]|[(（<]\s*({_LABEL}{KEY.pattern}(?:\s*[,，、]\s*{KEY.pattern})*)\s*[)）>])",
    re.I,
)
# 'k3fa1' '2' '1-3' inside a marker
_TARGET = re.compile(rf"({KEY.pattern})|(\d{{1,2}})(?:\s*[-–~]\s*(\d{{1,2}}))?", re.I)
# '[k3', '【', '(k3fa', '![图', '[见此](http://…' at the very end: may yet become a marker or a link
_UNFINISHED = re.compile(
    r"(?:\^?!?[\[【［][^\]】］\n]{0,80}|!?\[[^\]\n]{0,80}\](?:\([^)\s]*)?|\^?[(（<]\s*[\w:：，,、/ ]{0,24}|\^)$"
)
# '![图](http://a/b.png)' shows nothing; '[见此](http://a)' shows its words
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)")
_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
# '?y=1' in an address ends no sentence
_ADDRESS = re.compile(r"[?!;][A-Za-z0-9]")
# '- ' '* ' '1. ' '## ' at the head of a line, '**' anywhere
_MARKDOWN = re.compile(r"^[ \t]*(?:[-*•]\s+|\d{1,2}[.、)]\s*(?!\d)|#+\s*)|\*\*|`+", re.M)
# '<br>' '</b>' '<script>'
_HTML = re.compile(r"</?[A-Za-z][^<>\n]{0,80}>")
# '| 二级 | 不低于一千二百元 |' is a sentence of its cells
_ROW = re.compile(r"\s*\|(.+)\|\s*$")


@dataclass(frozen=True, slots=True)
class Claim:
    """A finished sentence of a model: its words without markers, the keys it cites, how many markers led nowhere."""

    text: str
    keys: tuple[str, ...]
    unknown: int = 0


class Draft:
    """Collects a reply; `feed` returns the sentences that a piece completed, `pending` is what is not yet complete.

    `keys` are the keys of the evidence in the order in which the model saw it, so that a bare number finds its own.
    `thought_aloud` is set once all that was said so far has turned out to be thinking.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self.thought_aloud = False
        self._keys = tuple(keys)
        self._text = ""
        self._thinking = False

    @property
    def pending(self) -> str:
        """Return the unfinished sentence as it may be shown: no markers, nor what may become one."""
        return "" if self._thinking else _plain(_MARKER.sub("", _UNFINISHED.sub("", self._text)))

    def feed(self, piece: str) -> list[Claim]:
        """Add what arrived and return the sentences that are complete now."""
        self._text += piece
        claims: list[Claim] = []
        self.thought_aloud = False
        while tag := (_THOUGHT if self._thinking else _TAG).search(self._text):
            before, self._text = self._text[: tag.start()], self._text[tag.end() :]
            if self._thinking or _THOUGHT.fullmatch(tag.group()):
                # Without its first tag all that came before was thinking.
                self.thought_aloud = self.thought_aloud or not self._thinking
                claims = claims if self._thinking else []
                self._thinking = False
            else:
                claims += self._claims(before, [*_sentence_ends(before), len(before)])
                self._thinking = True
        if self._thinking:
            self._text = self._text[-_LONGEST_TAG:]
            return claims
        ends = list(_sentence_ends(self._text))
        claims += self._claims(self._text, ends)
        self._text = self._text[ends[-1] :] if ends else self._text
        return claims

    def finish(self) -> list[Claim]:
        """Return what is left when the model has stopped by itself."""
        if self._thinking:
            return []
        rest = _UNFINISHED.sub("", self._text)
        return self._claims(rest, [*_sentence_ends(rest), len(rest)])

    def _claims(self, text: str, ends: Sequence[int]) -> list[Claim]:
        # A heading states nothing.
        parts = (text[begin:end] for begin, end in itertools.pairwise([0, *ends]))
        claims = [self._claim(part) for part in parts if not part.lstrip().startswith("#")]
        return [claim for claim in claims if any(character.isalnum() for character in claim.text)]

    def _claim(self, text: str) -> Claim:
        keys: dict[str, None] = {}
        unknown = 0
        for marker in _MARKER.finditer(text):
            for key, number, last in _TARGET.findall(marker.group()):
                targets = [key.lower()] if key else self._numbered(int(number), int(last or number))
                known = [target for target in targets if target in self._keys]
                unknown += len(targets) - len(known)
                keys.update(dict.fromkeys(known))
        return Claim(_plain(_MARKER.sub("", text)), tuple(keys), unknown)

    def _numbered(self, first: int, last: int) -> list[str]:
        return [self._keys[n - 1] if 1 <= n <= len(self._keys) else "" for n in range(first, last + 1)]


def _sentence_ends(text: str) -> Iterator[int]:
    """Yield where complete sentences end: after a full stop outside quotation marks, with the markers that follow it.

    A sentence is complete once something else has begun, for its marker may still be on the way.
    """
    opened: list[int] = []
    position = 0
    while position < len(text):
        character = text[position]
        if link := _IMAGE.match(text, position) or _LINK.match(text, position):
            position = link.end()
            continue
        if _UNFINISHED.match(text, position):
            return
        if character in _QUOTES:
            opened.append(position)
        elif _CLOSING.get(character, "") in _QUOTES and character in _CLOSING and opened:
            opened.pop()
        if _ADDRESS.match(text, position):
            position += 1
            continue
        inside = bool(opened) and position - opened[0] < _LONGEST_QUOTATION
        position += 1
        if (character in _ENDS and not inside) or (character == "\n" and text[max(0, position - 2)] not in "：:"):
            end = _after(text, position)
            if end is None:
                return
            yield end
            opened.clear()
            position = end


def _after(text: str, position: int) -> int | None:
    """Return where the sentence that ended at `position` ends, its markers included; None when not yet known."""
    while position < len(text) and text[position] in _TAIL:
        position += 1
    while marker := _MARKER.match(text, position):
        position = marker.end()
    rest = text[position:]
    if not rest.strip() or _UNFINISHED.fullmatch(rest.strip()):
        return None
    # '。[k3fa1]。': a model that closes both before and after its marker
    while position < len(text) and text[position] in _ENDS:
        position += 1
    return position


def _plain(text: str) -> str:
    shown = _HTML.sub("", _MARKDOWN.sub("", _LINK.sub(r"\1", _IMAGE.sub("", text)))).strip()
    row = _ROW.fullmatch(shown)
    return "，".join(cell.strip() for cell in row.group(1).split("|")) if row else shown
