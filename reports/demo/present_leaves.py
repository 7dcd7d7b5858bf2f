"""The leaves of the demo's present quarter: four parks with the same ones, two departments with their own."""

from dataclasses import dataclass, field

ALIKE = ("智能制造产业园", "生物医药产业园", "现代物流产业园", "软件信息产业园")
HEAD, PHARMA, LOGISTICS, SOFTWARE = ALIKE
INVEST, APPROVAL = "投资促进部", "行政审批局"
OUTPUT, INVESTMENT, PROJECTS, REQUESTS, PARTY = (
    "规上工业总产值",
    "固定资产投资完成额",
    "新签约亿元以上项目",
    "企业诉求按期办结率",
    "党建工作",
)
LANDED = "园区新落地项目"
PER_CASE = {"per": "0.3", "cap": "1"}
BANDS = {"bands": "[0,90):15;[90,95):24;[95,100]:30"}


@dataclass(frozen=True)
class Sample:
    """One leaf of a unit: what it is, its target, and what has come of it so far."""

    area: str
    name: str
    measure: str
    weight: int | None
    rule: str
    target: str | None
    actual: str | None
    source: str
    evidence: str = ""
    core: bool = False
    parameters: dict[str, str] = field(default_factory=dict)
    source_unit: str = ""


def _park(
    output: tuple[str, str], investment: tuple[str, str], projects: tuple[str, str], rate: str
) -> tuple[Sample, ...]:
    return (
        Sample("经济发展", OUTPUT, "亿元", 30, "PROP_BONUS", *output, "市统计局", "统计报表", True),
        Sample("经济发展", INVESTMENT, "亿元", 25, "PROP", *investment, "市统计局", "统计报表", True),
        Sample("项目建设", PROJECTS, "个", 20, "PROP", *projects, "投资促进部台账", "合同首页"),
        Sample("营商环境", REQUESTS, "%", 15, "TARGET", "98", rate, "企业服务中心台账"),
        Sample("党的建设", PARTY, "", 10, "GRADE", None, None, "党建工作部"),
        Sample("扣分项", "环境问题通报", "起", None, "DEDUCT", None, None, "安全环保部", parameters=PER_CASE),
    )  # fmt: skip


SAMPLES = {
    HEAD: _park(("42", "44.1"), ("9.5", "9.1"), ("3", "3"), "99"),
    PHARMA: _park(("26", "25.2"), ("6", "6.6"), ("2", "3"), "98.5"),
    LOGISTICS: _park(("18", "17.1"), ("4", "3.1"), ("2", "1"), "96.5"),
    SOFTWARE: _park(("15", "17.6"), ("3.2", "3.3"), ("4", "5"), "100"),
    INVEST: (
        Sample("招商引资", "新签约项目总投资", "亿元", 40, "PROP", "60", "66.3", "市商务局", "合同", True),
        Sample("招商引资", LANDED, "个", 30, "PROP", "6", "5", "有关园区", "开工照片", source_unit=HEAD),
        Sample("招商引资", "外出招商", "次", 20, "TARGET", "12", "13", "部门台账"),
        Sample("党的建设", PARTY, "", 10, "GRADE", None, None, "党建工作部"),
    ),
    APPROVAL: (
        Sample("营商环境", "即办件占比", "%", 30, "PROP", "46", "47", "市政务服务局", "系统截图"),
        Sample("营商环境", "平均办理时限", "天", 30, "LOWER", "3", "3.2", "市政务服务局", core=True),
        Sample("营商环境", "群众满意度", "%", 30, "INTERVAL", None, "97.2", "市政务服务局", parameters=BANDS),
        Sample("党的建设", PARTY, "", 10, "GRADE", None, None, "党建工作部"),
    ),
}  # fmt: skip
