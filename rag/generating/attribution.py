"""What a sentence says of where it has it from: the title of what it cites, and words that only report."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.generating.facts import squeeze

# '《古树名木保护办法》(临府发〔2021〕9号)'
_TITLE = re.compile(r"《([^《》]{2,100})》(?:\(([^()]{2,40})\))?")
# '根据,' '根据的规定,' once the title is gone; '通知要求,' '该办法规定:' '文件中提到,'
_LEAD = re.compile(
    r"^(?:(?:根据|按照|依据|依照)的?(?:有关|相关)?(?:规定|要求|精神)?"
    r"|(?:根据|按照|依据|依照)?[该本]?(?:文件|通知|意见|办法|条例|讲话|报告|资料|材料|方案|公告)[中里]?的?"
    r"(?:规定|要求|指出|提出|明确|显示|提到|强调)?)[,:]"
)


def unattributed(folded: str, contexts: Sequence[str]) -> str:
    """Return a folded sentence without the titles by which one of `contexts` is known, nor words that only report."""
    known = [squeeze(context) for context in contexts]

    def bare(match: re.Match[str]) -> str:
        named = [squeeze(part) for part in match.groups() if part]
        return "" if any(all(part in context for part in named) for context in known) else match.group()

    return _LEAD.sub("", _TITLE.sub(bare, folded).lstrip())
