"""Where every character went, worked out by hand on a tiny document."""

from rag.datatypes import Article, Document, Dropped, Passage, Provenance, RawDocument, Span, Value
from rag.doctor import examine

#      0         1         2
#      0123456789012345678901234
TEXT = "标题\n发言人\n正文一 7 正文二\n遗漏"


def make_document(*, passages: tuple[tuple[int, int], ...], dropped: tuple[tuple[int, int, str], ...]) -> Document:
    provenance = Provenance(title=Value("标题", Span(0, 2)), speaker=Value("发言人", Span(3, 6)), keywords=("甲",))
    return Document(
        RawDocument("a.txt", TEXT, "0" * 64, encoding="utf-8"),
        (Article("0" * 16, 1, Span(0, len(TEXT)), provenance),),
        tuple(
            Passage(f"p{n}", "0" * 16, "0/1", "a.txt", n, "leaf", (), "", (Span(*span),), "")
            for n, span in enumerate(passages)
        ),
        tuple(Dropped(Span(start, end), rule) for start, end, rule in dropped),
    )


def test_each_character_is_counted_once():
    found = examine(make_document(passages=((7, 16),), dropped=((10, 13, "page number"),)))
    assert (found.characters, found.metadata, found.passage, found.blank) == (len(TEXT), 5, 6, 3)
    assert found.dropped == (("page number", 3),)
    assert found.unread == (Span(17, 19),)


def test_nothing_is_unread_when_the_rest_is_a_passage():
    found = examine(make_document(passages=((7, 16), (17, 19)), dropped=()))
    assert found.unread == ()
    assert found.characters == found.passage + found.metadata + found.blank


def test_a_rule_that_a_later_one_covers_counts_nothing():
    found = examine(make_document(passages=((7, 19),), dropped=((10, 13, "a"), (10, 13, "b"))))
    assert found.dropped == (("a", 0), ("b", 3))


def test_what_was_found_and_what_was_not():
    (finding,) = examine(make_document(passages=(), dropped=())).findings
    assert finding.known == (("title", "标题"), ("speaker", "发言人"))
    assert finding.missing == ("kind", "issuer", "number", "issued_on", "effective_on", "place", "addressee")
