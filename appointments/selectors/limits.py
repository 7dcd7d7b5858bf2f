"""What a person may not rise under: 处分, 立案审查, 限制提拔 (domain.md §3, §4)."""

from datetime import date

from django.db.models import Q

from appointments.rules.locks import sanction_end
from reform.ladder import Policy
from reform.models import PromotionLock, Sanction, Zone


def promotion_limits(zone: Zone, policy: Policy, on: date) -> dict[int, list[str]]:
    """Person id → what stands against a promotion on a day, in words with its last day. Two statements."""
    found: dict[int, list[str]] = {}
    sanctions = Sanction.objects.filter(person__zone=zone, decided_on__lte=on).order_by("decided_on", "id")
    for one in sanctions.filter(Q(ends_before=None) | Q(ends_before__gt=on)):
        ends_before = one.ends_before or sanction_end(
            one.kind, one.decided_on, policy["round.sanction_months"]
        )
        if ends_before is not None and ends_before <= on:
            continue
        until = f"影响期到{_last(ends_before)}" if ends_before else "尚未结束"
        found.setdefault(one.person_id, []).append(f"{one.get_kind_display()}{until}，不能提拔")
    locks = PromotionLock.objects.filter(person__zone=zone, starts_on__lte=on, ends_before__gt=on)
    for person_id, reason, ends_before in locks.order_by("starts_on", "id").values_list(
        "person_id", "reason", "ends_before"
    ):
        said = f"限制提拔到{_last(ends_before)}（{reason}）"
        found.setdefault(person_id, []).append(said)
    return found


def _last(ends_before: date) -> date:
    return date.fromordinal(ends_before.toordinal() - 1)
