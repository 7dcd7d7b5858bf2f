"""What one person sees of the appraisal: published results with their versions, notices, appeals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet

from kpi.models import Cycle, Notice, PersonResult, ResultAppeal
from kpi.states import AppealState
from reform.models import Person

from .ratings import hides_groups
from .results import PersonLine, QuotaLine, person_line, quota_lines
from .unit_inputs import PUBLIC

PERSONAL = "个人："


@dataclass(frozen=True)
class OwnResult:
    """A person's result in a cycle. versions: the latest first.  quota: of the group in which 优秀 was given.
    appeal: the latest."""

    cycle: Cycle
    versions: Sequence[PersonLine]
    quota: QuotaLine | None
    notices: Sequence[Notice]
    appeal: ResultAppeal | None

    @property
    def now(self) -> PersonLine:
        return self.versions[0]

    @property
    def before(self) -> Sequence[PersonLine]:
        return self.versions[1:]

    def may_appeal(self, on: date, until: date | None) -> bool:
        """Whether an appeal can still be submitted; a withdrawn one does not count."""
        is_free = self.appeal is None or self.appeal.state == AppealState.WITHDRAWN
        return is_free and until is not None and on <= until


def own_results(person: Person) -> list[PersonResult]:
    """The person's results that are public and count now, the latest cycle first. One statement."""
    rows = PersonResult.objects.filter(person=person, current=True, cycle__state__in=PUBLIC)
    return list(rows.select_related("cycle", "person", "unit").order_by("-cycle__starts_on", "cycle__period"))


def own_result(person: Person, code: str) -> OwnResult | None:
    """One published result with all its versions; None where there is none. A fixed number of statements."""
    rows = PersonResult.objects.filter(person=person, cycle__code=code, cycle__state__in=PUBLIC)
    found = list(
        rows.select_related("cycle__zone", "cycle__policy", "person", "unit").order_by("-current", "-version")
    )
    if not found:
        return None
    cycle = found[0].cycle
    hidden = hides_groups(cycle, person)
    outcome = cycle.outcomes.filter(current=True).first()
    group = found[0].group
    quotas = [one for one in quota_lines(outcome) if one.group == group] if outcome and group else []
    appeals = ResultAppeal.objects.filter(cycle=cycle, person=person).order_by("-id")
    return OwnResult(
        cycle=cycle,
        versions=[_without_groups(person_line(one), hidden) for one in found],
        quota=quotas[0] if quotas else None,
        notices=list(own_notices(person).filter(result__cycle=cycle)),
        appeal=appeals.first(),
    )


def _without_groups(line: PersonLine, least: int) -> PersonLine:
    """How a personal score came about would tell what the few of a group have given: only the score is told.

    least: how many ballots a group needs to be shown, 0 where nothing is to be hidden.
    """
    if not least:
        return line
    told = f"{PERSONAL}各组评议按权重合计，得{line.personal}（有的组不足{least}票，不分组列出）"
    rest = [one for one in line.steps if not one.startswith(PERSONAL)]
    return replace(line, steps=(told, *rest))


def own_notices(person: Person) -> QuerySet[Notice]:
    """The person's 考核结果通知书, the latest first."""
    rows = Notice.objects.filter(result__person=person).select_related(
        "result__cycle__zone", "result__person"
    )
    return rows.order_by("-issued_on", "-id")


def unsigned_notices(person: Person) -> QuerySet[Notice]:
    """Those that wait for the person's signature."""
    return own_notices(person).filter(received_on=None, result__current=True)
