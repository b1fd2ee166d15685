"""Settings: options of the command, then `KAOJU_…` variables, then `kaoju.toml`, then the defaults below.

They are read once, by whoever composes the program; inner rooms take plain arguments.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import SettingsError

PREFIX = "KAOJU_"
FILE = "kaoju.toml"
_SECRET = ("llm_api_key", "api_token", "milvus_token")
# Probability of an answer below which a question is refused: where the judged questions put it (docs/answers.md).
REFUSE_BELOW = 0.20
_STORES = ("folder", "milvus")


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set.

    `dense_weight` is the encoder's part in the ranking, 0 to 1 (None: that which the index names).
    `allow_hosts` are names, beside the loopback ones, under which the page may be opened. `originals` lets readers see
    pages of PDFs as pictures and fetch the files themselves; None: on this machine only. A language model is used only
    where `llm_base_url` and `llm_model` name one; `llm_context` is how many tokens it takes in.
    `api_token` is what programs must bear that ask the API. With `store` "milvus" snapshots are kept by the server at
    `milvus_uri`; `index` then holds the cache, the lock and the conversations.
    `refuse_below` is the least probability of an answer, 0 to 1: a higher one refuses more, answerable questions too.
    """

    index: Path = Path("kaoju-index")
    encoder: str = "builtin"
    dense_weight: float | None = None
    host: str = "127.0.0.1"
    port: int = 7860
    allow_hosts: tuple[str, ...] = ()
    originals: bool | None = None
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: str = field(default="", repr=False)
    llm_context: int = 8192
    refuse_below: float = REFUSE_BELOW
    api_token: str = field(default="", repr=False)
    store: str = "folder"
    milvus_uri: str = "http://127.0.0.1:19530"
    milvus_token: str = field(default="", repr=False)
    milvus_database: str = "default"
    milvus_replicas: int = 1


def load_settings(options: Mapping[str, object], environment: Mapping[str, str], file: Path = Path(FILE)) -> Settings:
    """Merge the four sources; an option that is None was not given.

    Relative paths in `kaoju.toml` are taken from the folder of that file.

    Raises:
        SettingsError: a key is unknown or a value cannot be used.
    """
    found: dict[str, object] = {}
    for key, value in _from_file(file).items():
        found[key] = _parse(key, value, f"{file}")
    for name, text in environment.items():
        if name.startswith(PREFIX):
            key = name.removeprefix(PREFIX).lower()
            found[key] = _parse(key, text, f"the environment variable {name}")
    for key, value in options.items():
        if value is not None:
            found[key] = _parse(key, value, f"the option --{key.replace('_', '-')}")
    return Settings(**found)  # type: ignore[arg-type]  # each value went through the parser of its key


def _from_file(file: Path) -> dict[str, object]:
    if not file.exists():
        return {}
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file} cannot be read as TOML in UTF-8 ({error}); mend or remove it") from error
    if isinstance(values.get("index"), str):
        values["index"] = file.parent / Path(values["index"]).expanduser()
    return values


def _parse(key: str, value: object, where: str) -> object:
    parser = _PARSERS.get(key)
    if parser is None:
        raise SettingsError(f"unknown setting {key!r} in {where}; known are {', '.join(sorted(_PARSERS))}")
    try:
        return parser(value)
    except ValueError as error:
        shown = "" if key in _SECRET else f" = {value!r}"
        raise SettingsError(f"{key}{shown} in {where} cannot be used: {error}") from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("write a text that is not empty")
    return value.strip()


def _path(value: object) -> Path:
    return value if isinstance(value, Path) else Path(_text(value)).expanduser()


def _number(value: object, low: int, high: int) -> int:
    text = str(value).strip()  # True and 1.5 are no numbers here
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ValueError(f"write a number from {low} to {high}")
    return int(text)


def _share(value: object) -> float:
    share = float(str(value))
    if not 0 <= share <= 1:
        raise ValueError("write a number from 0 to 1")
    return share


def _port(value: object) -> int:
    return _number(value, 1, 65535)


def _context(value: object) -> int:
    return _number(value, 1024, 10_000_000)


def _replicas(value: object) -> int:
    return _number(value, 1, 100)


def _store(value: object) -> str:
    if value not in _STORES:
        raise ValueError(f"write {' or '.join(_STORES)}")
    return str(value)


def _choice(value: object) -> bool:
    text = str(value).strip().lower()
    if text not in ("yes", "no", "true", "false"):
        raise ValueError("write yes or no")
    return text in ("yes", "true")


def _names(value: object) -> tuple[str, ...]:
    # 'reader.example, 192.168.1.20'
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise ValueError("write a list of host names")  # noqa: TRY004 - one kind of error for every bad value
    return tuple(_text(part) for part in parts)


_PARSERS: dict[str, Callable[[object], object]] = {
    "index": _path,
    "encoder": _text,
    "dense_weight": _share,
    "host": _text,
    "port": _port,
    "allow_hosts": _names,
    "originals": _choice,
    "llm_base_url": _text,
    "llm_model": _text,
    "llm_api_key": _text,
    "llm_context": _context,
    "refuse_below": _share,
    "api_token": _text,
    "store": _store,
    "milvus_uri": _text,
    "milvus_token": _text,
    "milvus_database": _text,
    "milvus_replicas": _replicas,
}
