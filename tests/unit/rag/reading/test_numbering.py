"""Automatic numbers of docx against marks worked out by hand, as Word shows them."""

import pytest

from rag.reading.formats import extract
from rag.reading.formats.numerals import numeral
from tests.unit.rag.reading.samples import make_docx, paragraph


def level(index: int, style: str, pattern: str, *, start: int = 1, suffix: str = "nothing", extra: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/>{extra}'
        f'<w:suff w:val="{suffix}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def abstract(name: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{name}">{"".join(levels)}</w:abstractNum>'


def number(name: int, of: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{name}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


OFFICIAL = abstract(
    0,
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%3."),
    level(3, "decimal", "（%4）"),
)


def marks(numbering: str, *paragraphs: str, styles: str = "") -> list[str]:
    """Return what stands before the text "x" of each paragraph."""
    text = extract(make_docx("".join(paragraphs), numbering=numbering, styles=styles), "docx").text
    return [line.removesuffix("x") for line in text.split("\n")]


def outline(*levels: int, list_number: int = 1) -> list[str]:
    return [paragraph("x", (list_number, index)) for index in levels]


def test_four_levels_of_an_official_document_count_and_begin_anew():
    found = marks(OFFICIAL + number(1, 0), *outline(0, 1, 1, 2, 2, 3, 3, 2, 1, 2, 0, 1, 2, 3))
    assert found == [
        "一、",
        "（一）",
        "（二）",
        "1.",
        "2.",
        "（1）",
        "（2）",
        "3.",
        "（三）",
        "1.",
        "二、",
        "（一）",
        "1.",
        "（1）",
    ]


def test_articles_run_through_all_chapters():
    law = abstract(
        0,
        level(0, "chineseCounting", "第%1章", suffix="space"),
        level(1, "chineseCounting", "第%2条", suffix="space", extra='<w:lvlRestart w:val="0"/>'),
        level(2, "chineseCounting", "（%3）"),
    )
    found = marks(law + number(1, 0), *outline(0, 1, 1, 2, 2, 0, 1, 2))
    assert found == ["第一章 ", "第一条 ", "第二条 ", "（一）", "（二）", "第二章 ", "第三条 ", "（一）"]


def test_a_number_of_its_own_goes_on_and_one_with_a_start_begins_anew():
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    five = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    numbering = OFFICIAL + number(1, 0) + number(2, 0) + number(3, 0, again) + number(4, 0, five)
    found = marks(numbering, *(paragraph("x", (n, 0)) for n in (1, 1, 2, 3, 3, 1, 4)))
    assert found == ["一、", "二、", "三、", "一、", "二、", "三、", "五、"]


def test_two_lists_count_apart_and_text_between_does_not_matter():
    other = abstract(1, level(0, "decimal", "%1、", start=3))
    found = marks(
        OFFICIAL + other + number(1, 0) + number(2, 1), *outline(0), "<w:p/>", *outline(0, list_number=2), *outline(0)
    )
    assert found == ["一、", "", "3、", "二、"]


def test_a_level_shows_the_numbers_above_it():
    report = abstract(
        0,
        level(0, "chineseCounting", "第%1部分", suffix="space"),
        level(1, "decimal", "%1.%2", suffix="tab", extra="<w:isLgl/>"),
    )
    assert marks(report + number(1, 0), *outline(0, 1, 1, 0, 1)) == ["第一部分 ", "1.1 ", "1.2 ", "第二部分 ", "2.1 "]


def test_a_style_numbers_its_paragraphs_and_zero_takes_the_number_away():
    styles = (
        '<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="H2"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="B"><w:name w:val="based"/><w:basedOn w:val="H2"/></w:style>'
    )
    found = marks(
        OFFICIAL + number(1, 0),
        paragraph("x", style="H1"),
        paragraph("x", style="H2"),
        paragraph("x", style="B"),
        paragraph("x", (0, 0), style="H1"),
        paragraph("x", style="H1"),
        styles=styles,
    )
    assert found == ["一、", "（一）", "（二）", "", "二、"]


def test_bullets_and_unknown_lists_give_no_mark():
    bullets = abstract(0, level(0, "bullet", "\uf06c"))
    assert marks(bullets + number(1, 0), *outline(0), *outline(0, list_number=9)) == ["", ""]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (
            "chineseCounting",
            {
                1: "一",
                10: "十",
                11: "十一",
                20: "二十",
                32: "三十二",
                101: "一百零一",
                110: "一百一十",
                1005: "一千零五",
            },
        ),
        ("ideographDigital", {1: "一", 10: "一〇", 25: "二五"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 25: "贰拾伍"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
        ("lowerLetter", {1: "a", 26: "z", 27: "aa"}),
        ("upperRoman", {4: "IV", 19: "XIX", 1999: "MCMXCIX"}),
        ("ideographTraditional", {1: "甲", 10: "癸"}),
        ("decimalZero", {3: "03", 12: "12"}),
        ("decimalFullWidth", {12: "１２"}),
        ("no such style", {7: "7"}),
    ],
)
def test_numerals_are_written_as_by_hand(style, expected):
    assert {n: numeral(n, style) for n in expected} == expected
