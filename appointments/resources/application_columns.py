"""The columns of 竞聘报名表 (layout 2), and of the 竞聘报名及考评成绩汇总表 that offices hand in."""

from typing import Any

from reform import codes
from reform.exchange.sheet import Column, SheetResource
from reform.exchange.vocabulary import BELOW_UNIT, ID_NUMBER, POST, SECTION, UNIT, words
from reform.exchange.widgets import (
    CodeWidget,
    DateWidget,
    NameWidget,
    ScoreWidget,
    TextWidget,
    TitleWidget,
    YesNoWidget,
)

from .weights import ITEM_WORDS

CHOICES = (1, 2, 3, 4, 5)  # columns that are understood; how many count is the policy's
_CHINESE = "〇一二三四五"
COMPUTED = "由系统写出，填写无效；请在花名册中更正"


def choice_words(number: int) -> tuple[str, ...]:
    """第一志愿, 志愿一, 志愿1 …: how offices call a choice."""
    chinese = _CHINESE[number]
    return (f"第{chinese}志愿", f"志愿{chinese}", f"志愿{number}", f"第{number}志愿")


def _fact(header: str, widget: Any = None, **more: Any) -> Column:
    """A fact of the person, which the sheet shows and does not bring in."""
    return Column(header, widget, read=False, help_text=COMPUTED, **more)


class ApplicationColumns(SheetResource):
    """The columns of layout 2 in their order, and behind them what other layouts have."""

    number = Column("序号", aliases=("排序", "报名序号"), read=False, text=False, width=6)
    name = Column(
        "姓名",
        NameWidget(),
        aliases=("报名人", "竞聘人", "竞聘人姓名", "人员姓名"),
        required=True,
        filled=True,
        blank_code="NAME_MISSING",
        width=10,
    )
    sex = _fact("性别", CodeWidget(codes.SEX), width=6)
    ethnicity = _fact("民族", CodeWidget(codes.ETHNICITY), width=8)
    birth = _fact("出生年月", DateWidget("month"), aliases=("出生日期", "出生时间"), width=10)
    native_place = _fact("籍贯")
    political_status = _fact("政治面貌", CodeWidget(codes.POLITICAL_STATUS))
    party_joined_on = _fact("入党时间", DateWidget("month"), width=10)
    work_started_on = _fact("参加工作时间", DateWidget("month"), aliases=("工作时间",), width=12)
    fulltime_education = _fact("全日制学历学位", aliases=("全日制教育学历学位",), width=18)
    fulltime_school = _fact("全日制毕业院校及专业", width=24)
    onjob_education = _fact("在职学历学位", aliases=("在职教育学历学位",), width=18)
    onjob_school = _fact("在职毕业院校及专业", width=24)
    identity = _fact("身份类别", CodeWidget(codes.IDENTITY), aliases=("人员身份", "人员类别"))
    present_post = _fact(
        "现单位及岗位",
        aliases=(
            *("现单位及职务", "所在单位及职务", "单位及职务", "现任岗位", "现岗位"),
            *("单位职务", "时任单位及职务"),
        ),
        width=28,
    )
    present_level = _fact("现岗位层级", aliases=("现层级", "现任层级", "现职级"), width=12)
    level_since = _fact("任现层级时间", DateWidget("month"), width=14)
    archived_rank = _fact("档案职务职级", width=18)
    appraisals = _fact("近三年考核结果", aliases=("近三年考核", "年度考核结果"), width=24)
    rewards = Column("奖惩情况", TextWidget(500), aliases=("奖励和处分情况", "奖励情况"), width=20)
    title_1 = Column(
        "第一志愿岗位",
        TextWidget(120),
        aliases=(
            *(*choice_words(1), "志愿岗位1", "志愿岗位一", "志愿岗位", "第一志愿职位", "志愿一岗位"),
            *("报名岗位", "报考岗位", "应聘岗位", "申报岗位"),
        ),
        required=True,
        width=28,
        help_text="写成“单位 科室 岗位”，不设科室的写“单位 岗位”；或填岗位编号",
    )
    title_2 = Column(
        "第二志愿岗位",
        TextWidget(120),
        aliases=(*choice_words(2), "志愿岗位2", "志愿岗位二", "第二志愿职位", "志愿二岗位"),
        width=28,
    )
    title_3 = Column(
        "第三志愿岗位",
        TextWidget(120),
        aliases=(*choice_words(3), "志愿岗位3", "志愿岗位三", "第三志愿职位", "志愿三岗位"),
        width=28,
    )
    accepts_adjustment = Column(
        "是否服从调剂",
        YesNoWidget(more={"服从": True, "不服从": False}),
        aliases=("服从调剂", "是否服从分配", "服从分配", "是否服从组织调剂"),
        choices=("是", "否"),
    )
    declares_kin = Column(
        "有无回避关系",
        YesNoWidget("有", "无", {"没有": False}),
        aliases=("有无应回避的亲属关系", "有无亲属回避", "是否有回避关系"),
        choices=("有", "无"),
    )
    phone = _fact("联系电话", aliases=("手机", "手机号码", "联系方式"), width=14)
    achievements = Column("主要工作实绩", TextWidget(4000), aliases=("主要实绩", "主要业绩"), width=40)
    signature = Column("本人签名", aliases=("签名", "签字"), read=False)
    opinion = Column("资格审查意见", aliases=("审查意见",), read=False, width=24)
    # Layout 2 identifies nobody for certain: the number stands behind it.
    id_number = Column(
        "身份证号",
        aliases=ID_NUMBER,
        filled=True,
        blank_code="ID_MISSING",
        width=20,
        help_text="18位，文本格式；没有这一列时按姓名、出生年月、现单位认定，同名的不能导入",
    )
    # What other layouts have.
    written = Column("笔试", ScoreWidget("笔试成绩"), aliases=ITEM_WORDS["written"], write=False)
    interview = Column("面试", ScoreWidget("面试成绩"), aliases=ITEM_WORDS["interview"], write=False)
    peer_vote = Column("民主测评", ScoreWidget("民主测评成绩"), aliases=ITEM_WORDS["peer_vote"], write=False)
    results = Column("业绩", ScoreWidget("业绩成绩"), aliases=ITEM_WORDS["results"], write=False)
    fitness = Column("适岗评价", ScoreWidget("适岗评价"), aliases=ITEM_WORDS["fitness"], write=False)
    remark = Column("备注", TextWidget(200), aliases=("说明",), write=False)


def _add_place_columns() -> None:
    """第N志愿 in columns of its own for unit, section and post: all the same but for the number."""
    fields = ApplicationColumns.fields
    for number in CHOICES:
        before = choice_words(number)
        more = ("报名", "报考", "应聘", "申报") if number == 1 else ()
        fields[f"unit_{number}"] = Column(
            f"第{_CHINESE[number]}志愿单位",
            TitleWidget(),
            aliases=words((*before, f"第{_CHINESE[number]}志愿岗位", *more), UNIT),
            write=False,
        )
        fields[f"section_{number}"] = Column(
            f"第{_CHINESE[number]}志愿科室",
            TitleWidget(),
            aliases=words((*before, f"第{_CHINESE[number]}志愿岗位", *more), SECTION),
            otherwise=words(before, BELOW_UNIT),
            write=False,
        )
        fields[f"code_{number}"] = Column(
            f"第{_CHINESE[number]}志愿岗位编号",
            TextWidget(60),
            aliases=(
                *words(before, ("编号", "岗位编号", "岗位编码", "岗位代码")),
                *(("岗位编号", "报名岗位编号", "报考岗位编号", "岗位代码") if number == 1 else ()),
            ),
            write=False,
        )
        title = fields.get(f"title_{number}")
        if title is None:
            title = fields[f"title_{number}"] = Column(
                f"第{_CHINESE[number]}志愿岗位", TextWidget(120), aliases=before, write=False
            )
        title.aliases += words(before, POST)


_add_place_columns()
