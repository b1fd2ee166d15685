"""Without the extra `cluster` everything else works, nothing imports it, and whoever asks for it is told its name."""

import subprocess
import sys

import pytest

# what the extra brings and nothing else of the program needs
_ABSENT = ("pymilvus", "ray", "grpc", "milvus_lite", "pyarrow")


def run(code: str, folder) -> subprocess.CompletedProcess[str]:
    absent = f"import sys; sys.modules.update(dict.fromkeys({_ABSENT!r})); from ui.command import main; {code}"
    return subprocess.run([sys.executable, "-c", absent], cwd=folder, capture_output=True, text=True, check=False)


def test_the_local_store_needs_none_of_it(tmp_path):
    commands = [["index", "--examples"], ["ask", "二级保护的古树一年补助多少"], ["verify"], ["rollback"]]
    done = run(f"print([main(command) for command in {commands!r}])", tmp_path)
    assert done.stdout.splitlines()[-1] == "[0, 0, 0, 1]", done.stderr


@pytest.mark.parametrize(
    ("settings", "command"),
    [('store = "milvus"', ["ask", "谁"]), ("", ["index", "--examples", "--engine", "ray"])],
)
def test_the_sentence_that_says_how_to_install_it(tmp_path, settings, command):
    (tmp_path / "kaoju.toml").write_text(settings, encoding="utf-8")
    done = run(f"sys.exit(main({command!r}))", tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("run `pip install 'kaoju[cluster]'`")
