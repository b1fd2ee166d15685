"""Sentences about the example documents, true and false in known ways: what checking lets through and what it stops.

Each was written beside its document. `cited` are words of the passages that it cites, `carrier` words of the passage
that carries a sentence which cites another. A sentence is checked among the seven passages that share most characters
with it, as after a search. The sentences of the held-out half were written when the rules had been settled on the
other, and those of the three control sets in the manner of models, with every way of going wrong that a reader would not
see at a glance; what they showed at first sight stands in docs/language-models.md.
"""

import functools
import json
import statistics
import time
from collections import defaultdict
from pathlib import Path

import pytest

from rag.datatypes import Passage
from rag.generating.draft import Claim
from rag.generating.verify import Verdict, Verifier
from tests.support.shelf import example_shelf

CLAIMS = [json.loads(line) for line in (Path(__file__).parents[1] / "data" / "claims.jsonl").open(encoding="utf-8")]
WRONG = {"wrong number", "wrong place", "wrong name", "wrong date", "altered quotation", "negated", "invented"}
WRONG |= {"wrong subject", "wrong scope", "wrong modality", "wrong direction"}
# What must be stopped and passed: of the control sets no more than was reached, since no rule was made for a sentence.
LEAST = {"tuning": (0.95, 0.95), "held out": (0.95, 0.95), "control": (0.92, 0.87), "second control": (0.94, 0.89)}
LEAST |= {"third control": (0.9, 0.86), "fourth control": (0.8, 0.85)}
EXACT = ("wrong number", "wrong name", "wrong place", "wrong date", "altered quotation")
NEAR = 7
MILLISECONDS = 30


@functools.cache
def checked() -> list[tuple[dict, Verdict, float]]:
    shelf = example_shelf()
    found = []
    for claim in CLAIMS:
        cited = list(dict.fromkeys(shelf.passage_with(words, claim["source"]) for words in claim["cited"]))
        near = [hit.passage for hit in shelf.search(claim["text"], NEAR + len(cited)) if hit.passage not in cited]
        if "carrier" in claim:
            near = [shelf.passage_with(claim["carrier"], claim["source"]), *near]
        passages = keyed([*cited, *near[:NEAR]])
        keys = tuple(passages)[: len(cited)]
        verifier = Verifier(passages, shelf)
        begun = time.thread_time()
        verdict = verifier.check(Claim(claim["text"], keys))
        found.append((claim, verdict, (time.thread_time() - begun) * 1000))
    return found


def keyed(passages: list[Passage]) -> dict[str, Passage]:
    return {f"k{number:04x}": passage for number, passage in enumerate(dict.fromkeys(passages))}


def right(claim: dict, verdict: Verdict) -> bool:
    if claim["label"] == "true":
        return bool(verdict.proofs) and not verdict.recited
    if claim["label"] == "wrongly cited":
        return verdict.recited
    return not verdict.proofs


def rates(half: str) -> dict[str, float]:
    seen: dict[str, list[bool]] = defaultdict(list)
    for claim, verdict, _ in checked():
        if claim["half"] == half:
            seen[claim["label"]].append(right(claim, verdict))
    return {label: statistics.mean(found) for label, found in seen.items()}


def test_the_set_is_large_enough_and_has_every_kind():
    assert len(CLAIMS) >= 200
    assert {claim["label"] for claim in CLAIMS} == WRONG | {"true", "wrongly cited"}


@pytest.mark.parametrize("half", LEAST)
def test_what_is_wrong_is_stopped_and_what_is_true_passes(half):
    found = rates(half)
    wrong = [right(c, v) for c, v, _ in checked() if c["half"] == half and c["label"] in WRONG]
    stopped, passed = LEAST[half]
    assert statistics.mean(wrong) >= stopped
    assert found["true"] >= passed
    assert found.get("wrongly cited", 1.0) >= 0.9
    assert {label: found.get(label, 1.0) for label in EXACT} == dict.fromkeys(EXACT, 1.0)


def test_every_proof_is_a_quotation():
    shelf = example_shelf()
    for _, verdict, _ in checked():
        for proof in verdict.proofs:
            offsets = proof.passage.offsets()
            raw = shelf.raw(proof.passage.doc_id)[offsets[proof.start] : offsets[proof.end - 1] + 1]
            assert raw[0] == proof.passage.text[proof.start] or raw[0] in "‚‛〃臵「」『』"
            assert len(raw) >= proof.end - proof.start


def test_checking_a_sentence_takes_less_than_30_ms_of_processor_time():
    assert statistics.median(milliseconds for _, _, milliseconds in checked()) < MILLISECONDS
