"""The recipe of the built-in encoder, at a small scale, on texts that were written for it."""

import json
import lzma
import math
import subprocess
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from embeddings.static import StaticEncoder
from embeddings.train.bags import Bags, text_frequencies
from embeddings.train.batches import PairBags, Sampler
from embeddings.train.company import _associations, _neighbours, start
from embeddings.train.corpus import PAIRS, QUESTIONS, passage_key, read_pairs, read_questions, read_sentences
from embeddings.train.negatives import hardest
from embeddings.train.recipe import read_recipe

RECIPE = """
seed = 1
terms = 400
dimension = 16
steps = 150
batch = 16
rate = 0.02
temperature = 0.05
hard = 2
hard_depth = 4
dropout = 0.1
news = 100
question_weight = 2
importance_power = 0.7
weight = 0.2
[mix]
statutes = 1
statutes_hant = 1
neighbours = 1
leads = 1
questions = 3
news = 1
documents = 1
"""
# everyday word, official word, what is ruled
SUBJECTS = [
    ("老板不给钱", "用人单位应当按月支付劳动报酬", "工资"),
    ("邻居太吵", "禁止在夜间排放社会生活噪声", "噪声"),
    ("狗咬了人", "饲养动物造成他人损害的承担侵权责任", "动物"),
    ("房子漏水", "建设单位在保修期内履行维修义务", "房屋"),
    ("孩子没人养", "父母对未成年子女负有抚养义务", "抚养"),
    ("车被撞了", "机动车发生交通事故造成损害的由保险人赔偿", "交通"),
    ("食堂的饭坏了", "经营者不得销售腐败变质的食品", "食品"),
    ("树被人砍了", "盗伐林木的依法补种并处罚款", "林木"),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    articles = [(f"云泽{word}条例 总则", f"{rule}，本条例称{word}者从其规定。") for _, rule, word in SUBJECTS]
    chapters = [row for q, p in articles for row in ((q, p), (q, f"前条规定，适用于{p}"))]
    records = {
        "laws_cn_pairs": [{"q": q, "p": p} for q, p in chapters],
        "laws_tw_pairs": [{"q": q.replace("条", "條"), "p": p} for q, p in articles],
        "policy_pairs": [{"q": f"一、加强{word}管理", "p": rule} for _, rule, word in SUBJECTS],
        "legal_question_article_pairs": [
            {"q": f"{said}，该怎么办？", "p": p} for (said, _, _), (_, p) in zip(SUBJECTS, articles, strict=True)
        ],
        "news_corpus": [{"title": word, "text": f"{said}。记者来到云泽县。{rule}。"} for said, rule, word in SUBJECTS],
        "policy_documents": [{"title": "报告", "text": "。\n".join(rule for _, rule, _ in SUBJECTS)}],
    }
    for name, rows in records.items():
        with lzma.open(folder / f"{name}.jsonl.xz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    (tmp_path / "questions").mkdir()
    for name in ("laws_cn_pairs", "policy_pairs"):
        (tmp_path / "questions" / f"{name}.tsv").touch()
    return folder


def test_the_command_makes_an_encoder_that_finds_what_shares_no_word(data: Path, tmp_path: Path) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        command = [sys.executable, "-m", "embeddings.train", data, folder, "--recipe", tmp_path / "recipe.toml"]
        command += ["--questions", tmp_path / "questions"]
        subprocess.run(command, check=True, cwd=Path(__file__).parents[3])
    encoder = StaticEncoder(folders[0], "small")
    questions = encoder.encode_query([said for said, _, _ in SUBJECTS])
    rules = encoder.encode_document([rule for _, rule, _ in SUBJECTS])
    np.testing.assert_array_equal((questions @ rules.T).argmax(axis=1), range(len(SUBJECTS)))
    assert (encoder.dimension, encoder.weight) == (16, 0.2)
    names = {path.relative_to(folders[0]) for path in folders[0].rglob("*") if path.is_file()}
    log = Path("training.jsonl")
    assert {Path("README.md"), Path("importance.npy"), log} <= names
    losses = [
        row["loss"] for line in (folders[0] / log).read_text().splitlines() if "loss" in (row := json.loads(line))
    ]
    assert losses[-1] < losses[0]
    for name in names - {log}:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


def make_bags(texts: list[list[int]]) -> Bags:
    lengths = [len(text) for text in texts]
    return Bags(np.array(list(chain(*texts)), np.int32), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def as_lists(bags: Bags) -> list[list[int]]:
    return [bags.ids[a:b].tolist() for a, b in zip(bags.offsets[:-1], bags.offsets[1:], strict=True)]


def test_bags_are_lists_of_lists() -> None:
    texts = [[1, 2, 3], [], [4], [5, 5]]
    bags = make_bags(texts)
    assert as_lists(bags) == texts
    assert as_lists(bags.take(np.array([3, 0, 1, 3]))) == [[5, 5], [1, 2, 3], [], [5, 5]]
    spans = bags.spans(np.array([0, 2, 1]), np.array([2, 4, 1]), np.array([0, 0, 2]), 3)
    assert as_lists(spans) == [[1, 2, 3, 4, 5, 5], [], []]
    assert as_lists(bags.keep(bags.ids != 5)) == [[1, 2, 3], [], [4], []]
    assert as_lists(bags.beside(bags)) == [text * 2 for text in texts]
    assert as_lists(bags.above(make_bags([[9]]))) == [*texts, [9]]
    assert bags.take(np.array([0, 3, 0])).keys({}).tolist() == [0, 1, 0]


def test_frequencies_count_texts_by_weight() -> None:
    frequencies, texts = text_frequencies([(make_bags([[0, 0, 1], [1]]), 1), (make_bags([[2, 1]]), 20)], 4)
    assert (frequencies.tolist(), texts) == ([1, 22, 20, 0], 22)


def bm25(query: list[int], texts: list[list[int]]) -> list[float]:
    mean = sum(map(len, texts)) / len(texts)
    held = Counter(term for text in texts for term in set(text))
    scores = []
    for text in texts:
        score = 0.0
        for term in query:
            count = text.count(term)
            idf = math.log(1 + (len(texts) - held[term] + 0.5) / (held[term] + 0.5))
            score += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(text) / mean))
        scores.append(score)
    return scores


def test_hard_negatives_are_the_lexical_best_that_are_not_right() -> None:
    random = np.random.default_rng(3)
    texts = [random.integers(20, size=random.integers(3, 12)).tolist() for _ in range(40)]
    queries = [random.integers(20, size=5).tolist() for _ in range(6)]
    queries[5] = queries[0]
    right = [int(np.argmax(bm25(query, texts))) for query in queries]
    right[5] = int(np.argsort(bm25(queries[0], texts))[-2])
    found = hardest(make_bags(queries), np.array(right), make_bags(texts), np.arange(40), terms=20, depth=5)
    for number, (query, rows) in enumerate(zip(queries, found.tolist(), strict=True)):
        banned = {right[0], right[5]} if number in (0, 5) else {right[number]}
        scores = [-1 if row in banned else score for row, score in enumerate(bm25(query, texts))]
        assert not banned & set(rows)
        np.testing.assert_allclose(sorted(scores[row] for row in rows), sorted(scores)[-5:])


def test_equal_texts_are_never_wrong_answers(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    recipe = read_recipe(tmp_path / "recipe.toml")
    random = np.random.default_rng(2)
    bags = make_bags([[number % 7, number % 3] for number in range(30)])
    seen: dict[bytes, int] = {}
    keys = bags.keys(seen)
    pairs = dict.fromkeys(("statutes", "statutes_hant", "leads", "questions"), PairBags(bags, bags, keys // 2, keys))
    sentences = dict.fromkeys(("news", "documents"), (bags, np.repeat(np.arange(3), 10)))
    sampler = Sampler(recipe, pairs, sentences, random.integers(30, size=(30, 4)))
    for _ in range(60):
        batch = sampler.draw()
        assert len(batch.queries) == recipe.batch
        assert batch.masked.shape == (recipe.batch, len(batch.passages))
        assert not batch.masked.diagonal().any()
        same = batch.passages.keys({})[: recipe.batch, None] == batch.passages.keys({})[None, :]
        if len(batch.passages) > recipe.batch:
            np.fill_diagonal(same, val=False)
            assert (batch.masked >= same).all()


def test_sentences_keep_their_document(data: Path) -> None:
    found = read_sentences(data, "news", 2)
    assert len(found.texts) == len(found.owners)
    assert sorted(set(found.owners)) == [0, 1]
    assert "记者来到云泽县。" in found.texts


def test_company_is_counted_pair_by_pair() -> None:
    random = np.random.default_rng(5)
    texts = [random.integers(12, size=random.integers(1, 30)).tolist() for _ in range(40)]
    counted = np.zeros((12, 12))
    for text in texts:
        for place, term in enumerate(text):
            for other in text[place + 1 : place + 6]:
                if other != term:
                    counted[term, other] += 1
                    counted[other, term] += 1
    counted[counted < 2] = 0
    found = _neighbours([make_bags(texts[:25]), make_bags(texts[25:])], 12)
    np.testing.assert_array_equal(found.toarray(), counted)
    totals = counted.sum(axis=1)
    smooth = totals**0.75 / (totals**0.75).sum()
    with np.errstate(divide="ignore"):
        expected = np.log(counted / (totals[:, None] * smooth[None, :])).clip(0)
    np.testing.assert_allclose(_associations(found).toarray(), expected, rtol=1e-5, atol=1e-6)


def test_words_in_the_same_company_start_near_each_other() -> None:
    # 0 and 1 stand beside 2 to 5, never beside each other; 6 and 7 stand beside 8 to 11
    random = np.random.default_rng(1)
    texts = [[who, *random.permutation(near)] for who, near in ((0, [2, 3, 4, 5]), (1, [2, 3, 4, 5])) * 20]
    texts += [[who, *random.permutation(near)] for who, near in ((6, [8, 9, 10, 11]), (7, [8, 9, 10, 11])) * 20]
    informations = np.linspace(1, 2, 12, dtype=np.float32)
    vectors = start([make_bags(texts)], informations, 4, seed=3)
    assert vectors.shape == (12, 4)
    lengths = np.linalg.norm(vectors, axis=1)
    np.testing.assert_allclose(lengths, informations / informations.mean(), rtol=1e-5)
    unit = vectors / lengths[:, None]
    assert unit[0] @ unit[1] > 0.9
    assert unit[0] @ unit[6] < 0.2
    np.testing.assert_array_equal(vectors, start([make_bags(texts)], informations, 4, seed=3))


def test_written_questions_find_their_passages(data: Path, tmp_path: Path) -> None:
    pairs = {kind: read_pairs(data, kind) for kind in ("statutes", "leads")}
    statute, lead = pairs["statutes"].passages[3], pairs["leads"].passages[2]
    (tmp_path / "laws_cn_pairs.tsv").write_text(f"{passage_key(statute)}\t欠薪了咋办\n", encoding="utf-8")
    (tmp_path / "policy_pairs.tsv").write_text(f"{passage_key(lead)}\t狗咬人谁赔\n", encoding="utf-8")
    found = read_questions(data, pairs, tmp_path)
    assert (found.queries[-2:], found.passages[-2:]) == (["欠薪了咋办", "狗咬人谁赔"], [statute, lead])
    assert found.queries[:-2] == read_pairs(data, "questions").queries
    (tmp_path / "policy_pairs.tsv").write_text("0123456789ab\t没有这一段\n", encoding="utf-8")
    with pytest.raises(KeyError, match="0123456789ab"):
        read_questions(data, pairs, tmp_path)


@pytest.mark.parametrize("kind", ["statutes", "leads"])
def test_every_written_question_names_a_passage_of_the_data(kind: str) -> None:
    folder = Path(__file__).parents[4] / "shared" / "data" / "train"
    if not folder.is_dir():
        pytest.skip("the training data are not here")
    known = {passage_key(passage) for passage in read_pairs(folder, kind).passages}
    lines = (QUESTIONS / f"{PAIRS[kind]}.tsv").read_text("utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert all(line.count("\t") == 1 and line.partition("\t")[0] in known for line in lines)
