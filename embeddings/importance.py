"""How much a term says about what is asked: learned from how common it is in everyday and official Chinese.

A small library cannot tell: in it 什么 and 怎么 may be rarer than any name. A lexical index multiplies the weight of a
question's term by its importance.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import numpy as np

from embeddings.encoder import BUILTIN, EncoderError
from embeddings.static import TOKENIZER

IMPORTANCE = "importance.npy"
# 什么 | 字什 | 多少 | 几个: an interrogative or a piece of one.
_ASKS = re.compile(r"[么哪谁吗呢怎什]|多少|如何|是否|为何|几[个年月日次家种]|请问")
# Measured on four sets: 0 to 0.5 are alike, all better than 1.
_ASKING_SHARE = 0.25


def importance(term: str) -> float:
    """Return the importance of a folded term, 0 to 1; a term that the background texts do not hold has 1 or, where it
    asks, a quarter of it.
    """
    return _table().get(term, 1.0) * (_ASKING_SHARE if _ASKS.search(term) else 1.0)


@functools.cache
def _table() -> dict[str, float]:
    folder = Path(__file__).parent / BUILTIN
    try:
        rows = json.loads((folder / TOKENIZER).read_text(encoding="utf-8"))["model"]["vocab"]
        values = np.load(folder / IMPORTANCE, allow_pickle=False).tolist()
        return {term: values[row] for term, row in rows.items()}
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise EncoderError(f"the built-in encoder is damaged ({error}); install the program again") from error
