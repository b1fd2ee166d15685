"""A small corpus and a small encoder, so that tests of the index need no model and no file of another room."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.terms import default_segmenter

PLACES = ("柳汀区", "临渌市", "望槐县", "青砚县", "白苎县")
TOPICS = {
    "防汛": "汛期二十四小时值班,水库水位超过警戒线时立即报告县防汛指挥部。",
    "古树": "二级保护的古树每株每年补助一千二百元,由林业部门核发。",
    "养老": "新建居住区按每百户二十平方米配建养老服务用房。",
    "供水": "三年内完成四十二处农村供水工程的改造,水质合格率达到百分之九十五。",
    "消防": "高层住宅每月检查一次消防通道,堵塞的限期三日整改。",
}


def write_corpus(folder: Path, copies: int = 1) -> list[Path]:
    """Write one document for each place and topic, `copies` times with other figures."""
    written = []
    for copy in range(copies):
        for place in PLACES:
            for topic, rule in TOPICS.items():
                path = folder / f"{place}" / f"{topic}{copy:03}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(document(place, topic, rule, copy), encoding="utf-8")
                written.append(path)
    return written


def document(place: str, topic: str, rule: str, copy: int = 0) -> str:
    """Return the text of a notice."""
    return (
        f"{place}人民政府关于做好{topic}工作的通知\n各镇人民政府:\n"
        f"一、总体要求\n{place}各级各部门要高度重视{topic}工作,压实责任,第{copy + 1}批任务在年底以前完成。\n"
        f"二、主要任务\n(一)落实标准。{rule}\n(二)加强督查。由{place}督查室每季度通报一次{topic}工作进度。\n"
        f"三、保障措施\n{topic}工作经费列入财政预算,专款专用,不得挪用。\n"
    )


class HashedEncoder:
    """The sum of a random vector for each term, the same on every machine."""

    name = "hashed"
    dimension = 32
    fingerprint = "hashed-1"
    weight = 0.3

    def encode_query(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode_document(texts)

    def encode_document(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [sum((_vector(t) for t in default_segmenter().terms(text)), np.zeros(self.dimension)) for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)


def _vector(term: str) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(HashedEncoder.dimension)
