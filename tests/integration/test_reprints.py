"""Identical files are indexed once with all their paths; reprints are named beside each other, and none is dropped."""

from pathlib import Path

from rag import Library

NOTICE = "各乡镇人民政府:\n" + "\n".join(
    f"{n}、{what},由县林业局会同县财政局于{m}月底前完成,并将结果报县政府办公室备案,逾期的予以通报。"
    for n, m, what in zip(
        "一二三四五六",
        range(4, 10),
        ["植树造林", "退耕还林", "森林防火", "林下经济", "古树保护", "病虫防治"],
        strict=True,
    )
)


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_reprints_and_identical_files_are_named(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    write(documents, "原件.txt", f"关于做好林业工作的通知\n{NOTICE}\n云溪县人民政府\n2023年3月8日")
    write(documents, "副本/原件.txt", f"关于做好林业工作的通知\n{NOTICE}\n云溪县人民政府\n2023年3月8日")
    write(documents, "转发.txt", f"转发关于做好林业工作的通知\n现将通知转发给你们。\n{NOTICE}\n云溪县林业局")
    write(documents, "别的.txt", "关于供水的通知\n各乡镇要在五月底前完成蓄水池清洗,确保群众喝上放心水。" * 6)
    with Library.build([documents], tmp_path / "index", workers=1) as library, library.reader() as reader:
        found = {one[0]: reader.document(one[1]) for one in library.documents()}
        assert set(found) == {"副本/原件.txt", "转发.txt", "别的.txt"}
        assert found["副本/原件.txt"].also == ("原件.txt",)
        assert found["副本/原件.txt"].similar == ("转发.txt",)
        assert found["转发.txt"].similar == ("副本/原件.txt",)
        assert found["别的.txt"].similar == ()
        assert {hit.passage.source for hit in library.search("林业工作", k=10)} >= {"副本/原件.txt", "转发.txt"}
        citation = library.ask("植树造林什么时候完成?").citations[0]
        assert citation.similar
