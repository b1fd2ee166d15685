"""What a question's term counts for; the scores themselves are held to brute force in the contract tests."""

import pytest

from embeddings.importance import importance
from rag.search.sparse import SparseIndex, SparseWriter


def test_a_term_counts_by_its_importance_and_by_how_often_it_is_asked(tmp_path):
    writer = SparseWriter(tmp_path / "sparse")
    for row, term in enumerate(["应当", "工资", "云泽乌有县"]):
        writer.add(row, row, [(term, 1)])
    writer.finish()
    # three rows alike but for the term: only the question decides
    scores = SparseIndex(tmp_path / "sparse").search(["应当", "工资", "云泽乌有县", "云泽乌有县"], 10)
    assert scores[0] / scores[2] == pytest.approx(importance("应当") / 2, abs=1e-3)
    assert scores[1] / scores[2] == pytest.approx(importance("工资") / 2, abs=1e-3)
    assert scores[0] < scores[1] < scores[2]
