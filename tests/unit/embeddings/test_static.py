import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import EncoderError, load_encoder
from embeddings.static import StaticEncoder
from embeddings.terms import default_segmenter
from embeddings.train.folder import write_folder

BUILTIN = Path(__file__).parents[3] / "embeddings" / "builtin"
TEXTS = [
    "关于推进农村集体产权制度改革的意见",
    "關於推進農村集體產權制度改革的意見",
    "我被老板拖欠工资，该怎么办？",
    "GDP增长6.5%，𠮷野家在二〇一六年开业",
    "。！？",
    "",
    "第三十二条　用人单位应当按月支付劳动报酬。" * 30,
]


def test_vectors_are_those_of_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer

    terms = [" ".join(default_segmenter().terms(text)) for text in TEXTS]
    expected = SentenceTransformer(str(BUILTIN), device="cpu", local_files_only=True).encode(terms)
    np.testing.assert_allclose(load_encoder().encode_document(TEXTS), expected, atol=1e-6)


def test_rows_are_of_length_one_and_zero_where_nothing_is_known() -> None:
    lengths = np.linalg.norm(load_encoder().encode_query(TEXTS), axis=1)
    np.testing.assert_allclose(lengths, [1, 1, 1, 1, 0, 0, 1], atol=1e-6)


def test_both_scripts_have_one_vector() -> None:
    vectors = load_encoder().encode_query(TEXTS[:2])
    np.testing.assert_array_equal(vectors[0], vectors[1])


def test_a_vector_is_the_mean_of_its_terms(tmp_path: Path) -> None:
    rows = np.array([[127, 0], [0, 63.5]], np.float32)
    write_folder(tmp_path, ["abc", "xyz"], rows, 0.2, np.ones(len(rows), np.float32), "card")
    encoder = StaticEncoder(tmp_path, "worked by hand")
    vectors = encoder.encode_document(["abc", "abc xyz", "abc abc xyz qqq"])
    expected = np.array([[1, 0], [2, 1], [4, 1]]) / np.sqrt([[1], [5], [17]])
    np.testing.assert_allclose(vectors, expected, rtol=1e-6)
    assert (encoder.name, encoder.dimension, encoder.weight) == ("worked by hand", 2, 0.2)


def test_no_torch_and_the_same_bytes_in_another_process() -> None:
    script = (
        "import sys, hashlib, json; from embeddings.encoder import load_encoder; e = load_encoder();"
        "v = e.encode_document(json.loads(sys.stdin.read()));"
        "print(e.fingerprint, hashlib.sha256(v.tobytes()).hexdigest(), 'torch' in sys.modules)"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script], input=json.dumps(TEXTS), capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1
    assert runs.pop().endswith("False\n")


def test_the_fingerprint_follows_the_weights(tmp_path: Path) -> None:
    for number, value in enumerate((1.0, 2.0)):
        rows = np.array([[value, 1]], np.float32)
        write_folder(tmp_path / str(number), ["abc"], rows, 0.2, np.ones(len(rows), np.float32), "card")
    first, second = (StaticEncoder(tmp_path / number, "x").fingerprint for number in "01")
    assert first != second


@pytest.mark.parametrize("damage", ["model.safetensors", "tokenizer.json", "kaoju.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"\x00" * 64])
def test_a_damaged_folder_gets_one_sentence(tmp_path: Path, damage: str, content: bytes | None) -> None:
    write_folder(tmp_path, ["abc"], np.ones((1, 2), np.float32), 0.2, np.ones(1, np.float32), "card")
    (tmp_path / damage).unlink()
    if content is not None:
        (tmp_path / damage).write_bytes(content)
    with pytest.raises(EncoderError, match="install the program again"):
        StaticEncoder(tmp_path, "x")


def test_the_built_in_encoder_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in BUILTIN.rglob("*") if path.is_file()) <= 40_000_000
