import pytest

from embeddings.terms import fold_aligned
from rag.generating.attribution import unattributed
from rag.generating.draft import Claim
from rag.generating.verify import Verifier
from tests.support.shelf import Shelf, make_document

CONTEXT = "古树名木保护办法\n临府发〔2021〕9号"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("根据《古树名木保护办法》（临府发〔2021〕9号），补助八百元。", "补助八百元。"),
        ("按照《古树名木保护办法》的规定，补助八百元。", "补助八百元。"),
        ("根据《湿地保护办法》，补助八百元。", "根据《湿地保护办法》,补助八百元。"),
        (
            "根据《古树名木保护办法》（临府发〔2020〕3号），补助八百元。",
            "根据《古树名木保护办法》(临府发〔2020〕3号),补助八百元。",
        ),
        ("通知要求，按月报送。", "按月报送。"),
        ("按月报送通知,由县里审核。", "按月报送通知,由县里审核。"),
    ],
)
def test_only_the_title_of_what_is_cited_is_left_out(text, expected):
    assert unattributed(fold_aligned(text), [CONTEXT]) == expected


def test_a_sentence_to_the_letter_is_carried_and_one_cut_at_its_head_is_not():
    text = "国务院办公厅关于印发应急预案的通知\n\n各单位:\n企业不得擅自停产,确需停产的,应当提前30日报告县政府。\n"
    shelf = Shelf([make_document(text, "预案.txt")])
    passage = shelf.passage_with("擅自停产", "预案")
    verifier = Verifier({"k0000": passage}, shelf)
    assert verifier.check(Claim("企业不得擅自停产，确需停产的，应当提前30日报告县政府。", ("k0000",))).proofs
    assert not verifier.check(Claim("企业擅自停产，确需停产的，应当提前30日报告县政府。", ("k0000",))).proofs
