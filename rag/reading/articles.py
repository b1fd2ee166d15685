"""Find the articles of a text and its paragraphs, and set aside the lines that a web page put around them."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.reading.speeches import speech_starts

_HAN_NUMBER = "〇零一二三四五六七八九十百千"
# "第一篇:创先争优讲话", "篇2:…", "【篇三】…", "范文一：…": the mark at the head of an article in a compilation.
_ARTICLE_MARK = re.compile(
    rf"[【\[(（]?(?:第([{_HAN_NUMBER}\d]+)篇|篇([{_HAN_NUMBER}\d]+)|(?:范文|例文|讲话稿|发言稿)([{_HAN_NUMBER}\d]+))"
    rf"[】\])）]?[ \u3000]*(?:[::、.．][ \u3000]*|(?=\S{{4}})|$)"
)
_MARK_LINE = 60  # characters; a longer line is a paragraph that begins like a mark
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0}
_DIGITS |= {c: i for row in ("壹贰叁肆伍陆柒捌玖", "壹貳參肆伍陸柒捌玖") for i, c in enumerate(row, start=1)}
_UNITS = {"十": 10, "拾": 10, "百": 100, "千": 1000}

# What web pages put around a text; the name of the rule, and an example above each.
_NOISE = [
    # 时间:2022-05-26 09:45:00
    (
        "upload time",
        re.compile(
            r"(?:发布|上传|更新|编辑)?(?:时间|日期)[::]\s*\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?\s*$"
        ),
    ),
    # 导语:…一文来源于网友上传,不代表本站观点…
    ("web introduction", re.compile(r"(?:导语|編者按|编者按|导读)[::].*(?:网友|本站|来源于网络|欢迎参考|参考借鉴)")),
    # 本文来源于网络,仅供参考 / 以上就是…的全部内容,希望能帮到大家
    (
        "web notice",
        re.compile(
            r"(?:本文|文章|资料|内容)(?:来源|来自|转载|摘自).{0,40}(?:网友|网络|本站|参考|站长)|.{0,40}不代表本站(?:观点|立场)|(?:以上|上面)就?是.{0,40}(?:希望|欢迎|更多)"
        ),
    ),
    # …讲话稿 本文关键词:重点项目,全区
    ("web keywords", re.compile(r".{0,60}(?:本文)?(?:关键词|关键字)[::]")),
    # …讲话稿 本文简介:2017年…(the first 150 characters again, cut in mid-sentence)
    ("web summary", re.compile(r".{0,60}本文(?:简介|摘要|导读)[::]")),
    # …讲话稿 本文内容:
    ("web heading", re.compile(r".{0,60}本文(?:内容|正文)[::]\s*$")),
    # 来源:某某网 作者:某某 点击:123 / 责任编辑:某某
    (
        "web byline",
        re.compile(
            r"(?:来源|出处|作者|点击|浏览|阅读|责任编辑|责编|编辑)[::]\s*\S{1,20}(?:\s+(?:来源|作者|点击|浏览|阅读|时间|日期|责任编辑|责编|编辑)[::]\s*\S{1,20})*\s*$"
        ),
    ),
    # 【打印】【关闭】 / 上一篇:… / 返回首页 / 扫一扫在手机打开当前页 / what is left of a comment
    (
        "web navigation",
        re.compile(
            r"(?:[【\[]?(?:打印|关闭|收藏|分享|返回(?:首页|顶部)|打印本页|关闭窗口)[】\]]?[\s|]*)+$|(?:上|下)一篇[::]"
            r"|扫一扫在手机(?:上)?打开当前页\S{0,6}$|-->$"
        ),
    ),
]
_ANY_NOISE = re.compile("|".join(f"(?:{pattern.pattern})" for _, pattern in _NOISE))
# 。 ！ followed by a space, 。 by 二、, an indentation: where a text without line ends begins a new paragraph.
_STOPS = "。！？!?；;"
_BLANKS = re.compile(r"[ \u3000]+(?=\S)")
_INDENTED = re.compile(r"\u3000\u3000| {4}$")
_NUMBERED = re.compile(rf"[{_HAN_NUMBER}]+、|[（(][{_HAN_NUMBER}]+[)）]|第[{_HAN_NUMBER}]+[章条]|[1-9]\d?[、.．](?!\d)")
_STOPPED = re.compile(rf"[{_STOPS}](?=[{_HAN_NUMBER}]{{1,3}}、[^{_HAN_NUMBER}])")
# …管理规则第一条 为维护…: a regulation whose title runs into its first article.
_RUN_ON_TITLE = re.compile(r"(?<=条例|规则|规定|细则|办法|规程|章程|准则|指引|制度|公约)(?=第一[章条][ \u3000])")
# …有关问题的通知各市人民政府，各直属机构：: a title that runs into whom it is sent to.
_RUN_ON_ADDRESS = re.compile(
    r"([^。：:\n]{0,60}关于[^。：:\n]{4,120}(?:通知|意见|通报|批复|决定|公告|函|规定|办法|方案))"
    r"(?=[^的》）)”、，,；;\s][^。：:\n]{3,400}[，,；;][^。：:\n]{1,400}[：:]$)"
)
# 第三章 申请与审批第十二条 奖励实行…: a chapter runs into its first article.
_RUN_ON_CHAPTER = re.compile(
    rf"(第[{_HAN_NUMBER}]{{1,3}}[章节][^。，；：！？第]{{2,30}})(?=第[{_HAN_NUMBER}]{{1,5}}条[ \u3000])"
)
# 并交付企业。第四章 内部控制: a paragraph runs into the chapter that follows.
_RUN_ON_NEXT = re.compile(rf"(?<=[。；])(?=第[{_HAN_NUMBER}]{{1,3}}[章节][ \u3000][^。，；：]{{2,24}}$)")
# 2011年3月24日印发附件: the last line of a notice runs into the mark of what is attached.
_RUN_ON_END = re.compile(r"(?<=印发)(?=附件$)")
# Pieces of prose, not of a title: a stop, two commas, a date line of a news agency, a bracket or comma left open.
_PROSE = re.compile(r"[。；;]|[，,].*[，,]|日电|讯[（(]|[（(][^）)]*$|[，,、：:]$")
# 某地出台十条措施 2月18日，…, but IT之家 8 月 16 日: what spaces set apart; spaces around a lone figure do not.
_PIECE = re.compile(r"\S+(?:[ \u3000]+[A-Za-z\d.,%+-]+[ \u3000]+\S+)*")
_TITLES = 120  # characters in which the title of a text on one line must end
_LONG_LINE = 200  # characters; below, spaces inside a line are spaces
# "四、要以学先进为抓手,切实做好当前的各项工作 当前,我们…": a heading glued to its paragraph by a space.
_GLUED = re.compile(
    rf"(?:[{_HAN_NUMBER}]{{1,3}}、|[（(][{_HAN_NUMBER}]{{1,3}}[)）]、?|第[{_HAN_NUMBER}]{{1,4}}[章节])"
    r"[^。！？!?\n]{2,58}?[^\s、,，;；::—A-Za-z\d%％.][ \u3000]+(?=[^\s，,。、;；A-Za-z\d]{2})"
)
# …讲话稿 本文内容:在…大会上的讲话: a heading of the web page, with the text on the same line.
_WEB_HEADING = re.compile(r"[^\n]{0,60}本文(?:内容|正文)[:：][ \u3000]*(?=\S)")
_CONTENTS_LINES = 3  # below 目录; fewer repeated lines are a title that stands twice
_UNNAMED_LINES = 6  # where 目录 does not stand above them: the fields of a form are repeated, too
_CONTENTS_SPREAD = 1.5  # lines from one heading to the next, on average: a chapter may begin with a section
_GLUED_REST = 30  # characters that follow, at least: a spaced heading is not a glued one


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or heading line: a range of shown characters without its indentation."""

    start: int
    end: int


def mark_title(line: str) -> str:
    """Return what follows the mark of an article on its line: 篇2:…会议讲话稿 → …会议讲话稿."""
    mark = _ARTICLE_MARK.match(line)
    return line[mark.end() :] if mark else line


@dataclass(frozen=True, slots=True)
class RawArticle:
    """The lines of one article, and those around it that are no text of it, each with the name of the rule."""

    mark: Line | None
    lines: tuple[Line, ...]
    noise: tuple[tuple[Line, str], ...]


def number_of(text: str) -> int:
    """Return the value of a numeral in Han characters or digits (三十二, 12, 一百零一); 0 when it is none."""
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        elif character in _DIGITS:
            digit = digit * 10 + _DIGITS[character]
        else:
            return 0
    return total + digit


def split_lines(text: str) -> Iterator[Line]:
    """Yield the paragraphs of a shown text; long lines are cut where a space ends a sentence, glued headings let go."""
    for position, match in enumerate(re.finditer(r"[^\n]*\S", text)):
        start, end = match.span()
        start += len(match[0]) - len(match[0].lstrip())
        cuts = [start]
        if not position and end - start > _TITLES:
            cuts += _glued_titles(text, start, end)
        if end - start > _LONG_LINE:
            cuts += _inner_breaks(text, cuts[-1], end)
        cuts = sorted({*cuts, *_run_ons(text, start, end)})
        for begin, stop in zip(cuts, [*cuts[1:], end], strict=True):
            glued = _GLUED.match(text, begin, stop)
            heading = _WEB_HEADING.match(text, begin, stop)
            if heading:
                yield Line(begin, heading.start() + len(heading[0].rstrip()))
                yield Line(heading.end(), begin + len(text[begin:stop].rstrip()))
            elif glued and stop - glued.end() >= _GLUED_REST:
                yield Line(begin, glued.start() + len(glued[0].rstrip()))
                yield Line(glued.end(), begin + len(text[begin:stop].rstrip()))
            else:
                yield Line(begin, begin + len(text[begin:stop].rstrip()))


def _inner_breaks(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where new paragraphs begin inside a long line."""
    for blanks in _BLANKS.finditer(text, start, end):
        stopped = text[blanks.start() - 1] in _STOPS
        if stopped or _INDENTED.search(blanks[0]) or _NUMBERED.match(text, blanks.end(), end):
            yield blanks.end()
    yield from (stop.end() for stop in _STOPPED.finditer(text, start, end))


def _run_ons(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where a line begins anew that ran into the one before it; only what can match is looked for."""
    patterns = []
    if end - start <= _LONG_LINE:
        if text.find("第", start, end) >= 0:
            patterns += [_RUN_ON_TITLE, _RUN_ON_NEXT]
        if text.endswith("附件", start, end):
            patterns.append(_RUN_ON_END)
    for pattern in patterns:
        yield from (found.end() for found in pattern.finditer(text, start, end))
    runs = [_RUN_ON_CHAPTER.match(text, start, end)]
    if text[end - 1] in "：:":
        runs.append(_RUN_ON_ADDRESS.match(text, start, end))
    yield from (run.end() for run in runs if run)


def _glued_titles(text: str, start: int, end: int) -> list[int]:
    """Return where the pieces after the title begin in a text on one line: 某地出台十条措施 为做好…工作，…。"""
    cuts: list[int] = []
    for piece in _PIECE.finditer(text[start:end]):
        if piece.end() > _TITLES or _PROSE.search(piece[0]):
            return [*cuts, start + piece.start()] if piece.start() else cuts
        if piece.start():
            cuts.append(start + piece.start())
    return []


def split_articles(text: str, folded: str) -> list[RawArticle]:
    """Return the articles of a shown text in order: one for most documents, several for a compilation.

    `folded` is the same text folded character for character.
    """
    lines = list(split_lines(text))
    marks = _article_marks(text, lines)
    bounds = [0, *marks, len(lines)] if not marks or marks[0] > 0 else [*marks, len(lines)]
    if marks and marks[0] > 0 and not _is_article(lines[: marks[0]]):
        bounds = [0, *marks[1:], len(lines)]
    if not marks:
        bounds = [0, *speech_starts(folded, lines, _is_article), len(lines)]
    articles = []
    for begin, end in itertools.pairwise(bounds):
        mark = lines[begin] if begin in marks else None
        articles.append(_without_noise(folded, mark, lines[begin + (mark is not None) : end]))
    return articles


def _article_marks(text: str, lines: list[Line]) -> list[int]:
    """Return the positions of the lines that begin an article; their numbers follow one another from 1 or 2."""
    found: list[int] = []
    expected: tuple[int, ...] = (1, 2)
    for position, line in enumerate(lines):
        if line.end - line.start > _MARK_LINE or text[line.end - 1] in "。；;，,":
            continue
        mark = _ARTICLE_MARK.match(text, line.start, line.end)
        if mark and number_of(next(g for g in mark.groups() if g)) in expected:
            found.append(position)
            expected = (number_of(next(g for g in mark.groups() if g)) + 1,)
    return found


def _is_article(lines: Sequence[Line]) -> bool:
    """Return whether lines before the first mark are an article of their own, not just the head of the compilation."""
    return sum(line.end - line.start for line in lines if line.end - line.start > _MARK_LINE) > 2 * _MARK_LINE


def _without_noise(text: str, mark: Line | None, lines: list[Line]) -> RawArticle:
    kept, noise = [], []
    contents = _contents(text, lines)
    for position, line in enumerate(lines):
        rule = "contents" if position in contents else noise_rule(text[line.start : line.end])
        if rule:
            noise.append((line, rule))
        else:
            kept.append(line)
    return RawArticle(mark, tuple(kept), tuple(noise))


def _contents(text: str, lines: list[Line]) -> set[int]:
    """Return the positions of a table of contents: lines in a row that stand again further down, in the same order and
    with text between them, which the lines of a form that is printed twice do not.
    """
    # 第一章 总则……3: without blanks, dots and the page number at the end
    short = [line.end - line.start <= _MARK_LINE for line in lines]
    keys = [
        re.sub(r"[\s.…·]*\d*$|\s", "", text[line.start : line.end]) if ok else ""
        for line, ok in zip(lines, short, strict=True)
    ]
    places: dict[str, list[int]] = {}
    for position, key in enumerate(keys):
        places.setdefault(key, []).append(position)
    found: set[int] = set()
    run: list[int] = []
    for position, key in enumerate([*keys, ""]):
        if key == "目录" or (len(key) > 3 and places[key][-1] > position):
            run.append(position)
        else:
            headings = [keys[p] for p in run if keys[p] != "目录"]
            least = _CONTENTS_LINES if len(headings) < len(run) else _UNNAMED_LINES
            if len(headings) >= least and _stands_again(headings, places, position):
                found.update(run)
            run = []
    return found


def _stands_again(headings: list[str], places: Mapping[str, list[int]], after: int) -> bool:
    """Return whether headings follow one another from a position on, with other lines between them."""
    found = []
    for heading in headings:
        at = bisect_left(places[heading], after)
        if at == len(places[heading]):
            return False
        found.append(places[heading][at])
        after = found[-1] + 1
    return found[-1] - found[0] >= _CONTENTS_SPREAD * (len(found) - 1)


def noise_rule(line: str) -> str:
    """Return the name of the rule by which a folded line is no text of the document; empty when it is text."""
    if not _ANY_NOISE.match(line):
        return ""
    return next((name for name, pattern in _NOISE if pattern.match(line)), "")
