"""Words that decide how a sentence holds: for all or for some, must or may, up or down, in total or each time."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from rag.figures import RATE, figures

# '不低于' '不得超过' '未超过': bounds of figures, which are compared as such
BOUNDS = re.compile(
    r"[不未](?:得|能|应)?(?:低于|高于|少于|多于|早于|晚于|超过|超出|足|满|到(?=\d|[一二三四五六七八九十百千万]))"
)
# '每所' '全部': what such a word stands before is all that it speaks of
_EACH = re.compile(r"(每[\u4e00-\u9fff]|所有|全部|任何|一切|各)([\u4e00-\u9fff]{2})")
_ALL = frozenset(("所有", "全部", "任何", "一切"))
# Only '符合条件的纳税人' are meant where none of these stands
_EVERY = re.compile("所有|全部|任何|一切|凡|一律|均")
# '每所[初中以上]学校' '各[重点]镇'
_NARROWS = re.compile(r"以[上下内外]|的$|重点|部分|[类级]$")
# '三年共安排' '合计'
_TOTAL = re.compile("共|合计|总计|累计")
_REACH = 6  # characters between '每年' and the figure that it goes with: '每年安排8000万元'


@dataclass(frozen=True, slots=True)
class _Operator:
    """`strong` words need one of `supports` in the source; of two that `oppose` each other the source has but one."""

    strong: re.Pattern[str]
    supports: re.Pattern[str]
    opposes: re.Pattern[str] | None


@functools.cache
def _operators() -> tuple[_Operator, ...]:
    tables = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))["operators"]
    return tuple(
        _Operator(
            re.compile(table["strong"]),
            re.compile(table["strong"] + "|" + table["supports"]),
            re.compile(table["opposes"]) if "opposes" in table else None,
        )
        for table in tables
    )


def changes(clause: str, source: str) -> bool:
    """Return whether a folded clause holds otherwise than the clauses of its source that it stands in."""
    said, stands = BOUNDS.sub("", clause), BOUNDS.sub("", source)
    changed = any(_changed(operator, said, stands) for operator in _operators())
    return changed or _totals(clause, source) or _widens(clause, source)


def _changed(operator: _Operator, said: str, stands: str) -> bool:
    if not operator.strong.search(said) or operator.supports.search(stands):
        return False
    return operator.opposes is None or operator.opposes.search(stands) is not None


def _totals(clause: str, source: str) -> bool:
    """Return whether a clause gives as a total what its source gives for each of several times."""
    if not _TOTAL.search(clause) or _TOTAL.search(source):
        return False
    known = figures(source)
    each = [
        other for other in known if any(rate.unit == RATE and 0 <= other.start - rate.end < _REACH for rate in known)
    ]
    return any(figure.unit == "元" and figure.carried_by(other) for figure in figures(clause) for other in each)


def _widens(clause: str, source: str) -> bool:
    """Return whether a clause speaks of all ('每所学校') where its source speaks of some ('每所初中以上学校')."""
    for match in _EACH.finditer(clause):
        each, head = match.groups()
        narrowed = re.search(rf"{each}([^,。;:、]{{2,8}}){head}", source)
        if match.group() not in source and narrowed and _NARROWS.search(narrowed.group(1)):
            return True
        stands = [source[max(0, one.start() - 1) : one.start()] for one in re.finditer(re.escape(head), source)]
        if each in _ALL and stands and all(before == "的" for before in stands) and not _EVERY.search(source):
            return True
    return False
