"""The command's lesser rooms: what is in an index, going back, encoders, models and users."""

import io
import json
import shutil

import pytest

from rag.examples import DOCUMENTS, QUESTIONS
from tests.support.scripted import Script, ScriptedServer, key_for, say, stop
from ui.command import main


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("examples") / "index"
    assert main(["index", str(DOCUMENTS), "--index", str(folder)]) == 0
    return str(folder)


def test_list_names_every_document_once(index, capsys):
    assert main(["list", "--index", index]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == sorted(path.name for path in DOCUMENTS.iterdir())


def test_show_prints_articles_outline_and_locators(index, capsys):
    assert main(["show", "003_安全生产讲话四篇.txt", "--index", index]) == 0
    out = capsys.readouterr().out
    assert [line[:2] for line in out.splitlines() if line[:1].isdigit()] == ["1.", "2.", "3.", "4."]
    assert "speaker: 许怀远" in out
    assert "(二)紧盯交通  [二、(二)]" in out
    assert "第二,抓好渡口管理  [二、第2点]" in out


def test_show_of_an_unknown_document_is_wrong_usage(index, capsys):
    assert main(["show", "absent.txt", "--index", index]) == 2
    assert "kaoju list" in capsys.readouterr().err


def test_doctor_finds_every_character_of_the_examples(index, capsys):
    assert main(["doctor", "--json", "--index", index]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["set_aside"] == []
    assert len(record["documents"]) == 11
    for one in record["documents"]:
        assert one["unread"] == []
        dropped = sum(count for _, count in one["dropped"])
        assert one["passage"] + one["metadata"] + one["blank"] + dropped == one["characters"]
    noisy = next(one for one in record["documents"] if one["source"].startswith("005"))
    assert dict(noisy["dropped"])["page number"] >= 7


def test_doctor_in_words_names_rules_and_provenance(index, capsys):
    assert main(["doctor", "--index", index]) == 0
    out = capsys.readouterr().out
    assert "page number" in out
    assert "临委发〔2023〕14号" in out
    assert "unread 0" in out


def test_info_tells_what_decides_the_ranking(index, capsys):
    assert main(["info", "--index", index]) == 0
    out = capsys.readouterr().out
    assert "documents: 11" in out
    assert "encoder: builtin" in out
    assert str(DOCUMENTS.resolve()) in out


def test_verify_names_a_changed_file_and_an_older_snapshot_is_served_with_3(index, tmp_path, capsys):
    copy = tmp_path / "copy"
    shutil.copytree(index, copy)
    assert main(["rebuild", "--index", str(copy)]) == 0
    assert main(["verify", "--index", str(copy)]) == 0
    live = copy / (copy / "CURRENT").read_text(encoding="ascii").strip()
    store = live / "store.sqlite"
    store.chmod(0o644)
    with store.open("r+b") as file:
        file.seek(5000)
        file.write(b"flip")
    capsys.readouterr()
    assert main(["verify", "--index", str(copy)]) == 1
    assert "store.sqlite" in capsys.readouterr().out
    assert main(["search", "防汛", "--index", str(copy)]) == 3
    assert "older snapshot" in capsys.readouterr().err
    assert main(["rollback", "--index", str(copy)]) == 0
    assert main(["search", "防汛", "--index", str(copy)]) == 0


def test_a_removed_document_is_gone_and_stays_gone(index, tmp_path, capsys):
    copy = tmp_path / "copy"
    shutil.copytree(index, copy)
    source = "009_白苎县2023年政府工作报告.txt"
    assert main(["remove", source, "--index", str(copy)]) == 0
    assert main(["rebuild", "--index", str(copy)]) == 0
    capsys.readouterr()
    assert main(["list", "--index", str(copy)]) == 0
    assert source not in capsys.readouterr().out
    assert main(["remove", source, "--index", str(copy)]) == 2


def test_encoders_lists_the_known_ones(capsys):
    assert main(["encoders"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("builtin")
    assert "BAAI/bge-small-zh-v1.5\t512 dimensions" in out


def test_fetching_needs_a_name(capsys):
    assert main(["encoders", "fetch"]) == 2
    assert "a name is missing" in capsys.readouterr().err


def test_without_a_language_model_models_says_what_to_set(capsys):
    assert main(["models"]) == 2
    assert "llm_base_url" in capsys.readouterr().err


def test_a_user_is_added_listed_and_removed(index, tmp_path, capsys, monkeypatch):
    copy = tmp_path / "copy"
    shutil.copytree(index, copy)
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert main(["users", "add", "张三", "--role", "keeper", "--index", str(copy)]) == 0
    assert "correct" not in "".join(capsys.readouterr())
    assert main(["users", "list", "--index", str(copy)]) == 0
    assert capsys.readouterr().out == "张三\tkeeper\n"
    assert main(["users", "remove", "张三", "--index", str(copy)]) == 0
    assert main(["users", "remove", "张三", "--index", str(copy)]) == 2


def test_a_short_password_is_refused(index, tmp_path, capsys, monkeypatch):
    copy = tmp_path / "copy"
    shutil.copytree(index, copy)
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["users", "add", "张三", "--index", str(copy)]) == 2
    assert "password" in capsys.readouterr().err


def test_a_language_model_writes_the_answer_only_when_it_is_asked_to(index, capsys, monkeypatch):
    def told(request):
        return Script(
            say(f"二级保护的古树每株每年补助不低于一千二百元[{key_for(request, '不低于一千二百元')}]。") + stop()
        )

    with ScriptedServer([told]) as server:
        monkeypatch.setenv("KAOJU_LLM_BASE_URL", server.base_url)
        monkeypatch.setenv("KAOJU_LLM_API_KEY", "sk-secret")
        monkeypatch.setenv("KAOJU_LLM_MODEL", "scripted")
        assert main(["ask", "二级保护的古树一年补助多少?", "--json", "--index", index]) == 0
        assert server.requests == []
        capsys.readouterr()
        assert main(["ask", "二级保护的古树一年补助多少?", "--json", "--model", "scripted", "--index", index]) == 0
        out, err = capsys.readouterr()
        record = json.loads(out)
        assert record["answer"].startswith("二级保护的古树每株每年补助不低于一千二百元")
        assert record["status"] == "verified"
        assert server.requests[0]["headers"]["authorization"] == "Bearer sk-secret"
        assert "secret" not in out + err


def test_models_tells_that_the_model_answers_or_what_is_wrong(capsys, monkeypatch):
    with ScriptedServer([Script(say("好") + stop()), Script(status=401)]) as server:
        monkeypatch.setenv("KAOJU_LLM_BASE_URL", server.base_url)
        assert main(["models", "--model", "scripted"]) == 0
        assert "scripted answers" in capsys.readouterr().out
        assert main(["models", "--model", "scripted"]) == 1
        assert "refused the key" in capsys.readouterr().err


def test_eval_measures_the_bundled_questions_without_an_index(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["eval", "--json", "--wrong"]) == 0
    record = json.loads(capsys.readouterr().out)
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    assert record["questions"] == len(rows)
    assert record["valid_citations"] == 1.0
    assert record["supported"] >= 0.8, "what the answerer reaches on its own examples must not be lost"
    assert {one["id"] for one in record["wrong"]} <= {row["id"] for row in rows}
    assert list(tmp_path.iterdir()) == []


def test_eval_of_a_file_asks_the_index(index, tmp_path, capsys):
    file = tmp_path / "own.jsonl"
    file.write_text(
        json.dumps({"question": "二级保护的古树一年补助多少?", "must_include": ["一千二百元"]}), encoding="utf-8"
    )
    assert main(["eval", str(file), "--index", index]) == 0
    assert "supported              1.0" in capsys.readouterr().out


def test_an_api_that_others_can_reach_needs_a_token(index, capsys):
    assert main(["serve", "--api", "--host", "0.0.0.0", "--port", "17861", "--index", index]) == 2
    assert "KAOJU_API_TOKEN" in capsys.readouterr().err
