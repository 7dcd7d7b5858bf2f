"""The lines of a month: posts held, what was imported for the month, corrections of earlier months."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compensation.models import PayInput, PayLine, PayRun
from compensation.rules.changes import Holding, unpaid_notes
from compensation.rules.figures import money_text, plain_text, total_of
from compensation.rules.month import MonthPay, PayMonth
from compensation.rules.policy import PayPolicy
from compensation.rules.standard import standard
from reform.errors import RuleError
from reform.models import Person
from reform.selectors import calendar_of
from reform.workdays import fallback_warning

from .back_pays import riding_on
from .holdings import Held, Post, held_in, level_values
from .outcome import COMPONENTS, NOTHING, Computed, digest_of, why_text

_Kind = PayInput.Kind
# Where an imported item stands in the line.
INPUT_FIELDS: Mapping[str, str] = {
    _Kind.SOCIAL: "social_insurance",
    _Kind.HOUSING: "housing_fund",
    _Kind.TAX: "income_tax",
    _Kind.AWARD: "special_award",
    _Kind.ALLOWANCE: "allowance",
    _Kind.SENIORITY: "seniority_pay",
}
NOWHERE = Post(None, "", "", "", None, (1 << 30,))
_BackPays = Sequence[tuple[int, Decimal, str]]


@dataclass(frozen=True)
class MonthFacts:
    """Everything that a month's lines are computed from. people: id → (name, place in the roster)."""

    policy: PayPolicy
    held: Held
    inputs: Mapping[int, Mapping[str, Decimal]]
    back_pays: Mapping[int, _BackPays]
    people: Mapping[int, tuple[str, int]]
    calendar: Mapping[Any, bool]

    @property
    def concerned(self) -> list[int]:
        """Everybody who may get a line."""
        return sorted({*self.held.holdings, *self.inputs, *self.back_pays})


def month_lines(run: PayRun, policy: PayPolicy, *, with_back_pays: bool = True) -> Computed:
    """The lines of a month's run, in the order of units, posts and people."""
    facts = month_facts(run, policy, with_back_pays=with_back_pays)
    month = PayMonth(policy, run.starts_on, facts.calendar)
    maker = _LineMaker(run, month, facts)
    made: list[tuple[tuple[Any, ...], PayLine]] = []
    missing = list(facts.held.faults)
    for person in facts.concerned:
        try:
            found = maker.line(person)
        except RuleError as fault:
            missing.append(f"{facts.people[person][0]}：{str(fault).rstrip('。')}")
            continue
        if found is not None:
            made.append(found)
    made.sort(key=lambda one: one[0])
    lines = [line for _, line in made]
    for place, line in enumerate(lines, 1):
        line.sort_no = place
    included = sorted(key for rows in facts.back_pays.values() for key, _, _ in rows)
    return Computed(lines, digest_of(_digested(run, facts)), missing, included)


def month_facts(run: PayRun, policy: PayPolicy, *, with_back_pays: bool = True) -> MonthFacts:
    """Read what a month is computed from: a fixed number of statements."""
    inputs: dict[int, dict[str, Decimal]] = {}
    rows = PayInput.objects.filter(zone_id=run.zone_id, month=run.code).order_by("id")
    for person, kind, amount in rows.values_list("person_id", "kind", "amount"):
        given = inputs.setdefault(person, {})
        name = INPUT_FIELDS[kind]
        given[name] = given.get(name, NOTHING) + amount
    people = Person.objects.filter(zone_id=run.zone_id).order_by()
    return MonthFacts(
        policy=policy,
        held=held_in(run.zone, run.starts_on, run.ends_before, level_values(run.policy, policy)),
        inputs=inputs,
        back_pays=riding_on(run) if with_back_pays else {},
        people={key: (name, sort_no) for key, name, sort_no in people.values_list("id", "name", "sort_no")},
        calendar=calendar_of(),
    )


def _digested(run: PayRun, facts: MonthFacts) -> Iterator[Any]:
    """What the digest is over: a change of any of it makes the run stale."""
    policy = facts.policy
    yield run.code, run.policy_id, tuple(repr(getattr(policy, name)) for name in policy.__slots__)
    days = sorted((on, works) for on, works in facts.calendar.items())
    yield tuple(one for one in days if run.starts_on <= one[0] < run.ends_before)
    yield any(on.year == run.starts_on.year for on, _ in days)
    held = facts.held
    for person in facts.concerned:
        yield (
            person,
            facts.people[person][1],
            [
                (
                    one.starts_on, one.ends_before, one.coefficient, one.rank, one.name, one.kind.value,
                    one.decided_on, one.pays_from, one.probation_ends_before, one.after_failed_probation,
                    post.unit_id, level,
                )
                for one, post, level in zip(
                    held.holdings.get(person, ()),
                    held.posts.get(person, ()),
                    held.levels.get(person, ()),
                    strict=True,
                )
            ],
            sorted(facts.inputs.get(person, {}).items()),
            facts.back_pays.get(person, ()),
        )  # fmt: skip


class _LineMaker:
    """Lines of one month; what people of one level have in common is computed once."""

    def __init__(self, run: PayRun, month: PayMonth, facts: MonthFacts) -> None:
        self.run, self.month, self.facts = run, month, facts
        self._standards: dict[tuple[Decimal, Decimal], Decimal] = {}

    def line(self, person: int) -> tuple[tuple[Any, ...], PayLine] | None:
        """A person's line with its place in the sheet; None for who gets nothing from here."""
        facts = self.facts
        holdings = facts.held.holdings.get(person, [])
        pay = self.month.pay(holdings)
        inputs = facts.inputs.get(person, {})
        back_pays = facts.back_pays.get(person, ())
        if not (pay.parts or inputs or back_pays):
            return None
        post, level = self._place(person, pay)
        values: dict[str, Any] = {
            "base_pay": pay.base_pay + pay.top_up,
            "position_pay": pay.position_pay,
            "performance_base": pay.performance_base,
            "performance_pay": pay.prepaid,
            "protection": pay.protection,
            "back_pay": total_of([amount for _, amount, _ in back_pays]) if back_pays else NOTHING,
            **inputs,
        }
        if pay.parts:
            span = pay.parts[-1].span
            values["post_coefficient"] = span.coefficient
            values["standard"] = self._standard(span.coefficient, span.factor)
        gross = sum((values.get(name, NOTHING) for name in COMPONENTS), NOTHING)
        deducted = sum(
            (inputs.get(name, NOTHING) for name in ("social_insurance", "housing_fund", "income_tax")),
            NOTHING,
        )
        line = PayLine(
            run_id=self.run.pk,
            person_id=person,
            unit_id=post.unit_id,
            post=post.name[:120],
            level=level,
            gross=gross,
            net=gross - deducted,
            why=self._why(holdings, pay, back_pays),
            terms=self._terms(pay, values, back_pays, gross, deducted),
            **values,
        )
        return (post.order, facts.people[person][1], person), line

    def _place(self, person: int, pay: MonthPay) -> tuple[Post, str]:
        """Where the person is shown: the post paid last in the month, else one that is held without pay."""
        held = self.facts.held
        if pay.parts:
            span = pay.parts[-1].span
            found = held.place_of(person, span.name, span.rank)
            if found is not None:
                return found
        posts = held.posts.get(person, [])
        return (posts[-1], held.levels[person][-1]) if posts else (NOWHERE, "")

    def _standard(self, coefficient: Decimal, factor: Decimal) -> Decimal:
        key = (coefficient, factor)
        if key not in self._standards:
            self._standards[key] = standard(self.facts.policy, coefficient, factor).standard
        return self._standards[key]

    def _why(self, holdings: Sequence[Holding], pay: MonthPay, back_pays: _BackPays) -> str:
        """What is special about this month; '' for a plain full month."""
        reasons = []
        if not pay.parts:
            reasons.append("本月没有计薪的任职")
        for part in pay.parts:
            if part.waiting_month:
                reasons.append(f"待岗第{part.waiting_month}个月")
            if part.share != 1:
                reasons.append(f"{part.span.name}计薪{part.workdays}个工作日")
            if part.span.protected is not None:
                reasons.append("降职过渡期内")
            if part.span.factor != 1:
                reasons.append("试用期")
        if pay.top_up:
            reasons.append("补足到当地最低工资")
        if len(holdings) > 1:
            reasons += unpaid_notes(holdings, self.run.starts_on, self.run.ends_before)
        reasons += [reason for _, _, reason in back_pays]
        reasons.append(fallback_warning(pay.years_missing))
        return why_text(reasons) if any(reasons) else ""

    def _terms(
        self,
        pay: MonthPay,
        values: Mapping[str, Any],
        back_pays: _BackPays,
        gross: Decimal,
        deducted: Decimal,
    ) -> list[str]:
        """The rule's terms; with anything beside the post's pay the sum is written anew."""
        if gross == pay.gross and not deducted and not back_pays and not pay.top_up:
            return list(pay.terms)
        terms = list(pay.terms[:-1]) if pay.parts else []
        if pay.top_up:
            terms.append(f"最低工资补足 {money_text(pay.top_up)}，计入基础工资")
        terms += [f"{reason}：{plain_text(amount)}" for _, amount, reason in back_pays]
        parts = [(word, values.get(name, NOTHING)) for name, word in COMPONENTS.items()]
        shown = " + ".join(f"{word} {plain_text(amount)}" for word, amount in parts if amount)
        terms.append(f"应发 = {shown or '0.00'} = {plain_text(gross)}")
        if deducted:
            terms.append(
                f"实发 = {plain_text(gross)} − 代扣 {money_text(deducted)} = {plain_text(gross - deducted)}"
            )
        return terms
