"""From the posts held to the spans that are paid: when a change of post changes the pay (domain.md §7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from reform.dated import add_months
from reform.errors import RuleError

from .figures import number_text
from .policy import EffectiveRule, PayPolicy


class HoldingKind(StrEnum):
    """What a person held; codes of §5, and 待岗. Only a main post and 待岗 are paid."""

    PRIMARY = "PRIMARY"
    WAITING = "WAITING"
    CONCURRENT = "CONCURRENT"
    ACTING = "ACTING"
    SECOND_OUT = "SECOND_OUT"
    SECOND_IN = "SECOND_IN"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    HoldingKind.PRIMARY: "主任职",
    HoldingKind.WAITING: "待岗",
    HoldingKind.CONCURRENT: "兼任",
    HoldingKind.ACTING: "主持工作",
    HoldingKind.SECOND_OUT: "挂职派出",
    HoldingKind.SECOND_IN: "挂职接收",
}
PAID = frozenset({HoldingKind.PRIMARY, HoldingKind.WAITING})
UNPAID_NOTES = {
    HoldingKind.CONCURRENT: "不计薪",
    HoldingKind.ACTING: "层级和薪酬不变",
    HoldingKind.SECOND_OUT: "薪酬按原岗位照发",
    HoldingKind.SECOND_IN: "薪酬由派出单位发放",
}


@dataclass(frozen=True, slots=True)
class Holding:
    """A post held from day to day.

    coefficient: K_post of the level held; for 待岗 that of the post left.  rank: `rank_order` of the level,
    which alone decides up and down; 0 outside the ladder (无级别), where nothing does.  starts_on: None from
    the beginning.  ends_before: None still held. decided_on: of the meeting or document.  pays_from: a first
    day of pay set by hand, before the rule. probation_ends_before: first day after 试用期.
    after_failed_probation: the old level given back.
    """

    starts_on: date | None
    ends_before: date | None
    coefficient: Decimal
    rank: int
    name: str = ""
    kind: HoldingKind = HoldingKind.PRIMARY
    decided_on: date | None = None
    pays_from: date | None = None
    probation_ends_before: date | None = None
    after_failed_probation: bool = False

    @property
    def begins_on(self) -> date:
        return self.starts_on or date.min

    @property
    def closes_before(self) -> date:
        return self.ends_before or date.max


@dataclass(frozen=True, slots=True)
class PaySpan:
    """A stretch of days paid alike, half-open.

    factor: 试用期薪酬系数.  protected: K_post before a demotion while the difference is paid.  waiting_from:
    first day of pay of 待岗.
    """

    starts_on: date
    ends_before: date
    coefficient: Decimal
    rank: int
    name: str
    factor: Decimal = Decimal(1)
    protected: Decimal | None = None
    waiting_from: date | None = None
    ends_protection: bool = False

    @property
    def label(self) -> str:
        return f"{self.name or '岗位'}（系数 {number_text(self.coefficient)}）"


def change_start(rule: EffectiveRule, starts_on: date, decided_on: date | None) -> date:
    """The first day of the new pay after a change of post on `starts_on`.

    decided_on: counts with DECISION_DAY; the first day of the new post where it is not known.
    Source: domain.md §7.
    """
    match rule:
        case EffectiveRule.DECISION_DAY:
            return decided_on or starts_on
        case EffectiveRule.SAME_MONTH:
            return starts_on.replace(day=1)
        case EffectiveRule.NEXT_MONTH:
            return add_months(starts_on.replace(day=1), 1)


def pay_spans(policy: PayPolicy, holdings: Iterable[Holding]) -> list[PaySpan]:
    """The paid stretches of a person, in the order of the days, without overlap.

    Joining and leaving count that very day (joining, unless a first day of pay was set); only a change
    between two posts without a gap waits for the policy's rule. What a later change overtakes before it was
    ever paid leaves no trace, so a promotion that is reversed in the same month changes nothing.
    Source: domain.md §7 Pay change.
    """
    spans: list[PaySpan] = []
    for spell in _spells(holdings):
        spans += _spell_spans(policy, spell)
    return spans


def unpaid_notes(holdings: Iterable[Holding], first: date, ends_before: date) -> list[str]:
    """What was held in a period without changing the pay, in Chinese: 兼任, 主持工作, 挂职."""
    held = sorted(
        (one.begins_on, one.kind, one.name)
        for one in holdings
        if one.kind not in PAID and one.begins_on < ends_before and one.closes_before > first
    )
    return [f"{kind.label}{name}：{UNPAID_NOTES[kind]}" for _, kind, name in held]


def _spells(holdings: Iterable[Holding]) -> list[list[Holding]]:
    """Main posts and 待岗 that follow each other without a gap: one spell from joining to leaving."""
    # A post given up on the very day counts for nothing.
    paid = sorted(
        (one for one in holdings if one.kind in PAID and one.closes_before != one.begins_on),
        key=lambda one: one.begins_on,
    )
    spells: list[list[Holding]] = []
    for one in paid:
        if one.closes_before < one.begins_on:
            raise RuleError(f"任职“{one.name}”的结束日期 {one.ends_before} 早于起始日期 {one.starts_on}。")
        last = spells[-1][-1] if spells else None
        if last is not None and one.begins_on == last.begins_on:
            raise RuleError(f"{one.starts_on} 有两个主任职（{last.name}、{one.name}），无法判断按哪个计薪。")
        if last is not None and one.begins_on <= last.closes_before:
            spells[-1].append(one)
        else:
            spells.append([one])
    return spells


def _spell_spans(policy: PayPolicy, spell: Sequence[Holding]) -> list[PaySpan]:
    joined, left = spell[0].begins_on, spell[-1].closes_before
    spans: list[PaySpan] = []
    following = dict(pairwise(spell))
    for one in spell:
        start = max(joined, one.pays_from or joined if one is spell[0] else _start(policy, one))
        if start >= left:
            continue
        # What begins later but was never paid gives way; the last one paid ends where this one starts.
        spans = [
            replace(span, ends_before=min(span.ends_before, start))
            for span in spans
            if span.starts_on < start
        ]
        waiting = start if one.kind == HoldingKind.WAITING else None
        span = PaySpan(start, left, one.coefficient, one.rank, one.name, waiting_from=waiting)
        spans.append(replace(span, ends_protection=one.after_failed_probation))
        spans = _with_probation(policy, spans, one, following.get(one))
    return _with_protection(policy, spans)


def _start(policy: PayPolicy, one: Holding) -> date:
    if one.pays_from is not None:
        return one.pays_from
    # 试用不合格: the old level from the next month, whatever the rule for other changes.
    rule = EffectiveRule.NEXT_MONTH if one.after_failed_probation else policy.effective_rule
    return change_start(rule, one.begins_on, one.decided_on)


def _with_probation(
    policy: PayPolicy, spans: list[PaySpan], one: Holding, following: Holding | None
) -> list[PaySpan]:
    """Cut the last span where its probation ends: until then it is paid with the factor."""
    ends = one.probation_ends_before
    if ends is None or policy.probation_factor == 1 or one.kind != HoldingKind.PRIMARY:
        return spans
    if following is not None and following.begins_on <= ends:
        full = date.max  # never confirmed: the next post takes over
    else:
        full = change_start(policy.effective_rule, ends, ends)
    last = spans[-1]
    tried = replace(last, factor=policy.probation_factor, ends_before=min(last.ends_before, full))
    if full >= last.ends_before:
        return [*spans[:-1], tried]
    if full <= last.starts_on:
        return spans
    return [*spans[:-1], tried, replace(last, starts_on=full)]


def _with_protection(policy: PayPolicy, spans: Sequence[PaySpan]) -> list[PaySpan]:
    """Mark the months after a demotion in which the difference to the former standard is paid."""
    if not policy.protect_months:
        return list(spans)
    done: list[PaySpan] = []
    former, until = Decimal(0), date.min
    for number, span in enumerate(spans):
        last = spans[number - 1] if number else None
        if span.ends_protection or span.waiting_from or (last and last.waiting_from):
            until = date.min
        elif last and 0 < span.rank < last.rank and last.coefficient > span.coefficient:
            still = former if span.starts_on < until else Decimal(0)
            former = max(still, last.coefficient)
            until = add_months(span.starts_on, policy.protect_months)
        if span.starts_on >= until or former <= span.coefficient:
            done.append(span)
            continue
        protected = replace(span, ends_before=min(span.ends_before, until), protected=former)
        done.append(protected)
        if until < span.ends_before:
            done.append(replace(span, starts_on=until))
    return done
