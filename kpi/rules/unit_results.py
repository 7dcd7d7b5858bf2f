"""A unit's result (domain.md §6): Σ of its leaves, bonus and deduction, lateness, calibration, the year from
its quarters; rank and grade among all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpi.rules.codes import Rule
from kpi.rules.grading import unit_grade
from kpi.rules.rankings import UnitScore, ranks_of
from kpi.rules.totals import annual_score, capped_sum, late_penalty, unit_total
from reform.rounding import to_score

from .figures import ZERO, shown

NO_INDICATORS = "没有指标得分，不计算总分"
_LISTED = 4  # names in a step; the others are counted


@dataclass(frozen=True, slots=True)
class LeafScore:
    """A leaf of the subject and its score; None where it is not scorable, with the reason."""

    name: str
    rule: str
    score: Decimal | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """A unit's score as it was handed in by workbook instead of leaves."""

    indicators: Decimal | None
    bonus: Decimal | None
    deduction: Decimal | None


@dataclass(frozen=True, slots=True)
class LateReport:
    """A leaf that was reported after the deadline. most: what it scored, more is not lost with it; None for
    扣分项, which stand outside the scores."""

    name: str
    workdays: int
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What a unit's result is made of. late: the leaves that it reported late.  adjustment: Σ of the approved
    ones of the total.  quarters: number → total of a published quarter, for a year; None: not a year.  veto:
    the matters, '' without one."""

    unit: str
    leaves: Sequence[LeafScore] = ()
    handed: Handed | None = None
    late: Sequence[LateReport] = ()
    adjustment: Decimal = ZERO
    quarters: Mapping[int, Decimal] | None = None
    veto: str = ""


@dataclass(frozen=True, slots=True)
class UnitRules:
    """highest, bonus_cap: policy kpi.totals.  per_workday, late_cap: kpi.late_penalty.  annual, of_quarters:
    kpi.annual_weights.  expected: the quarters of a year.  lines: kpi.unit_grades."""

    highest: Decimal
    bonus_cap: Decimal
    per_workday: Decimal
    late_cap: Decimal
    annual: Decimal
    of_quarters: Decimal
    expected: Sequence[int]
    lines: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class UnitScoring:
    """A unit's figures before it is ranked; steps in words and figures."""

    unit: str
    indicators: Decimal | None
    bonus: Decimal
    deduction: Decimal
    late: Decimal
    adjustment: Decimal
    quarters: Decimal | None
    total: Decimal | None
    veto: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """rank: None without a total.  grade: 一等 … 四等, '' without a total (a veto gives the lowest)."""

    scoring: UnitScoring
    rank: int | None
    grade: str


def score_unit(facts: UnitFacts, rules: UnitRules) -> UnitScoring:
    """The figures of one unit."""
    steps: list[str] = []
    indicators = _indicators(facts, steps)
    bonus = _bonus(facts, rules, steps)
    deduction = _deduction(facts, steps)
    late = _late(facts, rules, steps)
    if facts.adjustment:
        steps.append(f"校准{facts.adjustment:+}分")
    total = quarters = None
    if indicators is None:
        steps.append(NO_INDICATORS)
    else:
        parts = [indicators, facts.adjustment]
        total = unit_total(parts, bonus, deduction + late, rules.highest)
        steps.append(_sum_words(facts, indicators, bonus, deduction, late, total, rules))
        if facts.quarters is not None:
            total, quarters = _year(total, facts.quarters, rules, steps)
    if facts.veto:
        steps.append(f"一票否决：{facts.veto}，得分不变，排在最后")
    return UnitScoring(
        facts.unit,
        indicators,
        bonus,
        deduction,
        late,
        to_score(facts.adjustment),
        quarters,
        total,
        facts.veto,
        tuple(steps),
    )


def place_units(scorings: Sequence[UnitScoring], rules: UnitRules) -> tuple[Placed, ...]:
    """Rank and grade all units of a zone, in the order given; equals share the better place, the vetoed come
    last."""
    ranks = ranks_of([UnitScore(one.unit, one.total, bool(one.veto)) for one in scorings])
    return tuple(Placed(one, ranks.get(one.unit), _grade(one, rules)) for one in scorings)


def zone_total(leaves: Sequence[LeafScore], rules: UnitRules) -> Decimal | None:
    """The zone's own score from the leaves whose subject it is; None where none of them is scored."""
    scoring = score_unit(UnitFacts("", leaves=leaves), rules)
    return scoring.total if leaves else None


def _grade(scoring: UnitScoring, rules: UnitRules) -> str:
    if scoring.total is None and not scoring.veto:
        return ""
    return unit_grade(scoring.total or ZERO, rules.lines, is_vetoed=bool(scoring.veto))


def _inside(leaves: Sequence[LeafScore]) -> list[LeafScore]:
    outside = (Rule.BONUS, Rule.DEDUCT, Rule.VETO)
    return [one for one in leaves if one.rule not in outside]


def _indicators(facts: UnitFacts, steps: list[str]) -> Decimal | None:
    if facts.handed is not None:
        if facts.handed.indicators is not None:
            steps.append(f"报送的指标得分{facts.handed.indicators}")
        return facts.handed.indicators
    inside = _inside(facts.leaves)
    scored = [one.score for one in inside if one.score is not None]
    missing = [one for one in inside if one.score is None]
    if missing:
        names = "；".join(f"{one.name}：{one.reason or '没有计分'}" for one in missing[:_LISTED])
        steps.append(f"{len(missing)}项不能计分，未计入：{names}")
    if not scored:
        return None
    total = to_score(sum(scored, ZERO))
    steps.append(f"{len(scored)}项指标得分合计{total}")
    return total


def _bonus(facts: UnitFacts, rules: UnitRules, steps: list[str]) -> Decimal:
    points = _outside(facts, Rule.BONUS, facts.handed.bonus if facts.handed else None)
    bonus = capped_sum(points, rules.bonus_cap)
    full = sum(points, ZERO)
    if full > bonus:
        steps.append(f"加分{shown(full)}分，最多{shown(rules.bonus_cap)}分")
    elif bonus:
        steps.append(f"加分{bonus}分")
    return bonus


def _deduction(facts: UnitFacts, steps: list[str]) -> Decimal:
    points = _outside(facts, Rule.DEDUCT, facts.handed.deduction if facts.handed else None)
    deduction = capped_sum([abs(one) for one in points], None)
    if deduction:
        steps.append(f"扣分{deduction}分")
    return deduction


def _outside(facts: UnitFacts, rule: Rule, handed: Decimal | None) -> list[Decimal]:
    points = [one.score for one in facts.leaves if one.rule == rule and one.score is not None]
    return points + ([handed] if handed is not None else [])


def _late(facts: UnitFacts, rules: UnitRules, steps: list[str]) -> Decimal:
    """Each late leaf for itself, up to what it scored. What never came scores 0 and loses no more."""
    lost = [(one, points) for one in facts.late if (points := _points_of(one, rules))]
    total = to_score(sum((points for _, points in lost), ZERO))
    if total:
        told = "、".join(f"{one.name}{one.workdays}个工作日扣{points}分" for one, points in lost[:_LISTED])
        more = f"等{len(lost)}项" if len(lost) > _LISTED else ""
        steps.append(
            f"逾期填报：{told}{more}（每个工作日{shown(rules.per_workday)}分，"
            f"每项最多{shown(rules.late_cap)}分，不超过该项得分），共扣{total}分"
        )
    return total


def _points_of(one: LateReport, rules: UnitRules) -> Decimal:
    points = late_penalty(one.workdays, rules.per_workday, rules.late_cap)
    return points if one.most is None else min(points, max(ZERO, one.most))


def _sum_words(
    facts: UnitFacts,
    indicators: Decimal,
    bonus: Decimal,
    deduction: Decimal,
    late: Decimal,
    total: Decimal,
    rules: UnitRules,
) -> str:
    words = f"{indicators}"
    words += "".join(
        f"{sign}{points}" for sign, points in (("+", bonus), ("-", deduction), ("-", late)) if points
    )
    if facts.adjustment:
        words += f"{facts.adjustment:+}"
    raw = indicators + facts.adjustment + bonus - deduction - late
    limits = f"，限于0到{shown(rules.highest)}" if raw != total else ""
    return f"总分：{words}={raw}{limits}，得{total}"


def _year(
    annual: Decimal, quarters: Mapping[int, Decimal], rules: UnitRules, steps: list[str]
) -> tuple[Decimal, Decimal | None]:
    there = [quarters[number] for number in rules.expected if number in quarters]
    if len(there) < len(rules.expected):
        steps.append(f"季度成绩不全（{len(there)}/{len(rules.expected)}），按年度得分计")
        return annual, None
    total = annual_score(annual, there, rules.annual, rules.of_quarters)
    mean = to_score(sum(there, ZERO) / len(there))
    steps.append(
        f"年度：年度指标{annual}×{shown(rules.annual * 100)}%"
        f"+季度平均（{'+'.join(map(str, there))}）÷{len(there)}×{shown(rules.of_quarters * 100)}%={total}"
    )
    return total, mean
