"""Performance pay of a quarter and the settlement of a year: what the paid months count for, by unit score
and grade, less what was paid of it (domain.md §7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from compensation.models import PayLine, PayRun
from compensation.rules.figures import Figure, money_text, number_text, total_of
from compensation.rules.policy import PayPolicy
from compensation.rules.settlement import SettledMonth, settlement
from compensation.states import PayRunState
from reform.dated import add_months
from reform.errors import RuleError
from reform.models import Person

from .back_pays import corrected
from .outcome import NOTHING, Computed, digest_of, why_text
from .results import Coefficients, Results, final_results

_Kind = PayRun.Kind


@dataclass(frozen=True, slots=True)
class CountedMonth:
    """A paid month of a person with its corrections."""

    starts_on: date
    unit_id: int | None
    post: str
    level: str
    coefficient: Decimal | None
    standard: Decimal
    base: Decimal
    prepaid: Decimal
    sort_no: int


@dataclass(frozen=True)
class Period:
    """What has been paid in a period. quarters: person → performance pay of the quarters. unpaid: what is
    not paid yet, in Chinese."""

    months: Mapping[int, list[CountedMonth]] = field(default_factory=dict)
    quarters: Mapping[int, Decimal] = field(default_factory=dict)
    unpaid: Sequence[str] = ()


def performance_lines(run: PayRun, policy: PayPolicy) -> Computed:
    """The lines of a quarter's or a year's run, in the order of the last month's sheet."""
    period = paid_period(run)
    results = final_results(run.zone, run.code)
    missing = list(period.unpaid)
    if results is None:
        missing.append(f"{run.code}的考核还没有确定结果")
        return Computed(missing=missing)
    try:
        coefficients = Coefficients(policy, results)
    except RuleError as fault:
        return Computed(missing=[*missing, str(fault).rstrip("。")])
    made = []
    for person, months in sorted(period.months.items()):
        try:
            line = _line(run, policy, coefficients, person, months, period.quarters.get(person, NOTHING))
        except RuleError as fault:
            missing.append(str(fault).rstrip("。"))
            continue
        made.append(((months[-1].sort_no, person), line))
    made.sort(key=lambda one: one[0])
    lines = [line for _, line in made]
    for place, line in enumerate(lines, 1):
        line.sort_no = place
    missing = list(dict.fromkeys(missing))
    return Computed(lines, digest_of(_digested(run, policy, period, results)), missing)


def paid_period(run: PayRun) -> Period:
    """The paid months of a run's period by person, corrections included; three statements."""
    runs = list(
        PayRun.objects.filter(
            zone_id=run.zone_id, starts_on__gte=run.starts_on, ends_before__lte=run.ends_before
        )
        .exclude(pk=run.pk)
        .exclude(kind=_Kind.SETTLEMENT)
        .order_by("starts_on", "id")
    )
    if run.kind == _Kind.QUARTER:
        runs = [one for one in runs if one.kind == _Kind.MONTH]
    paid = {one.pk: one for one in runs if one.state == PayRunState.PAID}
    added = corrected(paid)
    rows = PayLine.objects.filter(run__in=list(paid)).order_by("run__starts_on", "run_id", "id")
    months: dict[int, list[CountedMonth]] = {}
    quarters: dict[int, Decimal] = {}
    for key, person, unit, post, level, coefficient, whole, base, paid_now, sort_no in rows.values_list(
        "run_id", "person_id", "unit_id", "post", "level", "post_coefficient", "standard",
        "performance_base", "performance_pay", "sort_no",
    ):  # fmt: skip
        since = added.pop((key, person), {})
        received = paid_now + since.get("performance_pay", NOTHING)
        if paid[key].kind == _Kind.QUARTER:
            quarters[person] = quarters.get(person, NOTHING) + received
            continue
        counted = base + since.get("performance_base", NOTHING)
        months.setdefault(person, []).append(
            CountedMonth(
                paid[key].starts_on, unit, post, level, coefficient, whole, counted, received, sort_no
            )
        )
    _add_late(months, added, paid)
    unpaid = [f"{one}还没有发放" for one in runs if one.pk not in paid]
    return Period(months, quarters, unpaid + _gaps(runs, run))


def _gaps(runs: Sequence[PayRun], run: PayRun) -> list[str]:
    """Months from the first one to the end of the period that have no run at all: they would not be
    counted."""
    months = {one.starts_on for one in runs if one.kind == _Kind.MONTH}
    if not months:
        return [f"{run.code}还没有月度工资"]
    found = []
    month = min(months)
    while month < run.ends_before:
        if month not in months:
            found.append(f"{month:%Y-%m}还没有发放批次")
        month = add_months(month, 1)
    return found


def _add_late(
    months: dict[int, list[CountedMonth]],
    added: Mapping[tuple[int, int], Mapping[str, Decimal]],
    paid: Mapping[int, PayRun],
) -> None:
    """Months in which a person had no line, and which were put right later."""
    names = dict(Person.objects.filter(pk__in={person for _, person in added}).values_list("id", "sort_no"))
    for (key, person), since in added.items():
        if paid[key].kind != _Kind.MONTH:
            continue
        others = months.setdefault(person, [])
        like = others[-1] if others else None
        month = CountedMonth(
            paid[key].starts_on,
            like.unit_id if like else None,
            like.post if like else "",
            like.level if like else "",
            like.coefficient if like else None,
            like.standard if like else NOTHING,
            since.get("performance_base", NOTHING),
            since.get("performance_pay", NOTHING),
            like.sort_no if like else names.get(person, 0),
        )
        others.append(month)
        others.sort(key=lambda one: one.starts_on)


def _digested(run: PayRun, policy: PayPolicy, period: Period, results: Results) -> Iterator[Any]:
    yield run.code, run.policy_id, tuple(repr(getattr(policy, name)) for name in policy.__slots__)
    yield results.facts()
    for person, months in sorted(period.months.items()):
        yield (
            person,
            [
                (
                    one.starts_on, one.unit_id, one.post, one.level, one.coefficient, one.standard,
                    one.base, one.prepaid, one.sort_no, results.score_of(one.unit_id),
                )
                for one in months
            ],
            period.quarters.get(person),
        )  # fmt: skip


def _line(
    run: PayRun,
    policy: PayPolicy,
    coefficients: Coefficients,
    person: int,
    months: Sequence[CountedMonth],
    quarters: Decimal,
) -> PayLine:
    """One person's line: earned less paid, or nothing beyond the prepayment where grade or score lack."""
    last = months[-1]
    bases = total_of([one.base for one in months])
    prepaid = total_of([*(one.prepaid for one in months), quarters])
    units = [coefficients.of_unit(one.unit_id, person) if one.base else None for one in months]
    personal = coefficients.of_person(person)
    reasons = []
    if personal is None:
        reasons.append(coefficients.lacking(person))
    if any(one.base and unit is None for one, unit in zip(months, units, strict=True)):
        reasons.append(f"所在单位没有{run.code}考核得分，按已预发结算")
    due, amount = prepaid, NOTHING
    terms = [*reasons, f"已预发 = {money_text(prepaid)}"]
    last_unit = next((one for one in reversed(units) if one is not None), None)
    if not reasons and personal is not None:
        counted = [
            SettledMonth(one.base, one.prepaid, unit.value)
            for one, unit in zip(months, units, strict=True)
            if unit is not None
        ]
        loose = total_of([one.prepaid for one, unit in zip(months, units, strict=True) if unit is None])
        if quarters or loose:
            neutral = counted[-1].unit_coefficient if counted else Decimal(1)
            counted.append(SettledMonth(NOTHING, quarters + loose, neutral))
        found = settlement(counted, personal.value, clawback=policy.clawback)
        due, amount = found.earned, found.amount
        terms = [*_unit_terms(units), personal.term]
        if quarters:
            terms.append(f"已预发中含季度绩效 {money_text(quarters)}")
        terms += found.terms
        if found.waived:
            reasons.append("清算为负，不追回")
    return PayLine(
        run_id=run.pk,
        person_id=person,
        unit_id=last.unit_id,
        post=last.post,
        level=last.level,
        post_coefficient=last.coefficient,
        unit_coefficient=last_unit.value if last_unit else None,
        personal_coefficient=personal.value if personal else None,
        standard=last.standard,
        performance_base=bases,
        performance_due=due,
        prepaid=prepaid,
        performance_pay=amount,
        gross=amount,
        net=amount,
        why=why_text([*reasons, _several(units)]),
        terms=terms,
    )


def _unit_terms(units: Sequence[Figure | None]) -> list[str]:
    return list(dict.fromkeys(one.term for one in units if one is not None))


def _several(units: Sequence[Figure | None]) -> str:
    """Where the unit changed in the period, each coefficient with its months."""
    values = list(dict.fromkeys(one.value for one in units if one is not None))
    if len(values) < 2:
        return ""
    shown = [
        f"{number_text(value)}计{sum(1 for one in units if one and one.value == value)}个月"
        for value in values
    ]
    return f"期间换过单位：单位系数{'，'.join(shown)}"
