"""Web pages: the main text, a block a line, through selectolax."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rag.reading.formats.docx import CELL_GAP
from rag.reading.formats.extracted import Extracted

# No text of the document, wherever it stands.
_LEFT_OUT = "script, style, noscript, template, iframe, nav, aside, footer, form, button, select, svg, [hidden]"
_BLOCKS = {"address", "article", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt", "fieldset"}
_BLOCKS |= {"figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p"}
_BLOCKS |= {"pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "title", "ul"}
_HOLDERS = "article, main, section, div, td, body"
_MAIN_SHARE = 0.8  # of the text outside of links: the innermost element that holds so much is the main text
_MAX_DEPTH = 400  # nested deeper, a page is an attack: browsers stop at 512


def extract(data: bytes) -> Extracted:
    """Return the main text of a web page in UTF-8: headings, paragraphs and list members as lines, tables as rows."""
    tree = LexborHTMLParser(data.decode("utf-8", "replace"))
    for node in tree.css(_LEFT_OUT):
        node.decompose()
    body = tree.body
    if body is None:
        return Extracted("")
    lines = [" ".join(line.split()) for line in "".join(_walk(_main(body), 0)).split("\n")]
    return Extracted("\n".join(line for line in lines if line))


def _main(body: LexborNode) -> LexborNode:
    """Return the innermost element that holds most of the text outside of links: menus and lists of links go."""
    whole = _prose(body)
    found = body
    for node in body.css(_HOLDERS):  # in document order: what comes later is deeper or stands beside
        if _prose(node) >= _MAIN_SHARE * whole:
            found = node
    return found


def _prose(node: LexborNode) -> int:
    return _length(node) - sum(_length(link) for link in node.css("a"))


def _length(node: LexborNode) -> int:
    return len("".join(node.text(deep=True).split()))


def _walk(node: LexborNode, depth: int) -> Iterator[str]:
    """Yield pieces of text, with line ends around blocks and between the rows of a table."""
    if node.tag == "-text":
        yield node.text(deep=False).replace("\n", " ")
    elif node.tag == "br":
        yield "\n"
    elif node.tag == "tr" and not node.css("table"):
        cells = (
            " ".join("".join(_walk(cell, depth + 1)).split()) for cell in _children(node) if cell.tag in {"td", "th"}
        )
        yield f"\n{CELL_GAP.join(cells)}\n"
    elif depth < _MAX_DEPTH:
        edge = "\n" if node.tag in _BLOCKS else ""
        yield edge
        for child in _children(node):
            yield from _walk(child, depth + 1)
        yield edge


def _children(node: LexborNode) -> Iterator[LexborNode]:
    return node.iter(include_text=True)
