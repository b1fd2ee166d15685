"""Show a quotation in the reader's script, beside the document's own: characters are exchanged, never words."""

from __future__ import annotations

import functools

from opencc import OpenCC

from rag.answering.understand import is_traditional


def in_readers_script(shown: str, question: str) -> str:
    """Return a quotation in the script of a question; empty where both are written in the same."""
    traditional = is_traditional(question)
    if is_traditional(shown) == traditional:
        return ""
    converted = _converter(traditional).convert(shown)
    return converted if converted != shown else ""


@functools.cache
def _converter(traditional: bool) -> OpenCC:
    # s2tw writes the characters of Taiwan; s2twp would also exchange words (信息 for 資訊)
    return OpenCC("s2tw" if traditional else "t2s")
