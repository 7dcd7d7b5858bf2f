"""What a round that was run has recorded of each change: the decision, the 公示, the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from appointments.models import Appointment, Demotion, ProposalRow, Round
from appointments.rules.change import ChangeKind
from appointments.selectors import PersonChange

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Recorded:
    """decisions: appointment id → day of the decision.  publicities: appointment id → first day and the day
    after the last.  ranks: appointment id → place and total in a competition.  demotions: person id → why."""

    is_registered: bool
    decisions: Mapping[int, date]
    publicities: Mapping[int, tuple[date, date]]
    ranks: Mapping[int, tuple[int, Decimal]]
    demotions: Mapping[int, str]

    def decided_on(self, person: PersonChange) -> date | None:
        """The day of the decision; of a sheet of results, that from which it holds."""
        if person.decision is None:
            return None
        known = self.decisions.get(person.decision.appointment_id)
        return known or (person.decision.starts_on if self.is_registered else None)

    def publicity(self, person: PersonChange) -> str:
        """2022-01-17—01-21; by the superior there is none."""
        decision = person.decision
        span = self.publicities.get(decision.appointment_id) if decision else None
        if span is None:
            return "不公示" if decision and decision.superior_document_no and not self.is_registered else ""
        return f"{span[0]:%Y-%m-%d}—{span[1] - _DAY:%m-%d}"

    def reason(self, person: PersonChange) -> str:
        """What was written down: of a demotion its papers, else the remark, the reason, the superior's
        document, or the place in the competition."""
        decision = person.decision
        if decision is None:
            return ""
        if person.change.kind == ChangeKind.DEMOTION and person.person_id in self.demotions:
            return self.demotions[person.person_id]
        written = decision.remark or decision.reason or decision.superior_document_no
        if written or decision.appointment_id not in self.ranks:
            return written
        rank, total = self.ranks[decision.appointment_id]
        return f"竞聘第{rank}名，{total}分"


def recorded_of(round_: Round) -> Recorded:
    """Four statements; none for a registered round, which has recorded nothing."""
    if round_.is_registered:
        return Recorded(True, {}, {}, {}, {})
    decisions = Appointment.objects.filter(round=round_, decided_on__isnull=False).order_by()
    rows = ProposalRow.objects.filter(
        list__batch__round=round_, list__publicity__isnull=False, application__appointment__isnull=False
    ).order_by("list__number")
    spans = rows.values_list(
        "application__appointment", "list__publicity__starts_on", "list__publicity__ends_before"
    )
    ranked = Appointment.objects.filter(
        round=round_, application__rank__isnull=False, application__total__isnull=False
    ).order_by()
    demotions = Demotion.objects.filter(round=round_)
    return Recorded(
        False,
        {key: on for key, on in decisions.values_list("id", "decided_on") if on},
        {key: (first, ends_before) for key, first, ends_before in spans},
        {
            key: (rank, total)
            for key, rank, total in ranked.values_list("id", "application__rank", "application__total")
            if rank is not None and total is not None
        },
        {one.person_id: one.get_reason_code_display() for one in demotions},
    )
