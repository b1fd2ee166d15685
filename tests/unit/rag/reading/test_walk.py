"""Which files of a folder are read, under which source."""

import os
import socket
from pathlib import Path

import pytest

from rag.datatypes import SetAside
from rag.errors import UsageError
from rag.reading.walk import walk


def sources(*paths: Path) -> list[str]:
    return [item.source if isinstance(item, SetAside) else item[1] for item in walk(paths)]


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("文", encoding="utf-8")
    return path


def test_a_folder_gives_relative_paths_in_order_and_one_file_its_name(tmp_path):
    for name in ("乙.txt", "甲/二.txt", "甲/一/深.txt", "b.txt", "a.pdf"):
        write(tmp_path / name)
    assert sources(tmp_path) == ["a.pdf", "b.txt", "乙.txt", "甲/二.txt", "甲/一/深.txt"]
    assert sources(tmp_path / "甲/二.txt") == ["二.txt"]


def test_two_folders_have_their_names_in_front_with_as_much_as_tells_them_apart(tmp_path):
    for name in ("2023/通知/a.txt", "2024/通知/a.txt", "意见/a.txt", "单.txt"):
        write(tmp_path / name)
    assert sources(tmp_path / "2023/通知", tmp_path / "意见", tmp_path / "单.txt") == [
        "通知/a.txt",
        "意见/a.txt",
        "单.txt",
    ]
    assert sources(tmp_path / "2023/通知", tmp_path / "2024/通知") == ["2023/通知/a.txt", "2024/通知/a.txt"]


def test_what_is_no_document_is_passed_over(tmp_path):
    for name in (
        "a.txt",
        "a.txt.meta.toml",
        "kaoju-terms.txt",
        "~$a.docx",
        ".hidden",
        ".git/config.txt",
        "__MACOSX/a.txt",
    ):
        write(tmp_path / name)
    assert sources(tmp_path) == ["a.txt"]


def test_an_index_folder_is_passed_over_and_a_folder_with_a_file_current_is_not(tmp_path):
    write(tmp_path / "index/CURRENT")
    write(tmp_path / "index/snapshot-1/manifest.json")
    write(tmp_path / "river/CURRENT")
    write(tmp_path / "river/a.txt")
    assert sources(tmp_path) == ["river/CURRENT", "river/a.txt"]


def test_links_are_not_followed_and_one_that_leads_out_is_said(tmp_path):
    outside = write(tmp_path / "outside/secret.txt").parent
    root = tmp_path / "root"
    write(root / "a.txt")
    (root / "loop").symlink_to(root)
    (root / "again.txt").symlink_to(root / "a.txt")
    (root / "out").symlink_to(outside)
    (root / "out.txt").symlink_to(outside / "secret.txt")
    found = list(walk([root]))
    assert [item[1] for item in found if not isinstance(item, SetAside)] == ["a.txt"]
    assert [item.source for item in found if isinstance(item, SetAside)] == ["out", "out.txt"]


def test_a_link_that_is_given_is_followed(tmp_path):
    write(tmp_path / "docs/a.txt")
    (tmp_path / "link").symlink_to(tmp_path / "docs")
    assert sources(tmp_path / "link") == ["a.txt"]


def test_pipes_and_sockets_are_set_aside_and_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        found = list(walk([tmp_path]))
    assert [(type(item), item.source) for item in found] == [(SetAside, "pipe.txt"), (SetAside, "s")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_set_aside_and_the_rest_goes_on(tmp_path):
    write(tmp_path / "closed/a.txt").parent.chmod(0)
    write(tmp_path / "open.txt")
    assert sources(tmp_path) == ["open.txt", "closed"]
    (tmp_path / "closed").chmod(0o700)


def test_a_file_is_given_once_however_often_it_is_reached(tmp_path):
    write(tmp_path / "a/b/c.txt")
    assert sources(tmp_path / "a", tmp_path / "a/b") == ["a/b/c.txt"]
    (tmp_path / "folder").symlink_to(tmp_path / "a/b")
    (tmp_path / "file.txt").symlink_to(tmp_path / "a/b/c.txt")
    assert sources(tmp_path / "a", tmp_path / "folder", tmp_path / "file.txt") == ["a/b/c.txt"]


def test_names_are_made_fit_for_every_encoding(tmp_path):
    (tmp_path / os.fsdecode(b"\xcd\xcd\xff\xaa.txt")).write_text("文", encoding="utf-8")
    write(tmp_path / ("长" * 83 + ".txt"))
    write(tmp_path / "<b>\n\u202e.txt")
    assert sources(tmp_path) == ["<b>\n\u202e.txt", "\\xcd\\xcd\\xff\\xaa.txt", "长" * 83 + ".txt"]
    assert all(source.encode() for source in sources(tmp_path))


def test_a_deep_tree_needs_no_recursion(tmp_path):
    depth = 400
    write(tmp_path.joinpath(*["d"] * depth, "a.txt"))
    assert sources(tmp_path) == ["d/" * depth + "a.txt"]


def test_nothing_there_is_a_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="nothing at"):
        list(walk([tmp_path / "missing"]))
