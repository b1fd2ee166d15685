"""Numbers as a word processor writes them before a paragraph: 一、 (二) 第三条 ④ iv."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ["", "十", "百", "千"]
_LEGAL_UNITS = ["", "拾", "佰", "仟"]
_ROMAN = [
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
]
_MOST = 9_999  # beyond, digits: no outline counts so far
_MOST_ROMAN = 3_999


def _counted(number: int, digits: str, units: list[str]) -> str:
    """Return a number with place words; a run of zeros inside is said once: 一百零三, 一千零一."""
    figures = [int(figure) for figure in str(number)]
    said = ""
    for place, figure in zip(range(len(figures) - 1, -1, -1), figures, strict=True):
        if figure:
            said += digits[figure] + units[place]
        elif said and not said.endswith(digits[0]):
            said += digits[0]
    return said.rstrip(digits[0]) or digits[0]


def _counting(number: int) -> str:
    said = _counted(number, _DIGITS, _UNITS)
    return said.removeprefix("一") if 10 <= number < 20 else said


def _roman(number: int) -> str:
    if number > _MOST_ROMAN:
        return str(number)
    said = ""
    for value, letters in _ROMAN:
        said += letters * (number // value)
        number %= value
    return said


def _letters(number: int) -> str:
    # a … z, aa, bb: Word repeats the letter
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= _MOST else str(number)


def _listed(characters: str) -> Callable[[int], str]:
    return lambda number: characters[number - 1] if 0 < number <= len(characters) else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: str(number).translate({48 + i: 0xFF10 + i for i in range(10)}),
    "decimalEnclosedCircle": _listed("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalEnclosedParen": _listed("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
    "decimalEnclosedFullstop": _listed("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "chineseCounting": _counting,
    "chineseCountingThousand": _counting,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _counting,
    "japaneseCounting": _counting,
    "ideographDigital": lambda number: "".join("〇一二三四五六七八九"[int(figure)] for figure in str(number)),
    "taiwaneseDigital": lambda number: "".join("○一二三四五六七八九"[int(figure)] for figure in str(number)),
    "chineseLegalSimplified": lambda number: _counted(number, _LEGAL, _LEGAL_UNITS),
    "ideographLegalTraditional": lambda number: _counted(number, "零壹貳參肆伍陸柒捌玖", _LEGAL_UNITS),
    "ideographTraditional": _listed("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _listed("子丑寅卯辰巳午未申酉戌亥"),
    "ideographEnclosedCircle": _listed("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "decimalEnclosedCircleChinese": _listed("①②③④⑤⑥⑦⑧⑨⑩"),
    "none": lambda _: "",
    "bullet": lambda _: "",
}


def numeral(number: int, style: str) -> str:
    """Return a number in one of the styles of WordprocessingML (`w:numFmt`); digits for a style that is not known."""
    return _FORMATS.get(style, str)(number) if 0 <= number <= _MOST else str(number)
