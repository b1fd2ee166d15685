"""Question files are read strictly, batches write one record a line, terminals are not steered."""

import json

import pytest

from rag.datatypes import Turn
from rag.errors import UsageError
from ui.commands.printing import plain
from ui.commands.records import Question, read_questions, run_batch, to_json


def test_a_question_file_may_carry_history_a_mark_at_its_head_and_blank_lines(tmp_path):
    file = tmp_path / "q.jsonl"
    turns = [{"q": "几个组?", "a": "5个。"}]
    rows = [{"id": "a", "question": "谁?"}, {"id": 2, "question": "那组长呢", "history": turns, "type": "followup"}]
    file.write_text("\ufeff" + "\n\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert read_questions(file) == [Question("a", "谁?", ()), Question(2, "那组长呢", (Turn("几个组?", "5个。"),))]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"id": 1}', '{"question": "谁"}', '{"id": 1, "question": "谁", "history": [1]}', "3"]
)
def test_a_line_that_is_no_question_is_named(tmp_path, line):
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": "a", "question": "谁?"}\n' + line, encoding="utf-8")
    with pytest.raises(UsageError, match="line 2 is no question"):
        read_questions(file)


def test_a_missing_question_file_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="check the path"):
        read_questions(tmp_path / "absent.jsonl")


def test_a_batch_writes_a_record_a_line_in_order(tmp_path):
    out = tmp_path / "out.jsonl"
    questions = [Question("a", "谁?", ()), Question("b", "哪?", ())]
    run_batch(questions, lambda question: {"answer": question.question}, out)
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(r["id"], r["answer"]) for r in records] == [("a", "谁?"), ("b", "哪?")]
    assert all(r["elapsed_ms"] >= 0 for r in records)


def test_a_record_is_one_line_for_every_reader():
    record = {"text": "一\n二\x85三\u2028四\u2029五\x0b六"}
    assert len(to_json(record).splitlines()) == 1
    assert json.loads(to_json(record)) == record


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("通知\n\t一、", "通知\n\t一、"),
        ("\x1b[2J通知", "�[2J通知"),
        ("a\u202etxt.exe", "a�txt.exe"),
        ("a\r\nb\rc", "a\nb�c"),
        ("\x9b31m", "�31m"),
    ],
)
def test_a_document_does_not_steer_the_terminal(text, shown):
    assert plain(text) == shown
