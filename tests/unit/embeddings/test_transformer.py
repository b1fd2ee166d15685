import json
from pathlib import Path

import numpy as np
import pytest

from embeddings.catalogue import CATALOGUE, fetch, list_encoders
from embeddings.encoder import EncoderError, load_encoder
from embeddings.reranker import Reranker

CHARACTERS = "关于推进农村集体产权制度改革的意见老板拖欠工资怎么办"
TEXTS = ["关于推进农村改革的意见", "老板拖欠工资怎么办", "农村"]


def make_parts(folder: Path, heads: int = 2) -> dict[str, int]:
    from transformers import BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set(CHARACTERS))]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return {
        "vocab_size": len(vocabulary), "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": heads,
        "intermediate_size": 32, "max_position_embeddings": 64,
    }  # fmt: skip


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return the folder of a tiny transformer with random weights, saved by sentence-transformers itself."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    BertModel(BertConfig(**make_parts(tmp_path / "bert"))).save_pretrained(tmp_path / "bert")
    body = Transformer(str(tmp_path / "bert"))
    built = SentenceTransformer(modules=[body, Pooling(16)], prompts={"query": "怎么"}, device="cpu")
    built.save(str(tmp_path / "model"))
    return tmp_path / "model"


def test_a_folder_gives_the_vectors_of_sentence_transformers(model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    encoder, plain = load_encoder(str(model)), SentenceTransformer(str(model), device="cpu")
    documents = plain.encode(TEXTS, prompt="", normalize_embeddings=True)
    queries = plain.encode(["怎么" + text for text in TEXTS], prompt="", normalize_embeddings=True)
    np.testing.assert_allclose(encoder.encode_document(TEXTS), documents, atol=1e-6)
    np.testing.assert_allclose(encoder.encode_query(TEXTS), queries, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(encoder.encode_query(TEXTS), axis=1), 1, atol=1e-6)
    assert (encoder.dimension, encoder.encode_query([]).shape) == (16, (0, 16))


def test_the_fingerprint_follows_every_file(model: Path) -> None:
    before = load_encoder(str(model)).fingerprint
    assert load_encoder(str(model)).fingerprint == before
    settings = model / "config_sentence_transformers.json"
    changed = json.loads(settings.read_text(encoding="utf-8")) | {"prompts": {"query": "如何"}}
    settings.write_text(json.dumps(changed), encoding="utf-8")
    assert load_encoder(str(model)).fingerprint != before


def test_weights_that_could_run_a_program_are_refused(model: Path) -> None:
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="could run a program"):
        load_encoder(str(model))


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("BAAI/bge-small-zh-v1.5", "kaoju encoders fetch BAAI/bge-small-zh-v1.5"),
        ("no/such/name/at/all", "give `builtin`, a folder"),
        ("", "give `builtin`, a folder"),
    ],
)
def test_a_name_that_cannot_be_loaded_gets_the_remedy(name: str, remedy: str, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=remedy):
        load_encoder(name)


def test_a_folder_that_is_no_model_gets_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("这里没有模型", encoding="utf-8")
    with pytest.raises(EncoderError, match="check the folder"):
        load_encoder(str(tmp_path))


def test_the_catalogue_is_pinned_and_complete() -> None:
    for entry in list_encoders():
        assert CATALOGUE[entry.name] is entry
        assert entry.revision is not None
        assert len(entry.revision) == 40
        assert min(entry.dimension, entry.length, entry.memory) > 0


def test_what_is_published_as_a_pickle_is_not_fetched() -> None:
    with pytest.raises(EncoderError, match="pickle"):
        fetch("BAAI/bge-m3")


def test_a_cross_encoder_scores_pairs_as_sentence_transformers_does(tmp_path: Path) -> None:
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    config = BertConfig(**make_parts(tmp_path), num_labels=1)
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    expected = CrossEncoder(str(tmp_path), device="cpu").predict([("怎么办", text) for text in TEXTS])
    scores = Reranker(str(tmp_path)).score("怎么办", TEXTS)
    np.testing.assert_allclose(scores, expected, atol=1e-6)
    assert Reranker(str(tmp_path)).score("怎么办", []).shape == (0,)
