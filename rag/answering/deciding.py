"""Tell how far a text decides a yes or no: whether one may, must, or whether something counts."""

from __future__ import annotations

import re

from rag.answering.understand import Question

# What decides a yes or no: whether one may, must, or whether it counts, and the words by which each is asked.
_MAY = re.compile(r"不(?:得|能|准|许|允许|可|予|再|宜|鼓励|提倡)|严禁|禁止|可以|允许|准予|有权|方可|同意")
_MUST = re.compile(
    r"(?<![反相适供感效对响回])应(?![急对用聘届邀付酬答])|须|[不无][需用必]|无(?:记名|偿|息|条件)|自愿|免(?!疫)|除外|不(?:适用|承担|受|在)"
)
_COUNTS = re.compile(
    r"不(?:属|算|视|作|适用|计|纳|包|含|受|在|承担)|视[为同]|认定为|无效|除外|包括|计入|纳入|属于|适用|免(?!疫)|只|仅"
)
_ASKS_MUST = re.compile(r"[要需用该必]|应当?")
_ASKS_COUNTS = re.compile(r"算|属|有[没无]|是[不否]|包[括含]|适用|受|[收赔给罚][不没]")
_HALF_DECIDED = 0.5  # of a rule of another sort than asked for: 应当 for 能不能


def decides(question: Question, text: str) -> float:
    """Return how far a text is a rule that decides a yes or no of the sort that is asked for."""
    if question.kind != "yesno":
        return 0.0
    asked = question.folded
    own = _COUNTS if _ASKS_COUNTS.search(asked) else _MUST if _ASKS_MUST.search(asked) else _MAY
    if own.search(text):
        return 1.0
    return _HALF_DECIDED * any(sort.search(text) for sort in (_MAY, _MUST, _COUNTS))
