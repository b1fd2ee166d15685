"""Text for a terminal: results on standard output, everything else on standard error."""

from __future__ import annotations

import re
import sys

# 'notice\x1b[2J', 'name\u202etxt.exe': a document must not steer the terminal that shows it
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def say(text: str) -> None:
    """Print a result."""
    print(plain(text))


def tell(text: str) -> None:
    """Print what is no result: progress, notices, reasons."""
    print(plain(text), file=sys.stderr)


def plain(text: str) -> str:
    """Return `text` with control and direction characters shown as �."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))
