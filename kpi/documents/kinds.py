"""The papers of an appraisal, and the columns of their workbooks (domain.md §8, 8)."""

from collections.abc import Mapping, Sequence

from reform import codes
from reform.documents.kinds import DocumentKind, Scope
from reform.documents.sheets import Field, fields_of

NOTICE, FORM = "result_notice", "annual_form"

PAPERS: Mapping[str, DocumentKind] = {
    NOTICE: DocumentKind(NOTICE, "考核结果通知书", Scope.PEOPLE),
    FORM: DocumentKind(FORM, "年度考核登记表", Scope.PEOPLE, layout="8"),
}

FIELDS: Mapping[str, tuple[Field, ...]] = {
    NOTICE: fields_of(
        "序号:6 编号:20 姓名:10 单位:18 岗位:16 考核周期:18 个人得分:9 单位得分:9 综合得分:9 等次:12 "
        "绩效系数:9 说明:30 通知日期:16 申诉截止:16 签收日期:16"
    ),
    FORM: fields_of(
        "年度:8 姓名:10 性别:6 出生年月:10 政治面貌:12 单位及职务:26 任现职时间:12 从事或分管工作:36 "
        "本人总结:40 学法用法/培训情况=培训情况:24 主管领导评语和考核等次建议=主管领导意见:30 "
        "机关负责人或考核委员会意见=考核委员会意见:30 本人意见(签名)=本人意见:18 未确定等次说明:30"
    ),
}

# What the guide says of a column.
NOTES: Mapping[str, str] = {
    "序号": "由系统编号",
    "综合得分": "单位得分和个人得分按层级的权重合计，保留两位小数",
    "申诉截止": "含当日",
    "出生年月": "年月，写成 2022.01",
    "任现职时间": "年月，写成 2022.01",
    "从事或分管工作": "由岗位职责带出",
    "本人总结": "由本人填写",
    "学法用法/培训情况": "由本人填写",
    "主管领导评语和考核等次建议": "评语由主管领导填写，等次建议由系统按得分和名额带出",
    "本人意见(签名)": "通知书已签收的注明日期",
}

# The words of a column, where there are few.
WORDS: Mapping[str, Sequence[str]] = {
    "性别": tuple(codes.SEX.values()),
    "政治面貌": tuple(codes.POLITICAL_STATUS.values()),
}
