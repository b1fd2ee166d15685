"""Reduce a question to the words that a document could hold, and name them as the other region does."""

from __future__ import annotations

import functools
import re

from opencc import OpenCC

from embeddings.terms import Segmenter, fold

# 请问牵头单位是哪个: what only gives a question its form. Dropped for both indexes; on the policy notices that is worth
# 0.005 of doc@1 and of doc@5. Longer words stand before those that they begin with.
_FORM = re.compile(
    "请问|为什么|为何|什么|怎么样|怎么|怎样|如何|哪些|哪个|哪里|哪几|哪|多少|是否|有没有|能否|可否|是不是|吗|呢|谁|几个|几"
)


def content(question: str) -> str:
    """Return a question, folded, without its form words; as it is when nothing else is in it."""
    folded = fold(question)
    kept = _FORM.sub(" ", folded)
    return kept if kept.strip(" ?？。!！") else folded


def regional(question: str, terms: list[str], segmenter: Segmenter) -> list[str]:
    """Return the terms by which the other side of the strait says a folded question: 资讯 for 信息, 信息 for 资讯."""
    to_taiwan, to_traditional, to_mainland = _converters()
    others = {fold(to_taiwan.convert(question)), fold(to_mainland.convert(to_traditional.convert(question)))}
    known = set(terms)
    return [term for other in sorted(others - {question}) for term in segmenter.terms(other) if term not in known]


@functools.cache
def _converters() -> tuple[OpenCC, OpenCC, OpenCC]:
    return OpenCC("s2twp"), OpenCC("s2t"), OpenCC("tw2sp")
