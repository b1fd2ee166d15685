"""What is asked for cannot become an expression of its own, and no field is longer than a server takes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.datatypes import Filter
from rag.errors import StoreError
from rag.search.milvus.literals import among, days, expression, plain, several

# "云溪市" | "%云溪%": what may stand in an expression as a text
_LITERAL = re.compile(r'"[^"\\]*"')


@settings(deadline=None)
@given(st.text(max_size=30))
def test_a_literal_ends_where_we_end_it(text):
    for made in (
        among("key", [text]),
        expression(Filter(issuers=(text,), sources=(text,), folder=text, kinds=(text,))),
    ):
        rest = _LITERAL.sub("", made)
        assert not set(rest) & set("\"'\\%\n\r\t")
        assert re.fullmatch(r"[a-z_\[\]() ,]*", rest), made


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0xD7FF), max_size=20), st.text(max_size=20))
def test_two_texts_stay_two(one, other):
    assert (plain(one) == plain(other)) == (one == other)


def test_length_is_counted_in_bytes():
    assert plain("字" * 21_845) == "字" * 21_845
    with pytest.raises(StoreError, match="65535 bytes"):
        plain("字" * 21_846)
    with pytest.raises(StoreError):
        several(["a" * 40_000, "b" * 40_000])


@pytest.mark.parametrize(
    ("date", "range_"),
    [
        ("2011-03-08", (20110308, 20110308)),
        ("2011-03", (20110300, 20110399)),
        ("2011", (20110000, 20119999)),
        ("", (99_999_999, 0)),
    ],
)
def test_a_date_means_all_days_that_it_may_mean(date, range_):
    assert days(date) == range_
