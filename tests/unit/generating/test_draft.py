import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generating.draft import Claim, Draft

KEYS = ("k00a1", "k00b2", "k00c3")


def read(text: str, size: int = 1) -> list[Claim]:
    draft = Draft(KEYS)
    claims: list[Claim] = []
    for n in range(0, len(text), size):
        more = draft.feed(text[n : n + size])
        claims = more if draft.thought_aloud else claims + more
    return claims + draft.finish()


@pytest.mark.parametrize(
    ("marker", "keys", "unknown"),
    [
        ("[k00a1]", ("k00a1",), 0),
        ("【k00a1】", ("k00a1",), 0),
        ("［k00a1］", ("k00a1",), 0),
        ("(k00a1)", ("k00a1",), 0),
        ("（来源：k00a1，k00b2）", ("k00a1", "k00b2"), 0),
        ("^[k00a1]", ("k00a1",), 0),
        ("（k00a1）", ("k00a1",), 0),
        ("[K00A1]", ("k00a1",), 0),
        ("[ID:k00a1]", ("k00a1",), 0),
        ("[ID: 2]", ("k00b2",), 0),
        ("[资料 k00b2]", ("k00b2",), 0),
        ("[来源：3]", ("k00c3",), 0),
        ("[1，2]", ("k00a1", "k00b2"), 0),
        ("[1、3]", ("k00a1", "k00c3"), 0),
        ("[1-3]", KEYS, 0),
        ("[k00b2][k00a1]", ("k00b2", "k00a1"), 0),
        ("[k00b2] [k00b2]", ("k00b2",), 0),
        ("[9]", (), 1),
        ("[2-5]", ("k00b2", "k00c3"), 2),
        ("[kffff]", (), 1),
        ("[0]", (), 1),
    ],
)
def test_variants_of_markers_are_read_and_what_leads_nowhere_is_counted(marker, keys, unknown):
    assert read(f"方案于月底前报送{marker}。") == [Claim("方案于月底前报送。", keys, unknown)]
    assert read(f"方案于月底前报送。{marker}另行通知") == [
        Claim("方案于月底前报送。", keys, unknown),
        Claim("另行通知", ()),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "临委发〔2023〕14号文件。",
        "(1)先登记。",
        "（二）后审批。",
        "【提示】先登记。",
        "临委发[2023]14号文件。",
        "《办法》(试行)。",
    ],
)
def test_what_only_looks_like_a_marker_stays(text):
    assert read(text) == [Claim(text, ())]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("先登记。后审批！可以吗？可以；好", ["先登记。", "后审批！", "可以吗？", "可以；", "好"]),
        ("他说“先登记。后审批。”然后走了。", ["他说“先登记。后审批。”然后走了。"]),
        ("“先登记。”", ["“先登记。”"]),
        ("共两项：\n1. 登记。\n2. 审批。", ["共两项：\n登记。", "审批。"]),
        ("- 登记\n- 审批", ["登记", "审批"]),
        ("## 小结\n**登记**为先。", ["登记为先。"]),
        ("| 级别 | 补助 |\n|---|---|\n| 二级 | 八百元 |\n", ["级别，补助", "二级，八百元"]),
        ("<b>登记</b>为先。<br>", ["登记为先。"]),
        ("<thinking>想。再想。</thinking>登记。", ["登记。"]),
        ("登记。<think>想。</think>审批。", ["登记。", "审批。"]),
        ("想。再想。</think>登记。", ["登记。"]),
        ("增长3.5%。", ["增长3.5%。"]),
        ("见[网页](http://a.example/x?y=1!)。", ["见网页。"]),
        ("![图](http://a.example/x.png)登记。", ["登记。"]),
        ("<think>想。[k00a1]再想。</think>登记。", ["登记。"]),
        ("<think>一直想。", []),
        ("。。。\n\n", []),
        ("登记[k00", ["登记"]),
        ("“" + "开口不闭。" * 80, None),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, sentences):
    found = [claim.text for claim in read(text)]
    assert found == sentences if sentences is not None else len(found) > 1


@given(st.text(alphabet="登记审批。！[]【】(k0a1b2c3,，“”\n<>/think12 ", max_size=80), st.integers(1, 80))
def test_the_pieces_that_a_text_arrives_in_change_nothing(text, size):
    assert read(text, size) == read(text, len(text) + 1)


@given(st.integers(1, 9))
def test_no_key_is_ever_shown(size):
    draft = Draft(KEYS)
    text = "方案于月底前[k00a1]报送【k00b2，k00c3】。(k00a1)另有[ID:k00c3]通知[kffff]。"
    for n in range(0, len(text), size):
        draft.feed(text[n : n + size])
        assert "k0" not in draft.pending
        assert "[" not in draft.pending
