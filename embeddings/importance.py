"""How much a term says about what is asked: learned from how common it is in everyday and official Chinese.

A small library cannot tell: in it 应该 and 办理 may be rarer than any name. The lexical index multiplies the weight of
a question's term by its importance.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

import numpy as np

from embeddings.encoder import BUILTIN, EncoderError
from embeddings.static import TOKENIZER

IMPORTANCE = "importance.npy"


def importance(term: str) -> float:
    """Return the importance of a folded term, 0 to 1; a term that the background texts do not hold has 1."""
    return _table().get(term, 1.0)


@functools.cache
def _table() -> dict[str, float]:
    folder = Path(__file__).parent / BUILTIN
    try:
        rows = json.loads((folder / TOKENIZER).read_text(encoding="utf-8"))["model"]["vocab"]
        values = np.load(folder / IMPORTANCE, allow_pickle=False).tolist()
        return {term: values[row] for term, row in rows.items()}
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise EncoderError(f"the built-in encoder is damaged ({error}); install the program again") from error
