"""An invented example of what each template of pay may use."""

from collections.abc import Mapping
from typing import Any

from .kinds import CHANGES

_LINE = {
    "序号": 1,
    "姓名": "张三",
    "单位": "经济发展局",
    "原岗位": "经济发展局·副科长",
    "原层级": "中层副职",
    "原薪酬标准": "6,400.00",
    "新岗位": "经济发展局·科长",
    "新层级": "中层正职",
    "新薪酬标准": "7,600.00",
    "差额": "+1,200.00",
    "起薪日期": "2022-02-01",
    "依据文号": "聘〔2022〕3号",
    "备注": "",
}
_VALUES: Mapping[str, Mapping[str, Any]] = {
    CHANGES: {
        "开发区": "某高新区",
        "标题": "某高新区薪酬变动通知（聘〔2022〕3号）",
        "日期": "2022年1月25日",
        "依据文号": "聘〔2022〕3号",
        "依据标题": "关于张三等同志聘任职务的通知",
        "任免日期": "2022年1月23日",
        "人数": 1,
        "提高人数": 1,
        "降低人数": 0,
        "原标准合计": "6,400.00",
        "新标准合计": "7,600.00",
        "差额合计": "+1,200.00",
        "名单": [_LINE],
        "说明": "",
    }
}


def sample(kind: str) -> dict[str, Any]:
    """A whole example context of a kind."""
    return dict(_VALUES[kind])
