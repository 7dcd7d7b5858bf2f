"""The proof that equal pay was broken (打破平均主义): spread of pay within each level before the reform and
now (domain.md §11 no. 10)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from compensation.models import FormerPay, PayLine, PayRun
from compensation.rules.coefficients import performance_pay
from compensation.rules.figures import total_of
from compensation.rules.spread import SpreadChange, compare_spreads, spread, spread_by_level
from reform.errors import PolicyMissing, RuleError
from reform.ladder import Ladder
from reform.models import ArchivedStatus, Tenure, TenureKind, Zone
from reform.selectors import policy_of, policy_version_as_of

from .outcome import NOTHING
from .policy import pay_policy
from .results import Coefficients, latest_results
from .runs import months_run

_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
FORMER, ARCHIVED = "改革前工资表", "封存的档案工资"
FEWEST = 3  # people of a cell that everybody may read; of fewer it tells what somebody is paid


@dataclass(frozen=True)
class EqualPayPerson:
    """One person before and now. source: where the former pay comes from."""

    person_id: int
    level_before: str
    level_after: str
    before: Decimal | None
    after: Decimal | None
    source: str


@dataclass(frozen=True)
class EqualPayProof:
    """Levels highest first, and all together. after: a month's pay with the performance pay that unit score
    and grade bring (`results_code`), as paid in advance where nothing is final yet. without_former: how many
    now paid have no former pay."""

    on: date
    run: PayRun | None
    results_code: str
    ladder: Ladder
    levels: tuple[SpreadChange, ...]
    whole: SpreadChange
    people: tuple[EqualPayPerson, ...]
    without_former: int

    @property
    def told(self) -> int:
        """How many people's pay small cells tell to who may read them."""
        sides = [side for one in (*self.levels, self.whole) for side in (one.before, one.after) if side]
        return sum(side.count for side in sides if side.count < FEWEST)


def equal_pay_proof(zone: Zone, on: date) -> EqualPayProof:
    """The proof as of a day: former pay as uploaded, else the sealed 档案工资; now, the latest month computed
    by that day. A fixed number of statements."""
    run = months_run(zone, on)
    former = _former(zone, on)
    after, code = _after(zone, run, on) if run else ({}, "")
    people = tuple(
        EqualPayPerson(
            key,
            former[key][0] if key in former else "",
            after[key][0] if key in after else "",
            former[key][1] if key in former else None,
            after[key][1] if key in after else None,
            former[key][2] if key in former else "",
        )
        for key in sorted({*former, *after})
    )
    old = [(level, amount) for level, amount, _ in former.values() if amount >= 0]
    new = [(level, amount) for level, amount in after.values() if amount >= 0]
    ladder = policy_of(policy_version_as_of(zone, on)).ladder
    return EqualPayProof(
        on=on,
        run=run,
        results_code=code,
        ladder=ladder,
        levels=tuple(compare_spreads(spread_by_level(old), spread_by_level(new))),
        whole=_whole([amount for _, amount in old], [amount for _, amount in new]),
        people=people,
        without_former=sum(1 for key in after if key not in former),
    )


def _whole(old: list[Decimal], new: list[Decimal]) -> SpreadChange:
    before, after = spread(old), spread(new)
    sides = (
        {"": before} if before else {},
        {"": after} if after else {},
    )
    found = compare_spreads(*sides)
    return found[0] if found else SpreadChange("", None, None, None, None, None)


def _former(zone: Zone, on: date) -> dict[int, tuple[str, Decimal, str]]:
    """Person → (level then, monthly pay, source)."""
    levels = _levels_then(zone)
    found: dict[int, tuple[str, Decimal, str]] = {}
    archived = ArchivedStatus.objects.filter(person__zone=zone)
    for person, text, sealed_on in archived.order_by("id").values_list(
        "person_id", "archived_pay", "sealed_on"
    ):
        amount = _amount(text)
        if amount is not None:
            found[person] = (_level_at(levels.get(person, []), sealed_on), amount, ARCHIVED)
    uploaded = FormerPay.objects.filter(person__zone=zone, as_of__lte=on).order_by("as_of", "id")
    for person, amount, level, as_of in uploaded.values_list("person_id", "monthly", "level", "as_of"):
        found[person] = (level or _level_at(levels.get(person, []), as_of), amount, FORMER)
    return found


def _levels_then(zone: Zone) -> dict[int, list[tuple[date, str]]]:
    """Person → (first day, level) of the main posts, the earliest first."""
    rows = Tenure.objects.filter(zone=zone, kind=TenureKind.PRIMARY).order_by("id")
    found: dict[int, list[tuple[date, str]]] = {}
    for person, starts_on, level in rows.values_list("person_id", "starts_on", "held_level"):
        found.setdefault(person, []).append((starts_on or date.min, level))
    for one in found.values():
        one.sort()
    return found


def _level_at(history: list[tuple[date, str]], on: date | None) -> str:
    """The level held on a day; the first one where no day is known or nothing was held yet."""
    if not history:
        return ""
    held = [level for starts_on, level in history if on is not None and starts_on <= on]
    return held[-1] if held else history[0][1]


def _amount(text: str) -> Decimal | None:
    """档案工资 is a text column: what is no amount tells nothing."""
    plain = text.replace(",", "").replace("，", "").strip()
    return Decimal(plain) if _AMOUNT.fullmatch(plain) else None


def _after(zone: Zone, run: PayRun, on: date) -> tuple[Mapping[int, tuple[str, Decimal]], str]:
    """Person → (level, a month's pay without one-off items); and whose results it rests on."""
    results = latest_results(zone, on)
    coefficients = None
    if results is not None:
        try:
            coefficients = Coefficients(pay_policy(policy_of(run.policy)), results)
        except (PolicyMissing, RuleError):
            coefficients = None
    found = {}
    rows = PayLine.objects.filter(run=run).order_by("id")
    for person, unit, level, base, prepaid, *fixed in rows.values_list(
        "person_id", "unit_id", "level", "performance_base", "performance_pay", "base_pay", "position_pay",
        "seniority_pay", "allowance", "protection",
    ):  # fmt: skip
        performance = prepaid
        of_unit = coefficients.of_unit(unit, person) if coefficients else None
        personal = coefficients.of_person(person) if coefficients else None
        if of_unit is not None and personal is not None:
            performance = performance_pay(base, of_unit.value, personal.value).value
        amount = total_of([*fixed, performance])
        if amount != NOTHING:
            found[person] = (level, amount)
    return found, results.code if results is not None and coefficients is not None else ""
