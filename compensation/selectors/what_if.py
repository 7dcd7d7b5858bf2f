"""试算: what other parameters, or the posts of a round, would do to pay; side by side, nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from appointments.models import Round
from compensation.rules.effects import Effect, compare_pays
from compensation.rules.policy import EffectiveRule, policy_faults
from compensation.rules.year import YearEffect, year_effect
from reform.dated import add_months
from reform.errors import Refused
from reform.ladder import Ladder, Policy
from reform.models import Person, PolicyParameter, PolicyVersion, Zone
from reform.policy_shape import NAMES, value_faults
from reform.selectors import calendar_of, policy_of, policy_version_as_of

from .holdings import held_in, level_values
from .policy import pay_policy
from .proposed import with_round
from .results import Results, latest_results
from .worth import Worth, keyed, month_worths

PREFIX = "pay."


@dataclass(frozen=True)
class ParameterChange:
    """One parameter on both sides."""

    key: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class WhatIfPerson:
    """One person on both sides; None: not paid there."""

    person_id: int
    name: str
    before: Worth | None
    after: Worth | None

    @property
    def paid_difference(self) -> Decimal:
        return _amount(self.after, "paid") - _amount(self.before, "paid")

    @property
    def worth_difference(self) -> Decimal:
        return _amount(self.after, "worth") - _amount(self.before, "worth")


@dataclass(frozen=True)
class WhatIf:
    """Both sides of a month. paid: what the month pays; worth: with the performance pay that unit scores and
    grades bring. results_code: whose scores and grades these are, '' where nothing is final. faults: what
    cannot be computed on either side."""

    month: date
    version: PolicyVersion
    changes: tuple[ParameterChange, ...]
    results_code: str
    paid: Effect
    worth: Effect
    people: tuple[WhatIfPerson, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True)
class _Month:
    """What both sides of a trial have in common. own_rule: of the policy in force."""

    zone: Zone
    first: date
    calendar: Mapping[date, bool]
    results: Results | None
    own_rule: EffectiveRule

    def side(
        self, values: Policy, version: PolicyVersion, round_: Round | None
    ) -> tuple[dict[int, Worth], list[str]]:
        """What everybody's month is worth under some values and the ladder of a version."""
        policy = pay_policy(values)
        levels = level_values(version, policy, self.own_rule)
        held = held_in(self.zone, self.first, add_months(self.first, 1), levels)
        if round_ is not None:
            held = with_round(held, round_, levels)
        return month_worths(policy, held, self.first, self.calendar, self.results)


def pay_what_if(
    zone: Zone,
    month: date,
    changes: Mapping[str, Any],
    round_: Round | None = None,
    draft: PolicyVersion | None = None,
) -> WhatIf:
    """A month under the policy in force on its first day, beside the same month with other pay parameters.

    changes: key → value, as the policy keeps them (pay.point_value → "4200.00").  round_: its proposed
    appointments, too, each for the whole month.  draft: a version whose ladder with its 档次 is tried, too. A
    fixed number of statements, nothing is written. Raises Refused with everything that is wrong with the
    changes.
    """
    first = month.replace(day=1)
    version = policy_version_as_of(zone, first)
    present = policy_of(version)
    ladder = policy_of(draft).ladder if draft else present.ladder
    listed = checked_changes(version, present, changes, ladder)
    results = latest_results(zone, first)
    tried = _Month(zone, first, calendar_of(), results, pay_policy(present).effective_rule)
    before, faults = tried.side(present, version, None)
    changed = Policy(present.number, ladder, {**present.values, **changes})
    after, more = tried.side(changed, draft or version, round_)
    names = dict(Person.objects.filter(zone=zone).values_list("id", "name"))
    return WhatIf(
        month=first,
        version=version,
        changes=listed,
        results_code=results.code if results else "",
        paid=_effect(before, after, "paid"),
        worth=_effect(before, after, "worth"),
        people=tuple(
            WhatIfPerson(key, names.get(key, ""), before.get(key), after.get(key))
            for key in _in_order(before, after)
        ),
        faults=tuple(dict.fromkeys([*faults, *more])),
    )


def year_what_if(
    zone: Zone, person: Person, year: int, changes: Mapping[str, Any] | None = None
) -> YearEffect:
    """A person's year at unit and personal coefficient 1, against the post of 1 January kept throughout (E3).

    Raises Refused for who held no post on that day.
    """
    first, ends_before = date(year, 1, 1), date(year + 1, 1, 1)
    version = policy_version_as_of(zone, first)
    present = policy_of(version)
    checked_changes(version, present, changes or {}, present.ladder)
    policy = pay_policy(Policy(present.number, present.ladder, {**present.values, **(changes or {})}))
    own_rule = pay_policy(present).effective_rule
    held = held_in(zone, first, ends_before, level_values(version, policy, own_rule))
    holdings = held.holdings.get(person.pk, [])
    start = [one for one in holdings if one.begins_on <= first and one.closes_before > first]
    main = next((one for one in start if one.kind in ("PRIMARY", "WAITING")), None)
    if main is None:
        raise Refused([f"{person.name}在{year}年1月1日没有主任职，无法比较全年"])
    return year_effect(policy, holdings, year, calendar_of(), unchanged_coefficient=main.coefficient)


def policy_changes(version: PolicyVersion, month: date) -> dict[str, Any]:
    """What a version (a draft, say) would change of the pay parameters in force in a month."""
    assert version.zone is not None
    present = policy_of(policy_version_as_of(version.zone, month.replace(day=1))).values
    return {
        key: value
        for key, value in policy_of(version).values.items()
        if key.startswith(PREFIX) and present.get(key) != value
    }


def checked_changes(
    version: PolicyVersion, present: Policy, changes: Mapping[str, Any], ladder: Ladder
) -> tuple[ParameterChange, ...]:
    """The changes with their labels; raises Refused for unknown keys, wrong shapes, levels that the ladder
    lacks, and contradictions."""
    rows = {one.key: one for one in PolicyParameter.objects.filter(version=version, key__startswith=PREFIX)}
    faults = [f"没有工资参数“{key}”" for key in changes if key not in rows]
    codes = list(ladder.by_code)
    for key, value in changes.items():
        if key in rows:
            found = value_faults(key, rows[key].value, value, levels=codes, choices=NAMES.get(key, {}))
            faults += [f"“{rows[key].label}”{fault}" for fault in found]
    if not faults:
        faults = policy_faults(
            pay_policy(Policy(present.number, present.ladder, {**present.values, **changes}))
        )
    if faults:
        raise Refused(faults)
    return tuple(
        ParameterChange(key, rows[key].label, rows[key].value, value)
        for key, value in changes.items()
        if rows[key].value != value
    )


def _effect(before: Mapping[int, Worth], after: Mapping[int, Worth], what: str) -> Effect:
    def side(worths: Mapping[int, Worth]) -> Any:
        return keyed(
            {key: one.as_paid() if what == "paid" else one.as_worth() for key, one in worths.items()}
        )

    return compare_pays(side(before), side(after))


def _in_order(before: Mapping[int, Worth], after: Mapping[int, Worth]) -> Sequence[int]:
    """Everybody of either side in the order of units and posts."""

    def place(key: int) -> tuple[Any, ...]:
        one = after.get(key) or before[key]
        return (*one.post.order, key)

    return sorted({*before, *after}, key=place)


def _amount(worth: Worth | None, name: str) -> Decimal:
    return Decimal("0.00") if worth is None else getattr(worth, name)
