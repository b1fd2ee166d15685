"""Building, bringing up to date, going back, and taking up what another program built."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import load_encoder
from rag.building.build import Plan, build_index
from rag.building.watch import watch
from rag.datatypes import Filter
from rag.errors import IndexBusy, IndexMismatch, IndexMissing, StoreError, UsageError
from rag.library import Library
from rag.search.shelf import Shelf
from tests.support.corpus import PLACES, HashedEncoder, document, write_corpus

QUERIES = [
    "古树补助多少",
    "柳汀区防汛值班",
    "养老服务用房",
    "青砚县供水工程",
    "每季度通报",
    "列入财政预算",
    "第1批任务",
    "望槐县消防通道限期整改",
]


@pytest.fixture
def folder(tmp_path) -> Path:
    write_corpus(tmp_path / "documents")
    return tmp_path / "documents"


def build(folder: Path, index: Path, **options) -> Library:
    return Library.build([folder], index, encoder=HashedEncoder(), **options)


def ranking(library: Library) -> list[list[tuple[str, str, float]]]:
    return [[(h.passage.passage_id, h.passage.source, h.score) for h in library.search(q, 20)] for q in QUERIES]


def test_a_hit_says_where_it_stands(folder, tmp_path):
    with build(folder, tmp_path / "index") as library, library.reader() as reader:
        hit = reader.search("临渌市古树每株每年补助", 1)[0]
        assert hit.passage.source == "临渌市/古树000.txt"
        assert "一千二百元" in hit.passage.text
        raw = (folder / hit.passage.source).read_text(encoding="utf-8")
        assert reader.raw(hit.passage.doc_id) == raw
        offsets = hit.passage.offsets()
        assert "".join(raw[o] for o in offsets) == hit.passage.text
        assert reader.article(hit.passage.article_id).title == "临渌市人民政府关于做好古树工作的通知"
        assert hit.passage in reader.passages(hit.passage.article_id)
        assert reader.count() == sum(len(reader.passages(article.article_id)) for article in reader.articles())


def test_an_encoder_of_term_vectors_says_how_near_a_sentence_is_and_a_slow_one_is_not_asked(folder, tmp_path):
    question, texts = "古树补助多少", ["古树每株每年补助一千二百元", "青砚县供水工程"]
    with build(folder, tmp_path / "slow") as library, library.reader() as reader:
        assert reader.nearness(question, texts) == [0.0, 0.0]
    with Library.build([folder], tmp_path / "builtin") as library, library.reader() as reader:
        near, far = reader.nearness(question, texts)
        assert near == pytest.approx(float(np.dot(*load_encoder().encode_document([question, texts[0]]))))
        assert near > far
        assert reader.nearness(question, []) == []


def test_what_is_stored_is_what_was_read(folder, tmp_path):
    from rag.reading.load import load
    from rag.reading.read import read

    with build(folder, tmp_path / "index") as library, library.reader() as reader:
        for source, doc_id, _, _ in library.documents():
            expected = read(load(folder / source, source)[0])
            assert dataclasses.replace(reader.document(doc_id), similar=()) == expected.raw
            assert [a for a in reader.articles() if a.doc_id == doc_id] == list(expected.articles)
            assert [p for a in expected.articles for p in reader.passages(a.article_id)] == list(expected.passages)


@pytest.mark.parametrize(
    "where", [Filter(places=("青砚县",)), Filter(folder="柳汀区"), Filter(sources=("白苎县/供水000.txt",))]
)
def test_a_filter_works_before_the_cut(folder, tmp_path, where):
    with build(folder, tmp_path / "index") as library:
        found = library.search("古树工作补助标准", 500, where)
        assert found
        everything = {h.passage.passage_id for h in library.search("古树工作补助标准", 500)}
        wanted = where.folder or (where.places[0] if where.places else where.sources[0])
        assert all(hit.passage.source.startswith(wanted) for hit in found)
        assert {h.passage.passage_id for h in found} <= everything
        assert library.search("古树", 5, Filter(places=("无此地",))) == []


def test_a_query_without_terms_finds_nothing(folder, tmp_path):
    with build(folder, tmp_path / "index") as library:
        assert library.search("?!… ", 5) == []
        assert library.search("古树", 0) == []


def test_two_hash_seeds_give_the_same_bytes(folder, tmp_path):
    code = (
        "import sys, json; from pathlib import Path; from rag.library import Library;"
        "from tests.support.corpus import HashedEncoder;"
        "library = Library.build([sys.argv[1]], sys.argv[2], encoder=HashedEncoder());"
        f"print(json.dumps([[(h.passage.passage_id, repr(h.score)) for h in library.search(q, 20)] for q in {QUERIES!r}]))"
    )
    outputs = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code, str(folder), str(tmp_path / f"index{seed}")]
        outputs.append(subprocess.check_output(command, env=environment))
    assert outputs[0] == outputs[1]
    assert len(json.loads(outputs[0])[0]) == 20


def test_bringing_up_to_date_equals_building_anew(folder, tmp_path):
    with build(folder, tmp_path / "index"):
        pass
    (folder / "柳汀区" / "古树000.txt").unlink()
    (folder / "柳汀区" / "防汛000.txt").rename(folder / "防汛.txt")
    (folder / "新.txt").write_text(document("柳汀区", "绿化", "每年植树一万株。"), encoding="utf-8")
    (folder / "望槐县" / "供水000.txt").write_text(document("望槐县", "供水", "四年内完成改造。"), encoding="utf-8")
    with build(folder, tmp_path / "index") as updated, build(folder, tmp_path / "other") as anew:
        assert updated.report is not None
        assert updated.report.read == 2
        assert updated.report.reused == 23
        assert updated.documents() == anew.documents()
        assert ranking(updated) == ranking(anew)


def test_identical_files_are_one_document_with_all_paths(folder, tmp_path):
    shutil.copy(folder / "柳汀区" / "古树000.txt", folder / "副本.txt")
    with build(folder, tmp_path / "index") as library:
        sources = {source: also for source, _, also, _ in library.documents()}
        assert len(sources) == 25
        assert sources["副本.txt"] == ("柳汀区/古树000.txt",)
        hit = library.search("柳汀区古树补助", 1)[0]
        assert hit.passage.source == "副本.txt"


def test_a_removed_document_stays_away_until_it_is_restored(folder, tmp_path):
    with build(folder, tmp_path / "index") as library:
        library.remove("柳汀区/古树000.txt")
        assert len(library.documents()) == 24
        library.rebuild()
        assert len(library.documents()) == 24
        with pytest.raises(UsageError):
            library.remove("柳汀区/古树000.txt")
        library.restore("柳汀区/古树000.txt")
        assert len(library.documents()) == 25
        with pytest.raises(UsageError):
            library.restore("柳汀区/古树000.txt")


def test_a_folder_is_added_to_those_that_are_there(folder, tmp_path):
    more = tmp_path / "more"
    more.mkdir()
    (more / "绿化.txt").write_text(document("柳汀区", "绿化", "每年植树一万株。"), encoding="utf-8")
    with build(folder, tmp_path / "index") as library:
        library.add([more])
        sources = [source for source, *_ in library.documents()]
        assert len(sources) == 26
        assert "more/绿化.txt" in sources
        assert "documents/柳汀区/古树000.txt" in sources


def test_what_was_taken_out_stays_out_when_roots_are_added(folder, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "绿化.txt").write_text(document("柳汀区", "绿化", "每年植树一万株。"), encoding="utf-8")
    with build(folder, tmp_path / "index") as library:
        library.remove("柳汀区/古树000.txt")
        library.add([tmp_path / "more"])
        assert len(library.documents()) == 25
        assert library.info().removed == ("documents/柳汀区/古树000.txt",)
        library.restore("documents/柳汀区/古树000.txt")
        assert len(library.documents()) == 26


def test_indexing_a_folder_again_keeps_what_was_added_and_taken_out(folder, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "绿化.txt").write_text(document("柳汀区", "绿化", "每年植树一万株。"), encoding="utf-8")
    with build(folder, tmp_path / "index") as library:
        library.remove("柳汀区/古树000.txt")
        library.add([tmp_path / "more"])
        kept = library.documents()
    with build(folder, tmp_path / "index") as again:
        assert again.documents() == kept
    with Library.build((), tmp_path / "index", encoder=HashedEncoder()) as again:
        assert again.documents() == kept
    with build(tmp_path / "more", tmp_path / "index") as again:
        assert again.documents() == kept
    (tmp_path / "other").mkdir()
    shutil.copy(folder / "柳汀区" / "古树000.txt", tmp_path / "other" / "甲.txt")
    with build(tmp_path / "other", tmp_path / "index") as other:
        assert [source for source, *_ in other.documents()] == ["甲.txt"]
    with pytest.raises(IndexMissing):
        Library.build((), tmp_path / "absent", encoder=HashedEncoder())


def test_a_sidecar_corrects_what_was_read(folder, tmp_path):
    (folder / "柳汀区" / "古树000.txt.meta.toml").write_text('title = "古树补助办法"\n', encoding="utf-8")
    (folder / "望槐县" / "古树000.txt.meta.toml").write_text("no toml", encoding="utf-8")
    with build(folder, tmp_path / "index") as library, library.reader() as reader:
        assert "古树补助办法" in [article.title for article in reader.articles()]
        assert [one.source for one in library.info().set_aside] == ["望槐县/古树000.txt"]


def test_user_words_take_part_and_a_change_is_noticed(folder, tmp_path):
    with build(folder, tmp_path / "index") as library:
        assert library.notices == ()
    (folder / "kaoju-terms.txt").write_text("# 本地说法\n督查室季度通报\n", encoding="utf-8")
    with Library.open(tmp_path / "index", encoder=HashedEncoder()) as library:
        assert "kaoju-terms.txt" in library.notices[0]
        library.rebuild()
        assert library.info().user_words == ("督查室季度通报",)
    with Library.open(tmp_path / "index", encoder=HashedEncoder()) as library:
        assert library.notices == ()


def test_going_back_and_forward(folder, tmp_path):
    with build(folder, tmp_path / "index") as library:
        first = ranking(library)
        with pytest.raises(StoreError):
            library.rollback()
        library.remove("柳汀区/古树000.txt")
        assert ranking(library) != first
        library.rollback()
        assert ranking(library) == first
        library.rebuild()
        assert library.info().documents == 25
        assert len(Shelf(tmp_path / "index").names()) == 2


def test_a_reader_keeps_its_snapshot_and_the_next_one_takes_up_the_new(folder, tmp_path):
    with build(folder, tmp_path / "index") as library, library.reader() as before:
        doc_id = before.search("柳汀区古树", 1)[0].passage.doc_id
        for place in PLACES[:3]:
            library.remove(f"{place}/古树000.txt")
        assert before.raw(doc_id)
        assert before.search("柳汀区古树", 1)[0].passage.doc_id == doc_id
        with library.reader() as after:
            assert after.name != before.name
            with pytest.raises(KeyError):
                after.raw(doc_id)


@pytest.mark.torture
def test_swaps_under_load_fail_no_query(folder, tmp_path, count):
    swaps = count(5, 100, 100)
    done = threading.Event()
    faults: list[BaseException] = []
    asked = [0]
    with build(folder, tmp_path / "index") as library:
        expected = ranking(library)

        def ask() -> None:
            while not done.is_set():
                try:
                    assert ranking(library) == expected
                    asked[0] += 1
                except BaseException as error:  # noqa: BLE001 - told by the test
                    faults.append(error)
                    return

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(swaps):
            library.rebuild()
        done.set()
        for thread in threads:
            thread.join()
    assert not faults
    assert asked[0] > 0


def test_another_program_is_turned_away_while_one_builds(folder, tmp_path):
    shelf = Shelf(tmp_path / "index")
    with shelf.writing(), pytest.raises(IndexBusy, match=str(os.getpid())):
        build_index(Shelf(tmp_path / "index"), Plan((folder,), HashedEncoder()))
    build(folder, tmp_path / "index").close()


def test_watching_follows_the_folder(folder, tmp_path):
    stop = threading.Event()
    with build(folder, tmp_path / "index") as library:
        reports = watch(library, stop)
        timer = threading.Timer(
            1.0, lambda: (folder / "新.txt").write_text(document("柳汀区", "绿化", "每年植树。"), encoding="utf-8")
        )
        timer.start()
        report = next(reports)
        stop.set()
        assert list(reports) == []
        assert report.documents == 26


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"encoder_fingerprint": "other"}, IndexMismatch),
        ({"terms": "other"}, IndexMismatch),
        ({"dimension": 7}, IndexMismatch),
    ],
)
def test_an_index_made_otherwise_is_refused(folder, tmp_path, change, fault):
    import hashlib

    with build(folder, tmp_path / "index") as library:
        manifest = library.info()
    name = Shelf(tmp_path / "index").current()
    path = tmp_path / "index" / name / "manifest.json"
    text = json.dumps({**dataclasses.asdict(manifest), **change}, ensure_ascii=False)
    path.write_text(f"{text}\n{hashlib.sha256(text.encode()).hexdigest()}\n", encoding="utf-8")
    with pytest.raises(fault, match="kaoju rebuild"):
        Library.open(tmp_path / "index", encoder=HashedEncoder())
    with Library.build((), tmp_path / "index", encoder=HashedEncoder()) as mended:
        assert mended.info().documents == 25


def test_no_index_and_a_folder_open_to_all(folder, tmp_path):
    with pytest.raises(IndexMissing, match="kaoju index"):
        Library.open(tmp_path / "absent")
    build(folder, tmp_path / "index").close()
    (tmp_path / "index").chmod(0o777)
    with pytest.raises(StoreError, match="chmod o-w"):
        Library.open(tmp_path / "index", encoder=HashedEncoder())


def test_a_read_only_index_serves(folder, tmp_path):
    with build(folder, tmp_path / "index") as library:
        expected = ranking(library)
    for path in [tmp_path / "index", *(tmp_path / "index").rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    with Library.open(tmp_path / "index", encoder=HashedEncoder()) as library:
        assert ranking(library) == expected
    for path in (tmp_path / "index").rglob("*"):
        path.chmod(0o755)
