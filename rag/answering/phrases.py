"""Every fixed phrase that an answer may hold besides quotations, in both scripts; nothing else is ever said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """The connecting phrases and refusals of one script. `{…}` are filled in with what was asked or found."""

    off_topic: str
    absent: str
    unknown_name: str
    other_place: str
    blank: str
    unsaid: str
    empty: str
    named: str
    follow_up: str


HANS = Phrases(
    off_topic="资料中没有相关内容，无法回答。",
    absent="资料中没有找到能回答这个问题的内容。",
    unknown_name="资料中没有“{name}”的内容，无法回答。",
    other_place="“{name}”的资料中没有找到相关内容。",
    blank="资料原文此处没有写明（空缺或以符号代替），无法回答。",
    unsaid="资料中没有写明所问的数字、日期、姓名或号码，无法回答。",
    empty="请写出要问的问题。",
    named="{name}：",
    follow_up="按上文理解为：{question}",
)
HANT = Phrases(
    off_topic="資料中沒有相關內容，無法回答。",
    absent="資料中沒有找到能回答這個問題的內容。",
    unknown_name="資料中沒有「{name}」的內容，無法回答。",
    other_place="「{name}」的資料中沒有找到相關內容。",
    blank="資料原文此處沒有寫明（空缺或以符號代替），無法回答。",
    unsaid="資料中沒有寫明所問的數字、日期、姓名或號碼，無法回答。",
    empty="請寫出要問的問題。",
    named="{name}：",
    follow_up="按上文理解為：{question}",
)
