"""The one door to sentence_transformers: encoders that the user brings, from a folder or fetched from the hub."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from embeddings.catalogue import CATALOGUE, Entry
from embeddings.encoder import EncoderError, Vectors

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer

# What a model folder may hold: tensors and text, never a program or a pickle.
SAFE_FILES = ["*.safetensors", "*.json", "*.txt", "*.model", "*.md"]
_BATCH = 32
_SAFELY: dict[str, Any] = {
    "device": "cpu",
    "local_files_only": True,
    "trust_remote_code": False,
    "model_kwargs": {"use_safetensors": True},
}
Model = TypeVar("Model")


class TransformerEncoder:
    """Any sentence-transformers model whose weights are safetensors; nothing of a model folder is executed."""

    def __init__(self, name: str) -> None:
        """Load a folder, or a hub model that was fetched before.

        Raises:
            EncoderError: it cannot be loaded.
        """
        entry = CATALOGUE.get(name)
        folder = find_folder(name, entry)
        self._name = name
        self._model = _load(folder, name, entry)
        self._fingerprint = f"model-{_hash(folder)}"

    @property
    def name(self) -> str:
        """Return the name under which the encoder was loaded."""
        return self._name

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def fingerprint(self) -> str:
        """Return a hash of every file of the model: weights, tokenizer, prompts."""
        return self._fingerprint

    @property
    def weight(self) -> float | None:
        """Return nothing: no encoder that a user brings was measured."""
        return None

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions, the model's query prompt in front; float32 rows of length 1."""
        return np.asarray(
            self._model.encode_query(list(texts), batch_size=_BATCH, normalize_embeddings=True), np.float32
        ).reshape(len(texts), self.dimension)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages; float32 rows of length 1."""
        return np.asarray(
            self._model.encode_document(list(texts), batch_size=_BATCH, normalize_embeddings=True), np.float32
        ).reshape(len(texts), self.dimension)


def find_folder(name: str, entry: Entry | None, *, fetch: bool = False) -> Path:
    """Return the folder of a model: the path itself, or its place in the hub's cache; `fetch` may use the network.

    Raises:
        EncoderError: there is no such folder, it was not fetched, or the hub could not be reached.
    """
    if name and Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    revision = entry.revision if entry else None
    try:
        return Path(snapshot_download(name, revision=revision, local_files_only=not fetch, allow_patterns=SAFE_FILES))
    except HFValidationError as error:
        raise EncoderError(f"there is no encoder {name!r}: give `builtin`, a folder, or a name of the hub") from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        remedy = (
            "check the name and the network" if fetch else f"run `kaoju encoders fetch {name}` once, or give its folder"
        )
        raise EncoderError(f"the encoder {name!r} is not on this machine: {remedy}") from error


def load_cross_encoder(name: str) -> CrossEncoder:
    """Load a model that scores pairs of texts, by the same rules as an encoder.

    Raises:
        EncoderError: it cannot be loaded.
    """
    folder = find_folder(name, None)
    _refuse_pickles(folder, name)
    from sentence_transformers import CrossEncoder

    model: CrossEncoder = _loaded(name, lambda: CrossEncoder(str(folder), **_SAFELY))
    return model


def _load(folder: Path, name: str, entry: Entry | None) -> SentenceTransformer:
    _refuse_pickles(folder, name)
    from sentence_transformers import SentenceTransformer

    prompts = dict(entry.prompts) if entry and entry.prompts else None
    return _loaded(name, lambda: SentenceTransformer(str(folder), prompts=prompts, **_SAFELY))


def _loaded(name: str, load: Callable[[], Model]) -> Model:
    try:
        return load()
    except Exception as error:
        # transformers raises a dozen kinds of its own for a folder that is no model; all mean the same to a user
        raise EncoderError(
            f"the model {name!r} cannot be loaded ({error}); check the folder or fetch it again"
        ) from error


def _refuse_pickles(folder: Path, name: str) -> None:
    for weights in folder.rglob("*.bin"):
        if not list(weights.parent.glob("*.safetensors")):
            raise EncoderError(
                f"the model {name!r} keeps its weights as {weights.name!r}, which could run a program when it is "
                "loaded: save it as safetensors, or choose another"
            )


def _hash(folder: Path) -> str:
    hashed = hashlib.sha256()
    for path in sorted(p for pattern in SAFE_FILES for p in folder.rglob(pattern)):
        hashed.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            hashed.update(hashlib.file_digest(file, "sha256").digest())
    return hashed.hexdigest()[:16]
