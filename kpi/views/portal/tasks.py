"""What of the appraisal waits for a person; settings.PORTAL_TASKS names it."""

from datetime import date

from django.urls import reverse

from kpi.selectors.own import unsigned_notices
from kpi.selectors.ratings import rating_cycles
from reform.models import Person
from reform.portal import PortalTask


def tasks(person: Person, on: date) -> list[PortalTask]:
    """Sheets to fill in, then notices to sign for."""
    found = [
        PortalTask(
            f"{cycle}民主测评：{count}人等您评议",
            reverse("appraisal:sheet", args=[cycle.code]),
            cycle.results_by,
        )
        for cycle, count in rating_cycles(person)
    ]
    found += [
        PortalTask(
            f"{one.result.cycle}结果通知书待签收", reverse("appraisal:result", args=[one.result.cycle.code])
        )
        for one in unsigned_notices(person)
    ]
    return found
