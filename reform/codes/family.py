"""Family relations (GB/T 4761-2008) and the avoidance class that each belongs to (domain.md §3 回避, §9)."""

from enum import StrEnum

from reform.codes.table import CodeTable
from reform.errors import RuleError


class AvoidanceClass(StrEnum):
    """What kind of relative somebody is for the rule of avoidance; the codes of domain.md §9."""

    SPOUSE = "SPOUSE"
    DIRECT = "DIRECT"
    COLLATERAL = "COLLATERAL"
    AFFINE = "AFFINE"
    REVIEW = "REVIEW"
    NONE = "NONE"

    @property
    def label(self) -> str:
        return _CLASS_LABELS[self]

    @property
    def is_avoided(self) -> bool:
        """Whether the rule names this class; REVIEW is for a person to decide."""
        return self not in (AvoidanceClass.REVIEW, AvoidanceClass.NONE)


_CLASS_LABELS = {
    AvoidanceClass.SPOUSE: "夫妻",
    AvoidanceClass.DIRECT: "直系血亲",
    AvoidanceClass.COLLATERAL: "三代以内旁系血亲",
    AvoidanceClass.AFFINE: "近姻亲",
    AvoidanceClass.REVIEW: "需人工判断",
    AvoidanceClass.NONE: "非亲属",
}

# X1–X3 are local: relations that the rule names and the standard has no code for.
FAMILY_RELATION = CodeTable(
    "家庭关系",
    {
        "10": "配偶",
        "11": "夫",
        "12": "妻",
        "20": "子",
        "21": "独生子",
        "22": "长子",
        "23": "次子",
        "24": "三子",
        "25": "四子",
        "26": "五子",
        "27": "养子或继子",
        "28": "女婿",
        "29": "其他儿子",
        "30": "女",
        "31": "独生女",
        "32": "长女",
        "33": "次女",
        "34": "三女",
        "35": "四女",
        "36": "五女",
        "37": "养女或继女",
        "38": "儿媳",
        "39": "其他女儿",
        "40": "孙子、孙女或外孙子、外孙女",
        "41": "孙子",
        "42": "孙女",
        "43": "外孙子",
        "44": "外孙女",
        "45": "孙媳妇或外孙媳妇",
        "46": "孙女婿或外孙女婿",
        "47": "曾孙子或外曾孙子",
        "48": "曾孙女或外曾孙女",
        "49": "其他孙子、孙女或外孙子、外孙女",
        "50": "父母",
        "51": "父亲",
        "52": "母亲",
        "53": "公公",
        "54": "婆婆",
        "55": "岳父",
        "56": "岳母",
        "57": "继父或养父",
        "58": "继母或养母",
        "59": "其他父母关系",
        "60": "祖父母或外祖父母",
        "61": "祖父",
        "62": "祖母",
        "63": "外祖父",
        "64": "外祖母",
        "65": "配偶的祖父母或外祖父母",
        "66": "曾祖父",
        "67": "曾祖母",
        "68": "配偶的曾祖父母或外曾祖父母",
        "69": "其他祖父母或外祖父母关系",
        "70": "兄弟姐妹",
        "71": "兄",
        "72": "嫂",
        "73": "弟",
        "74": "弟媳",
        "75": "姐姐",
        "76": "姐夫",
        "77": "妹妹",
        "78": "妹夫",
        "79": "其他兄弟姐妹",
        "80": "其他",
        "81": "伯父",
        "82": "伯母",
        "83": "叔父",
        "84": "婶母",
        "85": "舅父",
        "86": "舅母",
        "87": "姨父",
        "88": "姨母",
        "89": "姑父",
        "90": "姑母",
        "91": "堂兄弟、堂姐妹",
        "92": "表兄弟、表姐妹",
        "93": "侄子",
        "94": "侄女",
        "95": "外甥",
        "96": "外甥女",
        "97": "其他亲属",
        "99": "非亲属",
        "X1": "配偶的兄弟姐妹",
        "X2": "配偶的兄弟姐妹的配偶",
        "X3": "子女配偶的父母",
    },
    {
        "夫妻": "10",
        **dict.fromkeys(("丈夫",), "11"),
        **dict.fromkeys(("妻子",), "12"),
        "儿子": "20",
        **dict.fromkeys(("养子", "继子"), "27"),
        "女儿": "30",
        **dict.fromkeys(("养女", "继女"), "37"),
        **dict.fromkeys(("儿媳妇",), "38"),
        **dict.fromkeys(("外孙",), "43"),
        **dict.fromkeys(("父", "爸爸"), "51"),
        **dict.fromkeys(("母", "妈妈"), "52"),
        **dict.fromkeys(("继父", "养父"), "57"),
        **dict.fromkeys(("继母", "养母"), "58"),
        **dict.fromkeys(("爷爷",), "61"),
        **dict.fromkeys(("奶奶",), "62"),
        **dict.fromkeys(("外公", "姥爷"), "63"),
        **dict.fromkeys(("外婆", "姥姥"), "64"),
        **dict.fromkeys(("哥哥", "哥"), "71"),
        **dict.fromkeys(("嫂子",), "72"),
        **dict.fromkeys(("弟弟",), "73"),
        **dict.fromkeys(("弟妹", "弟媳妇"), "74"),
        **dict.fromkeys(("姐",), "75"),
        **dict.fromkeys(("妹",), "77"),
        **dict.fromkeys(("伯伯",), "81"),
        **dict.fromkeys(("叔叔",), "83"),
        **dict.fromkeys(("婶婶", "婶子"), "84"),
        **dict.fromkeys(("舅舅",), "85"),
        **dict.fromkeys(("舅妈",), "86"),
        **dict.fromkeys(("姨夫",), "87"),
        **dict.fromkeys(("姨妈",), "88"),
        **dict.fromkeys(("姑夫",), "89"),
        **dict.fromkeys(("姑姑", "姑妈"), "90"),
        **dict.fromkeys(("堂兄弟", "堂姐妹", "堂兄", "堂弟", "堂姐", "堂妹", "堂哥"), "91"),
        **dict.fromkeys(("表兄弟", "表姐妹", "表兄", "表弟", "表姐", "表妹", "表哥"), "92"),
        **dict.fromkeys(("侄儿",), "93"),
        **dict.fromkeys(("外甥子",), "95"),
        **dict.fromkeys(("夫兄", "夫弟", "夫姐", "夫妹", "大伯子", "小叔子", "大姑子", "小姑子"), "X1"),
        **dict.fromkeys(("妻兄", "妻弟", "妻姐", "妻妹", "内兄", "内弟", "大舅子", "小舅子"), "X1"),
        **dict.fromkeys(("大姨子", "小姨子"), "X1"),
        **dict.fromkeys(("妯娌", "连襟", "连桥"), "X2"),
        **dict.fromkeys(("亲家", "亲家公", "亲家母"), "X3"),
    },
)

_CLASS_BY_CODE = {
    code: avoidance
    for avoidance, codes in {
        AvoidanceClass.SPOUSE: "10 11 12",
        AvoidanceClass.DIRECT: (
            "20 21 22 23 24 25 26 27 29 30 31 32 33 34 35 36 37 39 40 41 42 43 44 47 48 49 "
            "50 51 52 57 58 59 60 61 62 63 64 66 67 69"
        ),
        AvoidanceClass.COLLATERAL: "70 71 73 75 77 79 81 83 85 88 90 91 92 93 94 95 96",
        AvoidanceClass.AFFINE: "28 38 53 54 55 56 72 74 76 78 82 84 86 87 89 X1 X2 X3",
        AvoidanceClass.REVIEW: "45 46 65 68 80 97",
        AvoidanceClass.NONE: "99",
    }.items()
    for code in codes.split()
}


def avoidance_class(code: str) -> AvoidanceClass:
    """The avoidance class of a relation code.

    Raises RuleError for a code the table lacks.  Source: domain.md §9 家庭关系, 人社部规〔2019〕1号.
    """
    found = _CLASS_BY_CODE.get(code)
    if found is None:
        raise RuleError(f"家庭关系代码“{code}”不在代码表中。")
    return found
