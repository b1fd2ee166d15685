"""Reading: what is kept, cut, named and left out, held against cases worked by hand and against properties."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.datatypes import Document, RawDocument
from rag.errors import ReadingError, SettingsError
from rag.reading.clean import clean
from rag.reading.locator import han
from rag.reading.read import read
from rag.reading.split import MAX_LEAF


def make_raw(text: str, source: str = "示例.txt") -> RawDocument:
    return RawDocument(source, text, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def make_document(text: str) -> Document:
    return read(make_raw(text))


def headings(text: str) -> list[tuple[int, str]]:
    return [(section.level, section.heading) for section in make_document(text).articles[0].sections]


PAGE = "本段讲的是全县农村供水保障工作的进展情况和下一步打算," * 8


class TestClean:
    @pytest.mark.parametrize(
        ("raw", "shown", "why"),
        [
            ("许 怀 远 同 志\n", "许怀远同志\n", "letter-spaced names lose their spaces"),
            ("甲乙 丙丁 戊己", "甲乙 丙丁 戊己", "spaces between words stay"),
            ("‚放管服‛改革〃试点", "“放管服”改革·试点", "typists' stand-ins"),
            ("第一行\r\n第二行\r", "第一行\n第二行\n", "line ends"),
            ("零\u200b宽\ufeff度", "零宽度", "invisible characters"),
            ("坚持“5+\n2、白+黑”精神", "坚持“5+2、白+黑”精神", "a line end inside a short quotation"),
            ("①㈠Ａ", "①㈠Ａ", "shown text keeps compatibility forms"),
        ],
    )
    def test_shows(self, raw: str, shown: str, why: str) -> None:
        assert clean(raw).text == shown, why

    def test_removes_page_numbers_that_rise(self) -> None:
        raw = f"{PAGE}经 1 验和做法。{PAGE}由李明远 2\n同志负责。{PAGE}取得的成果 3 展示。"
        shown = clean(raw).text
        assert shown == f"{PAGE}经验和做法。{PAGE}由李明远同志负责。{PAGE}取得的成果展示。"
        assert [d.rule for d in clean(raw).dropped] == ["page number"] * 3

    def test_keeps_numbers_that_do_not_rise(self) -> None:
        raw = f"{PAGE}共有 12 个村。{PAGE}另有 7 个组。{PAGE}合计 3 处。"
        assert clean(raw).text == raw

    def test_removes_a_page_number_between_dashes(self) -> None:
        assert (
            clean("未按规定提交工作的资— 14 —\n料、报告。\n— 15 —\n第二条").text
            == "未按规定提交工作的资料、报告。\n第二条"
        )

    def test_joins_a_line_that_begins_in_a_closing_mark(self) -> None:
        assert clean("我们通过了《\n古树公约\n》，并\n施行。").text == "我们通过了《古树公约》，并\n施行。"

    def test_joins_lines_of_a_wrapped_text(self) -> None:
        line = "全县各级各部门要切实增强责任感和紧迫感把各项工作抓细抓实"
        raw = "\n".join([line] * 10) + "\n到此为止。"
        assert clean(raw).text == line * 10 + "到此为止。"

    @settings(deadline=None)
    @given(st.text(alphabet="一二甲乙、。( 1\n\r\u200b\u0301e‚“”", max_size=80))
    def test_maps_every_shown_character_to_the_raw_one(self, raw: str) -> None:
        cleaned = clean(raw)
        assert len(cleaned.offsets) == len(cleaned.text)
        assert list(cleaned.offsets) == sorted(set(cleaned.offsets.tolist()))
        kept = set(cleaned.offsets.tolist())
        gone = {i for drop in cleaned.dropped for i in range(drop.span.start, drop.span.end)}
        assert kept | gone == set(range(len(raw))) and not kept & gone


class TestArticles:
    def test_cuts_a_compilation_whose_first_article_has_no_mark(self) -> None:
        body = "今年全县的任务是把供水工程建好管好用好,让群众喝上放心水。" * 6
        document = make_document(
            f"在全县水利会议上的讲话\n同志们:\n{body}\n篇2:在防汛会议上的讲话\n{body}\n篇3:在总结会上的讲话\n{body}"
        )
        assert [a.title for a in document.articles] == [
            "在全县水利会议上的讲话",
            "在防汛会议上的讲话",
            "在总结会上的讲话",
        ]

    def test_does_not_cut_at_marks_out_of_order(self) -> None:
        body = "今年全县的任务是把供水工程建好管好用好,让群众喝上放心水。" * 6
        assert len(make_document(f"讲话\n{body}\n第五篇:附录\n{body}").articles) == 1

    def test_cuts_a_compilation_that_nothing_numbers_where_its_speeches_begin(self) -> None:
        body = "今年全县的任务是把供水工程建好管好用好,让群众喝上放心水。" * 6
        document = make_document(
            f"在全县水利会议上的讲话\n县长 王远山\n(2023年4月18日)\n同志们:\n{body}\n"
            f"在全区水利会议上的讲话\n区委书记 李近水\n(2023年5月9日)\n{body}\n在现场会上的交流发言\n镇长 赵长河\n{body}"
        )
        assert [a.title for a in document.articles] == [
            "在全县水利会议上的讲话",
            "在全区水利会议上的讲话",
            "在现场会上的交流发言",
        ]

    def test_does_not_cut_where_a_title_stands_twice_or_a_speech_is_only_named(self) -> None:
        body = "今年全县的任务是把供水工程建好管好用好,让群众喝上放心水。" * 6
        head = "在全县水利会议上的讲话\n(2023年4月18日)\n在全县水利会议上的讲话\n同志们:\n"
        assert len(make_document(f"{head}{body}\n认真学习区委书记的讲话\n{body}").articles) == 1

    def test_drops_what_the_web_page_added(self) -> None:
        body = "各村要把巡查责任落实到人,每天至少巡查两次,发现险情立即报告。"
        document = make_document(
            f"防汛工作讲话 本文关键词:防汛,讲话\n防汛工作讲话 本文简介:各村要把巡查\n防汛工作讲话 本文内容:\n防汛工作讲话\n"
            f"时间:2022-05-26 09:45:00\n导语:防汛工作讲话一文来源于网友上传,不代表本站观点。\n防汛工作讲话\n同志们:\n{body}"
        )
        shown = "\n".join(p.text for p in document.passages)
        assert body in shown and shown.count("防汛工作讲话") == 1
        for noise in ("关键词", "简介", "2022-05-26", "网友"):
            assert noise not in shown
        assert document.articles[0].provenance.issued_on is None

    def test_drops_a_table_of_contents(self) -> None:
        chapters = ["第一章 总则", "第二章 保护", "第三章 附则"]
        text = "古树保护办法\n目录\n" + "\n".join(chapters) + "\n"
        text += "\n".join(
            f"{c}\n第{han(i)}条 为了保护古树名木,制定本办法,各单位应当遵守。" for i, c in enumerate(chapters, 1)
        )
        document = make_document(text)
        assert [s.heading for s in document.articles[0].sections if s.mark.endswith("章")] == chapters
        assert {d.rule for d in document.dropped} >= {"contents"}

    def test_keeps_the_fields_of_a_form_that_is_printed_twice(self) -> None:
        form = "单位名称\n账户名称\n变更原因\n经办人姓名\n联系电话号\n"
        document = make_document(f"账户管理办法\n第一条 单位应当填写申请书。\n附件1\n{form}附件2\n{form}")
        assert not [d for d in document.dropped if d.rule == "contents"]


class TestOutline:
    def test_capital_numerals_stand_above_the_others(self) -> None:
        text = "施政報告\n壹、前言\n一、緣起。\n二、目的。\n貳、民政業務\n一、里鄰編組。\n參、結語\n謹此報告。"
        assert headings(text) == [
            (0, "壹、前言"),
            (1, "一、緣起"),
            (1, "二、目的"),
            (0, "貳、民政業務"),
            (1, "一、里鄰編組"),
            (0, "參、結語"),
        ]

    def test_nests_mixed_marks(self) -> None:
        text = "工作意见\n一、总体要求\n(一)指导思想。坚持以人为本。\n(二)基本原则。\n1.依法依规。按章办事。\n2.便民高效。\n二、组织领导\n要加强领导。"
        assert headings(text) == [
            (0, "一、总体要求"),
            (1, "(一)指导思想"),
            (1, "(二)基本原则"),
            (2, "1.依法依规"),
            (2, "2.便民高效"),
            (0, "二、组织领导"),
        ]

    def test_never_flattens_a_list_inside_a_member(self) -> None:
        text = "讲话\n主要做法有:一是抓宣传。二是抓整改。三是抓落实。重点是:一是定人;二是定责。四是抓考核。"
        assert [level for level, _ in headings(text)] == [0, 0, 0, 1, 1, 0]

    def test_finds_a_member_that_lost_the_stop_before_it(self) -> None:
        text = "讲话\n存在问题是:一是投入不足;二是队伍不稳;三是管理有待加强四是宣传不够。"
        assert [heading for _, heading in headings(text)][-1] == "四是宣传不够"

    def test_lets_a_heading_go_that_is_glued_to_its_paragraph(self) -> None:
        text = "讲话\n四、以学习为抓手,做好当前的各项工作 当前,我们正在筹备全县的现场会,时间紧、任务重,各单位要抓紧。"
        assert headings(text) == [(0, "四、以学习为抓手,做好当前的各项工作")]

    def test_counts_as_far_as_a_text_does(self) -> None:
        text = "条例\n" + "\n".join(f"第{number}条 各单位应当遵守本条例。" for number in range(9_990, 10_003))
        assert make_document(text).passages[-1].locator.endswith("第10002条")

    def test_reads_a_statute_of_taiwan(self) -> None:
        text = (
            "道路養護辦法\n民國 98 年 05 月 06 日\n   第 一 章 總則\n第 1 條\n本辦法依公路法訂定之。\n第 2 條\n"
            f"本辦法用詞如下：一、養護：指{PAGE}。\n二、橋梁：指跨越河川之構造物。\n第 3 條\n{PAGE}\n第 4 條\n本辦法自發布日施行。"
        )
        article = make_document(text).articles[0]
        assert [(s.level, s.mark.replace(" ", "")) for s in article.sections] == [
            (0, "第一章"), (1, "第1條"), (1, "第2條"), (2, "一、"), (2, "二、"), (1, "第3條"), (1, "第4條"),
        ]  # fmt: skip
        provenance = article.provenance
        assert provenance.kind and provenance.kind.text == "办法"
        assert provenance.issued_on and provenance.issued_on.text == "2009-05-06"

    def test_an_attachment_is_a_section_with_its_title(self) -> None:
        text = (
            f"关于报送名单的通知\n各镇:\n一、总体要求\n{PAGE}\n附件:1.名单\n石漪县民政局\n2024年3月1日\n"
            f"附件1\n巡查人员名单\n一、南片\n{PAGE}"
        )
        document = make_document(text)
        assert [(s.level, s.heading) for s in document.articles[0].sections] == [
            (0, "一、总体要求"),
            (0, "附件1 巡查人员名单"),
            (1, "一、南片"),
        ]
        assert document.passages[-1].locator.startswith("附件1 一、")

    @pytest.mark.parametrize(
        ("text", "expected", "why"),
        [
            ("讲话\n一是\n抓宣传。\n二是\n抓整改。", ["一是抓宣传", "二是抓整改"], "a mark alone on its line"),
            ("报告\n一\n先说成绩。\n二\n再说问题。", ["一", "二"], "a bare numeral alone on its line"),
            (
                "办法\n第六条 外汇可以保留:(一)贸易收入;(二)劳务收入。\n第七条 本办法第六条(一)至(二)所列的外汇。",
                ["第六条", "(一)贸易收入;", "(二)劳务收入", "第七条"],
                "a member that is named, not begun",
            ),
            (
                "通知\n一、止付(一)加强值守。\n(二)限时反馈。\n二、账户(三)核对信息。\n(四)清理存量。",
                ["一、止付", "(一)加强值守", "(二)限时反馈", "二、账户", "(三)核对信息", "(四)清理存量"],
                "a list that runs on across headings with their first member on the line",
            ),
            ("说明\n一、背景\n第一条建议是放宽期限。", ["一、背景"], "第一条 as words"),
            ("办法\n第一条 为了规范,制定本办法。第二章 附则\n第二条 自发布之日起施行。", ["第一条", "第二章 附则", "第二条"], "a chapter glued to a paragraph"),
        ],
    )  # fmt: skip
    def test_finds(self, text: str, expected: list[str], why: str) -> None:
        assert [heading for _, heading in headings(text)] == expected, why

    def test_an_empty_section_does_not_swallow_the_next(self) -> None:
        text = (
            "讲话\n(一)抓项目\n(二)抓民生\n"
            + "要把惠民政策落到实处,逐村逐户核对名单,按月公示结果,接受群众监督,做到公开透明。" * 2
        )
        passages = [p for p in make_document(text).passages if p.kind == "leaf"]
        assert [p.headings for p in passages] == [("(一)抓项目",), ("(二)抓民生",)]

    def test_numbers_articles_of_a_regulation_under_their_chapters(self) -> None:
        text = (
            "管理办法\n第一章 总则\n第一条 为了规范管理,制定本办法。\n第二章 罚则\n第一百零一条 违反本办法的,依法处理。"
        )
        assert make_document(text).passages[-1].locator == "第二章第一百零一条"

    def test_marks_inside_prose_are_no_list(self) -> None:
        assert headings("讲话\n按照第(二)项的规定,这是统一要求,也是2.5倍的增长。") == []

    def test_closing_lines_belong_to_no_section(self) -> None:
        text = (
            "关于疏浚柳溪河的通知\n一、疏浚河道。三月底前完成。\n二、加固堤岸。四月底前完成。\n三、清理淤泥。由各村负责。\n"
            "请各乡镇将本通知转发至沿河各村。\n附件：1.任务表\n2.联络表\n云溪县水利局\n2023年3月1日\n抄送：县委办公室。"
        )
        section = make_document(text).articles[0].sections[-1]
        assert text[section.extent.start : section.extent.end].strip() == "三、清理淤泥。由各村负责。"

    @pytest.mark.parametrize(
        ("items", "why"),
        [
            ("（一）有固定场所；\n（二）有专职人员。\n", "the last item ends in a full stop, the others do not"),
            ("（一）场所固定。\n（二）人员专职。\n（三）经费落实。\n", "every member has one paragraph"),
        ],
    )
    def test_a_paragraph_after_a_list_belongs_to_what_holds_the_list(self, items: str, why: str) -> None:
        text = f"管理办法\n第一条 设立站点应当具备下列条件：\n{items}不具备条件的，不得设立。"
        sections = make_document(text).articles[0].sections
        ends = [text[s.extent.start : s.extent.end].strip()[-6:] for s in sections]
        assert ends[0] == "，不得设立。", why
        assert "不得设立" not in ends[-1], why

    def test_a_heading_may_share_its_line_with_the_first_member(self) -> None:
        text = "通知\n一、账户管理（一）备案方式\n各站点应当按月备案，逐级报送。\n（二）审核方式\n由县局审核。"
        document = make_document(text)
        sections = document.articles[0].sections
        assert [(s.level, s.heading) for s in sections] == [
            (0, "一、账户管理"),
            (1, "（一）备案方式"),
            (1, "（二）审核方式"),
        ]
        assert text[sections[1].extent.start : sections[1].extent.end].strip().endswith("逐级报送。")

    def test_a_list_inside_one_sentence_ends_with_it(self) -> None:
        text = (
            "讲话\n今天开会，一是谈心，二是鼓劲，三是听意见。大家谈得很好。下面我讲两点。"
            "一、保护好古树。要摸清底数，逐株建档，落实专人管护，" + "做到责任到人、措施到位，" * 12 + "见到实效。"
            "二、利用好古树。要结合乡村旅游，讲好古树故事，带动村民增收。"
        )
        assert [(level, h[:5]) for level, h in headings(text)] == [
            (0, "一是谈心，"), (0, "二是鼓劲，"), (0, "三是听意见"), (0, "一、保护好"), (0, "二、利用好")
        ]  # fmt: skip

    def test_what_is_attached_is_listed_not_sectioned(self) -> None:
        text = "办法\n第一条 为了保护古树，制定本办法。\n附：废止目录\n1.《古树通知》（云林发〔2001〕1号）\n2.《古树 办法》\n3.《古树规定》"
        assert headings(text) == [(0, "第一条")]

    def test_a_chapter_may_run_into_its_first_article(self) -> None:
        text = "办法\n第一章 总则\n第一条 制定本办法。\n第二章 申请与审批第二条 奖励实行一案一报。\n第三条 及时发放。"
        assert headings(text) == [
            (0, "第一章 总则"),
            (1, "第一条"),
            (0, "第二章 申请与审批"),
            (1, "第二条"),
            (1, "第三条"),
        ]

    def test_the_number_of_an_attachment_is_no_mark(self) -> None:
        assert headings("通知\n请填写申请表（格式见附 1）。一式两份（格式见附 2），报县局审批。") == []

    def test_the_paragraph_between_two_members_belongs_to_the_first(self) -> None:
        text = "公告\n一、签署协议；\n二、报送名册；\n三、过渡期一年。\n过渡期内按原规定办理。\n四、加强监督。"
        third = make_document(text).articles[0].sections[2]
        assert text[third.extent.start : third.extent.end].strip().endswith("按原规定办理。")

    def test_short_members_share_a_leaf_that_says_its_range(self) -> None:
        text = "办法\n第一条 申请人提交下列材料：\n（一）申请书；\n（二）身份证明；\n（三）图纸；\n（四）承诺书。\n第二条 县局应当受理。"
        leaves = [p for p in make_document(text).passages if p.kind == "leaf"]
        assert [p.locator for p in leaves] == ["第一条(一)至(四)", "第二条"]

    def test_a_figure_alone_on_its_line_is_no_heading(self) -> None:
        assert headings("报告\n细颗粒物（PM\n2.5\n）平均浓度下降。") == []
        assert headings("报告\n要以颗粒物（PM\n10\n）治理为突破口，抓住关键环节。") == []

    def test_ordinals_of_industries_are_no_list(self) -> None:
        text = "报告\n首先，夯实农业。其次，发展工业，第二、第三产业协同带动，第一、第二产业融合。"
        assert [h[:2] for _, h in headings(text)] == ["首先", "其次"]

    def test_a_space_before_a_figure_lets_no_heading_go(self) -> None:
        text = "通知\n十一、各站点应当于 5 个工作日内将本站发生的业务相关信息报送县局管理系统，不得迟报、漏报、瞒报。"
        assert len(make_document(text).articles[0].sections[0].heading) > len("十一、各站点应当于 5")

    def test_reads_a_regulation_in_traditional_script(self) -> None:
        text = (
            "柳溪市古樹保護自治條例\n中華民國112年6月1日公布\n第一章 總則\n第一條 為保護古樹，制定本自治條例。\n"
            "第二章 保護\n第一節 列管\n第二條 主管機關應辦理下列事項：\n一、調查古樹：\n（一）樹齡。\n（二）樹種。\n二、建立名冊。\n"
            "第二條之一 名冊應每年更新，並公告於市府網站，供民眾查閱及申請更正，更正程序由市府另定之，並送市議會備查，至於名冊之格式由主管機關定之。\n"
            "第 3 條\n違反本自治條例者，處新臺幣三萬元罰鍰，並得按次處罰，至改善為止；其情節重大者，得加重其罰鍰至新臺幣十萬元為止，並公布其姓名。"
        )
        document = make_document(text)
        assert [(s.level, s.mark) for s in document.articles[0].sections] == [
            (0, "第一章"), (1, "第一條"), (0, "第二章"), (1, "第一節"), (2, "第二條"), (3, "一、"), (4, "（一）"), (4, "（二）"),
            (3, "二、"), (2, "第二條之一"), (2, "第 3 條"),
        ]  # fmt: skip
        assert [p.locator for p in document.passages if p.kind == "leaf"][-2:] == [
            "第二章第一节第二条之一", "第二章第一节第三条"
        ]  # fmt: skip

    def test_reads_a_megabyte_of_headings_in_linear_time(self) -> None:
        text = "规划\n" + "\n".join(f"{i % 300 + 1}.第{i}项任务。要按期完成。" for i in range(10_000))
        assert len(make_document(text).articles[0].sections) == 10_000


class TestProvenance:
    NOTICE = (
        "云溪县人民政府办公室文件\n云政办发〔2023〕15号\n云溪县人民政府办公室关于做好春季植树造林工作的通知\n"
        "各乡镇人民政府,县直各单位:\n为做好春季植树造林工作,现通知如下。\n一、明确任务。全县完成造林3.2万亩。\n"
        "云溪县人民政府办公室\n2023年3月8日\n(此件公开发布)\n抄送:县委办公室,县人大常委会办公室。"
    )

    def test_reads_a_notice(self) -> None:
        found = make_document(self.NOTICE).articles[0].provenance
        assert found.title and found.title.text == "云溪县人民政府办公室关于做好春季植树造林工作的通知"
        assert found.kind and found.kind.text == "通知"
        assert found.number and found.number.text == "云政办发〔2023〕15号"
        assert found.issuer and found.issuer.text == "云溪县人民政府办公室"
        assert found.issued_on and found.issued_on.text == "2023-03-08"
        assert [v.text for v in found.addressees] == ["各乡镇人民政府", "县直各单位"]
        assert found.places[0].text == "云溪县" and {"云溪", "云溪县"} <= set(found.aliases)
        assert dict(found.elements).keys() >= {"note", "copies"}

    @pytest.mark.parametrize(
        ("text", "name", "expected", "why"),
        [
            (
                "云溪县教育局关于寒假安排的通知各中小学,县直各幼儿园:\n现将寒假安排通知如下。",
                "title",
                "云溪县教育局关于寒假安排的通知",
                "a title that runs into whom it is sent to",
            ),
            (
                f"云溪县人民政府令\n第12号\n《云溪县渡口管理办法》已经讨论通过,现予公布。\n云溪县渡口管理办法\n第一条 {PAGE}\n第二条 {PAGE}",
                "title",
                "云溪县渡口管理办法",
                "an order is known by the statute that it puts in force",
            ),
            (
                "临渌市渡口管理办法\n(2021年8月26日临渌市人民政府第37次常务会议通过 2021年9月10日临渌市人民政府令第12号公布)\n第一条 略。",
                "issued_on",
                "2021-09-10",
                "a statute is issued on the day it is made public",
            ),
            (f"关于放假的通知\n各科室:\n{PAGE}\n云溪县市场监督管理局 2020年2月3日", "issuer", "云溪县市场监督管理局", "body and date on one line"),
            (f"关于放假的通知\n各科室:\n{PAGE}\n云溪县应对雨雪天气\n工作领导小组\n2020年2月3日", "issuer", "云溪县应对雨雪天气 工作领导小组", "a name on two lines"),
            (f"云溪县河道管理法\n第一条 {PAGE}", "kind", "法", "a statute"),
            (f"推进综合执法\n{PAGE}\n{PAGE}", "kind", None, "a word that ends like a statute"),
        ],
    )  # fmt: skip
    def test_finds(self, text: str, name: str, expected: str | None, why: str) -> None:
        value = getattr(make_document(text).articles[0].provenance, name)
        assert (value.text if value else None) == expected, why

    @pytest.mark.parametrize(
        ("text", "place", "why"),
        [
            ("三明市人民政府公告\n我市决定,三明市财政局负责,全市执行。", "三明市", "a name of the dictionary that begins like a number"),
            ("我区今年抓好防汛。全区动员。雾岛市银杏区民政局牵头,雾岛市银杏区各街道配合。", "银杏区", "a rare name behind the place it lies in"),
            ("全县户籍人口52万人。会议在白苎县召开,白苎县民政局汇报。", "白苎县", "a rare name behind 在"),
            ("主要任务是稳住上亿市场主体,发展大城市群。", None, "a level that is part of a word"),
        ],
    )  # fmt: skip
    def test_finds_the_place(self, text: str, place: str | None, why: str) -> None:
        places = make_document(f"工作报告\n同志们:\n{text}").articles[0].provenance.places
        assert (places[0].text if places else None) == place, why

    def test_the_signer_stands_behind_the_number(self) -> None:
        found = make_document(self.NOTICE.replace("15号", "15号    签发人:王叙白")).articles[0].provenance
        assert dict(found.elements)["signer"].text == "王叙白"
        assert found.number and found.number.text == "云政办发〔2023〕15号"

    def test_every_value_stands_where_it_says(self) -> None:
        raw = make_raw(self.NOTICE)
        found = read(raw).articles[0].provenance
        for value in [found.title, found.number, found.issuer, *found.addressees, *found.places]:
            assert value and value.span and raw.text[value.span.start : value.span.end] == value.text

    @pytest.mark.parametrize(
        ("line", "iso"),
        [
            ("(2011年3月8日)", "2011-03-08"),
            ("二〇二三年五月", "2023-05"),
            ("民国112年6月1日", "2023-06-01"),
            ("年9月", ""),
        ],
    )
    def test_reads_dates_and_leaves_a_lost_year_lost(self, line: str, iso: str) -> None:
        found = (
            make_document(f"在动员会上的讲话\n{line}\n同志们:\n今天的会议很重要,请大家认真落实。")
            .articles[0]
            .provenance
        )
        assert (found.issued_on.text if found.issued_on else "") == iso

    def test_a_place_named_once_in_passing_does_not_speak(self) -> None:
        text = (
            "在全镇大会上的讲话\n同志们:\n"
            + "我镇的发展正处在关键时期。桐溆镇要抓住机遇。中共桐溆镇委员会已作部署。" * 2
            + "推动石漪科学发展。"
        )
        assert [v.text for v in make_document(text).articles[0].provenance.places] == ["桐溆镇"]

    def test_reads_the_card_of_a_site_and_keeps_it_out_of_the_passages(self) -> None:
        text = (
            "云溪县人民政府关于保护古树的通知\n索 引 号：\n0001/2019-12\n主题分类：\n林业\n发文机关：\n云溪县人民政府\n"
            "成文日期：\n2019年03月02日\n标 题：\n云溪县人民政府关于保护古树的通知\n发文字号：\n云政发〔2019〕7号\n"
            "发布日期：\n2021年12月06日\n主 题 词：\n云溪县人民政府关于\n保护古树的通知\n云政发〔2019〕7号\n各乡镇人民政府：\n"
            "为保护古树名木，现就有关事项通知如下，请各乡镇结合实际认真抓好落实。"
        )
        document = make_document(text)
        found = document.articles[0].provenance
        assert found.number and found.number.text == "云政发〔2019〕7号"
        assert found.issuer and found.issuer.text == "云溪县人民政府"
        assert found.issued_on and found.issued_on.text == "2019-03-02"
        assert [v.text for v in found.addressees] == ["各乡镇人民政府"]
        shown = "\n".join(p.text for p in document.passages)
        assert "主题分类" not in shown and "2021年12月06日" not in shown
        assert shown.count("各乡镇人民政府") == 1 and "document card" in {d.rule for d in document.dropped}

    def test_a_long_line_is_no_card(self) -> None:
        text = "古树通知\n索引号：1\n文号：\n主题词：各村" + "要保护好古树名木，落实管护责任，" * 10 + "。"
        assert "落实管护责任" in "".join(p.text for p in make_document(text).passages)

    @pytest.mark.parametrize(
        ("head", "title", "kind"),
        [
            ("云溪县林业局令〔2021〕第1号（古树保护办法）\n《古树保护办法》已经讨论通过，现予发布。\n局长 许怀远\n2021年1月19日\n古树保护办法\n",
             "云溪县林业局令〔2021〕第1号（古树保护办法）", "办法"),
            ("云溪县林业局 云溪县农业农村局 云溪县水利局 云溪县财政局 云溪县交通运输局 云溪县住房和城乡建设局 云溪县教育局 "
             "云溪县文化和旅游局关于进一步加强全县古树名木保护管理工作的通知（云林发〔2021〕23号）\n各乡镇：\n",
             "云溪县林业局 云溪县农业农村局 云溪县水利局 云溪县财政局 云溪县交通运输局 云溪县住房和城乡建设局 云溪县教育局 "
             "云溪县文化和旅游局关于进一步加强全县古树名木保护管理工作的通知（云林发〔2021〕23号）", "通知"),
            ("云溪县林业局文件云溪县水利局\n云林发〔2021〕3号\n云溪县林业局关于古树保护的意见\n", "云溪县林业局关于古树保护的意见", "意见"),
            ("关于印发《古树保护办法》的通知(云林发〔2021〕3号)\n附件\n古树保护办法\n", "关于印发《古树保护办法》的通知(云林发〔2021〕3号)", "通知"),
        ],
    )  # fmt: skip
    def test_reads_titles_of_orders_and_joint_notices(self, head: str, title: str, kind: str) -> None:
        found = (
            make_document(head + "第一条 为了保护古树，制定本办法。\n第二条 本办法自发布之日起施行。")
            .articles[0]
            .provenance
        )
        assert found.title and found.title.text == title
        assert found.kind and found.kind.text == kind

    @pytest.mark.parametrize(
        ("tail", "iso"),
        [
            ("云溪县林业局\n2021年4月9日\n附件\n名册\n" + "一棵古树的说明。\n" * 14, "2021-04-09"),
            ("附件：古树名册二〇二一年四月九日\n主题词：林业", "2021-04-09"),
            ("云溪县林业局办公室 2021年4月12日印发", "2021-04-12"),
            ("中華民國110年4月9日", "2021-04-09"),
        ],
    )
    def test_reads_the_date_of_issue_wherever_it_stands(self, tail: str, iso: str) -> None:
        text = f"关于保护古树的通知\n各乡镇：\n为保护古树名木，现就有关事项通知如下，请认真抓好落实。\n{tail}"
        found = make_document(text).articles[0].provenance.issued_on
        assert found and found.text == iso

    def test_bodies_that_sign_together_are_one_issuer(self) -> None:
        text = (
            "关于保护古树的通知\n各乡镇：\n为保护古树名木，请认真抓好落实。\n云溪县林业局\n云溪县水利局\n2021年4月9日"
        )
        found = make_document(text).articles[0].provenance.issuer
        assert found and found.text == "云溪县林业局 云溪县水利局"

    def test_a_rank_or_a_word_is_no_place(self) -> None:
        text = (
            "工作报告\n各位代表：\n"
            + "支持产粮大县。建设嘉澜大湾区。上亿市场主体平稳发展，激发数亿市场主体活力。我县经济强县建设加快。" * 4
        )
        assert make_document(text).articles[0].provenance.places == ()

    def test_a_sidecar_overrides(self) -> None:
        document = read(make_raw(self.NOTICE), {"place": "临渌市", "issued_on": "2024-01-01"})
        found = document.articles[0].provenance
        assert found.places[0].text == "临渌市" and found.issued_on and found.issued_on.text == "2024-01-01"

    def test_a_sidecar_with_an_unknown_key_is_named(self) -> None:
        with pytest.raises(SettingsError, match="'author'"):
            read(make_raw(self.NOTICE), {"author": "某某"})

    def test_a_secret_document_is_refused_unless_allowed(self) -> None:
        raw = make_raw("机密★1年\n" + self.NOTICE)
        with pytest.raises(ReadingError, match="机密"):
            read(raw)
        assert read(raw, allow_secret=True).passages


PIECES = st.sampled_from(
    [
        "一、总体要求\n", "(一)指导思想。", "1.抓好落实。", "一是抓宣传;二是抓整改;三是抓考核。", "各单位要高度重视,", "切实加强领导。", "\n", "\u3000\u3000",
        "篇2:讲话稿\n", "第一章 总则\n", "第一条 为了规范管理。", "同志们:\n", "经 1 验", "“5+\n2”", "时间:2022-05-26 09:45:00\n", "\r\n", "最后,", "貫徹落實。", "a b", "。" * 3,
    ]
)  # fmt: skip


class TestPassages:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(PIECES, max_size=60))
    def test_no_character_is_lost_or_read_twice(self, pieces: list[str]) -> None:
        raw = make_raw("".join(pieces))
        document = read(raw)
        seen = [0] * len(raw.text)
        for passage in document.passages:
            offsets = passage.offsets()
            assert len(offsets) == len(passage.text)
            if passage.kind == "leaf":
                for at in range(passage.spans[0].start, passage.spans[0].end):
                    seen[at] += 1
        assert max(seen, default=0) <= 1
        dropped = {at for drop in document.dropped for at in range(drop.span.start, drop.span.end)}
        unread = [c for at, c in enumerate(raw.text) if not seen[at] and at not in dropped and not c.isspace()]
        assert unread == []

    @settings(max_examples=100, deadline=None)
    @given(st.lists(PIECES, max_size=60))
    def test_shown_text_is_the_raw_text_but_for_single_characters(self, pieces: list[str]) -> None:
        raw = make_raw("".join(pieces))
        for passage in read(raw).passages:
            for shown, at in zip(passage.text, passage.offsets(), strict=True):
                assert shown == "\n" or shown == raw.text[at] or raw.text[at] in "\r‚‛〃臵"

    def test_leaves_are_cut_at_members_and_carry_their_headings(self) -> None:
        member = "各乡镇要对辖区内的水库、塘坝、河道逐一排查,建立台账,明确责任人和整改时限,每周报送一次进展情况。" * 3
        text = f"讲话\n一、防汛准备\n一是排查隐患。{member}二是备足物资。{member}三是强化值守。{member}"
        leaves = [p for p in make_document(text).passages if p.kind == "leaf"]
        assert all(len(p.text) <= MAX_LEAF + 20 for p in leaves)
        assert [p.locator for p in leaves] == ["一、第1至2点", "一、第3点"]
        assert all(p.headings[0] == "一、防汛准备" for p in leaves)

    def test_an_outline_node_lists_its_children_verbatim(self) -> None:
        body = "各单位要坚持标准、按期完成任务、落实经费,并于每季度末报送进展情况,重大问题随时报告。" * 2
        text = f"工作意见\n一、总体要求\n{body}\n二、主要任务\n{body}\n三、保障措施\n{body}"
        node = next(p for p in make_document(text).passages if p.kind == "outline")
        assert node.text == "工作意见\n一、总体要求\n二、主要任务\n三、保障措施"
        assert [text[s.start : s.end] for s in node.spans] == node.text.split("\n")


@pytest.mark.parametrize(
    ("number", "words"),
    [(7, "七"), (10, "十"), (12, "十二"), (20, "二十"), (101, "一百零一"), (110, "一百一十"), (1010, "一千零一十")],
)
def test_numbers_in_han(number: int, words: str) -> None:
    assert han(number) == words
