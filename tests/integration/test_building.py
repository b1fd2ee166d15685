"""Reading in several processes, taking up what was read before, and the order in which documents are written."""

import zipfile
from pathlib import Path

import pytest

from embeddings.encoder import BUILTIN, load_encoder
from embeddings.terms import default_segmenter
from rag.building.cache import Cache
from rag.building.prepare import Preparer, Read, make_job
from rag.building.workers import Makers, do_jobs
from rag.errors import StoreError
from rag.library import Library
from tests.support.corpus import HashedEncoder, write_corpus


def jobs_of(folder: Path):
    return [make_job(path, path.name, "") for path in write_corpus(folder)]


def test_processes_read_what_one_process_reads(tmp_path):
    jobs, encoder = jobs_of(tmp_path / "documents"), load_encoder()
    alone = Preparer(default_segmenter(), encoder, encoding=None, allow_secret=False)
    found = {read.key: read for read in do_jobs(jobs, Makers(BUILTIN, encoder.fingerprint, (), None, False), 2)}
    assert found == {job.key: alone.prepare(job) for job in jobs}


@pytest.mark.parametrize(("name", "said"), [(BUILTIN, "another"), ("no/such-encoder", "no/such-encoder")])
def test_a_process_that_has_another_encoder_ends_the_build(tmp_path, name, said):
    jobs = jobs_of(tmp_path / "documents")
    with pytest.raises(StoreError, match=said):
        list(do_jobs(jobs, Makers(name, "another", (), None, False), 2))


def test_a_renewal_that_was_killed_goes_on(tmp_path):
    cache = Cache(tmp_path / "read.sqlite")
    cache.add(Read("old", (), ()))
    cache.renew()
    assert cache.keys() == set()
    cache.add(Read("new", (), ()))
    cache.close()
    cache = Cache(tmp_path / "read.sqlite")
    cache.renew()
    assert cache.keys() == {"new"}
    cache.keep(["new"])
    cache.renew()
    assert cache.keys() == set()
    cache.close()


def test_documents_of_an_archive_stand_among_the_others(tmp_path):
    written = write_corpus(tmp_path / "plain")
    for path in written[:15]:
        target = tmp_path / "packed" / path.relative_to(tmp_path / "plain")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    with zipfile.ZipFile(tmp_path / "packed" / "其余.zip", "w") as archive:
        # two of them lie outside, too
        for path in written[13:]:
            archive.write(path, path.relative_to(tmp_path / "plain"))
    with (
        Library.build([tmp_path / "plain"], tmp_path / "one", encoder=HashedEncoder()) as plain,
        Library.build([tmp_path / "packed"], tmp_path / "two", encoder=HashedEncoder()) as packed,
    ):
        assert {one[1] for one in packed.documents()} == {one[1] for one in plain.documents()}
        assert any(also for _, _, also, _ in packed.documents())
        for query in ("古树补助多少", "柳汀区防汛值班", "每季度通报"):
            expected = [(hit.passage.passage_id, hit.score) for hit in plain.search(query, 50)]
            assert [(hit.passage.passage_id, hit.score) for hit in packed.search(query, 50)] == expected
