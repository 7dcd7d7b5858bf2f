"""A person's pay of one month from the posts held: 基础, 岗位, 绩效基数, 预发, 过渡补差 (domain.md §7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from reform.dated import add_months
from reform.errors import RuleError
from reform.rounding import exact, to_fen
from reform.workdays import Calendar, WorkdayCount, count_workdays

from .changes import Holding, PaySpan, pay_spans, unpaid_notes
from .figures import money_text, number_text, percent_text, total_of
from .policy import PayPolicy
from .settlement import prepayment
from .standard import standard

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PaidPart:
    """A span inside the month, and the share of a full month that it is paid for.

    workdays: of the span.  share: workdays ÷ 月计薪天数, or ÷ the month's working days where the whole month
    was served.
    """

    span: PaySpan
    workdays: int
    share: Fraction
    waiting_month: int = 0


@dataclass(frozen=True, slots=True)
class MonthPay:
    """A month's figures in yuan, each rounded half up once.

    performance_base: what the settlement counts; `prepaid` is paid of it now.  top_up: 待岗 raised to the
    local minimum wage.  protection: 过渡补差.  gross: base + position + prepaid + top_up + protection.
    years_missing: years outside the working calendar, for the warning.
    """

    month: date
    parts: tuple[PaidPart, ...]
    base_pay: Decimal
    position_pay: Decimal
    performance_base: Decimal
    prepaid: Decimal
    top_up: Decimal
    protection: Decimal
    gross: Decimal
    terms: tuple[str, ...]
    years_missing: tuple[int, ...] = ()

    @property
    def at_one(self) -> Decimal:
        """The month's worth at unit and personal coefficient 1, without prepayment (E3, E6)."""
        parts = (self.base_pay, self.position_pay, self.performance_base, self.top_up, self.protection)
        return total_of(parts)


@dataclass(frozen=True, slots=True)
class _Rates:
    """What a full month of a part is worth."""

    base: Decimal
    position: Decimal
    performance: Decimal
    top_up: Decimal
    protection: Decimal
    terms: tuple[str, ...]


COMPONENTS = (
    ("base", "基础"),
    ("position", "岗位"),
    ("performance", "绩效基数"),
    ("top_up", "最低工资补足"),
    ("protection", "过渡补差"),
)


class PayMonth:
    """One month under one policy, for many people: what they have in common is computed once."""

    def __init__(self, policy: PayPolicy, month: date, calendar: Calendar) -> None:
        self.policy = policy
        self.first = month.replace(day=1)
        self.ends_before = add_months(self.first, 1)
        self.calendar = calendar
        self._rates: dict[tuple[Decimal, Decimal, Decimal | None, int], _Rates] = {}
        self._prepayments: dict[Decimal, tuple[Decimal, str]] = {}

    @cached_property
    def whole(self) -> WorkdayCount:
        """The working days of the whole month."""
        return count_workdays(self.first, self.ends_before - _DAY, self.calendar)

    def pay(self, holdings: Sequence[Holding]) -> MonthPay:
        """The pay of one person; all zero where nothing was held.

        A full month is paid in full; a month joined or left is paid by its working days ÷ 月计薪天数, at most
        in full; a change inside a month is split by working days.  Source: domain.md §7, E6.
        """
        parts, years_missing = self._parts(_clipped(pay_spans(self.policy, holdings), self))
        rates = [self._rates_of(part) for part in parts]
        amounts = {code: _weighted([getattr(rate, code) for rate in rates], parts) for code, _ in COMPONENTS}
        prepaid, prepay_term = self._prepaid(amounts["performance"])
        paid = (amounts["base"], amounts["position"], prepaid, amounts["top_up"], amounts["protection"])
        gross = total_of(paid)
        terms = _terms(parts, rates, amounts)
        if amounts["performance"]:
            terms.append(prepay_term)
        terms += unpaid_notes(holdings, self.first, self.ends_before)
        shown = " + ".join(money_text(one) for one in paid if one)
        terms.append(f"应发 = {shown or '0.00'} = {money_text(gross)}")
        return MonthPay(
            month=self.first,
            parts=tuple(parts),
            base_pay=amounts["base"],
            position_pay=amounts["position"],
            performance_base=amounts["performance"],
            prepaid=prepaid,
            top_up=amounts["top_up"],
            protection=amounts["protection"],
            gross=gross,
            terms=tuple(terms),
            years_missing=years_missing,
        )

    def _parts(self, spans: Sequence[tuple[PaySpan, date, date]]) -> tuple[list[PaidPart], tuple[int, ...]]:
        """The shares of the month; the calendar matters only where the month is not one whole."""
        if len(spans) == 1 and spans[0][1:] == (self.first, self.ends_before):
            span = spans[0][0]
            return [PaidPart(span, self.whole.days, Fraction(1), _waiting_month(span, self.first))], ()
        counts = [count_workdays(start, end - _DAY, self.calendar) for _, start, end in spans]
        served = sum(count.days for count in counts)
        calendar_days = sum((end - start).days for _, start, end in spans)
        is_whole = calendar_days == (self.ends_before - self.first).days
        if is_whole and not served:
            raise RuleError(f"工作日历中 {self.first:%Y-%m} 没有工作日，无法拆分当月薪酬。请核对工作日历。")
        # A month served in full is worth a full month, however many working days it has.
        divisor = Fraction(served) if is_whole else max(exact(self.policy.month_workdays), Fraction(served))
        parts = [
            PaidPart(span, count.days, count.days / divisor, _waiting_month(span, self.first))
            for (span, _, _), count in zip(spans, counts, strict=True)
        ]
        missing = {year for count in counts for year in count.years_missing}
        return parts, tuple(sorted(missing))

    def _rates_of(self, part: PaidPart) -> _Rates:
        span = part.span
        key = (span.coefficient, span.factor, span.protected, part.waiting_month)
        if key not in self._rates:
            self._rates[key] = _rates(self.policy, part)
        return self._rates[key]

    def _prepaid(self, base: Decimal) -> tuple[Decimal, str]:
        if base not in self._prepayments:
            self._prepayments[base] = prepayment(base, self.policy.prepay_share)
        return self._prepayments[base]


def month_pay(policy: PayPolicy, holdings: Sequence[Holding], month: date, calendar: Calendar) -> MonthPay:
    """The pay of one person for the month that `month` lies in: see PayMonth."""
    return PayMonth(policy, month, calendar).pay(holdings)


def _clipped(spans: Sequence[PaySpan], month: PayMonth) -> list[tuple[PaySpan, date, date]]:
    first, ends_before = month.first, month.ends_before
    clipped = [(span, max(span.starts_on, first), min(span.ends_before, ends_before)) for span in spans]
    return [(span, start, end) for span, start, end in clipped if start < end]


def _waiting_month(span: PaySpan, first: date) -> int:
    """Which month of 待岗 this is, from 1; 0 for a post."""
    since = span.waiting_from
    return 0 if since is None else (first.year - since.year) * 12 + first.month - since.month + 1


def _rates(policy: PayPolicy, part: PaidPart) -> _Rates:
    span = part.span
    full = standard(policy, span.coefficient, span.factor)
    nothing = Decimal("0.00")
    if part.waiting_month:
        return _waiting_rates(policy, part.waiting_month, full.base_pay, full.position_pay)
    protection, terms = nothing, full.terms
    if span.protected is not None:
        former = standard(policy, span.protected)
        protection = max(nothing, former.standard - full.standard)
        difference = f"{money_text(former.standard)} − {money_text(full.standard)}"
        terms = (*terms, f"过渡补差 = {difference} = {money_text(protection)}")
    return _Rates(full.base_pay, full.position_pay, full.performance_base, nothing, protection, terms)


def _waiting_rates(policy: PayPolicy, month: int, base: Decimal, position: Decimal) -> _Rates:
    """待岗: no 绩效; at first 基础 and a share of 岗位, later 基础, not below the local minimum wage."""
    nothing = Decimal("0.00")
    waiting = policy.waiting
    if month <= waiting.full_months:
        paid = to_fen(exact(position) * exact(waiting.share))
        term = (
            f"待岗第 {month} 个月：基础 {money_text(base)}，"
            f"岗位 = {money_text(position)} × {percent_text(waiting.share)} = {money_text(paid)}"
        )
        return _Rates(base, paid, nothing, nothing, nothing, (term,))
    top_up = max(nothing, waiting.minimum_wage - base)
    term = f"待岗第 {month} 个月：基础 {money_text(base)}"
    if top_up:
        term += f"，低于当地最低工资 {money_text(waiting.minimum_wage)}，补足 {money_text(top_up)}"
    return _Rates(base, nothing, nothing, top_up, nothing, (term,))


def _weighted(amounts: Sequence[Decimal], parts: Sequence[PaidPart]) -> Decimal:
    """The month's amount of one component: exact over the parts, rounded once."""
    if len(parts) == 1 and parts[0].share == 1:
        return amounts[0]
    if not any(amounts):
        return Decimal("0.00")
    return to_fen(
        sum((exact(amount) * part.share for amount, part in zip(amounts, parts, strict=True)), Fraction(0))
    )


def _terms(parts: Sequence[PaidPart], rates: Sequence[_Rates], amounts: dict[str, Decimal]) -> list[str]:
    """How each component came about; a split month names the days of every part."""
    terms = []
    for part, rate in zip(parts, rates, strict=True):
        terms.append(part.span.label)
        terms += rate.terms
    if all(part.share == 1 for part in parts):
        return terms
    for code, name in COMPONENTS:
        shown = [
            f"{money_text(getattr(rate, code))} × {_share_text(part)}"
            for part, rate in zip(parts, rates, strict=True)
            if getattr(rate, code)
        ]
        if shown:
            terms.append(f"{name} = {' + '.join(shown)} = {money_text(amounts[code])}")
    return terms


def _share_text(part: PaidPart) -> str:
    if not part.workdays:
        return "0 天"
    divisor = part.workdays / part.share
    shown = number_text(Decimal(divisor.numerator) / Decimal(divisor.denominator))
    return f"{part.workdays} ÷ {shown.removesuffix('.0')} 天"
