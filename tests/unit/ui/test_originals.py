"""The file behind a document is handed out while it is the one that was indexed, and while that is allowed."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.library import Library
from ui.originals import Originals, Unavailable
from ui.places import find_document

NOTICE = "关于渡口停航的通知\n\n大风期间，苇塘渡口停航九日，由镇交通站公告。\n"
OTHER = "关于渔汛值守的通知\n\n渔汛期间，苇塘码头每日值守六人。\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    folder = tmp_path / "documents"
    (folder / "镇里").mkdir(parents=True)
    (folder / "镇里" / "渡口.txt").write_text(NOTICE, "utf-8")
    with zipfile.ZipFile(folder / "渔汛.zip", "w") as archive:
        archive.writestr("内/值守.txt", OTHER)
    with Library.build([folder], tmp_path / "index") as made:
        yield made


def content(library: Library, source: str, *, allowed: bool = True) -> bytes:
    with library.reader() as reader:
        doc_id = next(doc_id for found, doc_id, _, _ in reader.sources() if found == source)
        document = find_document(reader, doc_id)
        assert document is not None
        return Originals(allowed=allowed).content(reader, document)


def test_a_file_and_a_member_of_a_zip_are_handed_out_byte_for_byte(library: Library) -> None:
    assert content(library, "镇里/渡口.txt") == NOTICE.encode()
    assert content(library, "渔汛.zip/内/值守.txt") == OTHER.encode()


def test_nothing_is_handed_out_without_leave(library: Library) -> None:
    with pytest.raises(Unavailable, match="original_closed"):
        content(library, "镇里/渡口.txt", allowed=False)


def test_a_changed_file_is_not_shown_for_the_one_that_was_quoted(library: Library, tmp_path: Path) -> None:
    (tmp_path / "documents" / "镇里" / "渡口.txt").write_text(NOTICE.replace("九", "三"), "utf-8")
    with pytest.raises(Unavailable, match="original_changed"):
        content(library, "镇里/渡口.txt")


def test_a_link_put_in_the_place_of_a_file_leads_nowhere(library: Library, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody may read this", "utf-8")
    path = tmp_path / "documents" / "镇里" / "渡口.txt"
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(Unavailable):
        content(library, "镇里/渡口.txt")


def test_a_file_that_is_gone_is_said_to_be_gone(library: Library, tmp_path: Path) -> None:
    (tmp_path / "documents" / "镇里" / "渡口.txt").unlink()
    with pytest.raises(Unavailable, match="original_gone"):
        content(library, "镇里/渡口.txt")
