"""What a month is worth to each person at the unit scores and grades known: the entitlement, prepayment
aside (domain.md §7, E1, E2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from compensation.rules.coefficients import performance_pay
from compensation.rules.effects import Paid
from compensation.rules.figures import money_text, total_of
from compensation.rules.month import MonthPay, PayMonth
from compensation.rules.policy import PayPolicy
from reform.errors import RuleError
from reform.workdays import Calendar

from .holdings import Held, Post
from .outcome import NOTHING
from .results import Coefficients, Results


@dataclass(frozen=True, slots=True)
class Worth:
    """A person's month. paid: what the month pays, with the prepayment.  worth: with 绩效基数 × K_u × K_p in
    place of it; at coefficient 1 where the person has not been assessed."""

    post: Post
    level: str
    paid: Decimal
    worth: Decimal
    unit_coefficient: Decimal | None
    personal_coefficient: Decimal | None
    terms: tuple[str, ...]

    def as_paid(self) -> Paid:
        return Paid(self.level, self.paid)

    def as_worth(self) -> Paid:
        return Paid(self.level, self.worth)


def month_worths(
    policy: PayPolicy, held: Held, month: date, calendar: Calendar, results: Results | None
) -> tuple[dict[int, Worth], list[str]]:
    """Person → the worth of a month; and what stands against computing it. No statements."""
    maker = PayMonth(policy, month, calendar)
    coefficients = Coefficients(policy, results) if results is not None else None
    found, faults = {}, list(held.faults)
    for person, holdings in sorted(held.holdings.items()):
        try:
            pay = maker.pay(holdings)
            if pay.parts:
                found[person] = _worth(person, pay, held, coefficients)
        except RuleError as fault:
            text = str(fault).rstrip("。")
            if text not in faults:
                faults.append(text)
    return found, faults


def _worth(person: int, pay: MonthPay, held: Held, coefficients: Coefficients | None) -> Worth:
    span = pay.parts[-1].span
    place = held.place_of(person, span.name, span.rank)
    post, level = place if place is not None else (held.posts[person][-1], held.levels[person][-1])
    fixed = (pay.base_pay, pay.position_pay, pay.top_up, pay.protection)
    unit = personal = None
    if coefficients is not None:
        unit = coefficients.of_unit(post.unit_id, person)
        personal = coefficients.of_person(person)
    terms = list(pay.terms[:-1])
    if unit is not None and personal is not None:
        performance = performance_pay(pay.performance_base, unit.value, personal.value)
        terms += [unit.term, personal.term, performance.term]
        amount = performance.value
    elif coefficients is not None and person in coefficients.results.people:
        amount = pay.prepaid  # 不定等次: nothing beyond the prepayment
        terms.append(coefficients.lacking(person))
    else:
        amount = pay.performance_base
    parts = (*fixed, amount)
    total = total_of(parts)
    shown = " + ".join(money_text(one) for one in parts if one) or "0.00"
    return Worth(
        post,
        level,
        pay.gross,
        total,
        unit.value if unit else None,
        personal.value if personal else None,
        (*terms, f"应发 = {shown} = {money_text(total)}"),
    )


def keyed(pays: Mapping[int, Paid]) -> dict[str, Paid]:
    """As the effects take them: by a key that sorts like the number."""
    return {f"{person:010d}": one for person, one in pays.items() if one.amount != NOTHING or one.level}
