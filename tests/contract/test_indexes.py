"""Both indexes against brute force, with and without a filter."""

import numpy as np
import pytest

from rag.search.dense import DenseIndex, build_dense
from rag.search.sparse import SparseIndex, SparseWriter
from tests.support.bm25 import bm25

WORDS = [f"词{number}" for number in range(30)]


@pytest.fixture
def rows(seed):
    """Return 200 rows of 5 to 30 terms; up to 40 terms tantivy keeps a length exactly."""
    random = np.random.default_rng(seed)
    return [[WORDS[min(int(random.exponential(6)), 29)] for _ in range(random.integers(5, 30))] for _ in range(200)]


@pytest.fixture
def sparse(rows, tmp_path):
    writer = SparseWriter(tmp_path / "sparse")
    for row, terms in enumerate(rows):
        writer.add(row, row // 10, [(" ".join(terms), 1)])
    writer.finish()
    return SparseIndex(tmp_path / "sparse")


@pytest.mark.parametrize("query", [["词0"], ["词3", "词9"], ["词1", "词1", "词25"], ["词28", "无"]])
def test_sparse_scores_are_bm25(sparse, rows, query):
    assert sparse.search(query, 1000) == pytest.approx(bm25(rows, query), abs=1e-3)


def test_sparse_cut_keeps_the_best_and_splits_no_tie(sparse, rows):
    expected = bm25(rows, ["词2", "词5"])
    found = sparse.search(["词2", "词5"], 20)
    assert 0 < len(found) <= 20
    assert all(expected[row] <= min(found.values()) + 1e-3 for row in expected.keys() - found.keys())
    kept = [expected[row] for row in found]
    assert all(abs(expected[row] - score) > 1e-9 for row in expected.keys() - found.keys() for score in kept)


def test_sparse_rows_that_all_tie_are_all_returned(tmp_path):
    writer = SparseWriter(tmp_path / "same")
    for row in range(50):
        writer.add(row, row, [("甲 乙", 1)])
    writer.finish()
    assert set(SparseIndex(tmp_path / "same").search(["甲"], 10)) == set(range(50))


def test_sparse_filter_works_before_the_cut(sparse, rows):
    expected = {row: score for row, score in bm25(rows, ["词0", "词1"]).items() if row // 10 in (3, 17)}
    assert sparse.search(["词0", "词1"], 30, (3, 17)) == pytest.approx(expected, abs=1e-3)


def test_sparse_scores_of_given_rows(sparse, rows):
    expected = bm25(rows, ["词4"])
    wanted = [1, 50, 120, 199]
    assert sparse.score(["词4"], wanted) == pytest.approx({r: expected[r] for r in wanted if r in expected}, abs=1e-3)


def test_sparse_weight_counts_a_field_so_many_times(tmp_path):
    writer = SparseWriter(tmp_path / "fields")
    writer.add(0, 0, [("词甲", 3), ("词乙", 1)])
    writer.add(1, 1, [("词甲", 1), ("词乙", 3)])
    writer.finish()
    index = SparseIndex(tmp_path / "fields")
    expected = bm25([["词甲"] * 3 + ["词乙"], ["词甲"] + ["词乙"] * 3], ["词甲"])
    assert index.search(["词甲"], 10) == pytest.approx(expected, abs=1e-3)


def test_sparse_query_is_never_parsed(sparse):
    for wild in ['"', "*", "text:*", "AND", "词1 OR 词2", "(", "~", "\\", "[a TO z]", "\x00"]:
        assert sparse.search([wild], 5) == {}


def test_sparse_frequency(sparse, rows):
    assert sparse.frequency("词7") == sum("词7" in terms for terms in rows)
    assert sparse.frequency("无") == 0


@pytest.fixture
def vectors(seed):
    found = np.random.default_rng(seed).standard_normal((300, 16)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture
def dense(vectors, tmp_path):
    build_dense(vectors, tmp_path / "dense.faiss")
    return DenseIndex(tmp_path / "dense.faiss")


def test_dense_finds_the_nearest(dense, vectors):
    for query in vectors[:20]:
        cosines = vectors @ query
        best = np.argsort(-cosines)[:10]
        assert dense.search(query, 10) == pytest.approx({int(row): float(cosines[row]) for row in best}, abs=1e-5)


def test_dense_filter_works_before_the_cut(dense, vectors):
    allowed = np.zeros(300, dtype=np.bool_)
    allowed[[5, 77, 131, 299]] = True
    cosines = vectors @ vectors[0]
    expected = {row: float(cosines[row]) for row in (5, 77, 131, 299)}
    assert dense.search(vectors[0], 10, allowed) == pytest.approx(expected, abs=1e-5)


def test_dense_scores_of_given_rows(dense, vectors):
    cosines = vectors @ vectors[1]
    assert dense.score(vectors[1], [0, 9]) == pytest.approx({0: float(cosines[0]), 9: float(cosines[9])}, abs=1e-5)
    assert dense.score(vectors[1], []) == {}


@pytest.fixture
def cells(seed, tmp_path):
    """Return 3,000 rows around 60 centres, and the compressed index of them."""
    random = np.random.default_rng(seed)
    near = random.standard_normal((60, 32))[random.integers(0, 60, 3000)] + 0.6 * random.standard_normal((3000, 32))
    rows = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    parameters = build_dense(rows, tmp_path / "cells.faiss", exact_rows=1000)
    return rows, parameters, DenseIndex(tmp_path / "cells.faiss")


def test_compressed_index_finds_what_the_exact_one_finds(cells):
    rows, parameters, index = cells
    assert parameters["recall@100"] >= 0.98
    queries = rows[5:2900:13] + rows[6:2901:13]
    for best in (10, 100):
        exact = [{*np.argsort(-(rows @ query))[:best].tolist()} for query in queries]
        found = [len(wanted & index.search(query, best).keys()) for wanted, query in zip(exact, queries, strict=True)]
        assert np.mean(found) >= 0.96 * best


def test_compressed_index_is_the_same_when_built_again(cells, tmp_path):
    rows, parameters, _ = cells
    assert build_dense(rows, tmp_path / "again.faiss", exact_rows=1000) == parameters
    assert (tmp_path / "again.faiss").read_bytes() == (tmp_path / "cells.faiss").read_bytes()


def test_compressed_index_filters_before_the_cut_and_scores_given_rows(cells):
    rows, _, index = cells
    allowed = np.zeros(3000, dtype=np.bool_)
    allowed[[7, 1500, 2999]] = True
    expected = {row: float(rows[row] @ rows[0]) for row in (7, 1500, 2999)}
    assert index.search(rows[0], 10, allowed) == pytest.approx(expected, abs=0.02)
    assert index.score(rows[0], [7, 1500, 2999]) == pytest.approx(expected, abs=0.02)


def test_vectors_that_do_not_bear_compression_are_kept_exactly(seed, tmp_path):
    random = np.random.default_rng(seed)
    rows = (0.999 + 1e-7 * random.standard_normal((3000, 32))).astype(np.float32)
    assert build_dense(rows, tmp_path / "same.faiss", exact_rows=1000) == {"kind": "exact"}
