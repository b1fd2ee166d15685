"""What speaks for an article, or against it, before a sentence of it is read."""

import pytest

from rag.answering.prior import of_other_years
from rag.library import Library


@pytest.mark.parametrize(
    ("told", "other"),
    [
        ("2021年以来,全县新建公厕41座。", False),
        ("二〇二一年以来,全县新建公厕41座。", False),
        ("民国110年全县新建公厕41座。", False),
        ("民国一百一十年全县新建公厕41座。", False),
        ("一年来,全县新建公厕41座。", True),
        ("2022年全县新建公厕41座。", True),
    ],
)
def test_an_article_is_of_other_years_where_it_writes_none_of_those_asked_about(tmp_path, told, other):
    (tmp_path / "a.txt").write_text(f"全县总结会上的讲话\n同志们:\n{told}\n会议开得很好。\n", "utf-8")
    with Library.build([tmp_path / "a.txt"], tmp_path / "index") as library, library.reader() as reader:
        articles = [reader.article(hit.passage.article_id) for hit in reader.search("公厕", 1)]
        assert len(articles) == 1
        assert bool(of_other_years(articles, frozenset({2021}), reader)) is other
        assert not of_other_years(articles, frozenset(), reader)
