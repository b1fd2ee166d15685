"""A conversation as a file to keep: Markdown, or a Word document with real footnotes; its quotations are numbered."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from xml.etree import ElementTree as ET

from ui.conversations import Conversation, Exchange, Source
from ui.strings import Strings

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DAY = (1980, 1, 1, 0, 0, 0)  # the same conversation makes the same file
# Parts of the package that are the same for every conversation, and the files that hold them.
_PARTS = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "rels.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/styles.xml": "styles.xml",
}
# '*', '[', '<', '1.': whatever Markdown could read
_MARKDOWN = re.compile(r"[!#$&()*+\-./:<=>@\[\\\]^_`{|}~]")
# '\x00', '\x0b': what XML cannot hold
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_markdown(conversation: Conversation, words: Strings) -> str:
    """Return a conversation as Markdown, its sources as footnotes numbered through the whole."""
    lines = [f"# {_inert(conversation.title)}", ""]
    notes: list[str] = []
    for exchange in conversation.exchanges:
        lines += [f"## {_inert(exchange.question)}", ""]
        lines.append("".join(_markdown_piece(text, sources, notes) for text, sources in _pieces(exchange, words)))
        lines.append("")
    lines += [f"[^{number}]: {note}" for number, note in enumerate(notes, 1)]
    return "\n".join(lines) + "\n"


def _markdown_piece(text: str, sources: list[Source], notes: list[str]) -> str:
    marks = ""
    for source in sources:
        notes.append(_inert(note_of(source)))
        marks += f"[^{len(notes)}]"
    return _inert(text) + marks


def _inert(text: str) -> str:
    return _MARKDOWN.sub(lambda found: "\\" + found[0], " ".join(text.split()))


def note_of(source: Source) -> str:
    """Return the words of a footnote: title, place, page, date, and the quotation."""
    page = f", p. {source.page}" if source.page else ""
    date = f" ({source.date})" if source.date else ""
    return f"《{source.title}》{source.locator}{page}{date}: “{source.shown}”"


def _pieces(exchange: Exchange, words: Strings) -> Iterator[tuple[str, list[Source]]]:
    """Yield each sentence with its sources; a refusal or an interruption as the sentence that says so."""
    known = {source.number: source for source in exchange.sources}
    for piece in exchange.pieces:
        if not piece.verified:
            continue
        text = piece.text
        for number in piece.numbers:
            text = text.replace(f"[{number}]", "")
        yield text, [known[number] for number in piece.numbers if number in known]
    for text in exchange.folded:
        yield f"\n{text}（{words('unverified')}）", []
    if exchange.status == "refused":
        yield exchange.reason or words("why_refused"), []
    if exchange.state in ("stopped", "running"):
        yield words("interrupted"), []
    if exchange.state == "failed":
        yield words("failed", reason=exchange.reason), []


def to_docx(conversation: Conversation, words: Strings) -> bytes:
    """Return a conversation as a Word document, its sources as footnotes."""
    ET.register_namespace("w", _W)
    body = ET.Element(_name("body"))
    notes = ET.Element(_name("footnotes"))
    for number, kind in enumerate(("separator", "continuationSeparator")):
        note = ET.SubElement(notes, _name("footnote"), {_name("type"): kind, _name("id"): str(number - 1)})
        ET.SubElement(ET.SubElement(_paragraph(note), _name("r")), _name(kind))
    _run(_paragraph(body, "Title"), conversation.title)
    for exchange in conversation.exchanges:
        _run(_paragraph(body, "Heading1"), exchange.question)
        paragraph = _paragraph(body)
        for text, sources in _pieces(exchange, words):
            _run(paragraph, text)
            for source in sources:
                _footnote(paragraph, notes, note_of(source))
    document = ET.Element(_name("document"))
    document.append(body)
    return _packed({"word/document.xml": document, "word/footnotes.xml": notes})


def _name(tag: str) -> str:
    return f"{{{_W}}}{tag}"


def _paragraph(parent: ET.Element, style: str = "") -> ET.Element:
    paragraph = ET.SubElement(parent, _name("p"))
    if style:
        ET.SubElement(ET.SubElement(paragraph, _name("pPr")), _name("pStyle"), {_name("val"): style})
    return paragraph


def _run(paragraph: ET.Element, text: str, style: str = "") -> ET.Element:
    run = ET.SubElement(paragraph, _name("r"))
    if style:
        ET.SubElement(ET.SubElement(run, _name("rPr")), _name("rStyle"), {_name("val"): style})
    for position, line in enumerate(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text).splitlines()):
        if position:
            ET.SubElement(run, _name("br"))
        kept = {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}
        ET.SubElement(run, _name("t"), kept).text = line
    return run


def _footnote(paragraph: ET.Element, notes: ET.Element, text: str) -> None:
    number = {_name("id"): str(len(notes) - 1)}  # -1 and 0 are the separators
    ET.SubElement(_run(paragraph, "", "FootnoteReference"), _name("footnoteReference"), number)
    note = _paragraph(ET.SubElement(notes, _name("footnote"), number), "FootnoteText")
    ET.SubElement(_run(note, "", "FootnoteReference"), _name("footnoteRef"))
    _run(note, " " + text)


def _packed(parts: dict[str, ET.Element]) -> bytes:
    skeleton = files("ui").joinpath("docx")
    made = {name: skeleton.joinpath(file).read_bytes() for name, file in _PARTS.items()}
    made |= {name: ET.tostring(part, encoding="utf-8", xml_declaration=True) for name, part in parts.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.items():
            archive.writestr(zipfile.ZipInfo(name, _DAY), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
