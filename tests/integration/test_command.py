"""The command over the example documents: exit codes, shapes of records, and one sentence for each bad input."""

import dataclasses
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.examples import DOCUMENTS, QUESTIONS
from rag.library import Library
from rag.search.manifest import read_manifest, write_manifest
from ui.command import main

QUESTION = "二级保护的古树一年补助多少?"
UNANSWERABLE = "qwzx vbnm jklp?"  # whether a real question can be answered is for `kaoju eval` to say


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("examples") / "index"
    assert main(["index", "--examples", "--index", str(folder)]) == 0
    return str(folder)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """Return an empty working folder, so that no index or settings file of this machine is found."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("KAOJU_")]:
        monkeypatch.delenv(name)
    return tmp_path


def one_sentence(err: str) -> bool:
    """Return whether the last thing said is one line of the program's own, and no traceback."""
    lines = err.strip().splitlines()
    return bool(lines) and lines[-1].startswith("kaoju: ") and "Traceback" not in err


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# --- asking -----------------------------------------------------------------------------------------------------------


def test_an_answer_comes_with_numbered_sources(index, capsys):
    assert main(["ask", QUESTION, "--index", index]) == 0
    out, _ = capsys.readouterr()
    assert "一千二百元" in out
    assert "[1]" in out
    assert "004_临渌市古树名木保护办法.txt" in out


def test_a_question_may_be_written_without_quotation_marks(index, capsys):
    assert main(["ask", "二级保护的古树", "一年补助多少", "--index", index]) == 0
    assert "一千二百元" in capsys.readouterr().out


def test_a_refusal_says_so_and_exits_3(index, capsys):
    assert main(["ask", UNANSWERABLE, "--index", index]) == 3
    assert capsys.readouterr().out.strip()


def test_an_answer_as_json_has_every_field_and_its_offsets_cut_out_the_quotation(index, capsys):
    assert main(["ask", QUESTION, "--json", "--index", index]) == 0
    record = json.loads(capsys.readouterr().out)
    assert set(record) == {
        "question", "answer", "refused", "reason", "status", "citations", "nearest", "elapsed_ms",
    }  # fmt: skip
    assert record["refused"] is False
    assert record["elapsed_ms"] > 0
    for citation in record["citations"]:
        text = (DOCUMENTS / citation["source"]).read_bytes().decode("utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_refusal_as_json_has_a_reason_and_no_citation(index, capsys):
    assert main(["ask", UNANSWERABLE, "--json", "--index", index]) == 3
    record = json.loads(capsys.readouterr().out)
    assert (record["refused"], record["citations"], record["status"]) == (True, [], "refused")
    assert record["reason"]
    assert len(record["nearest"]) <= 3


def test_a_batch_answers_every_question_in_the_format_of_the_score(index, tmp_path, capsys):
    out = tmp_path / "answers.jsonl"
    assert main(["ask", "--batch", str(QUESTIONS), "--out", str(out), "--index", index]) == 0
    assert capsys.readouterr().out == ""
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [record["id"] for record in records] == [question["id"] for question in asked]
    for record in records:
        assert isinstance(record["answer"], str)
        assert isinstance(record["elapsed_ms"], float)
        assert record["refused"] != bool(record["citations"])
        for citation in record["citations"]:
            assert {"source", "start", "end", "quote"} <= set(citation)
            if citation["source"].endswith(".txt"):
                encoding = "gb18030" if "gb18030" in citation["source"] else "utf-8"
                text = (DOCUMENTS / citation["source"]).read_bytes().decode(encoding)
                assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_batch_without_out_goes_to_standard_output(index, tmp_path, capsys):
    file = write(tmp_path / "q.jsonl", json.dumps({"id": 7, "question": QUESTION}))
    assert main(["ask", "--batch", str(file), "--index", index]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == 7


def test_an_empty_question_in_a_batch_gets_a_record_that_refuses(index, tmp_path, capsys):
    rows = [{"id": 1, "question": ""}, {"id": 2, "question": "树" * 100_000}, {"id": 3, "question": QUESTION}]
    file = write(tmp_path / "q.jsonl", "\n".join(json.dumps(row) for row in rows))
    assert main(["ask", "--batch", str(file), "--index", index]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["refused"] for record in records] == [True, True, False]
    assert all(record["reason"] for record in records[:2])


def test_search_lists_passages_best_first(index, capsys):
    assert main(["search", "古树 养护补助", "-k", "3", "--json", "--index", index]) == 0
    record = json.loads(capsys.readouterr().out)
    assert set(record) == {"hits", "elapsed_ms"}
    assert len(record["hits"]) == 3
    for hit in record["hits"]:
        assert set(hit) == {
            "passage_id", "source", "article", "locator", "start", "end", "score", "text", "also",
        }  # fmt: skip
        assert 0 <= hit["start"] < hit["end"]
    scores = [hit["score"] for hit in record["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert record["hits"][0]["source"].startswith("004")


def test_a_search_batch_has_ids_and_uses_history(index, tmp_path, capsys):
    turns = [{"q": QUESTION, "a": "每株每年不低于一千二百元。"}]
    file = write(tmp_path / "q.jsonl", json.dumps({"id": "f", "question": "那一级的呢?", "history": turns}))
    assert main(["search", "--batch", str(file), "-k", "5", "--index", index]) == 0
    record = json.loads(capsys.readouterr().out)
    assert set(record) == {"id", "hits", "elapsed_ms"}
    assert any(hit["source"].startswith("004") for hit in record["hits"])


def test_identical_files_are_one_document_with_all_its_paths(tmp_path, capsys):
    for name in ("甲.txt", "乙.txt"):
        write(tmp_path / "documents" / name, "关于清理河道的通知\n各村须在3月底前完成河道清理工作,并报镇水利站备案。")
    assert main(["index", str(tmp_path / "documents"), "--index", str(tmp_path / "i")]) == 0
    capsys.readouterr()
    main(["search", "河道清理", "--json", "--index", str(tmp_path / "i")])
    hits = json.loads(capsys.readouterr().out)["hits"]
    assert {(hit["source"], *hit["also"]) for hit in hits} == {("乙.txt", "甲.txt")}


# --- wrong usage and bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "   ", "\u3000"])
@pytest.mark.parametrize("command", ["ask", "search"])
def test_an_empty_question_is_wrong_usage(index, capsys, command, question):
    assert main([command, question, "--index", index]) == 2
    assert one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_of_100000_characters_gets_one_sentence(index, capsys, command):
    assert main([command, "树" * 100_000, "--index", index]) == 2
    out, err = capsys.readouterr()
    assert one_sentence(err)
    assert len(err) < 500
    assert out == ""


@pytest.mark.parametrize(
    "command",
    [
        ["ask", "谁"],
        ["search", "谁"],
        ["list"],
        ["info"],
        ["verify"],
        ["rollback"],
        ["doctor"],
        ["show", "a"],
        ["rebuild"],
        ["remove", "a"],
    ],
    ids=lambda command: command[0],
)
def test_without_an_index_every_command_says_how_to_make_one(elsewhere, capsys, command):
    assert main(command) == 1
    err = capsys.readouterr().err
    assert one_sentence(err)
    assert "kaoju index" in err


def test_a_folder_that_is_no_index_is_left_alone(elsewhere, capsys):
    write(elsewhere / "mine" / "thesis.txt", "很重要")
    assert main(["ask", "谁", "--index", "mine"]) == 1
    assert one_sentence(capsys.readouterr().err)
    assert main(["index", str(DOCUMENTS), "--index", "mine"]) == 1
    assert one_sentence(capsys.readouterr().err)
    assert [path.name for path in (elsewhere / "mine").iterdir()] == ["thesis.txt"]


def test_a_missing_path_is_wrong_usage(elsewhere, capsys):
    assert main(["index", "absent"]) == 2
    err = capsys.readouterr().err
    assert one_sentence(err)
    assert "absent" in err


def test_an_empty_folder_gives_no_index(elsewhere, capsys):
    (elsewhere / "empty").mkdir()
    assert main(["index", "empty"]) == 1
    assert one_sentence(capsys.readouterr().err)
    assert not (elsewhere / "kaoju-index" / "CURRENT").exists()


def test_what_cannot_be_read_is_set_aside_and_the_rest_is_indexed(elsewhere, capsys):
    folder = elsewhere / "documents"
    write(folder / "good.txt", "关于清理河道的通知\n各村须在3月底前完成河道清理工作,并报镇水利站备案。")
    write(folder / "empty.txt", "")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "cut.docx").write_bytes(b"PK\x03\x04 not a document")
    assert main(["index", "documents"]) == 3
    err = capsys.readouterr().err
    for name in ("empty.txt", "binary.txt", "cut.docx"):
        assert name in err
    assert "Traceback" not in err
    assert main(["ask", "河道清理什么时候完成?"]) == 0
    assert "3月底" in capsys.readouterr().out


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_set_aside(elsewhere, capsys):
    write(elsewhere / "documents" / "good.txt", "关于清理河道的通知\n各村须在3月底前完成河道清理工作。")
    write(elsewhere / "documents" / "closed.txt", "秘密").chmod(0)
    assert main(["index", "documents"]) == 3
    assert "closed.txt" in capsys.readouterr().err


def test_a_watched_folder_is_followed_and_what_was_removed_stays_out(elsewhere):
    for name in ("甲", "乙"):
        write(elsewhere / "文件" / f"{name}.txt", f"关于{name}类事项的通知\n一、各单位要按时报送{name}类材料。\n")
    # a shell that runs the tests in the background has them ignore the signal, and their children, too
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heard}; import sys; from ui.command import main; sys.exit(main())"
    command = ["index", "文件", "--index", "库", "--watch"]
    with subprocess.Popen([sys.executable, "-c", program, *command], stderr=subprocess.PIPE, text=True) as watching:
        try:
            assert any("watching" in line for line in watching.stderr)
            assert main(["remove", "甲.txt", "--index", "库"]) == 0
            with Library.open("库") as library:
                deadline = time.monotonic() + 60
                while "丙.txt" not in {one[0] for one in library.documents()}:
                    assert time.monotonic() < deadline
                    # written again and again: the first times may come before the watch
                    write(elsewhere / "文件" / "丙.txt", "关于丙类事项的通知\n一、丙类材料免报。\n")
                    time.sleep(1.5)
                assert {one[0] for one in library.documents()} == {"乙.txt", "丙.txt"}
        finally:
            watching.send_signal(signal.SIGINT)
        watching.stderr.read()
    assert watching.returncode in {0, 130}  # 130 where the signal came in the middle of an update


def test_a_wrong_encoding_by_option_is_wrong_usage(elsewhere, capsys):
    write(elsewhere / "documents" / "good.txt", "关于清理河道的通知")
    assert main(["index", "documents", "--encoding", "klingon"]) == 2
    assert one_sentence(capsys.readouterr().err)


def remade(index: str, folder: Path, **changes: object) -> str:
    """Return a copy of an index whose one snapshot says that it was made otherwise."""
    shutil.copytree(index, folder)
    snapshot = folder / (folder / "CURRENT").read_text(encoding="ascii").strip()
    write_manifest(snapshot, dataclasses.replace(read_manifest(snapshot), **changes))
    return str(folder)


@pytest.mark.parametrize("changes", [{"format": 999}, {"encoder_fingerprint": "another"}, {"terms": "another"}])
def test_an_index_of_another_version_encoder_or_tokenizer_is_named(tmp_path, index, capsys, changes):
    assert main(["ask", QUESTION, "--index", remade(index, tmp_path / "copy", **changes)]) == 1
    err = capsys.readouterr().err
    assert one_sentence(err)
    assert ("kaoju index" if "format" in changes else "kaoju rebuild") in err


def test_an_encoder_that_is_nowhere_gets_one_sentence(elsewhere, capsys):
    write(elsewhere / "documents" / "good.txt", "关于清理河道的通知")
    assert main(["index", "documents", "--encoder", "no/such-encoder"]) in (1, 2)
    assert one_sentence(capsys.readouterr().err)


def test_a_busy_port_is_named_with_another_to_try(index, capsys):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert main(["serve", "--port", str(port), "--index", index]) == 1
    err = capsys.readouterr().err
    assert one_sentence(err)
    assert str(port) in err


@pytest.mark.parametrize("options", [["--port", "0"], ["--port", "many"], ["--host", ""]])
def test_a_bad_setting_is_wrong_usage(index, capsys, options):
    assert main(["serve", *options, "--index", index]) == 2
    assert one_sentence(capsys.readouterr().err)


def test_a_bad_question_file_is_wrong_usage(index, tmp_path, capsys):
    assert main(["ask", "--batch", str(tmp_path / "absent.jsonl"), "--index", index]) == 2
    assert one_sentence(capsys.readouterr().err)


# --- the shell's view -------------------------------------------------------------------------------------------------


def run(*args: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from ui.command import main; sys.exit(main())", *args]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, **options)


def test_a_cold_answer_imports_nothing_heavy(index):
    code = (
        "import sys; from ui.command import main; code = main(sys.argv[1:]);"
        "print(sorted({'torch', 'gradio', 'transformers', 'sentence_transformers', 'pandas'} & set(sys.modules)));"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "ask", QUESTION, "--index", index],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("[]")


@pytest.mark.parametrize(
    "command", [[], ["index"], ["ask"], ["search"], ["serve"], ["list"], ["doctor"], ["show"], ["eval"]]
)
def test_help_shows_an_example_and_exits_0(command):
    done = run(*command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "example: kaoju" in done.stdout


def test_the_version_is_told_and_usage_is_2():
    assert run("--version").stdout.startswith("kaoju 0.")
    assert run("ask", "--version").stdout.startswith("kaoju 0.")
    assert run("frobnicate").returncode == 2
    assert run().returncode == 2


def test_a_closed_pipe_is_no_traceback(index):
    script = f'{sys.executable} -c "import sys; from ui.command import main; sys.exit(main())" search 的 -k 300 --index {index} | head -1'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
