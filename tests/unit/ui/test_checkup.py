"""The doctor accounts for every document, and names those that somebody should look at."""

from pathlib import Path

from rag.building.build import Progress
from rag.library import Library
from ui.checkup import check_up

DATED = "关于渡口停航的通知\n\n大风期间，苇塘渡口停航九日，由镇交通站公告。\n\n苇塘镇人民政府\n2024年1月15日\n"
UNDATED = "关于渔汛值守的通知\n\n渔汛期间，苇塘码头每日值守六人，由镇渔业站排班。\n"


def test_every_document_is_examined_and_what_it_lacks_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "有日期.txt").write_text(DATED, "utf-8")
    (folder / "无日期.txt").write_text(UNDATED, "utf-8")
    steps: list[Progress] = []
    with Library.build([folder], tmp_path / "index") as library:
        found = check_up(library, steps.append)
    assert (found.documents, found.characters) == (2, len(DATED) + len(UNDATED))
    assert {one.name: [source for source, _ in one.examples] for one in found.findings} == {"undated": ["无日期.txt"]}
    assert [step.done for step in steps] == [1, 2]
