"""What a language model is told: rules, fenced evidence under keys that nobody can guess, hints, the question."""

from __future__ import annotations

import functools
import re
import secrets
import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.answering.understand import is_traditional
from rag.datatypes import Answer, Hit, Passage, Reader, Turn
from rag.generating.endpoint import Message

# The most wasteful tokenizer in wide use (cl100k) takes about 1.3 tokens a Han character, all take less than half a
# token for a letter or figure: counted like this a prompt is never larger than we think.
_TOKENS_A_HAN = 1.3
_TOKENS_A_LETTER = 0.5
_REPLY_TOKENS = 1024
_REPLY_CHARACTERS = 400
_QUESTION_CHARACTERS = 2000
# The last three turns carry what a follow-up refers to; answers are cut to what names their subject.
_TURNS = 3
_TURN_CHARACTERS = 300
# 'k3fa1': a letter, so that it is no number, and four random digits: a document cannot hold the key of its own fence.
KEY = re.compile(r"k[0-9a-f]{4}")
# '[1]', '[2][3]': markers of an earlier answer, whose sources are not those of this one
_OLD_MARKER = re.compile(r"\[\d{1,3}\]")

_FIELDS = {
    "system": {"key", "other", "refusal", "limit"},
    "evidence": {"key", "about", "text"},
    "user": {"evidence", "hints", "question"},
    "rewrite": {"limit"},
    "split": {"most"},
    "refusal": set(),
    "about": {"title"},
}
_NOTES = {name: {"count"} for name in ("partly", "unknown", "recited")}
_NOTES |= {"rewritten": {"question"}, "split": {"questions"}}


@dataclass(frozen=True, slots=True)
class Phrases:
    """The texts of one script; `notes` are what the user is told, by name."""

    system: str
    evidence: str
    user: str
    rewrite: str
    split: str
    refusal: str
    about: str
    notes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages for a model, and the passage behind each key that they hold, best first."""

    messages: tuple[Message, ...]
    passages: Mapping[str, Passage]


@functools.cache
def load_phrases() -> tuple[Phrases, Phrases]:
    """Read the texts, simplified and traditional.

    Raises:
        ValueError: a text is missing, or does not hold exactly the names that are filled in.
    """
    tables = tomllib.loads(Path(__file__).with_name("prompts.toml").read_text(encoding="utf-8"))
    hans, hant = Phrases(**tables["hans"]), Phrases(**tables["hant"])
    if set(hans.notes) != set(hant.notes):
        raise ValueError(f"prompts.toml: notes in one script only: {set(hans.notes) ^ set(hant.notes)}")
    for phrases in (hans, hant):
        for name, fields in _FIELDS.items():
            _check(name, getattr(phrases, name), fields)
        for name, note in phrases.notes.items():
            _check(name, note, _NOTES.get(name, set()))
    return hans, hant


def _check(name: str, text: str, fields: set[str]) -> None:
    found = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    if found != fields:
        raise ValueError(f"prompts.toml: {name!r} fills in {sorted(found)}, not {sorted(fields)}")


def phrases_for(question: str) -> Phrases:
    """Return the texts in the script of a question: traditional or simplified."""
    hans, hant = load_phrases()
    return hant if is_traditional(question) else hans


def build_prompt(
    question: str, history: Sequence[Turn], evidence: Sequence[Hit], quoted: Answer, reader: Reader, context: int
) -> Prompt:
    """Return the prompt of a question; what of the evidence does not fit into `context` tokens is left out."""
    phrases = phrases_for(question)
    # The examples have keys of their own: a sentence copied from the rules cites nothing.
    *keys, example, other = _keys(len(evidence) + 2)
    system = phrases.system.format(key=example, other=other, refusal=phrases.refusal, limit=_REPLY_CHARACTERS)
    frame: list[Message] = [{"role": "system", "content": system.strip()}, *_turns(history)]
    hints = "\n".join(f"- {sentence.text}" for sentence in quoted.sentences if sentence.citations)
    # Filled in last, so that no brace of a document is taken for a name of ours.
    asked = question[:_QUESTION_CHARACTERS]
    room = context - _REPLY_TOKENS - count_tokens(phrases.user + hints + asked)
    room -= sum(count_tokens(message["content"]) for message in frame)
    fenced: list[str] = []
    passages: dict[str, Passage] = {}
    for key, hit in zip(keys, evidence, strict=True):
        text = phrases.evidence.format(key=key, about=_about(hit.passage, phrases, reader), text=hit.passage.text)
        if (cost := count_tokens(text)) <= room:
            room -= cost
            fenced.append(text.strip())
            passages[key] = hit.passage
    user = phrases.user.format(evidence="\n".join(fenced), hints=hints, question=asked)
    return Prompt((*frame, {"role": "user", "content": user.strip()}), passages)


def rewrite_messages(question: str, history: Sequence[Turn]) -> list[Message]:
    """Return the messages that ask for a question that can be understood by itself."""
    system = phrases_for(question).rewrite.format(limit=_QUESTION_CHARACTERS // 10)
    last: Message = {"role": "user", "content": question[:_QUESTION_CHARACTERS]}
    return [{"role": "system", "content": system.strip()}, *_turns(history), last]


def split_messages(question: str, most: int) -> list[Message]:
    """Return the messages that ask for the questions that a question is made of, `most` of them at most."""
    system = phrases_for(question).split.format(most=most)
    last: Message = {"role": "user", "content": question[:_QUESTION_CHARACTERS]}
    return [{"role": "system", "content": system.strip()}, last]


def count_tokens(text: str) -> int:
    """Return how many tokens a text takes at most, whatever the model."""
    han = sum(character > "\u2e7f" for character in text)
    return int(han * _TOKENS_A_HAN + (len(text) - han) * _TOKENS_A_LETTER) + 1


def _keys(count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found["k" + secrets.token_hex(2)] = None
    return list(found)


def _turns(history: Sequence[Turn]) -> list[Message]:
    messages: list[Message] = []
    for turn in history[-_TURNS:]:
        messages.append({"role": "user", "content": turn.question[:_TURN_CHARACTERS]})
        messages.append({"role": "assistant", "content": _OLD_MARKER.sub("", turn.answer)[:_TURN_CHARACTERS]})
    return messages


def _about(passage: Passage, phrases: Phrases, reader: Reader) -> str:
    """Return whose words these are: title, place, body, speaker, date and locator, as far as they are known."""
    provenance = reader.article(passage.article_id).provenance
    title = phrases.about.format(title=provenance.title.text) if provenance.title else ""
    values = (*provenance.places[:2], provenance.issuer, provenance.speaker, provenance.number, provenance.issued_on)
    parts = [title, *dict.fromkeys(value.text for value in values if value), passage.locator]
    return " · ".join(part for part in parts if part)
