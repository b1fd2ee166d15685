"""What every archive does: a folder of this machine and a Milvus server, both against brute force."""

from dataclasses import replace

import numpy as np
import pytest

from rag.datatypes import Filter, RawDocument
from rag.errors import IndexMissing, StoreError
from rag.search.scope import matches
from rag.search.shelf import Shelf
from rag.search.store import pack_document
from tests.support.bm25 import bm25
from tests.support.entries import DATES, DIMENSION, KINDS, WILD, WORDS, make_case, publish
from tests.support.milvus import lite_server


@pytest.fixture(scope="module")
def lite(tmp_path_factory):
    with lite_server(tmp_path_factory.mktemp("lite")) as server:
        yield server


@pytest.fixture(params=["folder", "milvus"])
def archive(request, tmp_path):
    if request.param == "folder":
        return Shelf(tmp_path / "index")
    return request.getfixturevalue("lite").generations(tmp_path / "index")


@pytest.fixture
def case(seed):
    return make_case(seed)


@pytest.fixture
def volume(archive, case):
    return publish(archive, case)


QUERIES = [["词0"], ["词3", "词9"], ["词1", "词1", "词25"], ["词38", "无"]]


def test_sparse_scores_are_bm25_of_passages_and_of_articles(volume, case):
    passages = [one.terms for one in case.shown]
    for query in QUERIES:
        expected = bm25(passages, query)
        assert volume.find_sparse(query, 10_000, None) == pytest.approx(expected, abs=1e-3)
        rows = [0, 7, len(passages) - 1]
        assert volume.score_sparse(query, rows) == pytest.approx(
            {r: expected[r] for r in rows if r in expected}, abs=1e-3
        )
        whole = {n: score for n, score in bm25(case.articles, query).items() if n in (1, 5, 60)}
        # articles may be longer than what tantivy counts exactly
        assert volume.score_articles(query, [1, 5, 60]) == pytest.approx(whole, rel=0.05)


def test_the_cut_keeps_the_best_and_splits_no_tie(volume, case):
    expected = bm25([one.terms for one in case.shown], ["词2", "词5"])
    found = volume.find_sparse(["词2", "词5"], 20, None)
    assert 0 < len(found) <= 20
    left = expected.keys() - found.keys()
    assert all(expected[row] <= min(found.values()) + 1e-3 for row in left)
    assert all(abs(expected[row] - expected[kept]) > 1e-9 for row in left for kept in found)


def test_dense_finds_the_nearest_and_scores_given_rows(volume, case):
    vectors = np.array([one.vector for one in case.shown])
    for query in vectors[:10]:
        cosines = vectors @ query
        best = np.argsort(-cosines)[:10]
        expected = {int(row): float(cosines[row]) for row in best}
        assert volume.find_dense(query, 10, None) == pytest.approx(expected, abs=1e-5)
        assert volume.score_dense(query, [3, 11]) == pytest.approx(
            {3: float(cosines[3]), 11: float(cosines[11])}, abs=1e-5
        )
    assert volume.score_dense(vectors[0], []) == volume.score_sparse(["词0"], []) == {}


def make_filters(seed: int) -> list[Filter]:
    random = np.random.default_rng(seed)
    some = lambda values: tuple(str(v) for v in random.choice(values, int(random.integers(0, 3)), replace=False) if v)  # noqa: E731
    dates = [date for date in DATES if date] + ["", "2011-04", "2013"]
    return [
        Filter(some(WILD), some(WILD), some(KINDS), since=str(random.choice(dates)), until=str(random.choice(dates)))
        for _ in range(25)
    ] + [Filter(folder=str(one)) for one in WILD]


def test_a_filter_lets_through_what_brute_force_lets_through_before_the_cut(volume, case, seed):
    scopes = [one.scope for one in case.shown]
    some = [Filter(sources=(scopes[4].sources[-1],)), Filter(articles=(scopes[9].article_id, 'x"] or row in [1'))]
    matched = 0
    for where in [*make_filters(seed), *some]:
        expected = {row for row, scope in enumerate(scopes) if matches(scope, where)}
        matched += len(expected)
        assert volume.find_dense(case.shown[0].vector, 10_000, where).keys() == expected, where
        sparse = volume.find_sparse(["词0", "词1", "词2"], 10_000, where)
        having = {row for row, one in enumerate(case.shown) if {"词0", "词1", "词2"} & {*one.terms}}
        assert sparse.keys() == expected & having, where
    assert matched > 0


def test_rows_know_their_articles_and_passages(volume, case):
    rows = list(range(0, len(case.shown), 7))
    assert volume.owners(rows) == {row: case.shown[row].scope.number for row in rows}
    assert volume.at(rows) == {row: case.shown[row].passage for row in rows}
    one = case.shown[-1].passage
    assert volume.passages(one.article_id) == [s.passage for s in case.shown if s.passage.article_id == one.article_id]
    assert volume.at([]) == volume.owners([]) == {}


def test_frequency_counts_passages(volume, case):
    for term in [*WORDS[::5], "无", '词" or true']:
        assert volume.frequency(term) == sum(term in one.terms for one in case.shown)


def test_documents_and_articles_come_back_as_they_were(archive, case):
    first, second = case.raws[:2]
    volume = publish(archive, case, {first.doc_id: [second.source]})
    assert volume.document(first.doc_id) == replace(first, similar=(second.source,))
    assert volume.document(second.doc_id) == second
    assert [a.article_id for a in volume.articles()] == [
        f"{raw.doc_id}/{n}" for raw in sorted(case.raws, key=lambda raw: raw.source) for n in (1, 2)
    ]
    assert volume.article(f"{first.doc_id}/2") in volume.articles()
    sources = sorted((raw.source, raw.doc_id, raw.also, len(raw.text)) for raw in case.raws)
    assert volume.sources() == sources
    for absent in (volume.document, volume.article):
        with pytest.raises(KeyError):
            absent("0" * 16)


def test_a_text_longer_than_any_field_keeps_every_offset(archive, seed):
    random = np.random.default_rng(seed)
    case = make_case(seed, documents=1)
    # 200,000 characters that do not pack, three bytes each
    text = "".join(map(chr, random.integers(0x4E00, 0x9FFF, 200_000)))
    raw = RawDocument("长.txt", text, case.raws[0].sha256)
    entry = replace(case.entries[0], raw=pack_document(raw), source=raw.source, also=())
    volume = publish(archive, replace(case, entries=[entry]))
    kept = volume.document(raw.doc_id).text
    assert kept == text
    assert kept[199_990:] == text[-10:]


def test_generations_follow_one_another_and_go_back(archive, seed):
    with pytest.raises(IndexMissing):
        archive.current()
    cases = [make_case(seed + n, documents=3) for n in range(3)]
    for case in cases:
        publish(archive, case)
    names = archive.names()
    assert len(names) == 2
    assert archive.current() == names[1]
    assert archive.order() == [names[1], names[0]]
    assert [archive.fault(name) for name in names] == ["", ""]
    assert archive.rollback() == names[0]
    assert archive.current() == names[0]
    assert archive.open(names[0], archive.manifest(names[0])).sources()[0][1] in {r.doc_id for r in cases[1].raws}
    with pytest.raises(StoreError):
        archive.rollback()
    publish(archive, cases[0])
    assert names[0] in archive.names() or archive.current() not in names


def test_a_draft_that_was_not_published_is_never_seen_and_swept(archive, seed):
    case = make_case(seed, documents=3)
    publish(archive, case)
    live = archive.current()
    with archive.writing():
        draft = archive.start()
        draft.write(lambda: iter(case.entries), dict, DIMENSION)
        assert archive.names() == [live]
        draft.discard()
    publish(archive, case)
    assert archive.names() == [live, archive.current()]
