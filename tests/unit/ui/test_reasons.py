"""Every reason to set a file aside is said in the language of the page."""

import ast
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

import rag
from rag.answering.phrases import HANS, HANT
from rag.generating.prompt import load_phrases
from ui.reasons import explain
from ui.strings import Strings

RAG = Path(rag.__file__).parent


def said_text(node: ast.expr) -> str:
    """Return what a call says, each blank filled with a word; empty when it stands elsewhere."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)


def reasons() -> Iterator[str]:
    for file in sorted(RAG.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                told = {"ReadingError": node.args, "SetAside": node.args[1:]}.get(node.func.id, [])
                yield from filter(None, map(said_text, told))


@pytest.mark.parametrize("said", sorted(set(reasons())))
@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_a_reason_is_said_in_chinese(said: str, language: str) -> None:
    assert any("\u4e00" <= character <= "\u9fff" for character in explain(Strings(language), said))


@pytest.mark.parametrize(
    ("language", "said", "told"),
    [
        ("zh-Hans", "it has 9,000 pages, more than 5,000", "有 9,000 页，超过上限 5,000"),
        ("zh-Hant", "a password is needed", "需要密碼"),
        ("en", "a password is needed", "a password is needed"),
        ("zh-Hans", "nobody ever said this", "nobody ever said this"),
        ("zh-Hans", "it is damaged: {0} <b>\nx", "已损坏：{0} <b>\nx"),
    ],
)
def test_blanks_are_filled_and_the_unknown_is_shown_as_it_is(language: str, said: str, told: str) -> None:
    assert explain(Strings(language), said) == told


def test_what_goes_wrong_with_the_library_is_said_in_chinese() -> None:
    """Errors of building, searching and the library itself can stand on the page."""
    kinds = {"StoreError", "IndexMissing", "IndexDamaged", "IndexMismatch", "IndexBusy", "UsageError"}
    files = [RAG / "library.py", RAG / "reading" / "sidecar.py", *RAG.glob("building/*.py"), *RAG.glob("search/*.py")]
    told = {
        said_text(argument)
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds
        for argument in node.args
    }
    assert len(told) > 15
    whole = [said for said in told if said and not said.startswith("7;")]  # else its beginning stands elsewhere
    assert [said for said in whole if explain(Strings("zh-Hans"), said) == said] == []


def test_every_remark_of_an_answer_is_said_in_every_language() -> None:
    hans, hant = load_phrases()
    refusals = {name for name, text in asdict(HANS).items() if text.endswith("。")}
    pairs = [(hans.notes[name], hant.notes[name]) for name in hans.notes]
    pairs += [(asdict(HANS)[name], asdict(HANT)[name]) for name in refusals]
    for simplified, traditional in pairs:
        filled = re.sub(r"\{\w+\}", "7", simplified)
        other = re.sub(r"\{\w+\}", "7", traditional)
        assert explain(Strings("zh-Hant"), filled) == other
        assert explain(Strings("zh-Hans"), other) == filled
        assert explain(Strings("en"), filled) == explain(Strings("en"), other)
        assert not any("\u4e00" <= character <= "\u9fff" for character in explain(Strings("en"), filled)), filled


def test_a_reason_within_a_reason_is_said_in_the_same_language() -> None:
    said = "an older snapshot, snapshot-1, is served: store.sqlite is missing; run it"
    assert explain(Strings("zh-Hans"), said) == "正在使用较早的版本 snapshot-1：缺少 store.sqlite，请退回或重建"
