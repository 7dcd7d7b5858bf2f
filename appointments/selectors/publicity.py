"""公示 as the public sees it (layout 3): no ID number, birth by year and month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from appointments.models import Application, ProposalRow, Publicity, Round, Waiver
from appointments.rules.change import ChangeKind
from appointments.states import PROPOSED_OR_APPOINTED
from reform.models import Person
from reform.selectors import calendar_of, policy_of
from reform.workdays import WorkdayPeriod, workday_period


@dataclass(frozen=True)
class PublicRow:
    """One line of layout 3, in the order of its columns; all of it is text."""

    number: int
    name: str
    sex: str
    birth: str
    ethnicity: str
    native_place: str
    political_status: str
    education: str
    work_started: str
    former_post: str
    post: str
    level: str
    change: str
    remark: str


def publicity_period(round_: Round, starts_on: date) -> WorkdayPeriod:
    """The days of a 公示 that begins on a day, by the round's policy and the calendar; with the years that
    the calendar lacks."""
    return workday_period(starts_on, policy_of(round_.policy)["round.publicity_workdays"], calendar_of())


def public_list(publicity: Publicity) -> list[PublicRow]:
    """Whom a list proposes, as it was frozen. Who was voted out or taken off does not stand on it. A fixed
    number of statements."""
    ladder = policy_of(publicity.proposal.batch.round.policy).ladder
    rows = (
        ProposalRow.objects.filter(list=publicity.proposal_id, application__state__in=PROPOSED_OR_APPOINTED)
        .select_related("application__candidacy__person", "application__position__unit__parent")
        .order_by("id")
    )
    waivers = dict(
        Waiver.objects.filter(application__proposal_rows__list=publicity.proposal_id)
        .exclude(approved_by=None)
        .values_list("application_id", "reason")
    )
    return [
        _public_row(number, row, ladder.name_of(row.held_level), waivers)
        for number, row in enumerate(rows, start=1)
    ]


def _public_row(number: int, row: ProposalRow, level: str, waivers: Mapping[int, str]) -> PublicRow:
    one = row.application
    person = one.candidacy.person
    position = one.position
    return PublicRow(
        number=number,
        name=person.name,
        sex=person.get_sex_display(),
        birth=year_and_month(person.birth_on),
        ethnicity=person.get_ethnicity_display(),
        native_place=person.native_place,
        political_status=person.get_political_status_display(),
        education=_education(person),
        work_started=year_and_month(person.work_started_on),
        former_post=row.former_post,
        post=f"{position.place}·{position.title}",
        level=level,
        change=ChangeKind(row.change).label,
        remark=exception_remark(one, waivers),
    )


def exception_remark(application: Application, waivers: Mapping[int, str]) -> str:
    """备注: why 破格 or 越级; '' where neither is the case."""
    reasons = [application.exception_reason, waivers.get(application.pk, "")]
    return "；".join(dict.fromkeys(reason for reason in reasons if reason.strip()))


def year_and_month(on: date | None) -> str:
    """1980年1月; '' where unknown. The day is nobody's business."""
    return f"{on.year}年{on.month}月" if on else ""


def _education(person: Person) -> str:
    """学历学位: the highest of each."""
    parts = (person.get_education_display(), person.get_degree_display())
    return "、".join(part for part in parts if part)
