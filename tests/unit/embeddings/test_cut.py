"""Cutting a whole document at once, held against cutting one text after the other."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.encoder import load_encoder
from embeddings.static import StaticEncoder, _Pairs
from embeddings.terms import Segmenter, default_segmenter

PIECES = st.lists(
    st.text(
        alphabet=st.one_of(
            st.characters(exclude_categories=["Cs"]),
            st.sampled_from("国务院办公厅关于加强古树名木保护的通知二〇一六年\n 。，A股3.24發著\u200b﨑\U00020000"),
        ),
        max_size=40,
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=50)
@given(PIECES)
def test_texts_cut_together_have_the_terms_that_each_has_alone(texts: list[str]) -> None:
    cut = default_segmenter().cut(texts)
    assert [terms.joined() for terms in cut] == [" ".join(default_segmenter().terms(text)) for text in texts]


def test_words_of_a_user_are_cut_the_same_way() -> None:
    segmenter = Segmenter(["古树名木保护"])
    text = "关于加强古树名木保护的通知"
    assert segmenter.cut([text])[0].joined().split() == segmenter.terms(text)
    assert "古树名木保护" in segmenter.cut([text])[0].words


@settings(deadline=None, max_examples=20)
@given(PIECES)
def test_a_vector_is_the_mean_of_its_terms_added_one_after_the_other(texts: list[str]) -> None:
    encoder = load_encoder()
    assert isinstance(encoder, StaticEncoder)
    cut = default_segmenter().cut(texts)
    found = encoder.encode_terms([cut, [*cut[:-1], cut[0]]])
    for row, pieces in zip(found, (texts, [*texts[:-1], texts[0]]), strict=True):
        terms = [term for text in pieces for term in default_segmenter().terms(text)]
        rows = [encoder._rows[term] for term in terms if term in encoder._rows]
        total = np.zeros(encoder.dimension, dtype=np.float32)
        for each in rows:
            total += encoder._vectors[each]
        mean = total / np.float32(max(len(rows), 1))
        length = np.sqrt(np.square(mean[np.newaxis]).sum(axis=1, keepdims=True))[0]
        assert np.array_equal(row, mean / (length if length else np.float32(1)))


def test_every_pair_is_found_in_its_row_and_no_other() -> None:
    generator = np.random.default_rng(7)
    codes = generator.choice(np.arange(0x4E00, 0x9FFF), (60_000, 2)).tolist()
    rows = {chr(a) + chr(b): number for number, (a, b) in enumerate(codes)}
    pairs = _Pairs({**rows, "三个字": 1, "一": 2})
    asked = np.array(codes, dtype=np.uint32)
    assert pairs.find(asked).tolist() == [rows[chr(a) + chr(b)] for a, b in codes]
    others = asked + np.uint32(0x10000)
    assert set(pairs.find(others).tolist()) == {-1}
    assert pairs.find(asked[:0]).tolist() == []
