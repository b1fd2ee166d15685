"""Corrections are kept beside the file, read by the next build, and taken back by emptying them."""

from pathlib import Path

import pytest

from rag.datatypes import Provenance, Value
from rag.library import Library
from rag.reading.sidecar import override
from ui.corrections import CannotCorrect, correct, fields_of, values_of

READ = Provenance(title=Value("关于渡口停航的通知"), places=(Value("苇塘镇"),), issued_on=Value("2024-01-15"))
ALL = fields_of(1)


def kept(path: Path) -> Provenance:
    import tomllib

    file = path.with_name(path.name + ".meta.toml")
    return override(READ, tomllib.loads(file.read_text("utf-8")) if file.exists() else {})


def test_what_is_changed_is_kept_and_the_rest_is_left_as_it_was_read(tmp_path: Path) -> None:
    path, known = tmp_path / "a.txt", values_of(READ, ALL)
    assert known["places"] == "苇塘镇"
    assert correct(path, known, known | {"places": "苇塘镇、荷塘镇", "speaker": ' 许"怀\\远 '})
    found = kept(path)
    assert [place.text for place in found.places] == ["苇塘镇", "荷塘镇"]
    assert found.speaker is not None
    assert found.speaker.text == '许"怀\\远'
    assert found.title == READ.title
    assert sorted((tmp_path / "a.txt.meta.toml").read_text("utf-8").splitlines())[0].startswith("places")


def test_an_emptied_field_takes_the_correction_back(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    correct(path, values_of(READ, ALL), {"title": "另一题目"})
    assert kept(path).title == Value("另一题目")
    correct(path, values_of(kept(path), ALL), {"title": ""})
    assert kept(path) == READ
    assert list(tmp_path.iterdir()) == []


def test_what_a_hand_wrote_beside_the_file_stays(tmp_path: Path) -> None:
    path, file = tmp_path / "a.txt", tmp_path / "a.meta.toml"
    file.write_text('keywords = ["渡口"]\nplace = "苇塘镇"\n', "utf-8")
    correct(path, values_of(READ, ALL), {"places": "荷塘镇"})
    assert file.read_text("utf-8") == 'keywords = ["渡口"]\nplaces = ["荷塘镇"]\n'


def test_nothing_is_written_when_nothing_changed(tmp_path: Path) -> None:
    assert not correct(tmp_path / "a.txt", values_of(READ, ALL), values_of(READ, ALL))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("date", ["2024年1月", "2024-13", "昨天", "2024-1-5", "2024-01-32"])
def test_a_date_that_is_none_is_refused(tmp_path: Path, date: str) -> None:
    with pytest.raises(CannotCorrect, match="no_date"):
        correct(tmp_path / "a.txt", values_of(READ, ALL), {"issued_on": date})


def test_a_damaged_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.txt.meta.toml"
    for text in ("title = ", "title = 7\n", "[table]\ntitle = 1\n"):
        file.write_text(text, "utf-8")
        with pytest.raises(CannotCorrect, match="sidecar_damaged"):
            correct(tmp_path / "a.txt", values_of(READ, ALL), {"title": "新"})
        assert file.read_text("utf-8") == text


def test_a_compilation_is_corrected_only_in_what_holds_for_all_its_articles() -> None:
    assert set(fields_of(4)) == {"places", "issuer"}


def test_a_correction_reaches_the_library_with_the_next_build(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    path = folder / "渡口.txt"
    path.write_text("关于渡口停航的通知\n\n大风期间，渡口停航九日，由交通站公告。\n", "utf-8")
    with Library.build([folder], tmp_path / "index") as library:
        correct(path, {"speaker": "", "places": ""}, {"speaker": "许怀远", "places": "苇塘镇"})
        library.rebuild()
        with library.reader() as reader:
            found = reader.articles()[0].provenance
    assert found.speaker == Value("许怀远")
    assert [place.text for place in found.places] == ["苇塘镇"]
