"""What the papers of a cycle say of its people, read for all of them at once."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from kpi.models import Cycle, Notice, PersonResult
from reform.models import Tenure, TenureKind
from reform.selectors import tenures_as_of


@dataclass(frozen=True)
class Printed:
    """A result that counts, its notice, and the post of the cycle's last day (else the next one held)."""

    result: PersonResult
    notice: Notice | None
    tenure: Tenure | None


def results_printed(cycle: Cycle, people: Collection[int] | None = None) -> list[Printed]:
    """In the order of the units, then of the people. Three statements."""
    rows = PersonResult.objects.filter(cycle=cycle, current=True).select_related("person", "unit")
    if people is not None:
        rows = rows.filter(person__in=people)
    results = list(rows.order_by("unit__sort_no", "unit_id", "person__sort_no", "person_id"))
    notices = {one.result_id: one for one in Notice.objects.filter(result__in=[one.pk for one in results])}
    posts = _posts(cycle, {one.person_id for one in results})
    return [Printed(one, notices.get(one.pk), posts.get(one.person_id)) for one in results]


def _posts(cycle: Cycle, people: Collection[int]) -> dict[int, Tenure]:
    rows = Tenure.objects.filter(zone=cycle.zone_id, kind=TenureKind.PRIMARY, person__in=people)
    day = cycle.last_day
    held = tenures_as_of(cycle.zone, day).values("pk")
    found: dict[int, Tenure] = {}
    wanted = rows.filter(Q(pk__in=held) | Q(starts_on__gt=day)).select_related("position__unit__parent")
    for one in wanted.order_by("starts_on", "id"):
        found.setdefault(one.person_id, one)
    return found
