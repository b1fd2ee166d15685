"""Find what a question calls the thing that it asks for (的社区投资额是多少), and whether articles say that."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from embeddings.terms import HAN, default_segmenter, fold_aligned
from rag.answering.forms import has_form
from rag.answering.meeting import plain_words, without_dates
from rag.answering.understand import Question, is_function
from rag.datatypes import Reader

# …的员工满意度分别是多少?, …的天气情况如何?: what asks at the end, and the words that lead to it
_ASKS = re.compile(
    r"(?:分别|各自|各|一?共|总共|大?约|具体)*(?:是|为|有|叫|在|于|位于|达到?|占)*"
    r"(?:多少[^,，]{0,2}?|百分之几|几[^,，]?|什么(?:时候|名字|样)?|哪(?:里|儿|些|个|位|一?[年天])|谁|何[时处地人]|如何|怎么?样)"
    r"(?:进行|举行|召开)?的?[?？。]*$"
)
_MORE = re.compile("(?:相比)?更(?:[早晚长短]|([高低大小多少]))")  # 哪家公司的总资产更高: which of two, by a figure
_LABEL = re.compile(f"[{HAN}a-z]{{2,10}}")
# 贴息比率, 判决日期: an end that names the form; the article may say the rest alone
_FORM = re.compile(
    "(?:比例|比率|标准|金额|总额|总和|数量|值|额|日期|时间|期限|年份|地点|位置|途径|情况|结果|名称|名字|姓名)$"
)
# 减少到一定数值, 金额未公布: a figure that is spoken of and not told
_UNTOLD = re.compile("(?:一定|未知)的?(?:数值|数额|金额|数量|水平|比例)|(?:未|没有)(?:公布|披露|注明)")
_UNLABELLED = ("number", "phone")
_JOINS = "与和及"
_CLAUSE = re.compile("[^,，。;；\\n]*")
_SENTENCE = re.compile("[^。！？!?;；\\n]+")
_SAID = 0.6  # share of its pairs of characters that a sentence on the thing holds
_BEHIND = 12  # characters behind a label, in its clause, in which its figure stands
_OTHERS = 3  # other articles that give a figure under a label: it is one that such articles have
_LOOKED = 30  # passages that are looked through for it


@dataclass(frozen=True, slots=True)
class Label:
    """What a question calls the thing that it asks for, and the form of what is asked, "figure", "date" or none."""

    text: str
    form: str

    def heard(self, article: str) -> bool:
        """Return whether a sentence of a folded text speaks of the thing."""
        text = self.text[: cut.start()] if (cut := _FORM.search(self.text, 2)) else self.text
        return any(_partly(text, sentence) for sentence in _SENTENCE.findall(article))

    def said(self, article: str) -> bool:
        """Return whether a sentence of a folded text speaks of the thing and holds the form."""
        return any(_partly(self.text, s) and self._formed(s) for s in _SENTENCE.findall(article))

    def given(self, article: str) -> bool:
        """Return whether a folded text gives the figure right behind the label, or the date in its sentence."""
        if self.form == "date":
            return any(self.text in s and self._formed(s) for s in _SENTENCE.findall(article))
        behind = (_CLAUSE.match(article, m.end()) for m in re.finditer(re.escape(self.text), article))
        return any(clause and self._formed(clause[0][:_BEHIND]) for clause in behind)

    def _formed(self, text: str) -> bool:
        if self.form != "figure":
            return has_form(self.form, text)
        return has_form("figure", without_dates(text)) and not _UNTOLD.search(text)


def _partly(label: str, sentence: str) -> bool:
    pairs = {label[i : i + 2] for i in range(len(label) - 1)}
    return sum(pair in sentence for pair in pairs) >= _SAID * len(pairs)


def weighs_figures(question: Question) -> bool:
    """Return whether a question asks which of several things is more: one of them alone does not answer it."""
    more = _MORE.search(question.folded)
    return more is not None and more[1] is not None


def label_of(question: Question, masked: Collection[int]) -> Label | None:
    """Return what stands between 的 and the words that ask; `masked` are the positions of articles' names.

    What a document says of itself, and numbers of documents and telephones, stand under no label.
    """
    if question.about_document or question.form in _UNLABELLED:
        return None
    bare = "".join(" " if i in masked else c for i, c in enumerate(question.folded))
    asks = max(_MORE.finditer(bare), key=re.Match.start, default=_ASKS.search(bare))
    form = "figure" if question.kind == "figure" or weighs_figures(question) else ""
    form = "date" if question.kind == "date" else form
    text = _labelled(bare[: asks.start()], "的被" if form == "date" else "的") if asks else ""
    rest = _FORM.sub("", text)
    if not rest or {text, rest} & plain_words() or not _names_a_thing(text):
        return None
    return Label(rest if form == "date" else text, form)


def _labelled(before: str, marks: str) -> str:
    """Return what stands behind the last 的, or, where that names a form alone, before it: 母亲的名字 → 母亲."""
    *owners, text = re.split(f"[{marks}]", before.rstrip("的"))
    if owners and not _FORM.sub("", text):
        *owners, text = owners
    return text.removeprefix("具体").removeprefix("主要") if owners else ""


def _names_a_thing(label: str) -> bool:
    """Return whether a text is short and holds no function words but 和: with others it is a piece of a sentence."""
    if not _LABEL.fullmatch(label):
        return False
    words = [(word, tag) for word, tag in default_segmenter().tag(label) if word not in _JOINS]
    return not any(tag[:1] in "rmqfdpcu" or is_function(word) for word, tag in words)


def not_given(label: Label, named: Collection[str], texts: Collection[str], reader: Reader) -> bool:
    """Return whether none of the articles named says what others give a figure for, under this very label."""
    if not label.form or any(label.said(text) for text in texts):
        return False
    hits = reader.search(label.text, _LOOKED)
    found = {h.passage.article_id for h in hits if label.given(fold_aligned(h.passage.text))}
    return len(found.difference(named)) >= _OTHERS
