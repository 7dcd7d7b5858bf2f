"""Ranks of the archive: 职务层次 (GB/T 12407-2008), 公务员职级 (公务员法 art. 19), 事业岗位等级.

Source: domain.md §9. They never decide 提拔 or 降职: only the round's ladder does.
"""

from reform.codes.table import CodeTable

_TIERS = {"10": "国家级", "11": "省部级", "12": "厅局级", "13": "县处级", "14": "乡科级"}
_SHORT = {"11": "部", "12": "厅", "13": "处", "14": "科"}

# X0 is local: the word offices choose for people without a rank, kept so that it survives a round trip.
POST_RANK = CodeTable(
    "职务层次",
    {
        f"{code}{place}": f"{tier}{post}"
        for code, tier in _TIERS.items()
        for place, post in enumerate(("正职", "副职"), start=1)
    }
    | {"150": "科员级", "160": "办事员级", "199": "未定职公务员", "X0": "无行政级别"},
    {f"正{short}{end}": f"{code}1" for code, short in _SHORT.items() for end in ("级", "")}
    | {f"副{short}{end}": f"{code}2" for code, short in _SHORT.items() for end in ("级", "")}
    | {"正局级": "121", "副局级": "122", "正县级": "131", "副县级": "132", "正乡级": "141", "副乡级": "142"}
    | {"科员": "150", "办事员": "160", "未定职": "199", "无级别": "X0"},
)

CIVIL_RANK = CodeTable(
    "职级",
    {
        f"{place:02d}": rank
        for place, rank in enumerate(
            (
                "一级巡视员",
                "二级巡视员",
                "一级调研员",
                "二级调研员",
                "三级调研员",
                "四级调研员",
                "一级主任科员",
                "二级主任科员",
                "三级主任科员",
                "四级主任科员",
                "一级科员",
                "二级科员",
            ),
            start=1,
        )
    },
)

_NUMERALS = "一二三四五六七八九十"

# 三级 is 厅级正职, …, 十级 is 办事员
MANAGEMENT_GRADE = CodeTable(
    "事业管理岗等级",
    {f"{place:02d}": f"管理{_NUMERALS[place - 1]}级" for place in range(3, 11)},
    {f"{_NUMERALS[place - 1]}级职员": f"{place:02d}" for place in range(3, 11)}
    | {f"管理岗{_NUMERALS[place - 1]}级": f"{place:02d}" for place in range(3, 11)},
)

# 1–7 高级, 8–10 中级, 11–13 初级
TECHNICAL_GRADE = CodeTable(
    "专业技术岗等级",
    {
        f"{place:02d}": f"专技{_NUMERALS[place - 1] if place <= 10 else '十' + _NUMERALS[place - 11]}级"
        for place in range(1, 14)
    },
)
