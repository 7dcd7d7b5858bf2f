"""The papers of pay that have a Word template, and the columns of their workbooks."""

from collections.abc import Mapping

from reform.documents.kinds import DocumentKind, Scope
from reform.documents.sheets import Field, fields_of

CHANGES = "pay_changes"

PAPERS: Mapping[str, DocumentKind] = {CHANGES: DocumentKind(CHANGES, "薪酬变动通知", Scope.BATCH)}

FIELDS: Mapping[str, tuple[Field, ...]] = {
    CHANGES: fields_of(
        "序号:6 姓名:10 单位:20 原岗位:24 原层级:12 原薪酬标准:14 新岗位:24 新层级:12 新薪酬标准:14 差额:14 "
        "起薪日期:13 依据文号:20 备注:30"
    )
}

# What the guide says of a column.
NOTES: Mapping[str, str] = {
    "序号": "由系统编号，按文件的次序",
    "单位": "新岗位所在单位",
    "原薪酬标准": "变动前一天所任岗位的月标准，元；新进的为0；待岗的不列",
    "新薪酬标准": "薪点值乘以新岗位系数的月标准，元；单位系数和个人系数为1",
    "差额": "新薪酬标准减原薪酬标准，降低的为负",
    "起薪日期": "按政策的起薪规则，新标准从这一天起",
    "依据文号": "聘任文件的文号",
    "备注": "新进、待岗、试用期系数、过渡补差",
}
