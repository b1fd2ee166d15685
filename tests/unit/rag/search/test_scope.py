import pytest

from rag.datatypes import Filter
from rag.search.scope import matches
from rag.search.store import Scope

SCOPE = Scope(
    0,
    "0123/2",
    0,
    9,
    ("柳汀/讲话.txt", "备份/讲话.txt"),
    ("柳汀", "临渌市柳汀区"),
    "柳汀区人民政府办公室",
    "通知",
    "2011-03",
)


@pytest.mark.parametrize(
    ("where", "passes"),
    [
        (Filter(), True),
        (Filter(places=("柳汀区",)), True),
        (Filter(places=("柳汀市",)), True),  # 柳汀 was found without its last character
        (Filter(places=("临渌",)), True),
        (Filter(places=("臨淥市",)), True),
        (Filter(places=("望槐县", "柳汀")), True),
        (Filter(places=("望槐县",)), False),
        (Filter(issuers=("柳汀區人民政府",)), True),  # traditional is folded
        (Filter(kinds=("通知",)), True),
        (Filter(kinds=("通",)), False),
        (Filter(sources=("备份/讲话.txt",)), True),
        (Filter(sources=("讲话.txt",)), False),
        (Filter(articles=("0123/2",)), True),
        (Filter(articles=("0123/1",)), False),
        (Filter(folder="柳汀"), True),
        (Filter(folder="备份/"), True),
        (Filter(folder="柳"), False),
        (Filter(since="2011-03-08"), True),  # a month may hold that day
        (Filter(since="2011-04"), False),
        (Filter(until="2011"), True),
        (Filter(until="2011-02-28"), False),
        (Filter(since="2010", until="2012"), True),
        (Filter(kinds=("通知",), since="2012"), False),
    ],
)
def test_filter(where, passes):
    assert matches(SCOPE, where) is passes


def test_what_has_no_date_or_place_passes_no_filter_on_it():
    bare = Scope(0, "0123/1", 0, 1, ("a.txt",), ("",), "", "", "")
    assert not matches(bare, Filter(since="2000"))
    assert not matches(bare, Filter(until="2030"))
    assert not matches(bare, Filter(places=("柳",)))
