"""Whether a sentence affirms what its source denies, allows what it forbids, or turns a direction round."""

from __future__ import annotations

import re
from dataclasses import dataclass

from embeddings.terms import Segmenter
from rag.generating.operators import BOUNDS
from rag.generating.words import load_words

# '不得强制' '没有发生' '禁止在…烧荒' '无需审批'; not '不断' '不仅' '不少于' '未来' '无论'
_DENIED = re.compile(
    r"(?:不得|不准|不许|不能|不可|不予|不应|不要|不用|不再|不必|无需|无须|严禁|禁止|没有|尚未|从未|并未|未经|并非|绝不|无法|缺少|缺乏|"
    r"不(?![断仅但同少低超满足高多大小管论然过易久惜懈止畏良法]|到[位\d])|未(?!来|成(?!年))|没(?!收)|无(?![论数偿线])|非(?![常法公典洲])|免(?=[征收交缴除予]))(?:盲目|随意|擅自|轻易)?"
)
# '直接或变相都不行' denies what stands before
_DENIED_BEFORE = re.compile(r"([^,。;:!?\n]{2,}?)[都也均]?(?:不行|不可以|不允许)(?=[,。;:!?\n]|$)")
# '解决不了'
_UNABLE = re.compile(r"([\u4e00-\u9fff]{2})不了")
# '可以讲授新课' '允许烧荒'
_PERMITTED = re.compile(r"(?<!不)(?:可以|允许|准许|能够)")
# '不能并网但水源可靠', '无症状可解除': a contrast or what is then done ends what is denied, as a comma does
_CLAUSE_END = re.compile(r"[,。;:!?\n]|但|却|(?<=.)可(?![能靠行])|应当|必须")
# '没有轨迹的' '没有设施的要全部安装': tells which ones are meant and denies nothing of them
_DESCRIBED = re.compile(r"的(?:$|[要应由可须予均都不处停给责一])")
# '没有引起关注' '不属于', where the source has no word of denial at all
_NOT = re.compile(r"没有(?!.*的)|(?<!要)不(?:属于|包括|包含|纳入|适用|计入|需要)|并未|并不")
_ANY = re.compile("[不无未没非免禁否拒除缺]")
_FORBIDDEN = re.compile(r"不[得能准可]([\u4e00-\u9fff]{2})")
# '有保障' against '没有保障'
_HAVING = re.compile(r"(?<![没未])有([\u4e00-\u9fff]{2})")
_NEAR = 2  # characters at most between a denial and the first word of what is denied
_HEADS = 3  # words after a denial that say what is denied


@dataclass(frozen=True, slots=True)
class _Denial:
    words: tuple[str, ...]
    described: bool


def contradicts(claim: str, source: str, segmenter: Segmenter) -> bool:
    """Return whether a folded claim denies what a folded segment of its source affirms, or the other way round."""
    if _forbids(claim, source) or (_NOT.search(claim) and not _ANY.search(source)):
        return True
    claim, source = (_UNABLE.sub(r"不能\1", BOUNDS.sub("", text)) for text in (claim, source))
    return (
        _turned(claim, source)
        or _permits(claim, source, segmenter)
        or _unlike(claim, source, segmenter)
        or _unlike(source, claim, segmenter)
    )


def _turned(claim: str, source: str) -> bool:
    return any(
        here in claim and there not in claim and there in source and here not in source
        for here, there in load_words().opposites
    )


def _has(one: str, other: str) -> bool:
    """Return whether `one` has what `other` only has not."""
    had = set(_HAVING.findall(other))
    return any("没有" + thing in other and thing not in had for thing in _HAVING.findall(one))


def _permits(claim: str, source: str, segmenter: Segmenter) -> bool:
    """Return whether a claim allows what its source denies."""
    denied = "\n".join(_scopes(source))
    for match in _PERMITTED.finditer(claim):
        head = next((word for word in segmenter.words(claim[match.end() :]) if len(word) > 1), "")
        if head and head in denied and source.count(head) == denied.count(head):
            return True
    return False


def _forbids(claim: str, source: str) -> bool:
    """Return whether a claim forbids to the letter what its source allows: '不得低于' for '可以低于'."""
    return any(
        re.search(rf"(?<!不)可以?{word}", source) and not re.search(rf"不[得能准可]{word}", source)
        for word in _FORBIDDEN.findall(claim)
    )


def _unlike(one: str, other: str, segmenter: Segmenter) -> bool:
    """Return whether `one` denies a word that `other` has, but denies nowhere."""
    denied = "\n".join(_scopes(other))
    plain = one
    for scope in _scopes(one):
        plain = plain.replace(scope, "")
    for denial in _denials(one, segmenter):
        head = denial.words[0]
        # A word that is denied here and affirmed there ('发生事故17起,没有发生较大事故') tells by what follows it.
        tested = denial.words if head in plain else (head,)
        meant = not denial.described or (
            not _DENIED.search(other) and re.search(rf"{re.escape(head)}[^,]*的(?:$|[\u4e00-\u9fff])", other)
        )
        if meant and all(word in other for word in tested) and head not in denied:
            return True
    return False


def _denials(text: str, segmenter: Segmenter) -> list[_Denial]:
    found = []
    for scope in _scopes(text):
        heads = [word for word in segmenter.words(scope.partition("、")[0]) if len(word) > 1]
        if heads and scope.index(heads[0]) > _NEAR:
            continue
        found += [_Denial(tuple(dict.fromkeys(heads[:_HEADS])), bool(_DESCRIBED.search(scope)))] if heads else []
    return found


def _scopes(text: str) -> list[str]:
    """Return what each word of denial reaches: to the end of its clause."""
    found = _DENIED_BEFORE.findall(text)
    for match in _DENIED.finditer(text):
        rest = text[match.end() :]
        found.append(_CLAUSE_END.split(rest, maxsplit=1)[0])
    return found
