"""岗位目标责任书: the targets of appointments by year, and what stands against signing them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from appointments.models import Appointment, DutyContract, DutyTarget
from appointments.paper_states import DutyState
from appointments.rules.guards import DutyFacts
from appointments.states import IN_FORCE, AppointmentState
from reform.models import Person

OPEN = (AppointmentState.PENDING, *IN_FORCE)


def contracts() -> QuerySet[DutyContract]:
    """With the targets in their order, and whose they are."""
    targets = DutyTarget.objects.order_by("number")
    return DutyContract.objects.select_related(
        "appointment__person",
        "appointment__zone",
        "appointment__round",
        "appointment__position__unit__parent",
        "unit_signed_by",
    ).prefetch_related(Prefetch("targets", targets))


def contracts_of(appointments: Collection[int]) -> Mapping[int, Sequence[DutyContract]]:
    """Appointment id → its 责任书, the earliest year first. Two statements."""
    found: dict[int, list[DutyContract]] = defaultdict(list)
    for one in contracts().filter(appointment__in=appointments).order_by("year", "id"):
        found[one.appointment_id].append(one)
    return found


def contract_printed(found: Sequence[DutyContract], year: int) -> DutyContract | None:
    """Of one appointment's 责任书 that of a year, else the latest before it, else the first."""
    before = [one for one in found if one.year <= year]
    return before[-1] if before else next(iter(found), None)


def duty_facts(contract: DutyContract, *, is_self: bool = False, is_own: bool = True) -> DutyFacts:
    """What the guards of the signatures look at."""
    targets = list(contract.targets.all())
    return DutyFacts(
        weights=[one.weight for one in targets],
        unclear=[one.number for one in targets if not (one.content and one.standard and one.due)],
        is_self=is_self,
        is_own=is_own,
    )


def total_weight(contract: DutyContract) -> Decimal:
    """The weights of the targets together."""
    return sum((one.weight for one in contract.targets.all()), Decimal(0))


def drafts_of_units(unit_ids: Collection[int]) -> int:
    """How many 责任书 of these units wait for the signature of 甲方."""
    found = DutyContract.objects.filter(state=DutyState.DRAFT, appointment__position__unit__in=unit_ids)
    return found.count()


def own_contracts(person: Person) -> QuerySet[DutyContract]:
    """The 责任书 that a person is asked to sign, or has signed; drafts are the unit's."""
    return contracts().filter(appointment__person=person).exclude(state=DutyState.DRAFT)


def years_of(appointment: Appointment) -> range:
    """The years that a term touches."""
    last = date.fromordinal(appointment.ends_before.toordinal() - 1)
    return range(appointment.starts_on.year, last.year + 1)
