"""What a sentence states that must stand in its source as it is: names and quotations."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from embeddings.terms import Segmenter
from rag.figures import figures
from rag.generating.words import load_words

# Places, persons, bodies, further proper nouns, by jieba's part of speech
_NAME_TAGS = ("nr", "ns", "nt", "nz")
# '柳汀街道' '青砚县' '县林业局' '石磴社区': two characters and what makes them a place or a body
_TITLED = re.compile(r"[\u4e00-\u9fff]{2}(街道|社区|[省市县区镇乡村州盟旗局厅])")
# '全县' '各乡镇' '我区' '本市': whose it is the article tells, not these words
_DEICTIC = re.compile(r"[全各我本该每县市区乡镇村有等个在的和与及为由向对至下辖级到从用是报前后被会将让经须]")
# What a body's name ends in, and the tags of single characters that may spell a name
_BODIES = ("局", "委", "厅", "院", "公司", "中心", "协会", "指挥部", "银行", "大学", "集团")
_NEITHER = "没有仍"  # '没人' '仍有' spell none
_SPELT_TAGS = ("n", "a", "g", "z", "j")
# Parts of speech of characters that names are made of, and of those that they never hold
_NAMING = ("n", "g", "a", "z", "j")
_NEVER = ("d", "p", "c", "m", "u", "f")
# '我区' '各乡镇' point at what the article is about; '和县' is mostly 和 and a county
_POINTING = "全各我本该每某和与及"
# '桐溆站', as the dictionary does not know it
_HAN_WORD = re.compile(r"[\u4e00-\u9fff]{2,6}")
# '由赵敏任' '县长王某同志': who holds an office
_OFFICE = r"书记|县长|市长|区长|局长|镇长|乡长|主任|站长|场长|组长|总指挥|联系人"
_HOLDS = r"(?:同志|任|担任|兼任|牵头|负责)"
_HOLDER = re.compile(
    rf"由(?:[\u4e00-\u9fff]*?(?:{_OFFICE}))?([\u4e00-\u9fff]{{2,3}}?){_HOLDS}|"
    rf"(?:{_OFFICE})[是为:]?(?!制度|会议|责任)([\u4e00-\u9fff]{{2,3}}?)(?:{_HOLDS}|$|[,。;、)])"
)
# '由市纪委监委对其…谈话' '由建设单位承担': who acts
_AGENT = re.compile(
    r"由([\u4e00-\u9fff]{2,12}?)(?=对|负责|牵头|组织|承担|批准|审批|认定|建设|责令|给予|公布|督促|监督)"
)
# '由居民提' '由市政府批准', not '自由' '由于'
_BY = re.compile(
    r"(?<![理自缘事])由([\u4e00-\u9fff、]{2,14}?)(?=对|负责|牵头|组织|承担|批准|审批|审核|认定|建设|责令|公布|确定|决定|统筹|约谈|兼?任)|"
    r"(?<![理自缘事])由([\u4e00-\u9fff]{2})"
)
_LEAST_OF_NAME = 0.6  # of the pairs of characters of an agent's name, which may be put in other words
_NO_AGENT = frozenset("于该本其各此我低小大高点局")
# 'gdp' 'hpv', 'c级': letters that stand for themselves
_LATIN = re.compile(r"[a-z]{2,}|[a-z]级")
# '“一次办结”': said to be said
_QUOTED = re.compile(r"“([^“”]{2,300})”")
# '省卫健委' for '省卫生健康委员会', '高管': shortened names, and what may be left out at a time
_SHORTENED = re.compile(r"[\u4e00-\u9fff]{2,8}(?:[局委办厅部院会行社站校]|公司)|[\u4e00-\u9fff]{2}")
_LEFT_OUT = "[\u4e00-\u9fff]{0,6}"
_EDGES = " ,.;:!?、。…—-\n\t"


def quotations(folded: str) -> list[str]:
    """Return what stands between quotation marks, ready to be compared."""
    return [text for match in _QUOTED.finditer(folded) if (text := squeeze(match.group(1)))]


def squeeze(folded: str) -> str:
    """Return a folded text without spaces, and without punctuation at its edges."""
    return re.sub(r"\s+", "", folded).replace("人民政府", "政府").strip(_EDGES)


def names(folded: str, segmenter: Segmenter) -> frozenset[str]:
    """Return the proper names in a folded text, as far as the dictionary and their surroundings tell."""
    tagged = segmenter.tag(folded)
    named = {_bare(word, segmenter) for word, tag in tagged if len(word) > 1 and tag.startswith(_NAME_TAGS)}
    coined = {_bare(word, segmenter) for word, tag in tagged if _HAN_WORD.fullmatch(word) and tag[0] != "v"}
    named |= {
        one + two for (one, a), (two, b) in itertools.pairwise(tagged) if a.startswith("nr") and b.startswith("nr")
    }
    spelt = _spelt(tagged) | _bodies(tagged)
    agents = {word for match in _AGENT.finditer(folded) for word in segmenter.words(match.group(1))}
    found = named | {word for word in coined if not segmenter.knows(word)} | agents | spelt
    own = frozenset(word for word in found if len(word) > 1 and word[0] not in _POINTING and _nameable(word, segmenter))
    return own | labels(folded, segmenter) | holders(folded)


def named(name: str, squeezed: str) -> bool:
    """Return whether a squeezed text has a name, whole or in the words that it is short for."""
    own = squeeze(name)
    turned = len(own) == 4 and own[:2] in squeezed and own[2:] in squeezed  # '测量体温' for '体温测量'
    return own in squeezed or turned or (_SHORTENED.fullmatch(own) is not None and shortened(own, squeezed))


def shortened(name: str, text: str) -> bool:
    """Return whether a text has what a name is short for: its characters in order, few others between."""
    return name in text or re.search(_LEFT_OUT.join(map(re.escape, name)), text) is not None


def _nameable(word: str, segmenter: Segmenter) -> bool:
    """Return whether a word can be a name by its characters: '桐溆', not '来评' '最多收' '上门'."""
    tags = [segmenter.tag(character)[0][1] for character in word]
    return not any(tag.startswith(_NEVER) for tag in tags) and any(tag.startswith(_NAMING) for tag in tags)


def proper(name: str, segmenter: Segmenter) -> bool:
    """Return whether the dictionary has a name for that of a place, person or body."""
    return segmenter.tag(name)[0][1].startswith(_NAME_TAGS)


def labels(folded: str, segmenter: Segmenter) -> frozenset[str]:
    """Return the names that figures are given for: places, bodies, letters."""
    words = [word for word, _ in segmenter.tag(folded)]
    return frozenset({*_titled(folded, words, segmenter), *_LATIN.findall(folded)})


def _spelt(tagged: Sequence[tuple[str, str]]) -> set[str]:
    """Return names that the tagger takes for single characters: '望', '槐' in a row."""
    found: set[str] = set()
    run, named = "", False
    for word, tag in [*tagged, ("", "")]:
        if len(word) == 1 and tag.startswith((*_SPELT_TAGS, "v")) and word not in load_words().glue + _NEITHER:
            run, named = run + word, named or tag.startswith(_SPELT_TAGS)
            continue
        if len(run) > 1 and named:
            found.add(run)
        run, named = "", False
    return found


def _bodies(tagged: Sequence[tuple[str, str]]) -> set[str]:
    """Return what bodies are called, as far as the word before: '健康局' '农村公司', which no list has whole."""
    whole = {word for word, tag in tagged if tag.startswith(("n", "j")) and len(word) > 2 and word.endswith(_BODIES)}
    return whole | {
        before + word
        for (before, tag), (word, _) in itertools.pairwise(tagged)
        if word.endswith(_BODIES) and word[0] not in _POINTING and tag.startswith(("n", "vn")) and len(before) > 1
    }


def holders(folded: str) -> frozenset[str]:
    """Return who is said to hold an office or a duty."""
    return frozenset(name for match in _HOLDER.finditer(folded) for name in match.groups() if name)


def agents(folded: str) -> list[str]:
    """Return of whom a text says that something is done by them; no more than how they begin where no verb tells."""
    found = [long or short for long, short in _BY.findall(unbracketed(folded))]
    return [agent for agent in found if agent[0] not in _NO_AGENT and not figures(agent)]


def acts(agent: str, unbracketed_source: str) -> bool:
    """Return whether a source speaks of an agent: it has how it begins, and most of the rest."""
    pairs = [agent[n : n + 2] for n in range(len(agent) - 1)]
    held = sum(pair in unbracketed_source for pair in pairs)
    return pairs[0] in unbracketed_source and held >= _LEAST_OF_NAME * len(pairs)


def unbracketed(folded: str) -> str:
    """Return a folded text ready to be searched for a body, without the brackets in its name: '县(区)教育局'."""
    return even(squeeze(folded.replace("(", "").replace(")", "")))


def even(folded: str) -> str:
    """Return a text in which the same bodies have the same names, '县(区)教育局' without brackets."""
    text = re.sub(r"\(([\u4e00-\u9fff]{1,3})\)", r"\1", folded)
    for one, other in load_words().equal:
        text = text.replace(one, other)
    return text


def _bare(word: str, segmenter: Segmenter) -> str:
    """Return a word without what the tagger glued to it ('前要' '期为' '由镇村'); a word of the dictionary stays."""
    return word if segmenter.knows(word) else word.strip(load_words().glue)


def _titled(folded: str, words: list[str], segmenter: Segmenter) -> Iterator[str]:
    """Yield places and bodies by their endings; one that cuts a word in two, or only ends in a common one, is none."""
    begins: dict[int, str] = {}
    torn: set[int] = set()
    position = 0
    for word in words:
        begins[position] = word
        if segmenter.knows(word):
            torn.update(range(position + 1, position + len(word)))
        position += len(word)
    for match in _TITLED.finditer(folded):
        ending = match.end() - len(match.group(1))
        inner = ((n, begins[n]) for n in range(match.start(), ending) if n in begins)
        common = any(
            len(word) > 1 and segmenter.knows(word) and (n > match.start() or n + len(word) <= ending)
            for n, word in inner
        )
        # '白苎市委' '青砚县政府' '青砚县乡镇': the ending is part of the next word; '住宅小区' begins before
        whole = match.end() not in torn or folded[match.end()] in "委政人乡镇村"
        whole = whole and not torn.issuperset(range(match.start(), match.end()))
        if whole and not common and not _DEICTIC.search(match.group()[:2]):
            yield match.group()
