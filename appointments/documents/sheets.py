"""The columns of the papers of a round, as domain.md §8 has them."""

from collections.abc import Mapping, Sequence

from appointments.models import Placement
from appointments.rules.change import ChangeKind
from reform import codes
from reform.documents.sheets import Field, fields_of
from reform.models import Position

# What the guide says of a column.
NOTES: Mapping[str, str] = {
    "序号": "由系统编号",
    "岗位编号": "与岗位设置表一致",
    "现有人数": "由系统按任职记录计算",
    "身份证号": "没有明文权限的人看到的中间几位是星号",
    "审查结论": "合格、不合格；初审后、复核前标明待复核",
    "复核人": "与审查人不是同一人",
    "综合成绩": "各项成绩乘以权重之和，保留两位小数",
    "出生年月": "年月，写成 2022.01",
    "参加工作时间": "年月，写成 2022.01",
    "聘期止": "含当日",
    "目标内容": "责任书已填目标的照填；没有填的由岗位职责逐条带出",
    "量化标准": "双方商定的衡量标准",
    "权重": "各目标权重合计100",
    "异议截止": "含当日",
    "安置日期": "日期，写成 2022-01-23",
}

# The words of a column, where there are few.
WORDS: Mapping[str, Sequence[str]] = {
    "性别": tuple(codes.SEX.values()),
    "民族": tuple(codes.ETHNICITY.values()),
    "政治面貌": tuple(codes.POLITICAL_STATUS.values()),
    "任用方式": tuple(Position.Method.labels),
    "岗位类别": tuple(Position.Category.labels),
    "变动类型": tuple(kind.label for kind in ChangeKind),
    "安置方式": tuple(Placement.Way.labels),
    "是否进入考察": ("是", "否"),
    "审查结论": ("合格", "不合格"),
}

# Header:width, and the key of the value where it differs.
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "notice": fields_of(
        "序号:6 单位:18 科室:14 岗位编号:16 岗位名称:14 岗位层级:10 岗位类别:10 职数:6 现有人数:9 "
        "任用方式:10 岗位系数:9 任职条件:40 岗位职责:40 备注:16"
    ),
    "screening": fields_of(
        "序号:6 岗位编号:16 姓名:10 身份证号:22 任职年限:20 年龄:16 学历:14 近三年考核:20 "
        "处分情况:14 回避情况:10 审查结论:12 不合格原因:30 审查人:10 复核人:10"
    ),
    "scores": fields_of(
        "序号:6 岗位编号:16 姓名:10 笔试:8 面试:8 民主测评:9 业绩:8 综合成绩:9 排名:6 "
        "同分处理依据:24 是否进入考察:12"
    ),
    "publicity": fields_of(
        "序号:6 姓名:10 性别:6 出生年月:10 民族:8 籍贯:14 政治面貌:12 学历学位:18 参加工作时间:12 "
        "现任岗位:26 拟聘岗位:26 拟聘层级:10 变动类型:10 备注(破格理由)=备注:24"
    ),
    "appointment": fields_of("姓名:10 聘任岗位:28 聘期:34 试用期:8 同时解聘的原岗位:28"),
    "letter": fields_of("编号:20 姓名:10 岗位:28 聘期起:16 聘期止:16 发证单位:20 日期:16"),
    "duties": fields_of(
        "单位:18 岗位:16 姓名:10 聘期:34 年度:8 目标序号:9 目标内容:40 量化标准:24 权重:8 "
        "完成时限:16 甲方签字:10 乙方签字:10"
    ),
    "rejection": fields_of(
        "序号:6 姓名:10 岗位编号:16 岗位:28 批次:16 不合格原因:36 告知日期:16 异议截止:16"
    ),
    "not_selected": fields_of("序号:6 姓名:10 批次:16 岗位:40 综合成绩:14 排名:8 通知日期:16"),
    "offer": fields_of(
        "序号:6 文号:20 姓名:10 第几次:8 原岗位:28 岗位:28 岗位编号:16 层级:10 安置方式:16 "
        "提供日期:16 答复:20"
    ),
    "placements": fields_of(
        "序号:6 姓名:10 基准岗位:26 基准层级:10 落聘批次:16 安置方式:16 第一次岗位提供及答复:34 "
        "第二次岗位提供及答复:34 安置岗位:26 安置日期:12 备注:20"
    ),
}
