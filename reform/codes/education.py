"""Education and degrees: GB/T 4658-2006 and GB/T 6864-2003 (domain.md §9)."""

from reform.codes.table import CodeTable
from reform.errors import RuleError


def _course(first: int, name: str) -> dict[str, str]:
    return {str(first + step): f"{name}{outcome}" for step, outcome in enumerate(("毕业", "结业", "肄业"))}


# “研究生” alone may be a doctor's or a master's: it stays the heading 10, so that an export says no more than
# the office wrote. All other bare words mean the completed course.
EDUCATION = CodeTable(
    "学历",
    {"10": "研究生"}
    | _course(11, "博士研究生")
    | _course(14, "硕士研究生")
    | _course(17, "研究生班")
    | _course(21, "大学本科")
    | {"28": "大学普通班毕业"}
    | _course(31, "大学专科")
    | _course(41, "中等专科")
    | _course(44, "职业高中")
    | _course(47, "技工学校")
    | _course(61, "普通高中")
    | {"71": "初中毕业", "73": "初中肄业", "81": "小学毕业", "83": "小学肄业", "90": "其他"},
    {
        "研究生教育": "10",
        **dict.fromkeys(("博士研究生", "博士生"), "11"),
        **dict.fromkeys(("硕士研究生", "硕士生"), "14"),
        "研究生班": "17",
        **dict.fromkeys(("大学本科", "本科", "大学", "本科毕业", "大学毕业"), "21"),
        "大学普通班": "28",
        **dict.fromkeys(("大学专科", "专科", "大专", "专科毕业", "大专毕业"), "31"),
        **dict.fromkeys(("中等专科", "中专", "中专毕业"), "41"),
        **dict.fromkeys(("职业高中", "职高", "职高毕业"), "44"),
        **dict.fromkeys(("技工学校", "技校", "技校毕业"), "47"),
        **dict.fromkeys(("普通高中", "高中", "高中毕业"), "61"),
        **dict.fromkeys(("初中", "初级中学"), "71"),
        "小学": "81",
    },
    # how it was studied has its own columns (全日制, 在职)
    trim="^(?:全日制|在职)(?:教育)?|(?:学历|文化程度|文化)$",
)

_LEVEL = {"1": 6, "2": 5, "3": 4, "4": 3, "6": 3, "7": 2, "8": 1, "9": 0}
_RANK = {
    code: _LEVEL[code[0]] - (1 if label.endswith(("结业", "肄业")) else 0)
    for code, label in EDUCATION.items()
}


def education_rank(code: str) -> int:
    """The level of an education code: 6 研究生, 5 本科, 4 专科, 3 中专 and 高中, 2 初中, 1 小学, 0 其他.

    结业 and 肄业 count one lower.  Raises RuleError for a code the table lacks.  Source: domain.md §9 学历.
    """
    rank = _RANK.get(code)
    if rank is None:
        raise RuleError(f"学历代码“{code}”不在代码表中。")
    return rank


_NAMES = "哲学 经济学 法学 教育学 文学 历史学 理学 工学 农学 医学 军事学 管理学"  # 01 to 12 of each degree
_FIELDS = _NAMES.split()

DEGREE = CodeTable(
    "学位",
    {"1": "名誉博士"}
    | {"2": "博士"}
    | {f"2{place:02d}": f"{field}博士" for place, field in enumerate(_FIELDS, start=1)}
    | {"245": "临床医学博士", "248": "兽医博士", "250": "口腔医学博士"}
    | {"3": "硕士"}
    | {f"3{place:02d}": f"{field}硕士" for place, field in enumerate(_FIELDS, start=1)}
    | {
        "341": "法律硕士",
        "342": "教育硕士",
        "343": "工程硕士",
        "344": "建筑学硕士",
        "345": "临床医学硕士",
        "346": "工商管理硕士",
        "347": "农业推广硕士",
        "348": "兽医硕士",
        "349": "公共管理硕士",
        "350": "口腔医学硕士",
        "351": "公共卫生硕士",
        "352": "军事硕士",
    }
    | {"4": "学士"}
    | {f"4{place:02d}": f"{field}学士" for place, field in enumerate(_FIELDS, start=1)}
    | {"444": "建筑学学士"},
    {
        **dict.fromkeys(("MBA", "工商管理硕士(MBA)", "EMBA", "高级管理人员工商管理硕士"), "346"),
        **dict.fromkeys(("MPA", "公共管理硕士(MPA)"), "349"),
    },
    trim="^在职|学位$",
)
