"""Where a model's sentences are checked one by one and become an answer with numbered citations."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence

from embeddings.terms import fold
from rag.datatypes import Answer, Citation, Passage, Reader, Sentence
from rag.generating.draft import Claim
from rag.generating.prompt import Phrases
from rag.generating.verify import Proof, Verifier


class Desk:
    """Collects sentences and builds the answers from them; numbers are given in order of first use.

    `quoted` is the quoting answerer's answer, which stands where the model's does not.
    """

    def __init__(
        self, quoted: Answer, passages: Mapping[str, Passage], reader: Reader, phrases: Phrases, begun: float
    ) -> None:
        self._quoted = quoted
        self._verifier = Verifier(passages, reader)
        self._reader = reader
        self._phrases = phrases
        self._begun = begun
        self.forget()

    def forget(self) -> None:
        """Begin anew: what was said so far was no answer."""
        self.repeats = 0
        self._sentences: list[Sentence] = []
        self._citations: dict[Proof, Citation] = {}
        self._seen: set[str] = set()
        self._unknown = 0
        self._recited = 0

    def add(self, claims: Sequence[Claim]) -> None:
        """Check sentences; one that was said already is dropped."""
        for claim in claims:
            self._unknown += claim.unknown
            if self._repeated(claim):
                continue
            verdict = self._verifier.check(claim)
            numbers = sorted({self._cite(proof) for proof in verdict.proofs})
            self._recited += verdict.recited
            self._sentences.append(Sentence(claim.text, tuple(numbers), verified=bool(numbers)))

    def fold(self, claims: Sequence[Claim]) -> None:
        """Keep sentences that broke off, without checking them: they will not count."""
        fresh = [claim for claim in claims if not self._repeated(claim)]
        self._sentences.extend(Sentence(claim.text, verified=False) for claim in fresh)

    def snapshot(self, draft: str = "") -> Answer:
        """Return the answer as far as it is checked; `draft` is the sentence being written."""
        kept = [sentence for sentence in self._sentences if sentence.verified]
        return Answer(
            question=self._quoted.question,
            text="".join(_marked(sentence) for sentence in kept),
            sentences=tuple(self._sentences),
            citations=tuple(self._citations.values()),
            status="verified" if len(kept) == len(self._sentences) else "partly",
            elapsed_ms=(time.perf_counter() - self._begun) * 1000,
            notes=self._quoted.notes,
            draft=draft,
        )

    def conclude(self, ended: str) -> Answer:
        """Return the last answer: the model's if a sentence of it is verified, else the quoting answerer's.

        `ended` names the note on why the model was stopped, if it was.
        """
        if not self._sentences:
            return self.fall_back(ended or "empty")
        declined = [sentence for sentence in self._sentences if self._declines(sentence)]
        if not any(sentence.verified for sentence in self._sentences):
            return self.fall_back("declined" if len(declined) == len(self._sentences) else "none_verified")
        answer = self.snapshot()
        folded = sum(not sentence.verified for sentence in self._sentences)
        counts = {"partly": folded, "recited": self._recited, "unknown": self._unknown}
        notes = [*self._quoted.notes, *([self._phrases.notes[ended]] if ended else [])]
        notes += [self._phrases.notes[name].format(count=count) for name, count in counts.items() if count]
        return dataclasses.replace(answer, status="partly" if ended else answer.status, notes=tuple(notes))

    def fall_back(self, note: str) -> Answer:
        """Return the quoting answerer's answer, with a note, and the model's words behind it, none counted."""
        folded = (Sentence(sentence.text, verified=False) for sentence in self._sentences)
        quoted = self._quoted
        return dataclasses.replace(
            quoted,
            sentences=(*quoted.sentences, *folded),
            status="fallen back",
            notes=(*quoted.notes, self._phrases.notes[note]),
            elapsed_ms=quoted.elapsed_ms + (time.perf_counter() - self._begun) * 1000,
        )

    def _repeated(self, claim: Claim) -> bool:
        key = fold(claim.text)
        repeated = key in self._seen
        self.repeats += repeated
        self._seen.add(key)
        return repeated

    def _declines(self, sentence: Sentence) -> bool:
        return fold(self._phrases.refusal).rstrip("。") in fold(sentence.text)

    def _cite(self, proof: Proof) -> int:
        if proof not in self._citations:
            passage, offsets = proof.passage, proof.passage.offsets()
            start, end = offsets[proof.start], offsets[proof.end - 1] + 1
            article = self._reader.article(passage.article_id)
            issued = article.provenance.issued_on
            document = self._reader.document(passage.doc_id)
            self._citations[proof] = Citation(
                number=len(self._citations) + 1,
                source=passage.source,
                doc_id=passage.doc_id,
                passage_id=passage.passage_id,
                article=article.title,
                locator=passage.locator,
                start=start,
                end=end,
                quote=document.text[start:end],
                shown=passage.text[proof.start : proof.end],
                page=passage.page,
                date=issued.text if issued else "",
                also=document.also,
                similar=document.similar,
            )
        return self._citations[proof].number


def _marked(sentence: Sentence) -> str:
    return sentence.text + "".join(f"[{number}]" for number in sentence.citations)
