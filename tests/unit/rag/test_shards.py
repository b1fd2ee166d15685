"""Shards without Ray: written whole and once, wherever fsspec can write, and found again by a build that goes on."""

import json
import uuid
from dataclasses import asdict, astuple

import fsspec
import pytest

from embeddings.encoder import load_encoder
from embeddings.terms import Segmenter
from rag.building.cluster import Cluster, make_shard
from rag.building.prepare import Preparer, make_job
from rag.building.workers import Makers
from rag.errors import StoreError
from tests.support.corpus import write_corpus

ENCODER = load_encoder("builtin")
MAKERS = Makers("builtin", ENCODER.fingerprint, (), None, False)


@pytest.fixture(params=["folder", "memory"])
def url(request, tmp_path):
    return str(tmp_path / "shards") if request.param == "folder" else f"memory://{uuid.uuid4().hex}"


@pytest.fixture
def jobs(tmp_path):
    files = write_corpus(tmp_path / "documents")
    return [make_job(path, path.name, "makers") for path in files]


def make(url, jobs):
    return make_shard(url, json.dumps(asdict(MAKERS)), [astuple(job) for job in jobs])


def test_what_is_finished_is_found_and_no_cluster_is_asked(url, jobs):
    names = [make(url, jobs[:10]), make(url, jobs[10:])]
    alone = Preparer(Segmenter(()), ENCODER, encoding=None, allow_secret=False)
    expected = {job.key: alone.prepare(job) for job in jobs}
    cluster = Cluster(url)
    assert {read.key: read for read in cluster.do(jobs, MAKERS)} == expected
    system, path = fsspec.core.url_to_fs(url)
    assert sorted(name.rsplit("/", 1)[-1] for name in system.ls(path, detail=False)) == sorted(names)
    cluster.clear()
    assert not system.exists(path)


def test_a_shard_that_is_there_is_not_made_again(url, jobs):
    name = make(url, jobs[:3])
    system, path = fsspec.core.url_to_fs(url)
    system.pipe(f"{path}/{name}", b"")
    assert make(url, jobs[:3]) == name
    assert system.cat(f"{path}/{name}") == b""


def test_another_encoder_on_a_node_is_refused(url, jobs):
    other = Makers("builtin", "another", (), None, False)
    with pytest.raises(StoreError, match="another"):
        make_shard(url, json.dumps(asdict(other)), [astuple(job) for job in jobs])
