"""Whether a figure that a passage does have stands there for what a sentence says of it, or for something else."""

from __future__ import annotations

from collections.abc import Sequence

from rag.figures import RATE, Figure
from rag.generating.source import Piece, Source
from rag.generating.words import load_words

# What a clause says itself counts whole; the rest of its segment half; earlier members of its sentence, whose subject
# it may share, no less.
_NEIGHBOUR = 0.5
_BEFORE = 0.5
_LETTER = 0.5  # a word of one character
_FACT = 2.0  # another figure against a word
# A rival must fit by more than a word that may be the subject of both.
_MARGIN = 0.2

# All three tell how long something takes.
_TIME = frozenset(("日", "工作日", "月"))


def misplaced(group: Sequence[Piece], source: Source, labelled: frozenset[str]) -> bool:
    """Return whether a figure of a group of clauses stands in the passage, but for something else."""
    figures = [figure for clause in group for figure in clause.figures]
    words = frozenset().union(*(clause.words for clause in group))
    text = ",".join(clause.text for clause in group)
    labels = {name for name in labelled if name in text}
    letters = frozenset(character for clause in group for character in _letters(clause))
    for figure in [figure for figure in figures if figure.unit == RATE or not figure.is_label] or figures:
        others = [other for other in figures if other.unit not in (RATE, figure.unit)]
        own = [c for c in source.clauses if any(figure.carried_by(other) for other in c.figures)]
        rivals = [c for c in source.clauses if c not in own and any(_rival(figure, o, figures) for o in c.figures)]
        if not rivals or (not own and figure.unit == "date"):
            continue
        if not own:
            return True
        mine = max(_fit(clause, source, others, words | letters, labels) for clause in own)
        theirs = max(_fit(clause, source, others, words | letters, labels) for clause in rivals)
        if theirs[0] > mine[0] or (theirs[0] == mine[0] and theirs[1] > mine[1] + _MARGIN):
            return True
        if _displaced(own, rivals, words, source) or _beside(figure, group, own, rivals) or _headed(text, own, rivals):
            return True
    return False


def _rival(figure: Figure, other: Figure, stated: Sequence[Figure]) -> bool:
    """Return whether a figure of the source answers the same as one of a claim, differently, and is not stated too."""
    alike = figure.unit == other.unit or {figure.unit, other.unit} <= _TIME or (figure.days and other.days)
    return bool(alike) and not any(each.carried_by(other) for each in stated)


def _fit(
    clause: Piece, source: Source, others: Sequence[Figure], words: frozenset[str], labels: set[str]
) -> tuple[float, float]:
    """Return how much a clause has of what tells in a claim which one is meant, and how much of the rest of it."""
    parts = [piece for piece in source.segments if piece.sentence == clause.sentence]
    near = source.segments[clause.segment]
    before = [piece for piece in parts if piece.segment < clause.segment]

    def text_weight(word: str) -> float:
        if word in clause.text:
            return 1.0
        return _NEIGHBOUR if word in near.text else _BEFORE * any(word in piece.text for piece in before)

    def figure_weight(figure: Figure) -> float:
        if any(figure.carried_by(other) for other in clause.figures):
            return 1.0
        return _NEIGHBOUR if any(figure.carried_by(other) for other in near.figures) else 0.0

    telling = sum(map(text_weight, labels)) + sum(figure_weight(other) for other in others if other.is_label)
    facts = sum(figure_weight(other) for other in others if not other.is_label)
    said = sum(text_weight(word) * (1.0 if len(word) > 1 else _LETTER) for word in words)
    return telling, _FACT * facts + said


def _beside(figure: Figure, group: Sequence[Piece], own: Sequence[Piece], rivals: Sequence[Piece]) -> bool:
    """Return whether what a figure is said of ('总数达到14家') stands beside another figure of the same member."""
    clause = next(clause for clause in group if figure in clause.figures)
    before = clause.text[: figure.start]
    heads = sorted((word for word in clause.words if word in before), key=before.rfind)
    same = {piece.segment for piece in own}
    return (
        bool(heads)
        and all(heads[-1] not in piece.text for piece in own)
        and any(heads[-1] in piece.text for piece in rivals if piece.segment in same)
    )


def _headed(text: str, own: Sequence[Piece], rivals: Sequence[Piece]) -> bool:
    """Return whether a figure is given for what another member begins with: '初中' where '小学' stands."""
    heads = [head for piece in own if (head := _head(piece))]
    return len(heads) == len(own) and all(
        head not in text
        and any(
            (other := _head(piece)) and other in text and all(other not in mine.text for mine in own)
            for piece in rivals
            if any(piece.segment == mine.segment for mine in own)
        )
        for head in heads
    )


def _head(clause: Piece) -> str:
    """Return the word that a clause begins with, empty when it begins otherwise."""
    return next((word for word in clause.words if clause.text.startswith(word)), "")


def _letters(clause: Piece) -> str:
    """Return the characters of a clause that are words by themselves: '村', '报'."""
    rest = clause.text
    for figure in reversed(clause.figures):
        start = figure.start
        rest = rest[:start] + rest[figure.end :]
    for word in clause.words:
        rest = rest.replace(word, "")
    return "".join(
        character for character in rest if "\u4e00" <= character <= "\u9fff" and character not in load_words().glue
    )


def _displaced(own: Sequence[Piece], rivals: Sequence[Piece], words: frozenset[str], source: Source) -> bool:
    """Return whether words stand only with a rival that comes later: what came before may be meant along, not that."""
    texts = {piece.segment: source.segments[piece.segment].text for piece in (*own, *rivals)}
    here = "".join(texts[piece.segment] for piece in own)
    last = max(piece.start for piece in own)
    lost = {word for word in words if word not in here}
    held = {piece.segment for piece in own}
    later = [texts[piece.segment] for piece in rivals if piece.start > last and piece.segment not in held]
    return any(sum(word in text for word in lost) > 1 for text in later)
