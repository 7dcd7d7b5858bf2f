"""Where people are on the last day of a cycle, to compare a sheet with."""

from kpi.models import Cycle
from reform.models import Tenure, TenureKind


class UnitsOfPersons:
    """Person → name of the unit held on the cycle's last day, else of the first one held after it; one
    statement."""

    def __init__(self, cycle: Cycle) -> None:
        rows = Tenure.objects.filter(zone=cycle.zone_id, kind=TenureKind.PRIMARY)
        self._names: dict[int, str] = {}
        later: dict[int, str] = {}
        for one in rows.select_related("position__unit__parent").order_by("starts_on", "id"):
            if one.ends_before is not None and one.ends_before <= cycle.last_day:
                continue
            name = one.position.unit.owner.name
            if one.starts_on is None or one.starts_on <= cycle.last_day:
                self._names[one.person_id] = name
            else:
                later.setdefault(one.person_id, name)
        self._names = later | self._names

    def name_of(self, person_id: int) -> str:
        """'' for somebody without any post."""
        return self._names.get(person_id, "")
