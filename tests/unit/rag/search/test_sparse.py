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


@pytest.mark.parametrize("wanted", [3, 30], ids=["few, looked for one by one", "many, picked out of all"])
def test_given_rows_score_as_a_search_of_all_scores_them(tmp_path, wanted):
    writer = SparseWriter(tmp_path / "sparse")
    words = ["工资", "河道", "学校", "森林", "道路"]
    for row in range(60):
        writer.add(row, row // 2, [(" ".join(words[: row % 5]), 1 + row % 3), (words[-1], row % 2)])
    writer.finish()
    index = SparseIndex(tmp_path / "sparse")
    every = index.search(words[:3], 60)
    rows = list(range(0, 60, 60 // wanted))
    assert index.score(words[:3], rows) == {row: every[row] for row in rows if row in every}
