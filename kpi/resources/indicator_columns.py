"""The columns of KPI 指标目标/完成表 (layout 11), and of the KPI指标完成情况表 that offices hand in."""

import re
from decimal import Decimal

from kpi.models import Direction
from kpi.rules.codes import Rule
from reform.exchange.sheet import Column
from reform.exchange.vocabulary import UNIT, words
from reform.exchange.widgets import ChoiceWidget, TextWidget, TitleWidget, YesNoWidget

from .cycle_sheet import CycleSheet
from .figure_widgets import FigureWidget, plain
from .rule_widget import RuleWidget

COMPUTED = "由系统算出，填写无效"
_WEIGHT_BELOW = Decimal(100_000)


class ActualWidget(TextWidget):
    """实际值 as it is written: what it means depends on the row's rule."""

    def render(self, value: object, obj: object = None, **kwargs: object) -> object:
        return "" if value is None else plain(value)


class IndicatorColumns(CycleSheet):
    """The columns in their order; behind them whom the indicator assesses, and what other layouts have."""

    code = Column(
        "编码", TextWidget(40), aliases=("指标编码", "指标编号", "编号", "代码", "指标代码"), width=10
    )
    level1 = Column(
        "一级指标",
        TextWidget(80),
        aliases=("指标类别", "一级指标名称", "类别", "指标分类", "考核类别"),
        required=True,
        filled=True,
        width=14,
    )
    level2 = Column("二级指标", TextWidget(120), aliases=("二级指标名称", "指标项目"), width=26)
    level3 = Column(
        "三级指标",
        TextWidget(120),
        aliases=("三级指标名称", "指标名称", "考核指标", "KPI指标", "具体指标", "指标内容"),
        width=26,
    )
    measure = Column("单位", TextWidget(20), aliases=("计量单位", "指标单位", "度量单位", "计量"), width=8)
    full = Column(
        "权重",
        FigureWidget("权重", 2, Decimal(0), _WEIGHT_BELOW),
        aliases=("权重(分)", "权重分", "权重(%)", "分值", "满分", "标准分", "权重分值"),
        text=False,
        width=8,
        help_text="每个考核对象合计100；加分、扣分、否决项不填",
    )
    direction = Column(
        "方向",
        ChoiceWidget(dict(Direction.choices), {"正": "UP", "逆": "DOWN", "反向": "DOWN", "负向": "DOWN"}),
        aliases=("指标方向", "指标性质"),
        choices=Direction.labels,
        width=8,
    )
    base = Column(
        "基期值", FigureWidget("基期值", 4), aliases=("基数", "上年值", "上年实际", "基期"), text=False
    )
    target = Column(
        "目标值",
        FigureWidget("目标值", 4),
        aliases=("目标", "年度目标", "年度目标值", "目标任务", "任务目标", "全年目标"),
        text=False,
    )
    challenge = Column(
        "挑战值", FigureWidget("挑战值", 4), aliases=("挑战目标", "争取目标", "奋斗目标"), text=False
    )
    actual = Column(
        "实际值",
        ActualWidget(200),
        aliases=("完成值", "实际完成值", "实际完成", "完成情况", "完成数", "实绩", "实际完成情况"),
        text=False,
        help_text="等次评价填等次（如 优秀1档），节点填已验收的百分比（如 30,20），"
        "加分、扣分填项数，否决填是或否",
    )
    rate = Column("完成率", aliases=("完成率(%)", "完成比例"), read=False, help_text=COMPUTED, width=10)
    rule = Column(
        "计分规则",
        RuleWidget(),
        aliases=("计分方法", "计分办法", "评分规则", "评分办法", "计分方式", "评分方法"),
        choices=[rule.label for rule in Rule],
        width=16,
    )
    parameters = Column(
        "规则参数",
        TextWidget(500),
        aliases=("计分参数", "评分参数", "参数", "计分标准", "评分标准", "计分细则"),
        width=36,
        help_text="如 每超1%加0.1分,最多加1.5分；空着按政策的默认值",
    )
    score = Column(
        "得分",
        FigureWidget("得分", 2),
        aliases=("考核得分", "实际得分"),
        read=False,
        text=False,
        help_text=COMPUTED,
    )
    responsible = Column(
        "责任单位",
        TitleWidget(),
        aliases=words(("责任", "承办", "牵头", "主办", "完成"), UNIT),
        width=22,
    )
    data_source = Column(
        "数据来源", TextWidget(80), aliases=("数据来源单位", "数据提供单位", "数源单位"), width=18
    )
    evidence_needed = Column("佐证材料", TextWidget(200), aliases=("佐证要求", "证明材料", "佐证"), width=24)
    remark = Column("备注", TextWidget(200), aliases=("说明",), width=20)
    # Layout 11 does not say who is assessed, nor what is core: a cycle needs both to be read back.
    subject = Column(
        "考核对象",
        TitleWidget(),
        aliases=("被考核单位", "考核单位", "考核主体"),
        width=22,
        help_text="单位名称或“全区”；没有这一列时按权重判断：合计100的是全区，各责任单位分别合计100的是各单位",
    )
    is_core = Column(
        "是否核心",
        YesNoWidget(),
        aliases=("核心指标", "是否核心指标"),
        choices=("是", "否"),
        help_text="核心指标按完成率亮灯",
    )
    # What other layouts have.
    number = Column("序号", aliases=("排序",), read=False, write=False)
    rank = Column(
        "位次", FigureWidget("位次", 0, Decimal(1), _WEIGHT_BELOW), aliases=("排名", "名次"), write=False
    )

    kind = "indicators"
    label = "KPI指标目标完成表"
    seen_by = "kpi.view_item"
    title_words = ("KPI指标", "指标完成", "考核指标", "指标目标", "目标责任", "指标体系")
    marks = (
        *("一级指标", "二级指标", "三级指标", "目标值", "完成值", "实际值", "计分方法", "计分规则"),
        *("计分参数", "规则参数", "基期值", "挑战值"),
    )
    decisive = (
        re.compile(r".*(一级指标|指标名称|二级指标)"),
        re.compile(r".*(权重|目标值|完成值|实际值|分值)"),
    )
    against = (re.compile(r"姓名|.*身份证.*"),)
