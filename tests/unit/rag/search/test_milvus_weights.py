"""The stored and the asked side of BM25 give what tantivy gives; lengths are rounded as tantivy rounds them."""

import numpy as np

from rag.search.milvus.weights import Term, asked, counted, rounded, stored
from rag.search.sparse import SparseIndex, SparseWriter


def test_lengths_are_rounded_as_tantivy_rounds_them(tmp_path):
    """One row of each length, and one that makes lengths count little: the scores tell the lengths apart."""
    lengths = [*range(1, 130), 255, 256, 1000, 5000, 70_000]
    writer = SparseWriter(tmp_path / "sparse")
    for row, length in enumerate(lengths):
        writer.add(row, row, [("词甲" + " 乙" * (length - 1), 1)])
    writer.finish()
    mean = sum(lengths) / len(lengths)
    found = SparseIndex(tmp_path / "sparse").search(["词甲"], 1000)
    query = asked(["词甲"], {"词甲": (1, len(lengths))}, len(lengths))
    for row, length in enumerate(lengths):
        side = stored({"词甲": 1, "乙": length - 1}, {"词甲": 1, "乙": 2}, mean)
        assert abs(found[row] - query[1] * side[1]) < 1e-4, length


def test_rounding_is_exact_up_to_forty_and_never_up():
    assert [rounded(length) for length in range(41)] == list(range(41))
    assert [rounded(length) for length in (41, 42, 57, 60, 1000, 1047, 1048)] == [40, 42, 56, 60, 984, 984, 1048]


def test_weighted_entries_rank_as_the_local_index_ranks_them(tmp_path, seed):
    random = np.random.default_rng(seed)
    words = ["应该", "办理", "古树", "补助", "词甲", "词乙"]
    rows = [[(" ".join(random.choice(words, random.integers(1, 60))), int(w)) for w in (1, 3)] for _ in range(80)]
    writer = SparseWriter(tmp_path / "sparse")
    for row, entry in enumerate(rows):
        writer.add(row, row, entry)
    writer.finish()
    index = SparseIndex(tmp_path / "sparse")
    numbers = {word: number for number, word in enumerate(words, 1)}
    mean = sum(counted(entry).total() for entry in rows) / len(rows)
    query = ["应该", "古树", "古树", "词甲"]
    side = asked(query, {word: (numbers[word], index.frequency(word)) for word in set(query)}, len(rows))
    found = index.search(query, 1000)
    for row, entry in enumerate(rows):
        held = stored(counted(entry), numbers, mean)
        assert abs(found.get(row, 0.0) - sum(weight * held.get(n, 0.0) for n, weight in side.items())) < 2e-4


def test_a_term_comes_back_as_it_was():
    assert Term.of(Term(7, 300, 20).dump()) == Term(7, 300, 20)
