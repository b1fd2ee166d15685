"""Write a model of term vectors as the folder of a stock sentence-transformers model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from embeddings.importance import IMPORTANCE
from embeddings.static import SETTINGS, TOKENIZER, UNKNOWN, WEIGHTS
from embeddings.terms import default_segmenter

_STEPS = 127
# sentence-transformers' own classes, each with its folder inside the model.
_MODULES = [
    ("", "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"),
    ("1_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
]
_NORMALIZE = {"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"}


def write_folder(
    folder: Path,
    terms: Sequence[str],
    vectors: NDArray[np.float32],
    weight: float,
    importances: NDArray[np.float32],
    card: str,
) -> None:
    """Write the vectors of terms, shape (terms, dimension), as int8 rows with a factor each; `card` is the README.

    `importances` (0 to 1, one a term) are what `embeddings.importance` reads.

    The tensors are named `embeddings` and `weights` (a factor a row), which `StaticEmbedding.load` multiplies. Row 0
    is that of every unknown term: zeros, so that it changes the length of a mean but not its direction.
    """
    rows = np.vstack([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    factors = np.maximum(np.abs(rows).max(axis=1), np.finfo(np.float32).tiny) / np.float32(_STEPS)
    tensors = {"embeddings": np.rint(rows / factors[:, None]).astype(np.int8), "weights": factors.astype(np.float32)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(save(tensors))
    # row 0 is asked for never
    np.save(folder / IMPORTANCE, np.concatenate([[1], importances]).astype(np.float16))
    (folder / "README.md").write_text(card, encoding="utf-8")
    settings = {"weight": weight, "terms": default_segmenter().fingerprint}
    _write_json(folder / SETTINGS, settings)
    _write_json(folder / TOKENIZER, _tokenizer([UNKNOWN, *terms]))
    _write_json(folder / "config_sentence_transformers.json", {"prompts": {}, "similarity_fn_name": "cosine"})
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": kind} for number, (path, kind) in enumerate(_MODULES)
    ]
    _write_json(folder / "modules.json", modules)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    _write_json(folder / "1_Normalize" / "config.json", _NORMALIZE)


def _tokenizer(terms: Sequence[str]) -> dict[str, object]:
    """Return a `tokenizers` file that cuts at spaces and looks each term up."""
    vocabulary = {term: number for number, term in enumerate(terms)}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": UNKNOWN},
    }


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
