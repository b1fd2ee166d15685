"""Whether a clause has put one thing in the place of another: a word, a body, an office, a member of a list."""

from __future__ import annotations

import itertools
import re

from embeddings.terms import Segmenter
from rag.figures import Figure, figures
from rag.generating.alignment import Place, Slot
from rag.generating.facts import shortened
from rag.generating.words import load_words
from rag.units import load_units

# Levels that a body may belong to: what is one level's is not another's.
_LEVELS = frozenset("省市县区乡镇村")
# '街道党工委书记' '副区长'
_OFFICE = re.compile(r"书记|[县市区局镇乡站场组院校处科部所行社会]长|主任|总指挥|主席|经理")
# 'c' for 'd', '三' for '二', each before what both have ('级')
_ONE = re.compile(r"[a-z]|[一二两三四五六七八九十]")
# What stands after who must or may do something
_DUTY = re.compile(r"要|应|须|必须|不得|可以|负责|承担")
# '县水利局' '局人事科' '街道文明办'
_BODY = re.compile(r"[\u4e00-\u9fff]{1,8}(?:[办局科处室组委部站所队院厅]|中心|公司)")
# '养护责任人应当': who is bound
_BOUND = re.compile(r"([\u4e00-\u9fff()]{2,20}?)(?:应当|应该|必须|不得)")
# '产生者付费'
_WHO = "者"
_RELATES = frozenset("对由向给比")
_DIGITS = re.compile(r"[\d.]+")
# Parts of speech that name or describe: '城镇' for '农村', '重大' for '一般'
_NAMING = ("n", "a", "b", "s", "t", "f")
_NOUNS = frozenset("nbsja")
_MEMBERS = re.compile("以及|[、和与及或]")
_BREAK = re.compile("[,;:。]")
_BESIDE = 4  # characters on either side that tell what a figure is said of


def excluded(one: Place, said: str) -> bool:
    """Return whether a clause has a word that excludes the one in its source ('审批' for '备案')."""
    for meanings in load_words().exclusive:
        own = [words for words in meanings if any(word in one.clause for word in words)]
        if len(own) == 1 and not any(word in one.segment.text for word in own[0]):
            others = [word for words in meanings if words is not own[0] for word in words]
            if any(word in one.window and word not in said for word in others):
                return True
    return False


def exchanged(one: Place, source: str, segmenter: Segmenter, *, settled: bool) -> bool:
    """Return whether a clause has one thing in the place of another of its kind; `source` is the folded passage.

    Unless it is `settled` that the clause belongs where it stands, a number in a name may be that of another member.
    """
    return (
        _promoted(one.clause, _about(one, segmenter))
        or _swapped(one)
        or _other_duty(one)
        or _misquoted(one)
        or any(_exchange(slot, one, source, segmenter, settled) for slot in one.slots)
        or _crossed(one)
        or _added(one, source, segmenter)
    )


def _exchange(slot: Slot, one: Place, source: str, segmenter: Segmenter, settled: bool) -> bool:
    said, stands = _bare(slot.said, segmenter), _bare(slot.stands, segmenter)
    if not said or not stands or said in load_words().stop:
        return False
    if _ONE.fullmatch(said) and _ONE.fullmatch(stands):
        return settled
    if figures(said):
        return False  # whether a figure is where it belongs is told elsewhere
    whole = stands.replace("直辖市", "省级").removesuffix("市)")  # '本省(区、市)内'
    for kinds in (_LEVELS.intersection, lambda text: set(_OFFICE.findall(text))):
        if kinds(said) and kinds(whole) and not kinds(said) & kinds(whole):
            return True
    listed = _listed(said, stands, one.segment.text)
    bodies = _BODY.fullmatch(said) and _BODY.fullmatch(stands) and said not in stands and not listed
    if _contrary(said, stands) or bodies:
        return True
    if _unheard(said, stands, slot, source, segmenter):
        return True
    if said not in source or said in stands or stands in said or listed:
        return False
    acting = slot.before == "由" or slot.after.startswith(_WHO) or (not slot.before and _DUTY.match(slot.after))
    return bool(acting) or _alike(said, stands, one.window, segmenter)


def _unheard(said: str, stands: str, slot: Slot, source: str, segmenter: Segmenter) -> bool:
    """Return whether a noun stands in the place of another, though the passage has no character of it near."""
    same = {frozenset(pair) for pair in load_words().equal}
    if min(len(said), len(stands)) < 2 or said.endswith("里") or set(said) & set(stands) or {said, stands} in same:
        return False
    if shortened(said, source) or any(said[n : n + 2] in source for n in range(len(said) - 1)):
        return False
    one, other = segmenter.tag(said), segmenter.tag(stands)
    return max(len(one), len(other)) <= 2 and one[-1][1][0] in _NOUNS and other[-1][1][0] in _NOUNS


def _added(one: Place, source: str, segmenter: Segmenter) -> bool:
    """Return whether a list has a member that the passage never names, beside two that it has."""
    # What leads to the first one belongs to no list, nor does what follows '等'.
    members = [_bare(member.partition("等")[0], segmenter) for member in _MEMBERS.split(one.clause)]
    known = [member for member in members if len(member) > 1 and member in one.segment.text]
    if len(known) < 2 or len(members) < 3:
        return False
    for member in members[1:]:
        words = [word for word, tag in segmenter.tag(member) if len(word) > 1 and tag[0] in _NOUNS]
        if words and not any(shortened(word, source) or word in load_words().stop for word in words):
            return True
    return False


def _listed(said: str, stands: str, text: str) -> bool:
    """Return whether both are members of one list: a clause that leaves members out exchanges nothing."""
    first, second = text.find(stands), text.find(said)
    between = text[first : second + len(said)] if 0 <= first < second else ""
    return "、" in between and not re.search(r"[,;:。]", between)


def _swapped(one: Place) -> bool:
    """Return whether two things have changed places around what relates them: 'A对B评议' for 'B对A评议'."""
    gone = {"".join(sorted(slot.stands)) for slot in one.slots if not slot.said and _RELATES & set(slot.stands)}
    come = {"".join(sorted(slot.said)) for slot in one.slots if not slot.stands}
    return not gone.isdisjoint(come)


def _other_duty(one: Place) -> bool:
    """Return whether a clause binds somebody else than its source does."""
    said, stands = _BOUND.match(one.clause), _BOUND.findall(one.window)
    if not said or not stands or figures(said.group(1)):
        return False
    pairs = {said.group(1)[n : n + 2] for n in range(len(said.group(1)) - 1)}
    return not any(pair in one.window for pair in pairs)


def _misquoted(one: Place) -> bool:
    """Return whether a clause has other digits than its source in one place, and a figure that is not there."""
    known = figures(one.window)
    return any(_DIGITS.fullmatch(slot.said) and _DIGITS.fullmatch(slot.stands) for slot in one.slots) and not all(
        any(figure.carried_by(other) for other in known) for figure in figures(one.clause)
    )


def _contrary(said: str, stands: str) -> bool:
    """Return whether two texts differ in characters that exclude each other: '省内' '省外', '本' '外'."""
    if len(said) != len(stands):
        return False
    pairs = {frozenset(pair) for pair in zip(said, stands, strict=True) if pair[0] != pair[1]}
    return bool(pairs) and pairs <= load_words().contrary


def _alike(said: str, stands: str, window: str, segmenter: Segmenter) -> bool:
    """Return whether two texts are of one kind: they begin or end alike, or are single words of one part of speech."""
    if len(said) < 2:
        return False
    if len(stands) > 1 and (said[0] == stands[0] or said[-1] == stands[-1]):
        return True
    one, other = segmenter.tag(said), segmenter.tag(stands)
    if len(one) > 1 or len(other) > 1:
        return False
    kinds = one[0][1][0], other[0][1][0]
    return (all(kind in _NAMING for kind in kinds) and set(kinds) != {"n", "a"}) or (
        kinds == ("v", "v") and said not in window
    )


def _promoted(clause: str, segment: str) -> bool:
    """Return whether a clause gives an office to whom its source makes a deputy, or the reverse."""
    for match in _OFFICE.finditer(clause):
        held = clause[match.start() : match.end() + 2]
        deputies, holders = segment.count("副" + held), segment.count(held)
        if holders and deputies == (0 if clause[: match.start()].endswith("副") else holders):
            return True
    return False


def _about(one: Place, segmenter: Segmenter) -> str:
    """Return the clauses of a source that name the persons whom a clause names; all of them where it names none."""
    persons = [word for word, tag in segmenter.tag(one.clause) if tag.startswith("nr")]
    named = [part for part in _BREAK.split(one.segment.text) if any(person in part for person in persons)]
    return ",".join(named) or one.segment.text


def _bare(text: str, segmenter: Segmenter) -> str:
    """Return a text without what only joins it to its surroundings; a word of the dictionary stays ('初中')."""
    return text if segmenter.knows(text) else text.strip(load_words().glue)


def _crossed(one: Place) -> bool:
    """Return whether two figures of a clause have what is said of them exchanged: '3800份专用发票和1000份普通发票'."""
    for first, second in itertools.combinations(figures(one.clause), 2):
        apart = first.unit != second.unit and {first.unit, second.unit} - load_units().counters
        if first.is_label or apart or first.value == second.value:
            continue
        own = [[other for other in one.segment.figures if figure.carried_by(other)] for figure in (first, second)]
        if [len(found) for found in own] != [1, 1]:
            continue
        here = [_beside(one.clause, figure) for figure in (first, second)]
        there = [_beside(one.segment.text, found[0]) for found in own]
        straight = _shared(here[0], there[0]) + _shared(here[1], there[1])
        if _shared(here[0], there[1]) + _shared(here[1], there[0]) > straight + 1:
            return True
    return False


def _beside(text: str, figure: Figure) -> tuple[set[str], set[str]]:
    before = text[max(0, figure.start - _BESIDE + 1) : figure.start]
    return set(before), set(text[figure.end : figure.end + _BESIDE])


def _shared(one: tuple[set[str], set[str]], other: tuple[set[str], set[str]]) -> int:
    return len(one[0] & other[0]) + len(one[1] & other[1])
