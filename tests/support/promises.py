"""What every answer promises, whatever was asked."""

from rag.answering.sentences import MAX_QUOTE
from rag.datatypes import Answer, Reader


def check(found: Answer, reader: Reader) -> None:
    """Hold what every answer promises: proof for every quotation, or a refusal that says why."""
    if found.refused:
        assert found.reason
        assert not found.citations
        assert not found.text
        assert len(found.nearest) <= 3
        return
    assert found.citations
    for citation in found.citations:
        assert reader.raw(citation.doc_id)[citation.start : citation.end] == citation.quote
        assert 0 < len(citation.quote) <= MAX_QUOTE
        assert f"[{citation.number}]" in found.text
    numbers = {citation.number for citation in found.citations}
    assert {n for sentence in found.sentences for n in sentence.citations} == numbers
