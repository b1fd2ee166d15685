"""Which part of an article a path of numbers names."""

import pytest

from rag.answering.structure import named_part, text_of
from tests.support.shelf import Shelf, make_document

# A statute of Taiwan: 項 is an unmarked paragraph, 款 an item.
TAIWAN = """渡口管理規則

第一條　渡船應經檢查。
檢查每年辦理一次。
有下列情形之一者，得免檢查：一、新造者。二、停航者。
第二條　渡口應設管理員。前項管理員，由鄉公所派任。管理員之薪資，由縣政府補助。
"""
MAINLAND = """渡口管理办法

第一条 渡船应当经过检查。
检查每年办理一次。
第二条 有下列情形之一的，可以免检：
（一）新造的；
（二）停航的。
"""


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        (TAIWAN, ((1, "条"), (2, "项")), "檢查每年辦理一次。"),
        (TAIWAN, ((1, "条"), (3, "项"), (2, "款")), "二、停航者。"),
        # paragraphs that stand on one line are not told apart: the article is quoted
        (
            TAIWAN,
            ((2, "条"), (3, "项")),
            "第二條　渡口應設管理員。前項管理員，由鄉公所派任。管理員之薪資，由縣政府補助。",
        ),
        (MAINLAND, ((1, "条"), (2, "款")), "检查每年办理一次。"),
        (MAINLAND, ((2, "条"), (2, "项")), "（二）停航的。"),
    ],
)
def test_a_part_of_an_article_is_found_by_its_numbers(text, path, said):
    shelf = Shelf([make_document(text)])
    (article,) = shelf.articles()
    extent = named_part(article, path, shelf)
    assert extent is not None
    assert "".join(piece.shown for piece in text_of(extent, article, shelf)) == said


@pytest.mark.parametrize("path", [((1, "条"), (3, "款")), ((3, "条"),), ()])
def test_a_part_that_is_not_there_is_not_found(path):
    shelf = Shelf([make_document(MAINLAND)])
    (article,) = shelf.articles()
    assert named_part(article, path, shelf) is None
