"""Options go before the environment, that before the file, that before the defaults."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import Settings, load_settings


def make_file(folder: Path, text: str) -> Path:
    file = folder / "kaoju.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults_serve_a_beginner(tmp_path):
    assert load_settings({}, {}, tmp_path / "absent.toml") == Settings()
    assert (Settings().index, Settings().encoder) == (Path("kaoju-index"), "builtin")
    assert (Settings().host, Settings().port, Settings().llm_base_url) == ("127.0.0.1", 7860, "")


def test_each_source_gives_way_to_the_one_before(tmp_path):
    file = make_file(tmp_path, 'port = 1001\nhost = "0.0.0.0"\nencoder = "file"\n')
    environment = {"KAOJU_PORT": "1002", "KAOJU_ENCODER": "environment", "PATH": "/bin"}
    found = load_settings({"port": 1003, "encoder": None}, environment, file)
    assert (found.port, found.encoder, found.host) == (1003, "environment", "0.0.0.0")


def test_a_relative_index_of_the_file_is_beside_the_file(tmp_path):
    assert load_settings({}, {}, make_file(tmp_path, 'index = "mine"')).index == tmp_path / "mine"
    assert load_settings({}, {"KAOJU_INDEX": "mine"}, tmp_path / "absent.toml").index == Path("mine")


def test_host_names_are_a_list_in_the_file_and_commas_in_the_environment(tmp_path):
    assert load_settings({}, {}, make_file(tmp_path, 'allow_hosts = ["a", "b"]')).allow_hosts == ("a", "b")
    assert load_settings({}, {"KAOJU_ALLOW_HOSTS": "a, b"}, tmp_path / "absent.toml").allow_hosts == ("a", "b")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("prot = 1", "unknown setting 'prot'"),
        ("port = 0", "from 1 to 65535"),
        ("port = 65536", "from 1 to 65535"),
        ('port = "many"', "from 1 to 65535"),
        ("port = true", "from 1 to 65535"),
        ("port = 1.5", "from 1 to 65535"),
        ('host = ""', "not empty"),
        ("encoder = 3", "not empty"),
        ("allow_hosts = 3", "list of host names"),
        ("llm_context = 12", "from 1024 to"),
        ("refuse_below = 1.1", "from 0 to 1"),
        ("port = ", "mend or remove"),
    ],
)
def test_a_bad_file_says_what_where_and_what_to_do(tmp_path, text, named):
    with pytest.raises(SettingsError, match=named) as caught:
        load_settings({}, {}, make_file(tmp_path, text))
    assert "kaoju.toml" in str(caught.value)


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    file = tmp_path / "kaoju.toml"
    file.write_bytes('host = "主机"'.encode("gb18030"))
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings({}, {}, file)


def test_an_unknown_variable_is_named(tmp_path):
    with pytest.raises(SettingsError, match="KAOJU_INDX"):
        load_settings({}, {"KAOJU_INDX": "x"}, tmp_path / "absent.toml")


def test_the_key_of_a_language_model_is_never_shown(tmp_path):
    found = load_settings({}, {"KAOJU_LLM_API_KEY": "sk-secret"}, tmp_path / "absent.toml")
    assert found.llm_api_key == "sk-secret"
    assert "secret" not in repr(found)
    with pytest.raises(SettingsError) as caught:
        load_settings({}, {}, make_file(tmp_path, 'llm_api_key = ["sk-secret"]'))
    assert "secret" not in str(caught.value)
