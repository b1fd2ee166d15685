"""How much the encoder counts: announced, found out on the library, set by the user, or tuned on their questions."""

import json
import zlib

import numpy as np
import pytest

from embeddings.calibrate import CAP
from rag.errors import UsageError
from rag.evaluate import read_judged
from rag.examples import DOCUMENTS, QUESTIONS
from rag.library import Library
from rag.tuning import WEIGHTS, Trial, best, tune
from tests.support.corpus import HashedEncoder
from ui.command import main


class Unmeasured(HashedEncoder):
    """Knows words, and nobody has measured it."""

    fingerprint, weight, dimension = "unmeasured", None, 32


class Ignorant(Unmeasured):
    """Gives each text a vector of its own."""

    fingerprint = "ignorant"

    def encode_document(self, texts):
        rows = [np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimension) for text in texts]
        vectors = np.array(rows, np.float32).reshape(len(texts), self.dimension)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Return an index of the example documents by the built-in encoder."""
    folder = tmp_path_factory.mktemp("weight") / "index"
    Library.build([DOCUMENTS], folder).close()
    return folder


def weight_of(encoder, folder):
    with Library.build([DOCUMENTS], folder, encoder=encoder) as library:
        return library.info().dense_weight


def test_an_announced_weight_is_taken(tmp_path):
    assert weight_of(HashedEncoder(), tmp_path / "index") == HashedEncoder.weight


def test_a_weight_that_is_not_announced_is_earned(tmp_path):
    ignorant, knowing = weight_of(Ignorant(), tmp_path / "a"), weight_of(Unmeasured(), tmp_path / "b")
    assert 0 <= ignorant < 0.01 < knowing <= CAP


def test_an_encoder_that_knows_nothing_changes_no_ranking(tmp_path):
    questions = [judged.question for judged in read_judged(QUESTIONS)]
    Library.build([DOCUMENTS], tmp_path / "index", encoder=Ignorant()).close()
    rankings = []
    for weight in (None, 0.0):
        with Library.open(tmp_path / "index", encoder=Ignorant(), dense_weight=weight) as library:
            rankings.append([[hit.passage.passage_id for hit in library.search(q, 5)] for q in questions])
    same = [set(with_it) == set(without) for with_it, without in zip(*rankings, strict=True)]
    assert np.mean(same) > 0.9


def test_a_weight_that_is_set_goes_before(index):
    with Library.open(index, dense_weight=0.0) as library:
        hits = library.search("二级保护的古树一年补助多少?", 10)
    assert [hit.score for hit in hits] == pytest.approx([hit.sparse / hits[0].sparse for hit in hits])


def test_tuning_tries_every_weight_on_the_questions(index):
    questions = read_judged(QUESTIONS)
    first, *tried = tune(index, questions)
    assert [trial.weight for trial in tried] == list(WEIGHTS)
    assert not first.clear
    same = next(trial for trial in tried if trial.weight == first.weight)
    assert (same.mrr, same.found, same.clear) == (first.mrr, first.found, False)
    with Library.open(index) as library:
        asked = [judged for judged in questions if judged.evidence]
        ranks = [[hit.passage.text for hit in library.search(judged.question, 10)] for judged in asked]
    whole = [any(j.evidence[0].quote in text for text in texts) for j, texts in zip(asked, ranks, strict=True)]
    assert first.found >= np.mean(whole)
    with pytest.raises(UsageError, match="two of them or more"):
        tune(index, questions[:0])


def test_the_best_is_clearly_better_or_nothing_changes():
    kept = Trial(0.1, 0.5, 0.9, clear=False)
    assert best([kept, Trial(0.2, 0.6, 0.9, clear=False)]) is kept
    clear = Trial(0.3, 0.7, 0.9, clear=True)
    assert best([kept, Trial(0.2, 0.6, 0.9, clear=True), clear]) is clear


def test_the_command_says_how_to_keep_a_weight(index, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["eval", str(QUESTIONS), "--tune", "--json", "--index", str(index)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["best"] in {trial["weight"] for trial in record["trials"]}
    assert main(["eval", str(QUESTIONS), "--tune", "--index", str(index)]) == 0
    assert "in force; leave it" in capsys.readouterr().out or "dense_weight = " in capsys.readouterr().out
    assert main(["eval", "--tune"]) == 2
