"""Recognise the forms that answers have: figures, dates, years, persons, reasons, telephone numbers, series."""

from __future__ import annotations

import re
from collections.abc import Sequence

from embeddings.terms import HAN
from rag.figures import Figure, figures

# 32个, 百分之三, 三十二, 1.2万亿: a figure; a Han figure needs a measure behind it, and 第十二条 is none.
_FIGURE = re.compile(
    r"\d|百分之|(?<![第一二三四五六七八九十百千零])[一二三四五六七八九十百千万亿两]{1,8}(?:[个名条家户元人次项年天日周岁倍亩里米吨件所座栋处辆台艘枝株层届期套场万亿成]|公[里尺斤吨顷分]|小时|分钟|分之)"
    r"|(?<![第一二三四五六七八九十百千零])[二三四五六七八九十百千两]{1,8}[篇首册卷章节款部只匹头颗支张间门字幅]"
)
# 3月底, 2015年, 7月上旬, 二〇二三年, 周五前, 17时30分, 初夏, 清明节, 满15岁, 战国时代: a date or time.
_DATE = re.compile(
    r"(?:\d{1,4}|[〇零一二三四五六七八九十]{1,4})(?:年|月|日|号)|[上中下]旬|年底|月底|年初|年末"
    r"|[上下]半年|季度|星期|周[一二三四五六日]|万年|世纪|年代|年间|时期|当天|即日"
    r"|\d{1,2}[时点:](?:\d{2}|半|整|前|后|至|$)|[一二三四五六七八九十]{1,3}时(?:[一二三四五六七八九十]{1,3}分|整|前|后|至|$)"
    r"|[初早仲晚暮深盛][春夏秋冬]|[春夏秋冬][季天末初]|(?:春|元旦|清明|端午|中秋|重阳|国庆|劳动)节|\d周?岁|时代"
)
# 2015年, 770年, 二〇一五年, 民国一百年: a year.
_YEAR = re.compile(r"(?<!\d)\d{3,4}年|(?:19|20)\d{2}[-./]|[一二][〇零○九][〇零○一二三四五六七八九]{2}年|民国\S{1,4}年")
# 张三同志, 局长, 各支部书记, 领导小组: who acts.
_PERSON = re.compile(
    r"同志|书记|[局县市区镇乡州厅部处科站院校省村组社]长|主任|主席|总理|领导|委员|干部|负责人|责任人"
    r"|[组部局委会院厅科室站所]|单位|人员|群众|代表|老师|先生|女士"
)
_REASON = re.compile(r"因为|由于|因此|所以|为了|为|考虑到|鉴于|以便|原因|理由|导致|使")  # 考虑到时间紧
# 0311-88615047, 13800000000, 12345: a telephone number.
_PHONE = re.compile(
    r"\d{3,4}[-—－]\d{7,8}|1\d{10}|(?<!\d)\d{7,8}(?!\d)|(?<!\d)1[12]\d{1,3}(?!\d|[年月日.%万亿元个名户家条人])"
)
# 〔2023〕14号, 令第12号, 公告2020年第8号: the number of a document.
_NUMBER = re.compile(r"[〔\[(]\d{4}[〕\])]第?\d+号|(?:令|公告)[^,。;\n]{0,6}第\d+号")
# 8000万元, 一千二百元, 13亿美元, 500 块钱; | 9800 |: a sum, or a cell of a table, whose unit stands in its head
_MONEY = re.compile(
    r"[\d一二三四五六七八九十百千万亿两余多]\s*(?:[美欧日港澳加韩新]?元|英镑)|块钱|[|]\s*[\d,.]+\s*(?:[|]|$)"
)
# 81.6%, 百分之三, 三分之一, 四成: a share.
_SHARE = re.compile(r"%|百分之|分之|[一二三四五六七八九]成")
# The most common surnames, without those that are common as other words (向, 于, 任): others are not recognised.
_SURNAME = (
    "(?:欧阳|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁卢姚沈钟姜崔谭陆范汪廖石"
    "韦贾夏付邹熊孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵覃武钱戴严莫孔汤乔赖文樊兰殷洪翟颜倪芦季俞章鲁葛伍尤聂柴焦郁靳艾柳祝屈詹饶裴阮凌霍虞耿窦岑褚邝])"
)
# 周砚农同志, 县长 马致和, 王强区长, 联系人:宋竹君: a person by name beside a title; ×××同志 and 王市长 are none.
# After a title these are surnames, too.
_AFTER_TITLE = f"(?:{_SURNAME}|[江方高金万安白常施康牛尚温庄鲍路华甘盛童申解])"
_TITLE = "同志|书记|[局县市区镇乡州厅部处科站所队院校行厂司署省村组社会]长|主任|主席|总理|委员|同学|老师|教授|先生|女士"
# 所长李四介绍说, 局长王五近日表示
_SAYS = "介绍|告诉|透露|表示|强调|指出|宣布|主持|讲话|说|称|[近今昨日]日|日前|代表|出席|作报告"
_NAMED = rf"{_AFTER_TITLE}[{HAN}]{{1,2}}(?=(?:{_TITLE})|{_SAYS}|[,。;、\s()任为是等]|$)"
_DEPUTY = re.compile(rf"副(?:{_TITLE})[:\s]{{0,2}}{_NAMED}")
# 副局长李四 is not the 局长
_NAME = re.compile(rf"(?:(?<!副)(?:{_TITLE})|系人|责人|者|员)[:\s]{{0,2}}{_NAMED}|{_SURNAME}[{HAN}]{{1,2}}(?:{_TITLE})")
# 住…市…路6号, 地址:, 设在县水利局: a place.
_PLACE = re.compile(rf"[{HAN}](?:[省市县区镇乡村路街巷里弄]|街道|社区)|\d[号室楼栋]|地[址点]|[住位坐设](?:所|在|于|落)")
# 每月, 每半年, 一周一次, 月调度: how often.
_RATE = re.compile(
    r"每[半两三四五六七八九十\d]{0,3}个?(?:天|日|周|星期|旬|月|季|年|学期)|一个?[天日周旬月季年]一|天天"
    r"|[日周旬月季年](?:报告|通报|调度|督查|拉练|考核)"
)
FORMS = {
    "rate": _RATE,
    "phone": _PHONE,
    "figure": _FIGURE,
    "money": _MONEY,
    "share": _SHARE,
    "date": _DATE,
    "year": _YEAR,
    "number": _NUMBER,
    "person": _PERSON,
    "name": _NAME,
    "deputy": _DEPUTY,
    "place": _PLACE,
    "reason": _REASON,
}
# An answer without one of these is none.
STRICT_FORMS = ("year", "figure", "money", "share", "date", "phone", "name", "deputy", "number")
# ××县, x个, ***: what stands for something left out.
BLANK = re.compile(rf"[×xX]{{1,4}}(?=[{HAN}%])" + r"|×{2,}|\*{2,}|[xX]{2,}|□{1,}|_{2,}|〔\s*〕")
# 几位委员: 委员十七人; 几天: 七日: what may stand behind a figure for the measure that was asked for.
_COUNTED = {**dict.fromkeys("位名人", "[位名人]"), "钱": "元", "天": "[天日]"}
_SERIES_MARKS = ("、", "[、和与及]", "[;；]")


def has_form(form: str, folded: str) -> bool:
    """Return whether a text holds what a form of answer asks for; every text holds no form."""
    return form not in FORMS or FORMS[form].search(folded) is not None


def form_places(form: str, folded: str) -> list[tuple[int, int]]:
    """Return where a text holds what a form of answer asks for."""
    return [match.span() for match in FORMS[form].finditer(folded)] if form in FORMS else []


def measured(measure: str, folded: str) -> bool:
    """Return whether a figure stands before the measure that was asked for: 多少条 → 86条."""
    if not measure:
        return False
    measure = measure[1:] if measure[1:] == "人" else measure  # 几个人, 几名人 → 两人
    counted = _COUNTED.get(measure[:1], re.escape(measure[:1]))
    return re.search(rf"[\d一二三四五六七八九十百千万亿两半余多]个?{counted}", folded) is not None


def left_blank(measure: str, folded: str) -> bool:
    """Return whether the figure before a measure is left out: 投资额x亿元 for 多少亿元."""
    return bool(measure) and any(folded[m.end() : m.end() + 1] == measure[0] for m in BLANK.finditer(folded))


def years(found: Sequence[Figure]) -> frozenset[int]:
    """Return the years that some figures name."""
    return frozenset(year for figure in found for year in figure.years)


def other_year(asked: Sequence[Figure], folded: str) -> bool:
    """Return whether a text speaks of other years than the question only."""
    wanted = years(asked)
    found = years(figures(folded)) if wanted else frozenset()
    return bool(found) and not wanted & found


def series(folded: str, count: int) -> float:
    """Return how well a sentence looks like the series asked for, 0 to 1: parts between 、 or ; as many as asked."""
    if not count:
        return 0.5 * float("、" in folded)
    runs = re.split("[,，。]", folded)
    if any(len(re.split(mark, run)) == count for run in runs for mark in _SERIES_MARKS):
        return 1.0
    parts = max(len(re.split(mark, folded)) for mark in (*_SERIES_MARKS, "[,，]"))
    return 0.3 * float(parts >= count)
