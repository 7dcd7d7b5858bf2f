"""The Chinese for keys and codes inside policy values, and values as text."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from reform.codes import POST_RANK, SEX
from reform.models import PolicyParameter, PolicyVersion, Position, Sanction, UnitKind
from reform.services.policy import policy_choices

from .display import readable

WORDS: Mapping[str, str] = {
    **dict(UnitKind.choices),
    **dict(Sanction.Kind.choices),
    "D1": "考核不称职",
    "D2": "不适宜担任现职",
    "D3": "竞聘落选",
    "D4": "机构职数精简",
    "D5": "本人申请",
    "D6": "问责处分",
    "transfer": "调岗、免职",
    "normal": "一般",
    "lowest": "最低",
    "interview": "面试",
    "written": "笔试",
    "peer_vote": "民主测评",
    "results": "业绩",
    "fitness": "适岗评价",
    "work_started_on": "工龄长者",
    "id_number": "身份证号小者",
    "tenure": "任职年限",
    "max_age": "年龄上限",
    "min_education": "最低学历",
    "sex": "性别",
    "age": "年龄",
    "delayed_from": "从哪个出生年月起",
    "births_per_month": "每几个月延迟一个月",
    "most_months": "最多延迟月数",
    "per_workday": "每工作日",
    "cap": "上限",
    "annual": "年度考核",
    "quarters": "季度考核",
    "virtue": "德",
    "ability": "能",
    "diligence": "勤",
    "integrity": "廉",
    "head": "正职",
    "deputy": "副职",
    "section_head": "科室正职",
    "section_deputy": "科室副职",
    "zone": "全区",
    "reference": "基准分",
    "low": "下限",
    "high": "上限",
    "NEXT_MONTH": "次月起",
    "SAME_MONTH": "当月起",
    "DECISION_DAY": "决定当日起",
    "full_months": "前几个月发岗位工资的一部分",
    "share": "岗位工资的比例",
    "minimum_wage": "当地最低工资（元/月）",
    "change": "比上月增减超过",
    "fence": "超出同层级四分位距的倍数",
    "present": "到会",
    "in_favour": "同意",
    "good": "好",
    "better": "较好",
    "fair": "一般",
    "poor": "差",
    "resign": "辞职",
    "resign_leader": "领导成员辞职",
    "incompetent": "不胜任",
    "consecutive": "连续",
    "in_year": "一年内累计",
    "RE_EXAMINATION": "复核",
    "APPEAL": "申诉",
    "ARBITRATION": "仲裁",
    "file": "提出",
    "file_after": "不服复核决定再提出",
    "decide": "作出决定",
    "extend": "可延长",
    "A": "优秀",
    "B": "称职（合格）",
    "C": "基本称职（基本合格）",
    "D": "不称职（不合格）",
    "leaders": "领导",
    "peers": "同级",
    "unit": "本单位",
    "served": "连续工作满",
    "left": "距退休不足",
    "*": "全部层级",
}
# Codes that mean something else in one parameter.
OWN_WORDS: Mapping[str, Mapping[str, str]] = {
    "round.vote_weights": {"A": "A票（班子）", "B": "B票（中层）", "C": "C票（职工）"},
    "round.rank_defaults": POST_RANK,
    "round.retirement": {**SEX, "posts": "只用于岗位类别", **dict(Position.Category.choices)},
    "kpi.totals": {"low": "下限", "high": "上限", "bonus": "加分上限"},
    "kpi.rater_weights": {
        "leaders": "领导评价",
        "rated": "被评议人一方",
        "self": "其中自评",
        "unit": "其中本单位互评",
        "peers": "其中同级互评",
    },
    "kpi.personal_year": {
        "quarters": "季度平均占（%）",
        "points_low": "领导小组加分最低",
        "points_high": "领导小组加分最高",
        "excellent_tickets": "互评优秀票上限（%）",
    },
    "kpi.personal_preset": {
        "QUARTERS": "季度平均加领导小组评分",
        "YEAR_END": "平时考核加年终考核",
    },
    "kpi.year_end_weights": {"ordinary": "平时考核（季度平均）", "year_end": "年终考核"},
    "kpi.appeal_workdays": {"submit": "提出申诉", "answer": "答复申诉"},
    "kpi.traffic_lights": {"green": "绿灯不低于", "yellow": "黄灯不低于"},
    "kpi.lists": {"red": "红榜名次", "black": "黑榜名次"},
    "kpi.lock_months": {"C": "基本称职", "D": "不称职", "veto": "一票否决"},
    "kpi.rule_defaults": {
        "PROP": "比例法",
        "PROP_BONUS": "比例+超额加分",
        "STEP_DEDUCT": "阶梯扣分",
        "BASE80": "基础分增减",
        "FLOAT": "浮动法",
        "RANK": "争先进位法",
        "MIXED": "目标+争先",
        "MINMAX": "区间标准化",
        "GRADE": "等次评价",
        "floor": "完成率低于此数不得分",
        "step": "每级百分点",
        "per": "每级（每位）加减",
        "share": "基础分占满分",
        "band": "浮动幅度",
        "first": "达标分",
        "start": "最低者得满分的百分之几",
        "grades": "等次分数",
    },
}
# What the places of a row mean; '' for the row itself.
PLACES: Mapping[str, tuple[str, ...]] = {
    "round.quorum": ("分子", "分母"),
    "pay.ratio": ("基础", "岗位", "绩效"),
    "caps.bands": ("最低", "最高"),
    "caps.deputy_per_unit": ("员额不超过", "职数"),
    "round.qualifications": ("层级", "满几年"),
}
EDUCATION = {6: "研究生", 5: "本科", 4: "大专", 3: "中专或高中", 2: "初中", 1: "小学"}
AREAS: Mapping[str, str] = {
    "round": "聘任轮次",
    "caps": "职数核定",
    "kpi": "绩效考核",
    "pay": "薪酬",
}


@lru_cache(maxsize=1)
def methods() -> dict[str, str]:
    """任用方式."""
    return dict(Position.Method.choices)


def words_of(version: PolicyVersion) -> dict[str, str]:
    """WORDS with the names of this version's levels, ranges of levels (“L60-L70”) included; read once."""
    known: dict[str, str] | None = version.__dict__.get("words")
    if known is not None:
        return known
    names = dict(version.levels.values_list("code", "name"))
    ranges = {
        f"{low}-{high}": f"{names[low]}至{names[high]}" for low in names for high in names if low != high
    }
    found = version.__dict__["words"] = {**WORDS, **names, **ranges}
    return found


def words_for(key: str, words: Mapping[str, str]) -> Mapping[str, str]:
    """The words of one parameter: its own codes go before the common ones."""
    return {**words, **policy_choices(key), **OWN_WORDS.get(key, {})}


def value_shown(parameter: PolicyParameter, words: Mapping[str, str]) -> str:
    """A parameter's value as text."""
    return value_text(parameter.key, parameter.value, words)


def value_text(key: str, value: Any, words: Mapping[str, str]) -> str:
    """A value as text; codes that mean something only in its parameter get their own words."""
    words = words_for(key, words)
    match key:
        case _ if value is None:
            return "（没有）"
        case "round.retirement":
            return "\n".join(_retirement(row, words) for row in value)
        case "round.qualifications":
            return "\n".join(_qualifications(level, rules, words) for level, rules in value.items())
        case "caps.deputy_per_unit":
            return "\n".join(f"员额{f'不超过{most}' if most else '更多'}：{number}" for most, number in value)
        case "round.quorum":
            return "\n".join(f"{words[name]}：{part[1]}分之{part[0]}" for name, part in value.items())
        case "caps.bands":
            return "\n".join(f"{words[name]}：{low}—{high}" for name, (low, high) in value.items())
        case "round.document_prefix":
            return str(value).replace("{year}", "××××").replace("{number}", "××")
    return readable(value, words)


def _retirement(row: Mapping[str, Any], words: Mapping[str, str]) -> str:
    rest = {key: value for key, value in row.items() if key != "sex"}
    return f"{SEX.get(row.get('sex', ''), '')}：{readable(rest, words)}".replace("\n", "；")


def _qualifications(level: str, rules: Mapping[str, Any], words: Mapping[str, str]) -> str:
    told = (_qualification(name, rule, words) for name, rule in rules.items())
    return f"{words.get(level, level)}：{'；'.join(told)}"


def _qualification(name: str, rule: Any, words: Mapping[str, str]) -> str:
    match name:
        case "tenure":
            return "任职年限 " + "，或".join(
                f"{words.get(level, level)}满{years}年" if years else f"现为{words.get(level, level)}"
                for level, years in rule
            )
        case "min_education":
            return f"最低学历 {EDUCATION.get(rule, rule)}"
    return f"{words.get(name, name)} {readable(rule, words)}"
