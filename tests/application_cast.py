"""Sheets of applications for the people of tests/import_cast.py."""

from appointments.models import Application
from tests.import_cast import people
from tests.workbooks import make_xlsx

WORDS = (
    "序号 姓名 性别 民族 出生年月 籍贯 政治面貌 入党时间 参加工作时间 全日制学历学位 全日制毕业院校及专业 "
    "在职学历学位 在职毕业院校及专业 身份类别 现单位及岗位 现岗位层级 任现层级时间 档案职务职级 "
    "近三年考核结果 奖惩情况 第一志愿岗位 第二志愿岗位 第三志愿岗位 是否服从调剂 有无回避关系 联系电话 "
    "主要工作实绩 本人签名 资格审查意见"
)
LAYOUT = WORDS.split()
HEAD = [
    *(["序号", "姓名", "身份证号", "现层级"], ["第一志愿", None, None], ["第二志愿", None, None]),
    *(["第三志愿", None, None], ["服从调剂"], ["考评成绩", None, None, None], ["备注"]),
]
BELOW = [*[None] * 4, *["单位", "科室", "岗位"] * 3, None, "笔试", "面试", "民主测评", "工作实绩", None]
MERGES = [
    *("A1:S1", "A2:S2", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:G3", "H3:J3", "K3:M3", "N3:N4"),
    *("O3:R3", "S3:S4"),
]
WEIGHTS = "笔试35%、面试25%、民主测评25%、工作实绩15%"
HEAD_OF_SECTION = ("招商局", "综合科", "科长")
OFFICER = ("招商局", "综合科", "主办")
DIRECTOR = ("招商局", None, "局长")
NONE = (None, None, None)
MEN = {one["name"]: one for one in people()}


def row(name, *choices, adjust="是", scores=(80, 70.5, 100, 66.25), remark=None, number=None):
    chosen = [cell for choice in [*choices, NONE, NONE, NONE][:3] for cell in choice]
    return [number, name, MEN[name]["id"], None, *chosen, adjust, *scores, remark]


def collected(*rows, line=WEIGHTS):
    """As sample workbooks have it: two header rows, the weights under the title."""
    above = [["试验区2022年竞聘报名及考评成绩汇总表"], [line]]
    head = [cell for group in HEAD for cell in group]
    return make_xlsx({"Sheet1": [*above, head, BELOW, *rows]}, {"Sheet1": MERGES})


def usual():
    return [
        row("李娜", HEAD_OF_SECTION, DIRECTOR, adjust="否", remark="现场报名"),
        row("郑洋", OFFICER, HEAD_OF_SECTION),
        row("王芳", OFFICER, scores=(63, 79, 75.1, 75.4)),
    ]


def bring(office, *rows, **more):
    return office.bring({"报名.xlsx": collected(*(rows or usual()), **more)})


def forms(*rows, headers):
    return make_xlsx({"Sheet1": [["试验区2022年竞聘报名表"], headers, *rows]})


def one_line(name="李娜", post="招商局 综合科 科长", **more):
    headers = ["姓名", "身份证号", "第一志愿岗位", *more]
    return forms([name, MEN[name]["id"], post, *more.values()], headers=headers)


def choices_of(name):
    found = Application.objects.filter(candidacy__person__name=name).exclude(state="WITHDRAWN")
    return [str(one.position) for one in found.order_by("choice_no")]
