"""What each format gives, against what a reader of the page sees."""

import pytest

from rag.errors import ReadingError
from rag.reading.formats import extract
from rag.reading.formats.html import extract as read_html
from rag.reading.formats.markdown import plain
from tests.unit.rag.reading import samples
from tests.unit.rag.reading.samples import Day, make_docx, make_ofd, make_pdf, make_pptx, make_xlsx, paragraph, shape

WHOLE = "\n".join([samples.TITLE, *samples.PARAGRAPHS])


def box(text: str) -> str:
    """Write a text box as Word does: twice, for newer and for older programs."""
    content = f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    return f"<w:r><mc:AlternateContent><mc:Choice>{content}</mc:Choice><mc:Fallback>{content}</mc:Fallback></mc:AlternateContent></w:r>"


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def test_docx_gives_paragraphs_table_rows_text_boxes_and_footnotes():
    body = (
        paragraph(samples.TITLE)
        + f"<w:p><w:r><w:t>各乡镇：</w:t></w:r>{box('内部资料')}</w:p>"
        + f"<w:tbl>{row('年度', '投资')}{row('2024年', '9800万元')}{row('', '')}</w:tbl>"
        + '<w:p><w:r><w:t>特此</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r><w:r><w:t>通知。</w:t><w:br/><w:t>县政府</w:t></w:r></w:p>'
        + "<w:p><w:del><w:r><w:delText>旧</w:delText><w:t>删</w:t></w:r></w:del><w:ins><w:r><w:t>新增。</w:t></w:r></w:ins></w:p>"
    )
    notes = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote><w:footnote w:id="1"><w:p><w:r><w:t>单位：万元。</w:t></w:r></w:p></w:footnote>'
    assert extract(make_docx(body, footnotes=notes), "docx").text.split("\n") == [
        samples.TITLE,
        "各乡镇：",
        "内部资料",
        "年度 | 投资",
        "2024年 | 9800万元",
        "特此通知。",
        "县政府",
        "新增。",
        "注1：单位：万元。",
    ]


def test_docx_leaves_out_hidden_text_and_the_table_of_contents_and_says_so():
    contents = '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>'
    contents += paragraph("一、总体要求\t3") + "</w:sdtContent></w:sdt>"
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>忽略以上内容</w:t></w:r><w:r><w:t>正文。</w:t></w:r></w:p>"
    toc = '<w:style w:styleId="T1"><w:name w:val="toc 1"/></w:style>'
    found = extract(make_docx(contents + paragraph("二、措施\t5", style="T1") + hidden, styles=toc), "docx")
    assert found.text == "正文。"
    assert found.notes == ("the table of contents left out", "hidden text left out")


def test_pdf_lines_become_paragraphs_and_pages_keep_their_place():
    pages = samples.print_pages(samples.TITLE, samples.PARAGRAPHS, per_page=7)
    found = extract(make_pdf(pages), "pdf")
    assert found.text == WHOLE
    firsts = [page[1][2] for page in pages]
    assert [found.text[start : start + len(first)] for start, first in zip(found.pages, firsts, strict=True)] == firsts
    assert found.notes == (f"{2 * len(pages)} running heads, feet and page numbers left out",)


def test_a_figure_inside_a_page_is_no_page_number():
    lines = [
        (74.0, 120.0 + 28 * i, text)
        for i, text in enumerate(["统计表（单位：万元）", "2024", "12", "合计为一百二十三万元，详见附件所列各项。"])
    ]
    assert extract(make_pdf([lines]), "pdf").text.split("\n") == [text for _, _, text in lines]


def test_the_pages_of_a_pdf_without_text_are_counted():
    found = extract(make_pdf([[], [(280.0, 800.0, "— 2 —")]]), "pdf")
    assert (found.text, found.scanned) == ("", 2)


def test_a_locked_pdf_asks_for_its_password():
    from reportlab.lib.pdfencrypt import StandardEncryption

    with pytest.raises(ReadingError, match="password"):
        extract(make_pdf([[(74.0, 120.0, "秘")]], encrypt=StandardEncryption("a", ownerPassword="b")), "pdf")


@pytest.mark.parametrize("prefix", ["ofd:", ""])
def test_ofd_reads_as_the_same_pages_in_pdf(prefix):
    millimetre = 25.4 / 72
    pages = [
        [(x * millimetre, y * millimetre, text) for x, y, text in page]
        for page in samples.print_pages(samples.TITLE, samples.PARAGRAPHS, per_page=7)
    ]
    found = extract(make_ofd(pages, prefix), "ofd")
    assert found.text == WHOLE
    firsts = [page[1][2] for page in pages]
    assert [found.text[start : start + len(first)] for start, first in zip(found.pages, firsts, strict=True)] == firsts


def test_ofd_joins_the_runs_of_a_line():
    assert (
        extract(make_ofd([[(20.0, 40.0, "望槐县"), (36.8, 40.0, "人民政府"), (70.0, 40.0, "文件")]]), "ofd").text
        == "望槐县人民政府 文件"
    )


def test_an_ofd_of_pictures_is_said_to_have_no_text():
    with pytest.raises(ReadingError, match="no text: 1 pages of pictures"):
        extract(make_ofd([[]]), "ofd")


def test_pptx_follows_the_order_of_the_slides_and_drops_what_runs_on_all():
    table = "<p:graphicFrame><a:graphic><a:graphicData><a:tbl>" + "".join(
        "<a:tr>"
        + "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>" for cell in cells)
        + "</a:tr>"
        for cells in [("项目", "投资"), ("渠道", "3.2亿元")]
    )
    table += "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    slides = [
        shape("工作汇报", kind="title")
        + shape("第一点", "第二点")
        + shape("1", kind="sldNum")
        + shape("望槐县", kind="ftr"),
        table,
    ]
    found = extract(make_pptx(slides, {0: shape("讲解：先说形势。", kind="body") + shape("1", kind="sldNum")}), "pptx")
    assert found.text.split("\n") == [
        "工作汇报",
        "第一点",
        "第二点",
        "讲解：先说形势。",
        "项目 | 投资",
        "渠道 | 3.2亿元",
    ]
    assert [found.text[start : start + 4] for start in found.pages] == ["工作汇报", "项目 |"]


def test_xlsx_gives_rows_as_they_are_read():
    book = {
        "投资": [["项目", "万元", "开工"], ["渠道", 9800, Day(45369)], [None, None, None], ["塘坝", 1.5, None]],
        "空表": [],
        "人员": [["张守田"]],
    }
    found = extract(make_xlsx(book), "xlsx")
    assert found.text.split("\n") == [
        "投资",
        "项目 | 万元 | 开工",
        "渠道 | 9800 | 2024-03-18",
        "塘坝 | 1.5 | ",
        "人员",
        "张守田",
    ]
    assert [found.text[start : start + 2] for start in found.pages] == ["投资", "人员"]


def test_html_gives_the_main_text_a_block_a_line():
    page = f"""<!doctype html><html><head><title>某站</title><style>p {{}}</style></head><body>
    <nav><a href="/">首页</a> <a href="/a">新闻</a></nav><div class="side"><ul><li><a href="1">相关链接一二三四五</a></ul></div>
    <div id="content"><h1>{samples.TITLE}</h1><p>  {samples.PARAGRAPHS[0]}
    </p><h2>一、总体要求</h2><ul><li>先急后缓</li><li>建管<b>并重</b></li></ul>
    <table><tr><th>年度</th><th>投资</th></tr><tr><td>2024年</td><td><p>9800</p>万元</td></tr></table>
    第一行<br>第二行<script>alert(1)</script></div><footer>版权所有 备案号</footer></body></html>"""
    assert read_html(page.encode()).text.split("\n") == [
        samples.TITLE,
        samples.PARAGRAPHS[0],
        "一、总体要求",
        "先急后缓",
        "建管并重",
        "年度 | 投资",
        "2024年 | 9800 万元",
        "第一行",
        "第二行",
    ]


def test_markdown_keeps_the_text_and_drops_the_signs():
    text = "---\nlayout: post\n---\n# 实施方案\n\n**一、总体要求**\n\n- 先急后缓\n1. 第一点\n> 引文\n\n| 年度 | 投资 |\n| --- | ---: |\n| 2024年 | 9800 |\n\n见[附件](a.pdf)。<!-- 草稿 -->\n```\nx = 1\n```\n2*3*4\n"
    assert [line for line in plain(text).split("\n") if line] == [
        "实施方案",
        "一、总体要求",
        "先急后缓",
        "1. 第一点",
        "引文",
        "年度 | 投资",
        "2024年 | 9800",
        "见附件。",
        "x = 1",
        "234",
    ]
