"""The columns of 岗位设置表 (layout 1)."""

from reform.exchange.sheet import Column, SheetResource
from reform.exchange.vocabulary import BELOW_UNIT, LEVEL, POST, SECTION, UNIT
from reform.exchange.widgets import (
    ChoiceWidget,
    DecimalWidget,
    IntegerWidget,
    SubLevelWidget,
    TextWidget,
    TitleWidget,
    YesNoWidget,
)
from reform.models import Position


class PositionColumns(SheetResource):
    """The columns in their order; behind them those that layout 1 does not have."""

    kind = "positions"
    label = "岗位设置表"
    permission = "reform.change_position"
    seen_by = "reform.view_position"
    title_words = ("岗位设置", "岗位一览", "岗位职数")
    marks = ("职数", "任职条件", "岗位职责", "岗位编号", "岗位类别", "岗位系数", "任职资格", "招聘人数")
    target = "round"

    number = Column("序号", aliases=("排序",), read=False, text=False, width=6)
    unit = Column(
        "单位",
        TitleWidget(),
        aliases=(*UNIT, "所属单位", "用人单位", "设置单位"),
        required=True,
        filled=True,
        width=22,
    )
    section = Column(
        "科室",
        TitleWidget(),
        aliases=SECTION,
        otherwise=BELOW_UNIT,
        width=14,
        help_text="直接在单位下的岗位空着",
    )
    code = Column(
        "岗位编号", TextWidget(60), aliases=("岗位编码", "岗位代码"), width=14, help_text="空着则自动编号"
    )
    title = Column("岗位名称", TitleWidget(), aliases=POST, required=True, filled=True, width=18)
    level = Column("岗位层级", aliases=(*LEVEL, "职务层次", "行政级别"), required=True, filled=True, width=10)
    category = Column(
        "岗位类别",
        ChoiceWidget(
            dict(Position.Category.choices),
            {
                "领导岗": "LEADING",
                "管理岗": "MANAGEMENT",
                "专业岗": "PROFESSIONAL",
                "专业技术": "PROFESSIONAL",
                "招商岗": "INVESTMENT",
                "辅助岗": "AUXILIARY",
            },
        ),
        aliases=("职务属性", "职务类别", "岗位性质", "类别"),
        choices=[label for _, label in Position.Category.choices],
        width=10,
    )
    headcount = Column(
        "职数",
        IntegerWidget("职数"),
        aliases=(
            *("核定职数", "岗位职数", "干部职数", "招聘人数", "设置职数", "拟设职数"),
            *("岗位数", "岗位数量", "设岗数", "职位数"),
        ),
        required=True,
        filled=True,
        text=False,
        width=6,
    )
    occupied = Column(
        "现有人数",
        IntegerWidget("现有人数"),
        aliases=("现任数", "实有人数", "在岗人数", "在职岗位数"),
        read=False,
        text=False,
        width=8,
        help_text="由系统计算，填写无效",
    )
    method = Column(
        "任用方式",
        ChoiceWidget(
            dict(Position.Method.choices),
            {"竞争上岗": "JP", "竞聘上岗": "JP", "竞聘": "JP", "直聘": "ZP", "任命": "SJ"},
        ),
        aliases=("聘任方式", "选任方式", "任免方式", "招聘类型"),
        choices=[label for _, label in Position.Method.choices],
        width=10,
    )
    coefficient = Column("岗位系数", DecimalWidget("岗位系数", 4), text=False, width=8)
    conditions = Column(
        "任职条件",
        TextWidget(2000),
        aliases=("任职资格", "岗位要求", "招聘条件", "基本条件", "资格条件"),
        width=30,
    )
    duties = Column(
        "岗位职责", TextWidget(2000), aliases=("主要职责", "分管工作", "工作职责", "从事或分管工作"), width=30
    )
    remark = Column("备注", TextWidget(200), aliases=("说明",), width=14)
    sub_level = Column(
        "档次",
        SubLevelWidget(),
        aliases=("岗位档次", "层级内档次"),
        width=10,
        help_text="层级表中的档次名称，或1（最高）至9；0或空着为不分档",
    )
    is_key_post = Column(
        "是否重要岗位",
        YesNoWidget(),
        aliases=("重要岗位", "是否关键岗位"),
        choices=("是", "否"),
        width=10,
        help_text="平级调整到重要岗位的，显示为重用",
    )
    condition_education = Column("任职条件/学历", TextWidget(200), aliases=("学历", "学历要求"), write=False)
    condition_age = Column(
        "任职条件/年龄(周岁)", TextWidget(200), aliases=("任职条件/年龄", "年龄", "年龄(周岁)"), write=False
    )
    condition_tenure = Column(
        "任职条件/任下一层级年限",
        TextWidget(200),
        aliases=("任下一层级年限", "任职年限", "任职条件/任职年限"),
        write=False,
    )
