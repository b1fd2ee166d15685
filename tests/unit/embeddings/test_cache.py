import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embeddings.cache import VectorCache
from embeddings.encoder import Vectors, load_encoder


class Counting:
    """The built-in encoder, which also writes down what it was asked to encode."""

    def __init__(self, fingerprint: str = "") -> None:
        self._encoder = load_encoder()
        self.name, self.dimension, self.weight = "counting", self._encoder.dimension, 0.1
        self.fingerprint = fingerprint or self._encoder.fingerprint
        self.asked: list[str] = []

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_query(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return self._encoder.encode_document(texts)


TEXTS = [f"第{number}条　本办法自公布之日起施行。" * (number % 7 + 1) for number in range(5000)] + ["重复", "重复", ""]


def encode(cache: VectorCache, encoder: Counting, texts: Sequence[str]) -> Vectors:
    return np.concatenate([block for _, block in cache.encode(encoder, texts)])


def test_vectors_are_the_encoder_s_and_are_computed_once(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    cache = VectorCache(tmp_path / "cache" / "vectors.db")
    vectors = encode(cache, first, TEXTS)
    np.testing.assert_array_equal(vectors, load_encoder().encode_document(TEXTS))
    cache.close()
    again = encode(VectorCache(tmp_path / "cache" / "vectors.db"), second, [*reversed(TEXTS), "新的一条"])
    np.testing.assert_array_equal(again[:-1], vectors[::-1])
    assert len(first.asked) == len(set(TEXTS))
    assert second.asked == ["新的一条"]


def test_what_was_encoded_before_a_stop_is_not_encoded_again(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    blocks = VectorCache(tmp_path / "vectors.db").encode(first, TEXTS)
    start, block = next(blocks)
    blocks.close()
    encode(VectorCache(tmp_path / "vectors.db"), second, TEXTS)
    assert start == 0
    assert len(second.asked) == len(set(TEXTS)) - len(set(TEXTS[: len(block)]))


def test_another_encoder_has_vectors_of_its_own(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.db")
    encode(cache, Counting(), TEXTS[:3])
    other = Counting("another")
    encode(cache, other, TEXTS[:3])
    assert sorted(other.asked) == sorted(TEXTS[:3])


def test_texts_of_like_length_are_encoded_together(tmp_path: Path) -> None:
    encoder = Counting()
    encode(VectorCache(tmp_path / "vectors.db"), encoder, TEXTS[:100])
    lengths = [len(text) for text in encoder.asked]
    assert lengths == sorted(lengths)


def test_a_cache_that_is_no_database_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.db"
    path.write_bytes(b"this is no database" * 100)
    assert len(encode(VectorCache(path), Counting(), TEXTS[:3])) == 3
    assert sqlite3.connect(path).execute("SELECT count(*) FROM vector").fetchone() == (3,)
