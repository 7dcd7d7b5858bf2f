"""政策版本, its ladder and its values: to look at. A changed policy is a new version (domain.md §12)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from reform.codes import POST_RANK, SEX
from reform.models import LadderLevel, PolicyParameter, PolicyVersion, Position, UnitKind

from .base import ReadOnlyAdmin, ReadOnlyInline
from .display import EMPTY, day, lines, readable

# The Chinese for keys and codes inside policy values.
WORDS: Mapping[str, str] = {
    **dict(UnitKind.choices),
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
    "zone": "全区",
    "reference": "基准分",
    "low": "下限",
    "high": "上限",
    "NEXT_MONTH": "次月起",
    "SAME_MONTH": "当月起",
}
EDUCATION = {6: "研究生", 5: "本科", 4: "大专", 3: "中专或高中", 2: "初中", 1: "小学"}


@lru_cache(maxsize=1)
def _methods() -> dict[str, str]:
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


def value_shown(parameter: PolicyParameter, words: Mapping[str, str]) -> str:
    """A parameter's value as text; codes that mean something only here get their own words."""
    if parameter.key == "round.rank_defaults":
        words = {**words, **POST_RANK}
    if parameter.key == "round.retirement":
        return "\n".join(_retirement(row, words) for row in parameter.value)
    if parameter.key == "round.qualifications":
        return "\n".join(_qualifications(level, rules, words) for level, rules in parameter.value.items())
    if parameter.key == "caps.deputy_per_unit":
        return "\n".join(
            f"员额{f'不超过{most}' if most else '更多'}：{number}" for most, number in parameter.value
        )
    if parameter.key == "round.document_prefix":
        return str(parameter.value).replace("{year}", "××××").replace("{number}", "××")
    return readable(parameter.value, words)


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


class LadderLevelInline(ReadOnlyInline):
    """层级, highest first."""

    model = LadderLevel
    verbose_name_plural = "层级（从高到低）"
    fields = ("name", "code", "aliases_shown", "titles_shown", "method_shown", "clause")
    readonly_fields = ("aliases_shown", "titles_shown", "method_shown")
    ordering = ("-rank_order",)

    @admin.display(description="别名")
    def aliases_shown(self, level: LadderLevel) -> str:
        return "、".join(level.aliases) or EMPTY

    @admin.display(description="对应岗位")
    def titles_shown(self, level: LadderLevel) -> str:
        return lines(readable(level.titles, WORDS))

    @admin.display(description="默认任用方式")
    def method_shown(self, level: LadderLevel) -> str:
        return _methods().get(level.method, EMPTY)


class PolicyParameterInline(ReadOnlyInline):
    """政策参数."""

    model = PolicyParameter
    verbose_name_plural = "政策参数"
    fields = ("label", "value_shown", "unit", "clause")
    readonly_fields = ("value_shown",)
    ordering = ("key",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyParameter]:
        # Prefetched, all rows share one version, and with it its words.
        return super().get_queryset(request).prefetch_related("version")

    @admin.display(description="值")
    def value_shown(self, parameter: PolicyParameter) -> str:
        return lines(value_shown(parameter, words_of(parameter.version)))


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    """政策版本."""

    list_display = ("name", "state", day("starts_on", "起用日期"), "source", "maker", "checker")
    fields = ("number", day("starts_on", "起用日期"), "state", "source", ("maker", "checker"))
    readonly_fields = (fields[1],)
    inlines = (LadderLevelInline, PolicyParameterInline)
    list_select_related = ("zone", "maker", "checker")

    @admin.display(description="政策版本", ordering="number")
    def name(self, version: PolicyVersion) -> str:
        return format_html("{}", version)
