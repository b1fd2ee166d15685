"""Read dates as official documents write them: 2011年3月8日, 二〇二三年五月, 2016-05-20, 民国112年6月1日."""

from __future__ import annotations

import re

from rag.reading.articles import number_of

_DIGIT = "〇零○一二三四五六七八九"
# 2011年3月8日, 二〇二三年五月, 2016-05-20, 民国 112 年 5 月; the texts are folded
DATE = re.compile(
    rf"(?P<era>民国\s*)?(?P<y>(?<!\d)\d{{4}}|(?<=民国)\s*\d{{1,3}}|(?<=民国)[一二三四五六七八九十百]{{1,4}}|[{_DIGIT}]{{4}})"
    r"\s*[年./-]\s*(?:(?P<m>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[月./-]?"
    r"\s*(?:(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})\s*日?)?)?"
)
_ERA = 1911  # the year before the first of the Republic
_YEARS = (1900, 2100)


def iso(found: re.Match[str]) -> str:
    """Return a match of `DATE` as ISO prefix; empty when no year of ours is in it."""
    digits = found["y"].strip().translate(str.maketrans(_DIGIT, "000123456789"))
    year = int(digits) if digits.isdecimal() else number_of(found["y"])
    year += _ERA if found["era"] else 0
    parts = [f"{year:04d}"]
    for part, most in ((found["m"], 12), (found["d"], 31)):
        value = number_of(part) if part else 0
        if not 1 <= value <= most:
            break
        parts.append(f"{value:02d}")
    return "-".join(parts) if _YEARS[0] <= year <= _YEARS[1] else ""
