"""Read the training data, and mine pairs of texts that belong together from it by rule."""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

# Every one is outside copyright or under Apache-2.0; the card names them.
PAIRS = {
    "statutes": "laws_cn_pairs",
    "statutes_hant": "laws_tw_pairs",
    "leads": "policy_pairs",
    "questions": "legal_question_article_pairs",
}
DOCUMENTS = {"news": "news_corpus", "documents": "policy_documents"}
# Everyday questions, written for this recipe: a line is the key of a passage of these pairs, a tab, and the question.
WRITTEN = ("statutes", "leads")
QUESTIONS = Path(__file__).with_name("questions")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*")  # 会议强调，要抓好落实。
_SHORTEST = 6  # characters of a sentence that says something


@dataclass(frozen=True, slots=True)
class Pairs:
    """Queries (a name, a lead sentence, a question) and, number by number, the passages that belong to them."""

    queries: list[str]
    passages: list[str]


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of documents in their order, and the number of the document of each."""

    texts: list[str]
    owners: list[int]


def read_pairs(data: Path, kind: str) -> Pairs:
    """Read the pairs of a kind of `PAIRS`."""
    rows = list(_rows(data / f"{PAIRS[kind]}.jsonl.xz"))
    return Pairs([row["q"] for row in rows], [row["p"] for row in rows])


def read_questions(data: Path, pairs: Mapping[str, Pairs], folder: Path) -> Pairs:
    """Read the everyday questions: the noisy ones of the data, then those written for passages of `pairs`.

    Raises:
        KeyError: a question belongs to a passage that the data do not hold.
    """
    found = read_pairs(data, "questions")
    for kind in WRITTEN:
        passages = {passage_key(passage): passage for passage in pairs[kind].passages}
        for line in (folder / f"{PAIRS[kind]}.tsv").read_text(encoding="utf-8").splitlines():
            key, _, question = line.partition("\t")
            found.queries.append(question)
            found.passages.append(passages[key])
    return found


def passage_key(passage: str) -> str:
    """Return twelve digits that name a passage, wherever it stands in its file."""
    return hashlib.sha256(passage.encode()).hexdigest()[:12]


def read_sentences(data: Path, kind: str, documents: int | None = None) -> Sentences:
    """Read the sentences of a kind of `DOCUMENTS`, of the first so many documents."""
    found = Sentences([], [])
    for owner, row in enumerate(islice(_rows(data / f"{DOCUMENTS[kind]}.jsonl.xz"), documents)):
        sentences = [s for s in _SENTENCE.findall(f"{row['title']}\n{row['text']}") if len(s) >= _SHORTEST]
        found.texts.extend(sentences)
        found.owners.extend([owner] * len(sentences))
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
