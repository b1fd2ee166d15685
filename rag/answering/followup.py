"""Rebuild the question that a follow-up stands for, from the turns before it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from embeddings.terms import HAN, Segmenter, default_segmenter, fold_aligned
from rag.answering.understand import first_asking, opposite_of, understand, without_asking
from rag.datatypes import Turn

# 那, 那么, 还有: words that only carry on.
_CARRY = re.compile(r"^(?:那么?|还有|另外|然后|再|而)[,，、 ]?")
# 它, 这个, 前者, 该: a pronoun that the thing named before can take the place of.
_THING = re.compile(
    r"它们?|前者|后者|(?:这|那)(?:个|些|项|次|份|篇)?(?=的|[是有要在叫]|[,，])|上述|(?<![应本])该(?!怎|如)"
)
# 他们, 那边: a pronoun that needs the whole question before.
_OTHER = re.compile(r"(?<!其)他们?|她们?|(?:这|那)[边里儿]|其中|其余|其他")
# 党员这边呢, 小学呢, 那一级的怎么办: only the changed part is said.
_ELLIPSIS = re.compile(r"^(?P<new>.{1,16}?)(?:这边|那边|方面|这一块|那里)?(?:的)?(?:呢|怎么样|怎么办)[?？。]*$")
# 第三个, 排在最后的: a member of what was listed.
_MEMBER = re.compile(r"第[一二三四五六七八九十\d]+(?:个|项|条|种|类|点|步|位|的|是)|最后一|排在")
# 一共, 由, 分别: a question that begins so has left out its subject.
_HEADLESS = re.compile(
    r"^(?:一共|总共|共|分别|具体|其|还|都|也|又|由|是|有|要|会|能|在|到|为什么|为何|怎么|怎样|如何|谁|什么|哪|几|多少|最)"
)
# 第三个, 第十二条: which one, and of what.
_NUMBERED = re.compile(r"第[一二三四五六七八九十百\d]+(?P<unit>个|项|条|种|类|点|步|位|章|节|款|部分)?")
_NAMES = ("nr", "ns", "nt", "nz")
_NOUNS = ("n", "j", "l", "s", "f")  # tags of nouns, short forms, phrases, places
_THINGS = (*_NOUNS, "vn")  # and of what is done: 补贴, 检查
_STANDS = 3  # topic words of a question that stands alone without a name
_SAYS = 2  # topic words of a question that may be one by itself, when it points at nothing
_MARKS = "?？。!！ "
_LINKS = ",，、的 "


@dataclass(frozen=True, slots=True)
class Standing:
    """The question that is answered; `focus` is what a follow-up itself says of it, empty when nothing was added.

    `base` and `topic` are what was joined to a follow-up: the question that stood alone, and that with the last
    follow-up that named a thing. The next follow-up is joined to them.
    """

    text: str
    focus: str = ""
    base: str = field(default="", compare=False)
    topic: str = field(default="", compare=False)

    def joined(self, said: str, names: bool) -> Standing:
        """Return the question that a follow-up to this one stands for, when it can only be put behind it."""
        before = self.topic or self.text.rstrip(_MARKS)
        base = self.base or before
        return Standing(f"{before},{said}", said, base, f"{base},{said.rstrip(_MARKS)}" if names else before)


def standing_question(text: str, history: Sequence[Turn], segmenter: Segmenter | None = None) -> Standing:
    """Return the question with what it leaves unsaid put back; one that stands alone is returned as it is."""
    if not history:
        return Standing(text)
    segmenter = segmenter or default_segmenter()
    carried = _CARRY.match(fold_aligned(text))
    said = text[carried.end() :] if carried else text
    folded = fold_aligned(said)
    if _stands_alone(text if carried is None else said, folded, segmenter):
        return Standing(text)
    last = standing_question(history[-1].question, history[:-1], segmenter)
    before = last.text.rstrip(_MARKS)
    ellipsis = _ELLIPSIS.match(folded)
    if ellipsis:
        new = said[: ellipsis.end("new")].strip(_LINKS)
        replaced = _substitute(before, new, segmenter) if new else ""
        if replaced:
            return Standing(replaced, new)
        return replace(last.joined(said, _names(new, segmenter, _THINGS)), focus=new)
    thing = None if _MEMBER.search(folded) else _THING.search(folded)
    subject = _subject(before, segmenter)
    if thing and subject:
        return Standing(said[: thing.start()] + subject + said[thing.end() :], said)
    return last.joined(said, _names(said, segmenter, _THINGS))


def _names(said: str, segmenter: Segmenter, nouns: tuple[str, ...] = _NOUNS) -> bool:
    """Return whether a text names a thing by a word of some tags."""
    asked = understand(said, segmenter)
    return any(tag.startswith(nouns) and word in asked.topic for word, tag in segmenter.tag(asked.folded))


def may_stand_alone(text: str) -> bool:
    """Return whether a question that points at nothing before it says enough to be asked by itself."""
    folded = fold_aligned(text)
    pointing = (_CARRY.match, _THING.search, _OTHER.search, _MEMBER.search, _ELLIPSIS.match, _HEADLESS.match)
    return len(understand(text).topic) >= _SAYS and not any(found(folded) for found in pointing)


def _stands_alone(said: str, folded: str, segmenter: Segmenter) -> bool:
    """Return whether a question says itself what it is about."""
    if _ELLIPSIS.match(folded):
        return False
    question = understand(said, segmenter)
    if _THING.search(folded) or _OTHER.search(folded) or _MEMBER.search(folded):
        return bool(question.names)
    if question.names or question.quoted:
        return True
    return len(question.topic) >= _STANDS and not _HEADLESS.match(folded)


def _subject(before: str, segmenter: Segmenter) -> str:
    """Return what the question before is about: its text up to the last topic word, question words left out.

    Where only verbs follow the word that asks, it is what stands before: 规划由谁制定 is about 规划.
    """
    asked = understand(before, segmenter)
    folded = fold_aligned(before)
    ends = [folded.rfind(word) + len(word) for word in asked.topic if word in folded]
    asks = first_asking(before)
    if asks and ends and not _names(before[asks:], segmenter) and _names(before[:asks], segmenter):
        head = folded[:asks]
        ends = [head.rfind(word) + len(word) for word in asked.topic if word in head]
    subject = without_asking(before[: max(ends)]) if ends else ""
    return subject if subject.count("“") == subject.count("”") else ""


def _substitute(before: str, new: str, segmenter: Segmenter) -> str:
    """Return the question before with the new words in place of those that they stand for; empty when none are."""
    key, folded = fold_aligned(new), fold_aligned(before)
    numbered = _NUMBERED.fullmatch(key)
    if numbered:
        places = [m.span() for m in _NUMBERED.finditer(folded) if m["unit"] == numbered["unit"]]
    else:
        best = opposite_of(key, folded) or _ending(key, folded, segmenter) or _aligned(key, folded)
        best = best or _most_alike(key, folded, segmenter) or _counterpart(key, folded, segmenter)
        places = [(folded.find(best), folded.find(best) + len(best))] if best else []
    if not places:
        return ""
    start, end = places[-1]
    return f"{before[:start]}{new}{before[end:]}?"


def _ending(key: str, folded: str, segmenter: Segmenter) -> str:
    """Return the longer part of the new words that the question has as whole words: 低收入户 for 中低收入户."""
    starts = set(itertools.accumulate((len(word) for word in segmenter.words(folded)), initial=0))
    ends = (key[at:] for at in range(1, (len(key) + 1) // 2))
    return next((end for end in ends if folded.find(end) in starts), "") if key not in folded else ""


def _aligned(key: str, folded: str) -> str:
    """Return the stretch as long as the new words that differs in less than half of them: 二级保护 for 一级保护."""
    stretches = [folded[at : at + len(key)] for at in range(len(folded) - len(key) + 1)]
    alike = {one: sum(map(str.__eq__, one, key)) for one in stretches if one != key}
    best = max(alike, key=lambda one: alike[one], default="")
    return best if len(key) > 2 and alike.get(best, 0) > len(key) / 2 else ""


def _most_alike(key: str, folded: str, segmenter: Segmenter) -> str:
    """Return the word that begins or ends like a new one: 二级 for 一级, 12月 for 5月."""
    # C级: a letter and what follows it are one word here
    lettered = re.findall(rf"[a-z0-9]+[{HAN}]", folded)
    words = [*lettered, *(word for word, _ in segmenter.tag(folded) if len(word) > 1)]
    likely = [word for word in dict.fromkeys(words) if word != key and (word[-1] == key[-1] or word[0] == key[0])]
    return max(
        likely, key=lambda word: (word[-1] == key[-1], len(set(word) & set(key)), -folded.find(word)), default=""
    )


def _counterpart(key: str, folded: str, segmenter: Segmenter) -> str:
    """Return what a new name or noun takes the place of: the first name for a name, the noun at the head for a noun."""
    if understand(key, segmenter).names:
        return next(iter(understand(folded, segmenter).names), "")
    if not all(tag.startswith(_NOUNS) for _, tag in segmenter.tag(key)):
        return ""
    words = segmenter.tag(folded)
    for (word, tag), (following, _) in itertools.pairwise(words):
        if not (tag.startswith(_NAMES) or "的" in (word, following)):  # whose it is stays
            return word if tag.startswith(_NOUNS) else ""
    return ""
