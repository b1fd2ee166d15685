"""The lock names the exact version of all that is installed, and nothing else."""

import re
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = Path(__file__).parents[2] / "requirements.lock"
# CUDA packages hang on torch's own exact pins and are not wanted everywhere
_PINNED_BY_TORCH = re.compile(r"nvidia-|cuda-|triton")


def locked() -> dict[str, str]:
    pairs = (line.split("==") for line in LOCK.read_text(encoding="utf-8").splitlines())
    return {canonicalize_name(name): version_ for name, version_ in pairs}


def closure(root: str, extras: tuple[str, ...]) -> set[str]:
    """Return the names of all installed packages that `root` needs here."""
    found: set[str] = set()
    waiting = [(root, extras)]
    while waiting:
        name, wanted = waiting.pop()
        for line in requires(name) or ():
            need = Requirement(line)
            applies = need.marker is None or any(need.marker.evaluate({"extra": e}) for e in (*wanted, ""))
            key = canonicalize_name(need.name)
            if applies and key not in found and not _PINNED_BY_TORCH.match(key):
                found.add(key)
                waiting.append((key, tuple(need.extras)))
    return found


def test_every_line_is_an_exact_version_and_no_address():
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line), line


def test_the_whole_closure_is_locked():
    assert closure("kaoju", ("dev",)) <= locked().keys()


def test_torch_is_pinned_to_one_release():
    assert locked()["torch"] == "2.13.0"


def test_what_runs_here_is_what_is_locked():
    for name, wanted in locked().items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            continue
        assert installed.split("+")[0] == wanted, name
