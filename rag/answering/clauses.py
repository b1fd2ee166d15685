"""Take apart a question that asks several things in a row: 什么时候施行,由谁解释?"""

from __future__ import annotations

import re

from embeddings.terms import fold_aligned
from rag.answering.understand import is_asking

_END = re.compile("[,;?、]")


def clauses_that_ask(text: str) -> list[str]:
    """Return the clauses of a question that ask, each with those before it that do not; empty where only one asks."""
    found, begun = [], 0
    folded = fold_aligned(text)
    for match in [*_END.finditer(folded), None]:
        end = match.start() if match else len(text)
        if is_asking(folded[begun:end]):
            found.append(text[begun:end])
            begun = end + 1
    return found if len(found) > 1 else []
