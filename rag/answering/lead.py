"""Find the sentence that leads to a list, so that its members say what they are members of."""

from __future__ import annotations

from embeddings.terms import fold_aligned
from rag.answering.candidates import Piece, piece_of, up_to
from rag.answering.sentences import units_of
from rag.datatypes import Passage, Reader

_LONGEST = 120  # characters; a longer lead says more than what the members are
_GAP = 3  # characters between a lead and the first member
_SHORTEST = 3  # characters; 包括: alone names nothing


def lead_to(first: Piece, reader: Reader) -> tuple[Piece, ...]:
    """Return what leads to a list, up to its first member: the sentence before it that ends in a colon; or nothing."""
    for passage in _around(first, reader):
        for unit in units_of(passage):
            if unit.is_clause:
                continue
            whole = piece_of(passage, unit.start, unit.end)
            if whole.start < first.start and first.start - _GAP <= whole.end:
                lead = up_to(whole, first.start)
                announces = fold_aligned(lead.shown).rstrip().endswith(":")
                return (lead,) if announces and _SHORTEST < len(lead.shown) <= _LONGEST else ()
    return ()


def _around(first: Piece, reader: Reader) -> list[Passage]:
    """Return the passage of a member and the one before it, the nearer first."""
    leaves = [p for p in reader.passages(first.passage.article_id) if p.kind == "leaf"]
    at = next((n for n, p in enumerate(leaves) if p.passage_id == first.passage.passage_id), 0)
    return leaves[max(0, at - 1) : at + 1][::-1]
