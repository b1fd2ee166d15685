"""Choose the fewest candidates that cover a question."""

from __future__ import annotations

from rag.answering.evidence import Evidence, Scored

_MOST = 3  # sentences of an answer
_LENGTH = 260  # characters of all of them
_GAIN = 0.18  # share of the question's weight that a further sentence must add
_NEAR = 3.0  # points that a further sentence may be worse than the best


def select(evidence: Evidence) -> list[Scored]:
    """Return the best candidate and those that add what it lacks."""
    ranked = evidence.ranked
    chosen = [ranked[0]]
    inside = ranked[0].inside
    length = ranked[0].candidate.length
    while len(chosen) < _MOST:
        further = [
            s
            for s in ranked[:60]
            if evidence.terms.weight(s.inside - inside) >= _GAIN
            and s.score > ranked[0].score - _NEAR
            and length + s.candidate.length <= _LENGTH
            and not any(_overlap(s, c) for c in chosen)
        ]
        if not further:
            break
        chosen.append(further[0])
        inside |= further[0].inside
        length += further[0].candidate.length
    return chosen


def _overlap(a: Scored, b: Scored) -> bool:
    return any(
        p.passage.doc_id == q.passage.doc_id and p.start < q.end and q.start < p.end
        for p in a.candidate.pieces
        for q in b.candidate.pieces
    )
