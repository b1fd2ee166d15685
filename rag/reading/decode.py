"""Decode bytes by evidence: a byte order mark, strict UTF-8, then the reading that is most plausible as Chinese text.

Plausibility is a code length: the bits that a model of single characters spends on a text. The right reading of
official prose spends about 10 bits on a Han character, every wrong one more than 14, so one sum decides between
encodings that would all decode without an error. `han.txt` is the model: line n (from 0) holds the characters of
which one in 2^n is seen, counted over the words of jieba's dictionary and over the same words in traditional script.
"""

from __future__ import annotations

import codecs
import functools
import math
import re
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from rag.errors import ReadingError

_MARKS = [  # UTF-32 before UTF-16: its mark begins with the other's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
]
# What Chinese text comes in, and the neighbours it must not be taken for; a detector adds what else it finds.
# The wider of two related encodings stands for both (gb18030 for gb2312 and gbk). The likely ones stand first: each
# step down costs a bit.
_CANDIDATES = [
    "utf-8",
    "gb18030",
    "big5hkscs",
    "cp950",
    "utf-16-le",
    "utf-16-be",
    "utf-32-le",
    "utf-32-be",
    "hz",
    "shift_jis",
    "euc_jp",
    "iso2022_jp",
    "cp949",
    "cp1252",
]
# (how the text was read, how it should have been): 鍥藉姟 is 国务 in UTF-8 read as GBK.
_MISTAKES = [
    ("gb18030", "utf-8"),
    ("big5hkscs", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("cp1252", "gb18030"),
    ("latin-1", "gb18030"),
    ("latin-1", "big5hkscs"),
    ("gb18030", "big5hkscs"),
    ("big5hkscs", "gb18030"),
]
_ISO_2022_CN = (b"\x1b$)A", b"\x1b$)G")  # Python has no decoder for it, nor for EUC-TW
_SAMPLE = 1 << 16  # bytes; the sums of 20,000 characters differ by 100,000 bits
_CHUNK = 1 << 20  # characters weighed at a time, so that memory stays flat
_PLAUSIBLE = 12.5  # bits per character: prose needs 9.8, the best wrong reading 14.7
_STRAY = 2  # control characters that a text of any length may hold: a page of 101 characters had one
_DAMAGED = 0.005  # share of replacement or control characters above which a text is not indexed
_SHORT = 32  # bytes; below, the chosen encoding is said aloud
_LOSS = 60  # bits for a place that cannot be decoded, up to four bytes each
_UNKNOWN = 18  # bits for a character that a wrong decoding lost: as for the rarest
_REPLACEMENT = "\ufffd"
# Control characters besides tab and the line ends (NEL included).
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LOST = "锟斤拷"  # two replacement characters in UTF-8, read as GBK


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, the encoding it was read in, how sure that is (0 to 1), and what a reader should know."""

    text: str
    encoding: str
    confidence: float
    notes: tuple[str, ...] = ()


def decode(data: bytes, *, encoding: str | None = None) -> Decoded:
    """Return the text of a file, line ends as on disk, without its byte order mark.

    Args:
        data: the bytes of the file.
        encoding: read it so, whatever it looks like.

    Raises:
        ReadingError: the encoding is unknown or does not fit, the text was decoded wrongly before it was saved, or it
            is no text at all.

    """
    if encoding is not None:
        return _decode_as(data, _known(encoding), 1.0)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], name, 1.0)
    if data.isascii() and not any(sign in data for sign in (b"~{", b"\x1b", b"\0")):
        return _checked(Decoded(data.decode("ascii"), "utf-8", 1.0))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and _rarity(text) <= _PLAUSIBLE and b"~{" not in data and b"\x1b" not in data:
        said = ("very short; read as utf-8",) if len(data) < _SHORT else ()
        return _checked(_unmistaken(Decoded(text, "utf-8", 1.0, said)))
    return _most_plausible(data)


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise ReadingError(
            f"the encoding {encoding!r} is not known", "name one such as gb18030, big5 or utf-8"
        ) from error


def _decode_as(data: bytes, encoding: str, confidence: float) -> Decoded:
    """Decode strictly; where that fails, put U+FFFD for a few bad bytes and say how many."""
    notes: tuple[str, ...] = ()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data.count(_REPLACEMENT.encode(encoding, "ignore") or b"\xff\xff\xff\xff")
        text = data.decode(encoding, "replace")
        bad = text.count(_REPLACEMENT) - before
        if bad > _DAMAGED * len(text):
            raise ReadingError(
                f"it is not {encoding}: {bad} places cannot be decoded, the first at byte {error.start}",
                "save it as UTF-8, or name its encoding with --encoding",
            ) from error
        notes = (
            f"{bad} places are not valid {encoding} and are shown as {_REPLACEMENT}, the first at byte {error.start}",
        )
    return _checked(Decoded(text.removeprefix("\ufeff"), encoding, confidence, notes))


def _most_plausible(data: bytes) -> Decoded:
    """Read a sample in every candidate encoding and take the one whose text needs the fewest bits."""
    if any(sign in data for sign in _ISO_2022_CN):
        raise ReadingError(
            "it is in ISO-2022-CN, which Python does not decode", "convert it: iconv -f ISO-2022-CN -t UTF-8"
        )
    sample = _sample(data)
    weighed = []
    for order, name in enumerate(_candidates(sample)):
        text = codecs.getincrementaldecoder(name)("replace").decode(sample, final=len(data) < _SAMPLE)
        weighed.append((float(_bits(text).sum()) + order, name, text))
    weighed.sort()
    bits, name, text = weighed[0]
    rival = next((other[0] for other in weighed if other[2] != text), math.inf)
    decoded = _decode_as(data, name, round(1 / (1 + 2.0 ** min(bits - rival, 0)), 3))
    decoded = _unmistaken(decoded)
    if _rarity(decoded.text) > _PLAUSIBLE or _accented(text) * 2 > len(text):
        if decoded.encoding != "utf-8":
            raise ReadingError(
                f"its encoding cannot be told: read as {name}, the most plausible, it is no Chinese text",
                "save it as UTF-8 (from EUC-TW: iconv -f EUC-TW -t UTF-8), or name its encoding with --encoding",
            )
        return Decoded(decoded.text, "utf-8", 0.5, (*decoded.notes, "valid UTF-8, but its characters are unusual"))
    if len(data) < _SHORT:
        return Decoded(decoded.text, name, decoded.confidence, (*decoded.notes, f"very short; read as {name}"))
    return decoded


def _sample(data: bytes) -> bytes:
    """Return a piece that begins at the first byte that is not ASCII, or at the start where shifts may matter."""
    start = 0
    if not data.isascii() and b"\x1b" not in data and b"~{" not in data:
        start = len(data) - len(data.lstrip(bytes(range(1, 128))))
    start -= start % 4  # the widest unit of any encoding; what stands before the first byte above 127 is ASCII
    return data[start : start + _SAMPLE]


def _candidates(sample: bytes) -> list[str]:
    from charset_normalizer import from_bytes

    found = (codecs.lookup(match.encoding).name for match in from_bytes(sample))
    return list(dict.fromkeys([*(codecs.lookup(name).name for name in _CANDIDATES), *found]))


def _checked(decoded: Decoded) -> Decoded:
    """Refuse a text that is damaged beyond use; count what is damaged in one that is not."""
    text, notes = decoded.text, decoded.notes
    lost = text.count(_REPLACEMENT) + text.count(_LOST)
    controls = len(_CONTROLS.findall(text))
    if controls > max(_STRAY, _DAMAGED * len(text)):
        raise ReadingError(
            f"it is no text: {controls} of {len(text)} characters are control characters",
            "give the document itself, or name its encoding with --encoding",
        )
    if lost > _DAMAGED * len(text):
        raise ReadingError(
            f"it looks mis-decoded: {lost} of {len(text)} characters were lost before it was saved",
            "get the file again from where it came and save it as UTF-8",
        )
    if controls:
        notes = (*notes, f"{controls} control characters")
    return Decoded(text, decoded.encoding, decoded.confidence, notes)


def _unmistaken(decoded: Decoded) -> Decoded:
    """Refuse a text that turns into far more plausible Chinese when its last decoding is undone."""
    sample = _sample_text(decoded.text)
    if not _suspect(sample):
        return decoded
    bits = float(_bits(sample).sum())
    for wrong, right in _MISTAKES:
        undone = sample.encode(wrong, "replace").decode(right, "replace")
        lost = undone.count(_REPLACEMENT) + max(undone.count("?") - sample.count("?"), 0)
        undone = undone.replace(_REPLACEMENT, "")
        if _rarity(undone) <= _PLAUSIBLE and float(_bits(undone).sum()) + lost * _UNKNOWN < bits:
            raise ReadingError(
                f"it looks mis-decoded: {right} read as {wrong} and saved so ({sample[:6]!r} was {undone[:6]!r})",
                f"get the original file, or undo it: text.encode({wrong!r}).decode({right!r})",
            )
    return decoded


def _sample_text(text: str) -> str:
    start = next((i for i, c in enumerate(text) if c > "\x7f"), 0)
    return text[start : start + _SAMPLE]


def _suspect(text: str) -> bool:
    """Return whether a text may be the result of a wrong decoding: rare characters, or mostly accented letters."""
    return _rarity(text) > _PLAUSIBLE or _accented(text) * 2 > int(np.count_nonzero(_codes(text) >= 0x80))


def _accented(text: str) -> int:
    """Return how many characters are of the upper half of Latin-1: every second letter is in no language."""
    codes = _codes(text)
    return int(np.count_nonzero(codes < 0x100) - np.count_nonzero(codes < 0x80))


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _bits(text: str) -> NDArray[np.float64]:
    """Return the bits that each character of a text needs."""
    return _model().take(_codes(text), mode="clip")


@functools.lru_cache(1)  # a text is asked about before and after it is decoded
def _rarity(text: str) -> float:
    """Return the mean bits of the characters beyond printable ASCII; 0 when there are none."""
    total, count = 0.0, 0
    for start in range(0, len(text), _CHUNK):
        bits = _beyond_ascii().take(_codes(text[start : start + _CHUNK]), mode="clip")
        total, count = total + float(bits.sum()), count + int(np.count_nonzero(bits))
    return total / count if count else 0.0


@functools.cache
def _beyond_ascii() -> NDArray[np.float64]:
    """Return the model with no bits for what ASCII prints."""
    bits = _model().copy()
    bits[0x09:0x7F] = 0
    return bits


@functools.cache
def _model() -> NDArray[np.float64]:
    """Return bits by code point; one entry more for all that lie beyond the first plane."""
    bits = np.full(0x10001, 14.0)
    for first, last, cost in [
        (0x00, 0x1F, 20),  # controls
        (0x20, 0x7E, 6),
        (0x7F, 0x9F, 20),
        (0xA0, 0x24F, 7),  # accented letters: a few bits each, but two of them for one Han character
        (0x370, 0x52F, 7),  # Greek, Cyrillic
        (0x2010, 0x2027, 8),  # — “ ” … ·
        (0x3000, 0x301F, 7),  # 、。《》
        (0x3040, 0x30FF, 8),  # kana
        (0x3400, 0x4DBF, 19),
        (0x4E00, 0x9FFF, 18),
        (0xAC00, 0xD7A3, 16),  # Hangul, those of modern Korean excepted below
        (0xD800, 0xF8FF, 20),  # surrogates, private use
        (0xFF01, 0xFF5E, 7),  # full-width ，：；
        (0xFF61, 0xFF9F, 16),  # half-width kana: what Shift JIS makes of everything
        (0xFFF0, 0xFFFF, _LOSS),
    ]:
        bits[first : last + 1] = cost
    bits[[0x09, 0x0A, 0x0D]] = 6
    bits[0xB7] = 8
    bits[0x10000] = 20
    modern = bytes(byte for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
    bits[_codes(modern.decode("euc_kr"))] = 11.5  # between real Chinese and level-1 Han at random
    lines = files("rag.reading").joinpath("han.txt").read_text(encoding="utf-8").split("\n")
    for cost, line in enumerate(lines):
        bits[_codes(line)] = cost
    return bits
