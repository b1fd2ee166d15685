"""Answer with a language model under the eyes of the quoting answerer: its judge before, its fall-back after."""

from __future__ import annotations

import time
from collections import abc
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answering import answer
from rag.datatypes import Answer, Filter, Hit, Reader, Turn
from rag.generating.desk import Desk
from rag.generating.draft import Draft
from rag.generating.endpoint import Deadlines, Endpoint, Message
from rag.generating.fault import Fault
from rag.generating.parts import is_several, joined, merged, parts_of
from rag.generating.prompt import build_prompt, load_phrases, phrases_for, rewrite_messages, split_messages
from rag.generating.rewrite import keeps
from rag.settings import REFUSE_BELOW

# We ask for 400 characters: ten times that, or a sentence as long as a page, is a model gone wild.
_LONGEST_REPLY = 4000
_LONGEST_SENTENCE = 600
_MOST_REPEATS = 2
# A question of a line; whoever asks waits for it before anything is searched.
_REWRITE_SECONDS = 8.0
_REWRITE_CHARACTERS = 200
_PARTS = 4  # that a question is taken apart into
_EVIDENCE = 8  # passages; what of them the context cannot hold is left out
_OFFERED = 20  # names of models that fit into one message


class Generator:
    """Writes prose about the evidence by any OpenAI-compatible model and lets through what the evidence carries.

    `context` is how many tokens the model takes in. An object serves many threads at once.

    Raises:
        SettingsError: the address cannot be used.
    """

    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        api_key: str = "",
        context: int = 8192,
        deadlines: Deadlines | None = None,
        temperature: float | None = 0.0,
    ) -> None:
        load_phrases()
        self.model = model
        self._context = context
        self._endpoint = Endpoint(
            base_url=base_url, model=model, api_key=api_key, deadlines=deadlines, temperature=temperature
        )

    def answer(
        self,
        question: str,
        history: Sequence[Turn],
        reader: Reader,
        where: Filter | None = None,
        refuse_below: float = REFUSE_BELOW,
    ) -> Iterator[Answer]:
        """Yield successive complete answers to a question.

        The quoting answerer goes first, and refuses by `refuse_below`. A follow-up that it refuses as it understands it
        is put by the model anew; a question that asks several things is taken apart, evidence is sought for each part,
        and each is answered by itself where the whole is refused.
        """
        begun = time.perf_counter()
        quoted = answer(question, history, reader, where=where, refuse_below=refuse_below)
        if quoted.refused and history and (standing := self.rewrite(question, history)):
            note = phrases_for(question).notes["rewritten"].format(question=standing)
            again = answer(standing, (), reader, where=where, refuse_below=refuse_below)
            quoted = replace(again, notes=(*again.notes, note))
        parts = self.split(quoted.question)
        if parts:
            note = phrases_for(question).notes["split"].format(questions=" ".join(parts))
            if quoted.refused:
                own = [answer(part, (), reader, where=where, refuse_below=refuse_below) for part in parts]
                quoted = replace(joined(quoted.question, own), notes=quoted.notes)
            quoted = replace(quoted, notes=(*quoted.notes, note))
        rankings = [] if quoted.refused else [reader.search(q, _EVIDENCE, where) for q in parts or [quoted.question]]
        spent = time.perf_counter() - begun
        yield from self.stream(question, history, merged(rankings, _EVIDENCE), quoted, reader, spent)

    def stream(
        self,
        question: str,
        history: Sequence[Turn],
        evidence: Sequence[Hit],
        quoted: Answer,
        reader: Reader,
        spent: float = 0.0,
    ) -> Iterator[Answer]:
        """Yield successive complete answers; the last has no `draft` and is never worse than `quoted`.

        `quoted` is the answer without a model: where it refuses, or there is no evidence, the model is not asked.
        Whatever goes wrong ends in `quoted`, with a note that says what happened. `spent` (seconds) is what the
        question took before.
        """
        if quoted.refused or not evidence:
            yield quoted
            return
        begun = time.perf_counter()
        asked = quoted.question or question
        phrases = phrases_for(asked)
        prompt = build_prompt(asked, history, evidence, quoted, reader, self._context)
        desk = Desk(quoted, prompt.passages, reader, phrases, begun)
        if not prompt.passages:
            yield desk.fall_back("too_long")
            return
        try:
            ended = yield from self._write(prompt.messages, Draft(list(prompt.passages)), desk, spent)
        except Fault as fault:
            yield desk.fall_back(fault.kind)
            return
        yield desk.conclude(ended)

    def _write(
        self, messages: Sequence[Message], draft: Draft, desk: Desk, spent: float
    ) -> abc.Generator[Answer, None, str]:
        """Yield the answer as it grows and return why it ended early, empty when the model ended it."""
        length = 0
        pieces = self._endpoint.reply(messages, spent=spent)
        try:
            for piece in pieces:
                length += len(piece)
                claims = draft.feed(piece[:_LONGEST_REPLY])
                if draft.thought_aloud:
                    desk.forget()
                desk.add(claims)
                if desk.repeats > _MOST_REPEATS:
                    return "repeated"
                if length > _LONGEST_REPLY or len(draft.pending) > _LONGEST_SENTENCE:
                    return "cut"
                if piece:
                    yield desk.snapshot(draft.pending)
        except Fault as fault:
            if fault.kind != "cut":
                desk.fold(draft.finish())
                raise
            return "cut"
        finally:
            pieces.close()
        desk.add(draft.finish())
        return ""

    def rewrite(self, question: str, history: Sequence[Turn]) -> str:
        """Return the question as it stands without its history, by the model; empty when it cannot tell.

        A rewrite that loses a name or number of the question, or has one that nobody mentioned, is not used.
        """
        try:
            written = "".join(self._endpoint.reply(rewrite_messages(question, history), within=_REWRITE_SECONDS))
        except Fault:
            return ""
        written = written.strip()
        return written if len(written) <= _REWRITE_CHARACTERS and keeps(question, written, history) else ""

    def split(self, question: str) -> list[str]:
        """Return the questions that a question asks, by the model; none when it asks one, or the model cannot tell.

        Parts that together lose a name or number of the question, or have one that it has not, are not used.
        """
        if not is_several(question):
            return []
        try:
            written = "".join(self._endpoint.reply(split_messages(question, _PARTS), within=_REWRITE_SECONDS))
        except Fault:
            return []
        return parts_of(question, written, _PARTS) if len(written) <= _PARTS * _REWRITE_CHARACTERS else []

    def check(self) -> str:
        """Ask the model for a word and return one line on how that went.

        Raises:
            Fault: what is wrong, and what to do.
        """
        begun = time.perf_counter()
        try:
            said = "".join(self._endpoint.reply([{"role": "user", "content": "只回答一个字：好"}]))
        except Fault as fault:
            if fault.kind != "unknown_model":
                raise
            raise Fault(fault.kind, detail=f"; it offers {', '.join(self._endpoint.models()[:_OFFERED])}") from None
        if not said.strip():
            raise Fault("empty")
        return f"{self.model} answers, in {time.perf_counter() - begun:.1f} s"
