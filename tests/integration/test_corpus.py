"""Reading held against five real documents, as a careful reader describes them; skipped where they are not at hand."""

import hashlib
from pathlib import Path

import pytest

from rag.datatypes import Article, Document, RawDocument
from rag.doctor import examine
from rag.reading.read import read

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the five real documents (../shared/corpus) are not here")

# number, first words, place or body, speaker, date, as far as the documents say
EXPECTED = {
    "000": [("在街道貫徹實踐", "沙河", "", "")],
    "001": [("党建科学发展观", "南通", "", "")],
    "002": [("局长科学发展观", "县文化局", "", "")],
    "003": [
        ("第一篇:", "涂家垴", "吴斌", ""),
        ("第二篇:", "泗洲", "张著权", ""),
        ("第三篇:", "襄城", "贾石松", "2011-03-08"),
        ("第四篇:", "昆都仑", "", ""),
        ("第五篇:", "海林", "", ""),
    ],
    "004": [("全区重大重点项目", "青山湖", "", ""), ("篇2:", "秭归", "", ""), ("篇3:", "阿坝", "", "")],
}


def load(number: str) -> Document:
    path = next(CORPUS.glob(f"{number}_*.txt"))
    data = path.read_bytes()
    return read(RawDocument(path.name, data.decode("utf-8"), hashlib.sha256(data).hexdigest()))


def names(article: Article) -> str:
    found = article.provenance
    return " ".join([*(v.text for v in found.places), *([found.issuer.text] if found.issuer else []), *found.aliases])


@pytest.mark.parametrize("number", EXPECTED)
def test_articles_begin_where_they_begin_and_know_who_speaks(number: str) -> None:
    document = load(number)
    assert len(document.articles) == len(EXPECTED[number])
    for article, (begins, who, speaker, date) in zip(document.articles, EXPECTED[number], strict=True):
        found = article.provenance
        assert document.raw.text[article.span.start :].startswith(begins)
        assert who in names(article)
        assert (found.speaker.text if found.speaker else "") == speaker
        if date:
            assert found.issued_on and found.issued_on.text == date
        assert all(who in place.text for place in found.places if place.confidence >= 0.9), "wrong with high confidence"


def test_upload_times_are_no_dates() -> None:
    for number in ("000", "001", "002"):
        assert load(number).articles[0].provenance.issued_on is None


@pytest.mark.parametrize("number", EXPECTED)
def test_every_character_is_accounted_for(number: str) -> None:
    assert examine(load(number)).unread == ()


def test_noise_is_left_out_and_nothing_else() -> None:
    rules = {number: [d.rule for d in load(number).dropped] for number in EXPECTED}
    assert rules["003"].count("page number") == 14
    assert rules["003"].count("broken line") == 1
    assert rules["003"].count("letter space") == 4
    assert (
        rules["004"].count("web keywords")
        == rules["004"].count("web summary")
        == rules["004"].count("web heading")
        == 3
    )
    assert [rules[n].count("repeated title") for n in ("000", "001", "002")] == [1, 1, 1]
    assert sum(rules[n].count("upload time") for n in rules) == 3
    assert sum(rules[n].count("web introduction") for n in rules) == 2


def test_shown_text_is_mended() -> None:
    shown = "\n".join(p.text for p in load("003").passages if p.kind == "leaf")
    for mended in (
        "丁勇刚、李旭红同志",
        "“5+2、白+黑”",
        "区委把今年确定为",
        "好的经验和做法",
        "党的建设成果展",
        "“治瘫工程”",
        "贾石松同志",
    ):
        assert mended in shown
    assert not any(mark in shown for mark in "‚‛〃")


def test_headings_glued_to_paragraphs_are_let_go() -> None:
    headings = [s.heading for article in load("003").articles for s in article.sections]
    assert "四、要以学先进为抓手,切实做好当前的各项工作" in headings
    assert "二、明确任务,强化措施,确保创先争优活动扎实开展" in headings


def test_lists_nest_as_they_are_meant() -> None:
    sections = load("002").articles[0].sections
    problem = next(i for i, s in enumerate(sections) if s.heading.startswith("三是认真梳理汇总"))
    assert len([s for s in sections if s.parent == problem]) == 7
