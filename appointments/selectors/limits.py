"""What a person may not rise under: 处分, 立案审查, 限制提拔 (domain.md §3, §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reform.ladder import Policy
from reform.models import PromotionLock, Sanction, Zone
from reform.sanctions import sanction_end


@dataclass(frozen=True)
class Limit:
    """One ground, from a day to another; `ends_before` None while nobody knows."""

    person_id: int
    starts_on: date
    ends_before: date | None
    words: str

    def holds_on(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_before is None or on < self.ends_before)


def limits_of(zone: Zone, policy: Policy) -> list[Limit]:
    """Every ground that was ever registered in a zone. Two statements."""
    found = []
    for one in Sanction.objects.filter(person__zone=zone).order_by("decided_on", "id"):
        ends_before = one.ends_before or sanction_end(
            one.kind, one.decided_on, policy["round.sanction_months"]
        )
        until = f"影响期到{_last(ends_before)}" if ends_before else "尚未结束"
        words = f"{one.get_kind_display()}{until}，不能提拔"
        found.append(Limit(one.person_id, one.decided_on, ends_before, words))
    locks = PromotionLock.objects.filter(person__zone=zone).order_by("starts_on", "id")
    for person_id, starts_on, ends_before, reason in locks.values_list(
        "person_id", "starts_on", "ends_before", "reason"
    ):
        found.append(Limit(person_id, starts_on, ends_before, f"限制提拔到{_last(ends_before)}（{reason}）"))
    return found


def promotion_limits(zone: Zone, policy: Policy, on: date) -> dict[int, list[str]]:
    """Person id → what stands against a promotion on a day, in words with its last day."""
    return limits_on(limits_of(zone, policy), on)


def limits_on(limits: Sequence[Limit], on: date) -> dict[int, list[str]]:
    """As promotion_limits, for limits that have been read."""
    found: dict[int, list[str]] = {}
    for one in limits:
        if one.holds_on(on):
            found.setdefault(one.person_id, []).append(one.words)
    return found


def _last(ends_before: date) -> date:
    return date.fromordinal(ends_before.toordinal() - 1)
