"""Markdown: its text without its signs, line by line."""

from __future__ import annotations

import re

_SIGNS = [
    (re.compile(r"(?s)\A---\n.*?\n---\n"), ""),  # a head of "---" lines with settings in YAML
    (re.compile(r"(?s)<!--.*?-->"), ""),  # <!-- remark -->
    (re.compile(r"(?m)^[ \t]*(?:```|~~~).*\n?"), ""),  # ```python
    (re.compile(r"(?m)^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*\n?"), ""),  # | --- | :--: |
    (re.compile(r"(?m)^[ \t]*\|[ \t]*(.*?)[ \t]*\|[ \t]*$"), r"\1"),  # | a | b |
    (re.compile(r"(?m)^[ \t]{0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$"), r"\1"),  # ## 一、总体要求 ##
    (re.compile(r"(?m)^[ \t]*>[ \t]?"), ""),  # > quoted
    (re.compile(r"(?m)^[ \t]*[-*+][ \t]+"), ""),  # - member; "1." stays, it is a mark of the text
    (re.compile(r"(?m)^[ \t]*(?:[-*_][ \t]*){3,}$\n?"), ""),  # * * *
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),  # [text](address), ![picture](address)
    (re.compile(r"(\*\*|__|\*|`)(?=\S)([^\n]*?\S)\1"), r"\2"),  # **bold**, *slanted*, `code`
]


def plain(text: str) -> str:
    """Return the text of a markdown file without the signs of its markup."""
    text = text.replace("\r\n", "\n")
    for pattern, replacement in _SIGNS:
        text = pattern.sub(replacement, text)
    return text
