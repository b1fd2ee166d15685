"""Every encoding gives back the text that was written, and what is no text is refused with a remedy."""

import random

import pytest

from rag.errors import ReadingError
from rag.reading.decode import decode

NOTICE = "临渌市人民政府关于做好今年秋冬季农田水利建设工作的通知\r\n各区县人民政府：\r\n一、总体要求。要坚持“先急后缓”，完成投资3.2亿元。\r\n"
SPEECH = "同志们:\n今天召开全县防汛工作会议,主要任务是总结上半年工作,分析当前形势,安排下一步任务。下面,我讲三点意见。\n"
TRADITIONAL = (
    "各位同仁：\n今天舉行動員大會，目的是進一步統一思想，創建文明社區，為民眾提供更好的服務。請認真貫徹執行。\n"
)
LAW = "第一条　为了保护古树名木，根据有关法律，制定本办法。\n第二条　本办法适用于本市行政区域内古树名木的保护。\n"
RARE = "𠮷野村位于㵲阳河畔，村民姓氏有仉、亓、䶮等，全村共有一百二十户，四百六十人。\n"
CANTONESE = "呢份通告係關於屋邨嘅管理安排，請各位住戶留意。如有查詢，請致電辦事處，我哋會盡快回覆。\n"

SIMPLIFIED = {"notice": NOTICE, "speech": SPEECH, "law": LAW}
EVERY = SIMPLIFIED | {"traditional": TRADITIONAL, "mixed script": NOTICE + TRADITIONAL}
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "gb18030"]
CASES = [
    *((encoding, name, text) for encoding in UNICODE for name, text in (EVERY | {"rare": RARE}).items()),
    *((encoding, name, text) for encoding in ("gb2312", "hz") for name, text in SIMPLIFIED.items()),
    *(("gbk", name, text) for name, text in EVERY.items()),
    *((encoding, "traditional", TRADITIONAL) for encoding in ("big5", "cp950", "big5hkscs")),
    ("big5hkscs", "cantonese", CANTONESE),
    ("shift_jis", "japanese", "これは市役所からのお知らせです。冬のごみ収集について、次のとおり変更します。\n"),
    ("euc_jp", "japanese", "これは市役所からのお知らせです。冬のごみ収集について、次のとおり変更します。\n"),
    ("euc_kr", "korean", "시청에서 알려 드립니다. 겨울철 쓰레기 수거 일정이 다음과 같이 바뀝니다.\n"),
]


@pytest.mark.parametrize(("encoding", "name", "text"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_a_file_in_any_encoding_reads_as_its_original(encoding, name, text):
    # Python's gb2312 table writes two marks that no other program writes; they are left out
    text = text.replace("·", "") if encoding == "gb2312" else text
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.confidence > 0.9


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("length", [8, 16, 40])
def test_pieces_of_text_of_any_place_and_length_are_told(encoding, length):
    text = (NOTICE + SPEECH + LAW).replace("\r", "").replace("\n", "")
    for start in range(0, len(text) - length, 7):
        piece = text[start : start + length]
        assert decode(piece.encode(encoding)).text == piece


def test_two_characters_of_gbk_that_are_valid_utf8_are_read_as_chinese_and_said_aloud():
    data = "通知".encode("gbk")
    assert data.decode("utf-8") != "通知"
    decoded = decode(data)
    assert decoded.text == "通知"
    assert decoded.notes == ("very short; read as gb18030",)


def test_four_byte_gb18030_is_read():
    assert decode(("镕基䶮𠮷" + NOTICE).encode("gb18030")).text == "镕基䶮𠮷" + NOTICE


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\x84\x31\x95\x33"])
def test_a_byte_order_mark_is_no_character_of_the_text(mark):
    encoding = "utf-8" if mark[0] == 0xEF else "gb18030"
    assert decode(mark + NOTICE.encode(encoding)).text == NOTICE


def test_line_ends_stay_as_on_disk():
    text = "一\r\n二\r三\n四\u2028五\x85六\n"
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("text", ["", " \n\t", "plain ASCII, 3.2\n"])
def test_what_needs_no_decision_is_utf8(text):
    assert (decode(text.encode()).text, decode(text.encode()).encoding) == (text, "utf-8")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("gb18030", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "gb18030"), ("gb18030", "big5"), ("big5hkscs", "gb18030")],
)
def test_mojibake_is_refused(wrong, right):
    text = TRADITIONAL if "big5" in right else NOTICE
    with pytest.raises(ReadingError, match="mis-decoded"):
        decode(text.encode(right).decode(wrong, "replace").encode())


@pytest.mark.parametrize(("wrong", "right"), [("latin-1", "utf-8"), ("latin-1", "gb18030"), ("latin-1", "big5")])
def test_mojibake_that_lost_nothing_is_refused_with_the_way_back(wrong, right):
    text = TRADITIONAL if right == "big5" else SPEECH
    with pytest.raises(ReadingError) as caught:
        decode(text.encode(right).decode(wrong).encode())
    assert f"text.encode({wrong!r}).decode('{right}" in caught.value.remedy.replace("cp1252", wrong)


def test_the_classic_is_named_with_what_it_was():
    with pytest.raises(ReadingError, match=r"'鍥藉姟' was '国务'.*encode\('gb18030'\).decode\('utf-8'\)"):
        decode("鍥藉姟".encode())


@pytest.mark.parametrize("lost", ["\ufffd", "锟斤拷"])
def test_characters_lost_before_saving_are_refused_from_half_a_percent_on(lost):
    text = NOTICE * 20
    assert decode((text + lost).encode()).text == text + lost
    with pytest.raises(ReadingError, match="lost before it was saved"):
        decode((NOTICE + lost).encode())


def test_a_few_bad_bytes_are_shown_and_counted_and_many_refused():
    data = (SPEECH * 20).encode("gb18030")
    decoded = decode(data[:1070] + b"\xff" + data[1070:])
    assert decoded.text.count("\ufffd") == 1
    assert "1 places are not valid gb18030" in decoded.notes[0]
    assert "byte 1070" in decoded.notes[0]
    with pytest.raises(ReadingError):
        decode(bytes(0xFF if i % 20 == 0 else b for i, b in enumerate(data)))


def test_control_characters_are_counted_and_many_are_no_text():
    assert decode((NOTICE * 20 + "\x00\x1b").encode()).notes == ("2 control characters",)
    with pytest.raises(ReadingError, match="no text"):
        decode(("报告\x00\x01\x02" * 50).encode())


def test_random_bytes_are_never_taken_for_text(seed):
    chance = random.Random(seed)
    for size in (100, 1000, 20_000):
        with pytest.raises(ReadingError) as caught:
            decode(chance.randbytes(size))
        assert caught.value.remedy


def test_half_of_one_encoding_and_half_of_another_is_refused():
    with pytest.raises(ReadingError):
        decode(NOTICE.encode("utf-8") * 3 + NOTICE.encode("gb18030") * 3)


def test_the_named_encoding_is_obeyed_and_a_wrong_name_refused():
    assert decode(TRADITIONAL.encode("big5"), encoding="big5").text == TRADITIONAL
    assert decode("é".encode("latin-1") * 9, encoding="latin-1").text == "é" * 9
    with pytest.raises(ReadingError, match="it is not utf-8"):
        decode(NOTICE.encode("gb18030"), encoding="utf-8")
    with pytest.raises(ReadingError, match="'klingon' is not known"):
        decode(b"x", encoding="klingon")


def test_encodings_python_lacks_are_named_or_refused_never_misread():
    shifted = b"\x1b$)A\x0e" + bytes(b & 0x7F for b in "通知".encode("gb2312")) + b"\x0f\n"
    with pytest.raises(ReadingError, match="ISO-2022-CN"):
        decode(shifted)
    euc_tw = bytes.fromhex("c5c6c4e3dba1edb2c5c6f2d6c9e2e8a1")  # plane 1, two bytes each
    with pytest.raises(ReadingError):
        decode(euc_tw * 20)


def test_other_languages_in_utf8_pass():
    for text in (
        "Le café est fermé, très bientôt. Où êtes-vous ?",
        "Привет, мир! Как дела сегодня?",
        "안녕하세요 세계",
    ):
        assert decode(text.encode()).text == text


def test_a_stray_control_character_sets_no_short_text_aside():
    text = "关于清理河道的通知。\x7f各村须在三月底前完成。" * 2
    found = decode(text.encode())
    assert found.text == text
    assert "2 control characters" in found.notes
    with pytest.raises(ReadingError, match="3 of"):
        decode((text + "\x7f").encode())
