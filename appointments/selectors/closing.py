"""What the guards of B9 and B10 look at: the 公示 and its objections, and what each appointment still
lacks."""

from collections.abc import Sequence
from datetime import date

from appointments.models import (
    Application,
    Appointment,
    Batch,
    Objection,
    ProposalRow,
    Publicity,
)
from appointments.rules.change import ChangeKind
from appointments.rules.guards import AppointFacts, PublicityFact, PublicityFacts
from appointments.rules.placement import probation_end
from appointments.rules.proposals import lacks_for_exception, rise_reasons
from appointments.states import ApplicationState, AppointmentState
from reform.ladder import Policy
from reform.selectors import calendar_of, policy_of
from reform.workdays import count_workdays

from .documents import appointment_document, is_document_reviewed
from .dossier_records import suspended_words
from .limits import promotion_limits
from .proposals import ProposalFact, proposal_facts
from .seating import seating_of

_S = ApplicationState


def publicities_of(batch: Batch) -> list[Publicity]:
    """The 公示 of a batch, that of the first list first."""
    return list(
        Publicity.objects.filter(proposal__batch=batch)
        .select_related("proposal__batch__round__zone")
        .order_by("proposal__number")
    )


def proposed_of(batch: Batch) -> list[Application]:
    """Those of a batch whom the meeting proposed and nobody has taken off, in the order of the lists."""
    return list(
        Application.objects.filter(candidacy__batch=batch, state__in=[_S.PROPOSED, _S.OBJECTED])
        .select_related("candidacy__person", "candidacy__round__zone", "position__unit__parent")
        .order_by("position__sort_no", "position_id", "rank", "id")
    )


def open_objections(batch: Batch) -> list[str]:
    """Names of those against whom an objection is still being looked into."""
    return list(
        Objection.objects.filter(
            application__candidacy__batch=batch,
            kind=Objection.Kind.PUBLICITY,
            state=Objection.State.OPEN,
        )
        .order_by("received_on", "id")
        .values_list("application__candidacy__person__name", flat=True)
    )


def publicity_facts(batch: Batch, on: date) -> PublicityFacts:
    """B9. A person chosen in place of one who was taken off, and not decided on yet, counts as not made
    public."""
    policy = policy_of(batch.round.policy)
    calendar = calendar_of()
    shown = set(
        ProposalRow.objects.filter(list__batch=batch, list__publicity__isnull=False).values_list(
            "application_id", flat=True
        )
    )
    proposed = proposed_of(batch)
    waiting = Application.objects.filter(candidacy__batch=batch, state=_S.MATCHED)
    unpublicized = [one.candidacy.person.name for one in proposed if one.pk not in shown]
    return PublicityFacts(
        publicities=[
            PublicityFact(
                name=f"第{one.proposal.number}份名单的公示",
                starts_on=one.starts_on,
                last_on=one.last_on,
                workdays=count_workdays(one.starts_on, one.last_on, calendar).days,
                confirmed=one.confirmed_by_id is not None,
            )
            for one in publicities_of(batch)
        ],
        workdays_min=policy["round.publicity_workdays"],
        open_objections=open_objections(batch),
        unpublicized=[*unpublicized, *waiting.values_list("candidacy__person__name", flat=True)],
        unreasoned=_unreasoned(proposal_facts(batch.round, proposed, ladder=policy.ladder)),
    )


def _unreasoned(facts: Sequence[ProposalFact]) -> list[str]:
    found = []
    for fact in facts:
        one = fact.application
        lacking = lacks_for_exception(fact.change, one.exception_reason, one.superior_document_no)
        if lacking:
            found.append(f"{fact.name}（缺{'、'.join(lacking)}）")
    return found


def appoint_facts(batch: Batch, on: date) -> AppointFacts:
    """B10: what each proposed person's appointment still lacks, and what stands against it taking effect:
    职数, 员额, 回避, 处分, open objections."""
    policy = policy_of(batch.round.policy)
    proposed = proposed_of(batch)
    drafts = {
        row.application_id: row
        for row in Appointment.objects.filter(
            application__candidacy__batch=batch, state=AppointmentState.PENDING
        ).select_related("person", "position")
    }
    facts = proposal_facts(batch.round, proposed, ladder=policy.ladder)
    signed = [
        row.person.name for row in drafts.values() if not (row.letter_signed_on and row.duties_signed_on)
    ]
    return AppointFacts(
        document_no=batch.appoint_document_no or _common_number(list(drafts.values())),
        drafted=len(drafts),
        undrafted=[one.candidacy.person.name for one in proposed if one.pk not in drafts],
        unsigned=signed,
        undated=[
            fact.name
            for fact in facts
            if (row := drafts.get(fact.application.pk)) and _lacks_dates(row, fact, policy)
        ],
        blocks=_blocks(batch, facts, policy, on),
        reviewed=is_reviewed(batch),
    )


def _common_number(drafts: Sequence[Appointment]) -> str:
    """The number that all drafts carry; '' where one carries none."""
    numbers = {row.document_no for row in drafts}
    return "" if "" in numbers else "、".join(sorted(numbers))


def _lacks_dates(row: Appointment, fact: ProposalFact, policy: Policy) -> bool:
    end = probation_end(policy, fact.former_level, row.held_level, row.starts_on)
    return row.pay_starts_on is None or (end is not None and row.probation_ends_before is None)


def _blocks(batch: Batch, facts: Sequence[ProposalFact], policy: Policy, on: date) -> list[str]:
    seating = seating_of(batch.round, ladder=policy.ladder)
    people = {fact.row.person_id for fact in facts}
    limits = promotion_limits(batch.round.zone, policy, on)
    found = [*seating.over()]
    found += [
        one.reason
        for one in seating.all_conflicts().blocks
        if one.person_id in people or one.relative_id in people
    ]
    for fact in facts:
        one = fact.application
        reasons = rise_reasons(
            fact.change,
            most=policy["round.max_promotion_steps"],
            exception_reason=one.exception_reason,
            limits=limits.get(fact.row.person_id, []),
        )
        if fact.change.kind is ChangeKind.PROMOTION and "上级批准文号" in lacks_for_exception(
            fact.change, one.exception_reason, one.superior_document_no
        ):
            reasons = [*reasons, "越级须有上级批准文号"]
        found += [f"{fact.name}：{reason}" for reason in reasons]
    found += [f"{name}：异议还没有办结" for name in open_objections(batch)]
    names = {fact.application.pk: fact.name for fact in facts}
    found += [f"{names[key]}：{words}" for key, words in suspended_words(names).items()]
    return found


def is_reviewed(batch: Batch) -> bool:
    """Whether the paper that appoints the persons of a batch has been reviewed by a second person and has not
    changed since; true where the appointment is registered by its number only."""
    document = appointment_document(batch)
    return document is None or is_document_reviewed(document)
