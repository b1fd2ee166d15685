"""Files of every format, written here byte by byte, so that a test knows what a reader of them sees."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'

TITLE = "望槐县冬春农田水利建设实施方案"
PARAGRAPHS = [
    "为做好今年冬春农田水利建设，根据市人民政府部署，结合我县实际，制定本方案，请各乡镇人民政府、县直有关部门认真组织实施，确保完成年度任务。",
    "一、总体要求",
    "坚持先急后缓、建管并重的原则，计划完成投资3.2亿元，新建和改造渠道186公里，清淤塘坝420口，恢复和改善灌溉面积5.6万亩，受益农户2.3万户，工程于明年3月底前全部完工。",
    "二、工作措施",
    "（一）加强领导。县政府成立指挥部，由县长任指挥长，各乡镇要成立相应机构，主要负责人亲自抓，一级抓一级，层层抓落实。",
    "（二）落实资金。县财政安排专项资金1800万元，其余由乡镇自筹和群众投工投劳解决，专款专用，任何单位不得截留挪用。",
]


def zipped(parts: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_docx(body: str, **parts: str) -> bytes:
    document = f"{HEAD}<w:document {W} {MC}><w:body>{body}</w:body></w:document>"
    extra = {f"word/{name}.xml": f"{HEAD}<w:{name} {W}>{xml}</w:{name}>" for name, xml in parts.items()}
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **extra})


def paragraph(text: str, number: tuple[int, int] | None = None, style: str = "") -> str:
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number is not None:
        properties += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def make_pdf(pages: Sequence[Sequence[tuple[float, float, str]]], **canvas: object) -> bytes:
    """Lay lines on A4 pages: x and y in points from the upper left corner; Chinese in a font that needs no file."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    sheet = Canvas(buffer, pagesize=(595, 842), invariant=1, **canvas)
    for lines in pages:
        sheet.setFont("STSong-Light", 16)
        for x, y, text in lines:
            sheet.drawString(x, 842 - y, text)
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def wrap(text: str, width: float = 28) -> list[str]:
    """Break a paragraph as a printer does: two characters of indentation, every line full, no figure cut in two."""
    lines, room = [""], width - 2
    for piece in re.findall(r"[0-9.]+|.", text):
        size = sum(0.5 if character.isascii() else 1 for character in piece)
        if size > room and piece not in "，。、：；":
            lines.append("")
            room = width
        lines[-1] += piece
        room -= size
    return lines


def print_pages(title: str, paragraphs: Sequence[str], per_page: int = 10) -> list[list[tuple[float, float, str]]]:
    """Set a document on pages of 28 characters a line with running heads and page numbers."""
    lines = [(298 - 8 * len(title), title)]
    for text in paragraphs:
        lines += [(74 + (32 if i == 0 else 0), line) for i, line in enumerate(wrap(text))]
    pages = []
    for number, start in enumerate(range(0, len(lines), per_page), start=1):
        body = [(x, 120.0 + 28 * i, text) for i, (x, text) in enumerate(lines[start : start + per_page])]
        pages.append([(74.0, 50.0, "望槐县人民政府公报"), *body, (280.0, 800.0, f"— {number} —")])
    return pages


def make_ofd(pages: Sequence[Sequence[tuple[float, float, str]]], prefix: str = "ofd:") -> bytes:
    """Lay lines on pages of 210 × 297 mm: x and baseline in millimetres from the upper left corner."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"' if prefix else 'xmlns="http://www.ofdspec.org/2016"'
    o = prefix
    parts = {
        "OFD.xml": f"{HEAD}<{o}OFD {space}><{o}DocBody><{o}DocRoot>Doc_0/Document.xml</{o}DocRoot></{o}DocBody></{o}OFD>"
    }
    listed = "".join(f'<{o}Page ID="{i}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(pages)))
    area = f"<{o}PageArea><{o}PhysicalBox>0 0 210 297</{o}PhysicalBox></{o}PageArea>"
    parts["Doc_0/Document.xml"] = (
        f"{HEAD}<{o}Document {space}><{o}CommonData>{area}</{o}CommonData><{o}Pages>{listed}</{o}Pages></{o}Document>"
    )
    for number, lines in enumerate(pages):
        objects = "".join(
            f'<{o}TextObject Boundary="{x} {y - 5.6} {5.6 * len(text)} 5.6" Size="5.6" Font="1">'
            f'<{o}TextCode X="0" Y="5.6" DeltaX="g {len(text) - 1} 5.6">{text}</{o}TextCode></{o}TextObject>'
            for x, y, text in lines
        )
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f"{HEAD}<{o}Page {space}><{o}Content><{o}Layer>{objects}</{o}Layer></{o}Content></{o}Page>"
        )
    return zipped(parts)


def make_pptx(slides: Sequence[str], notes: Mapping[int, str] | None = None) -> bytes:
    """Write a presentation; its slides are listed in the given order and stored under names in another."""
    names = [f"slide{len(slides) - i}.xml" for i in range(len(slides))]
    listed = "".join(f'<p:sldId id="{256 + i}" r:id="r{i}"/>' for i in range(len(slides)))
    relations = "".join(f'<Relationship Id="r{i}" Target="slides/{name}"/>' for i, name in enumerate(names))
    parts = {
        "ppt/presentation.xml": f"{HEAD}<p:presentation {P} {R}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f'{HEAD}<Relationships xmlns="{RELATIONS}">{relations}</Relationships>',
    }
    for i, (name, shapes) in enumerate(zip(names, slides, strict=True)):
        parts[f"ppt/slides/{name}"] = (
            f"{HEAD}<p:sld {P} {A} {MC}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
        if notes and i in notes:
            link = f'<Relationship Id="n" Target="../notesSlides/notes{i}.xml"/>'
            parts[f"ppt/slides/_rels/{name}.rels"] = f'{HEAD}<Relationships xmlns="{RELATIONS}">{link}</Relationships>'
            parts[f"ppt/notesSlides/notes{i}.xml"] = f"{HEAD}<p:notes {P} {A}>{notes[i]}</p:notes>"
    return zipped(parts)


def shape(*texts: str, kind: str = "") -> str:
    placeholder = f'<p:ph type="{kind}"/>' if kind else ""
    paragraphs = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts)
    return f"<p:sp><p:nvSpPr><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:txBody>{paragraphs}</p:txBody></p:sp>"


def make_xlsx(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Write a workbook of texts, numbers, empty cells (None) and days (counted from 1899-12-30, as `Day`)."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    listed = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(sheets, 1))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "".join(
        f'<Relationship Id="r{i}" Type="{kind}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="s" Type="{kind}/styles" Target="styles.xml"/>'
    parts = {
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{RELATIONS}"><Relationship Id="w" Type="{kind}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{main}" {R}><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{RELATIONS}">{links}</Relationships>',
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    for i, rows in enumerate(sheets.values(), 1):
        lines = "".join(
            f'<row r="{r}">' + "".join(_cell(f"{chr(64 + c)}{r}", value) for c, value in enumerate(row, 1)) + "</row>"
            for r, row in enumerate(rows, 1)
        )
        parts[f"xl/worksheets/sheet{i}.xml"] = (
            f'{HEAD}<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
        )
    return zipped(parts)


class Day(int):
    """A day as a workbook counts it."""


def _cell(place: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Day):
        return f'<c r="{place}" s="1"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
