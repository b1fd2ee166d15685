"""Find the office that speaks in an article as 我局 or 我院, by its name or by the work it does."""

from __future__ import annotations

import re
from collections import Counter

from embeddings.terms import Segmenter
from rag.datatypes import Span, Value
from rag.reading.places import SCAN

# 我局, 本院: how an office speaks of itself
_SELF_BODY = re.compile(r"(?:我|本)(局|委|厅|院|校|中心|处|所|站|部|会)(?=[^员])")
_LIKELY, _GUESS = 0.7, 0.4


def find_body(text: str, segmenter: Segmenter) -> Value | None:
    """Return the office that says 我局 or 我院: named in the text, or by the work it does (民政工作 → 民政局)."""
    own = Counter(m[1] for m in _SELF_BODY.finditer(text[:SCAN]))
    if not own:
        return None
    suffix, times = own.most_common(1)[0]
    if times < 2 or suffix in "部会所站":
        return None
    scanned = text[:SCAN]
    named = Counter(m[1] for m in re.finditer(rf"([\u4e00-\u9fff]{{2,6}}){suffix}", scanned))
    words = Counter({w: n for name, n in named.items() for w in [_office(name, suffix, segmenter)] if w})
    works = re.findall(r"(?=([\u4e00-\u9fff]{2})(?:工作|事业|系统|部门))", scanned)
    words.update({w: n for w, n in Counter(works).items() if segmenter.knows(w) and segmenter.knows(w + suffix)})
    if not words:
        return None
    office = words.most_common(1)[0][0]
    # ××县统计局: the level before the office is part of what people call it
    found = re.search(rf"[省市州县旗区镇]{office}{suffix}", scanned) or re.search(office, scanned)
    start = found.start() if found else 0
    name = found[0] if found and found[0].endswith(suffix) else office + suffix
    span = Span(start, start + (len(name) if name in scanned else len(office)))
    return Value(name, span, _LIKELY if words[office] > 1 else _GUESS)


def _office(name: str, suffix: str, segmenter: Segmenter) -> str:
    """Return the longest end of a name that makes an office of the dictionary: 同意文化 → 文化 (文化局)."""
    ends = (name[i:] for i in range(len(name) - 1))
    return next((end for end in ends if segmenter.knows(end) and segmenter.knows(end + suffix)), "")
