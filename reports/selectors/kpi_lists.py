"""The lists behind the figures on the appraisal: persons with their scores, leaves with theirs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from kpi.models import Cycle
from kpi.rules.rankings import LIGHTS, Light
from kpi.selectors.leaf_results import LeafLine, leaf_lines
from kpi.selectors.results import CycleResults, PersonLine, UnitLine, cycle_results
from kpi.selectors.schemes import WHOLE_ZONE
from reform.ladder import Ladder
from reform.selectors import policy_of
from reports.errors import BadQuery

from .kpi_common import NONE, CycleHead, cycle_head, grade_key, grade_names, products_of, unit_link
from .kpi_ranking import TONES, target_of
from .listing import Link, ListCell, ListColumn, Listing, listing

REMEDY = "请从报表上的数字点进来。"
LOW = "CD"  # 基本称职以下


@dataclass(frozen=True)
class KpiListReport:
    """A list with what it holds in words; `steps`: how a unit's score comes about."""

    head: CycleHead
    title: str
    words: str
    table: Listing
    query: str
    steps: tuple[str, ...] = ()

    @property
    def lists(self) -> tuple[Listing, ...]:
        return (self.table,)


@dataclass(frozen=True)
class _Condition:
    holds: Callable[[PersonLine], bool]
    words: str


def kpi_people_report(cycle: Cycle, wanted: Mapping[str, str]) -> KpiListReport:
    """Persons of a cycle for whom the address's conditions hold; BadQuery for one that cannot be meant."""
    results, policy = cycle_results(cycle), policy_of(cycle.policy)
    products = products_of(cycle, results)
    width = Decimal(str(policy["kpi.histogram_width"]))
    conditions = _conditions(wanted, results, products, policy.ladder, width)
    people = [one for one in results.people if all(each.holds(one) for each in conditions)]
    words = "、".join(one.words for one in conditions) or "全部人员"
    known = {name: value for name, value in wanted.items() if name in _KNOWN and value}
    return KpiListReport(
        head=cycle_head(cycle),
        title=f"{words}：{len(people)}人",
        words=words,
        table=_people_table(people, products, policy.ladder),
        query=urlencode(known),
    )


_KNOWN = ("unit", "grade", "level", "bin", "group", "taking", "coefficient", "q")


def _conditions(
    wanted: Mapping[str, str],
    results: CycleResults,
    products: Mapping[int, Decimal],
    ladder: Ladder,
    width: Decimal,
) -> list[_Condition]:
    found: list[_Condition] = []
    given = {name: wanted.get(name, "").strip() for name in _KNOWN}
    if given["unit"]:
        key, name = _unit(given["unit"], results)
        found.append(_Condition(lambda one: (one.unit_id or 0) == key, name))
    if given["group"]:
        group = _one_of(given["group"], {one.group for one in results.quotas}, "名额组")
        found.append(_Condition(lambda one: one.group == group, group))
    if given["grade"]:
        names = {**grade_names(), LOW: "基本称职以下"}
        grade = _one_of(given["grade"], names, "等次")
        found.append(
            _Condition(lambda one: grade_key(one) in (LOW if grade == LOW else (grade,)), names[grade])
        )
    if given["level"]:
        level = _one_of(given["level"], {one.level for one in results.people}, "层级")
        found.append(_Condition(lambda one: one.level == level, ladder.name_of(level)))
    if given["taking"] == "1":
        found.append(_Condition(lambda one: bool(one.group), "参加等次评定"))
    if given["bin"]:
        starts = _number(given["bin"])
        words = f"系数{starts:.1f}—{starts + width:.1f}"
        found.append(_Condition(lambda one: _in_bin(products.get(one.person_id), starts, width), words))
    if given["coefficient"]:
        has = _one_of(given["coefficient"], {"some", "none"}, "条件") == "some"
        words = "有绩效系数" if has else "没有绩效系数"
        found.append(_Condition(lambda one: (one.person_id in products) == has, words))
    if given["q"]:
        found.append(_Condition(lambda one: given["q"] in one.name, f"姓名含“{given['q']}”"))
    return found


def _in_bin(value: Decimal | None, starts: Decimal, width: Decimal) -> bool:
    return value is not None and starts <= value < starts + width


def _one_of(text: str, allowed: Mapping[str, str] | set[str], noun: str) -> str:
    if text not in allowed:
        raise BadQuery(f"没有{noun}“{text}”。", REMEDY)
    return text


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except ArithmeticError:
        value = Decimal("NaN")
    if not value.is_finite():
        raise BadQuery(f"没有系数段“{text}”。", REMEDY)
    return value


def _unit(text: str, results: CycleResults) -> tuple[int, str]:
    names = {str(one.unit_id): one.unit for one in results.units}
    names |= {str(one.unit_id or 0): one.unit or "没有单位" for one in results.people}
    return int(_one_of(text, names, "单位")), names[text]


def _people_table(people: list[PersonLine], products: Mapping[int, Decimal], ladder: Ladder) -> Listing:
    tones = {"A": "up", "C": "down", "D": "down", NONE: "zero"}
    rows = [
        (
            one.name,
            ListCell(one.unit, link=unit_link(one.unit_id) if one.unit_id else None),
            one.post,
            ladder.name_of(one.level),
            one.personal,
            one.unit_score,
            one.adjustment,
            one.combined,
            one.rank,
            ListCell(one.grade_label or "不定等次", tones.get(grade_key(one), "")),
            one.coefficient,
            products.get(one.person_id),
            one.why,
        )
        for one in people
    ]
    columns = (
        ListColumn("姓名", 10),
        ListColumn("单位", 20, "place"),
        ListColumn("岗位", 20, "place", minor=True),
        ListColumn("层级", 12, minor=True),
        ListColumn("个人得分", 10, "number", minor=True),
        ListColumn("单位得分", 10, "number", minor=True),
        ListColumn("校准", 8, "number", minor=True),
        ListColumn("综合得分", 10, "number"),
        ListColumn("单位内名次", 10, "number", minor=True),
        ListColumn("等次", 10),
        ListColumn("个人系数", 10, "number", minor=True),
        ListColumn("绩效系数", 10, "number"),
        ListColumn("等次说明", 48, "text", minor=True),
    )
    return listing("people", "名单", columns, rows, empty="没有符合条件的人员。")


def kpi_items_report(cycle: Cycle, wanted: Mapping[str, str]) -> KpiListReport:
    """Leaves of a cycle: of one subject (0: the zone), or with one light."""
    results = cycle_results(cycle)
    leaves = leaf_lines(cycle)
    parts: list[str] = []
    unit: UnitLine | None = None
    query: dict[str, str] = {}
    if text := wanted.get("unit", "").strip():
        subjects = {str(one.unit_id or 0): one.unit for one in leaves}
        subjects |= {str(one.unit_id): one.unit for one in results.units} | {"0": WHOLE_ZONE}
        key = int(_one_of(text, subjects, "考核对象"))
        leaves = tuple(one for one in leaves if (one.unit_id or 0) == key)
        unit = next((one for one in results.units if one.unit_id == key), None)
        parts.append(subjects[text])
        query["unit"] = text
    if light := wanted.get("light", "").strip():
        _one_of(light, {one.value for one in Light}, "灯")
        leaves = tuple(one for one in leaves if one.is_core and one.light == light)
        parts.append(f"核心指标{LIGHTS[Light(light)]}")
        query["light"] = light
    words = "".join(parts) or "全部指标"
    return KpiListReport(
        head=cycle_head(cycle),
        title=_items_title(words, unit, len(leaves), light),
        words=words,
        table=_items_table(leaves),
        query=urlencode(query),
        steps=unit.steps if unit and not light else (),
    )


def _items_title(words: str, unit: UnitLine | None, count: int, light: str) -> str:
    if unit is None or light:
        return f"{words}：{count}项"
    if unit.total is None:
        return f"{words}没有得分"
    place = f"，第{unit.rank}名" if unit.rank else ""
    return f"{words}{unit.total}分{place}{f'，{unit.grade}' if unit.grade else ''}"


def _items_table(leaves: tuple[LeafLine, ...]) -> Listing:
    rows = [
        (
            one.path,
            ListCell(one.unit, link=unit_link(one.unit_id) if one.unit_id else Link("kpi_items", "unit=0")),
            one.responsible,
            one.rule_label,
            one.full,
            target_of(one),
            ListCell(one.actual_words, "alert" if one.unreported else ""),
            ListCell(one.completion, TONES[one.light] if one.light and one.is_core else ""),
            one.auto_score,
            one.adjustment,
            ListCell(one.score, "alert" if one.score is None and one.reason else ""),
            ListCell("核心" if one.is_core else ""),
            one.reason,
        )
        for one in leaves
    ]
    columns = (
        ListColumn("指标", 36, "place"),
        ListColumn("考核对象", 18, minor=True),
        ListColumn("责任单位", 18, minor=True),
        ListColumn("计分规则", 14, minor=True),
        ListColumn("满分", 8, "number"),
        ListColumn("目标", 10, "number"),
        ListColumn("完成", 18),
        ListColumn("完成率（%）", 12, "number"),
        ListColumn("自动得分", 10, "number", minor=True),
        ListColumn("校准", 8, "number", minor=True),
        ListColumn("得分", 10, "number"),
        ListColumn("", 6),
        ListColumn("说明", 24, "text", minor=True),
    )
    return listing(
        "items", "指标", columns, rows, empty="没有逐项指标：得分由工作簿报送，或没有符合条件的指标。"
    )
