"""What one person sees of a round: open batches, own sheets, wishes, offers, letters, and what waits for
them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from appointments.models import (
    Appeal,
    Application,
    Appointment,
    Batch,
    BatchPost,
    BatchStep,
    Candidacy,
    Intention,
    Offer,
    Round,
)
from appointments.paper_states import DutyState
from appointments.states import (
    IN_FORCE,
    LIVE,
    ApplicationState,
    AppointmentState,
    BatchState,
    PlacementState,
    RoundState,
)
from reform.models import ChangeRequest, Person, Tenure, TenureKind
from reform.selectors import policy_of

from .applications import ApplicationRow, application_rows
from .duties import own_contracts

APPLIED_FOR = ("JP", "GX", "SX")
_CHOOSING = (ApplicationState.SHORTLISTED, ApplicationState.QUALIFIED)
_WITHDRAWABLE = (BatchState.PUBLISHED, BatchState.APPLYING, BatchState.SCREENING)
_POST = "position__unit__parent"


@dataclass(frozen=True)
class OpenBatch:
    """A batch that takes applications or soon will; `sheet` is the person's own one in it."""

    batch: Batch
    window: BatchStep | None
    is_open: bool
    sheet: Candidacy | None
    live: int

    @property
    def last_on(self) -> date | None:
        return self.window.last_on if self.window else None


@dataclass(frozen=True)
class OwnSheet:
    """One 报名表 with its choices; what may still be done with it."""

    candidacy: Candidacy
    rows: Sequence[ApplicationRow]
    may_change: bool
    may_withdraw: bool
    scores_are_out: bool

    @property
    def live(self) -> list[ApplicationRow]:
        return [row for row in self.rows if row.application.state in LIVE]

    @property
    def finding(self) -> str:
        """Where the sheet stands, for its title."""
        for row in self.rows:
            if row.application.state == ApplicationState.APPOINTED:
                return f"已聘任到{row.application.position}"
        return f"{len(self.live)}个有效志愿" if self.live else "没有有效的志愿"


@dataclass(frozen=True)
class OwnChoice:
    """An application that may be chosen now, with what both sides said in the latest pass."""

    application: Application
    pass_no: int
    person_agrees: bool | None
    unit_agrees: bool | None


@dataclass(frozen=True)
class Task:
    """One thing that waits for the person. place: a key by which the page finds its address, with the row's
    key; until: the last day, where there is one."""

    place: str
    key: int
    what: str
    until: date | None = None


def open_batches(person: Person, on: date) -> list[OpenBatch]:
    """The zone's batches that a person may apply in now or soon. Four statements."""
    batches = list(
        Batch.objects.filter(
            round__zone=person.zone_id, state__in=[BatchState.PUBLISHED, BatchState.APPLYING]
        )
        .filter(method__in=APPLIED_FOR, is_suspended=False)
        .select_related("round__zone", "round__policy")
        .order_by("sort_no", "code")
    )
    windows = {
        one.batch_id: one for one in BatchStep.objects.filter(batch__in=batches, kind=BatchStep.Kind.APPLY)
    }
    sheets = {one.batch_id: one for one in Candidacy.objects.filter(batch__in=batches, person=person)}
    live: dict[int, int] = defaultdict(int)
    for key in Application.objects.filter(candidacy__in=list(sheets.values()), state__in=LIVE).values_list(
        "candidacy_id", flat=True
    ):
        live[key] += 1
    found = []
    for batch in batches:
        window, sheet = windows.get(batch.pk), sheets.get(batch.pk)
        is_open = batch.state == BatchState.APPLYING and (
            window is None or window.starts_on <= on < window.ends_before
        )
        found.append(OpenBatch(batch, window, is_open, sheet, live[sheet.pk] if sheet else 0))
    return found


def posts_to_apply_for(batch: Batch) -> list[BatchPost]:
    """The open posts of a batch that take applications, in the order of the setup."""
    posts = BatchPost.objects.filter(batch=batch, state=BatchPost.State.OPEN, method__in=APPLIED_FOR)
    return list(posts.select_related(_POST).order_by("position__sort_no", "position_id"))


def own_sheets(person: Person, on: date) -> list[OwnSheet]:
    """The person's 报名表, the latest first, with the result of the 资格审查 once it has been reviewed."""
    sheets = list(
        Candidacy.objects.filter(person=person)
        .select_related("round__policy", "round__zone", "batch", "person")
        .order_by("-round__code", "-batch__sort_no", "-id")
    )
    rows: dict[int, list[ApplicationRow]] = defaultdict(list)
    for round_ in {sheet.round_id: sheet.round for sheet in sheets}.values():
        for row in _rows_of(person, round_):
            rows[row.application.candidacy_id].append(row)
    windows = {
        one.batch_id: one
        for one in BatchStep.objects.filter(
            batch__in=[sheet.batch_id for sheet in sheets if sheet.batch_id], kind=BatchStep.Kind.APPLY
        )
    }
    return [_own_sheet(sheet, rows[sheet.pk], windows.get(sheet.batch_id or 0), on) for sheet in sheets]


def _rows_of(person: Person, round_: Round) -> list[ApplicationRow]:
    applications = (
        Application.objects.filter(candidacy__person=person, candidacy__round=round_)
        .select_related("candidacy__batch", "candidacy__person", "candidacy__round__zone", _POST)
        .order_by("choice_no", "id")
    )
    return application_rows(applications, policy_of(round_.policy))


def _own_sheet(
    sheet: Candidacy, rows: Sequence[ApplicationRow], window: BatchStep | None, on: date
) -> OwnSheet:
    batch = sheet.batch
    live = [row for row in rows if row.application.state in LIVE]
    waiting = [row for row in live if row.application.state == ApplicationState.SUBMITTED]
    in_window = window is None or window.starts_on <= on < window.ends_before
    is_open = (
        batch is not None and batch.state == BatchState.APPLYING and not batch.is_suspended and in_window
    )
    return OwnSheet(
        candidacy=sheet,
        rows=rows,
        may_change=is_open and bool(live) and len(waiting) == len(live),
        may_withdraw=bool(waiting) and (batch is None or batch.state in _WITHDRAWABLE),
        scores_are_out=batch is not None and batch.scores_published_on is not None,
    )


def own_choices(person: Person) -> list[OwnChoice]:
    """Applications of the person that both sides speak of now (双向选择). Two statements."""
    applications = list(
        Application.objects.filter(
            candidacy__person=person, candidacy__batch__state=BatchState.MATCHING, state__in=_CHOOSING
        )
        .select_related("candidacy__batch", "candidacy__person", _POST)
        .order_by("choice_no", "id")
    )
    latest = {
        one.application_id: one
        for one in Intention.objects.filter(application__in=applications).order_by("pass_no")
    }
    found = []
    for one in applications:
        said = latest.get(one.pk)
        found.append(
            OwnChoice(
                one,
                said.pass_no if said else 1,
                said.person_agrees if said else None,
                said.unit_agrees if said else None,
            )
        )
    return found


def own_offers(person: Person) -> QuerySet[Offer]:
    """Written offers to a person who was not selected, the latest first."""
    offers = Offer.objects.filter(placement__person=person).select_related(
        "placement__round__zone", "placement__round__policy", "placement__person", _POST
    )
    return offers.order_by("-placement__round__code", "-number")


def may_answer(offer: Offer) -> bool:
    """Whether an offer waits for the person's word."""
    placement = offer.placement
    return (
        not offer.reply
        and placement.state == PlacementState.OFFERED
        and placement.round.state != RoundState.TERMINATED
    )


def may_sign(appointment: Appointment) -> bool:
    """Whether the letter of an appointment waits for the person's signature."""
    return (
        bool(appointment.letter_no)
        and appointment.letter_signed_on is None
        and appointment.state in (AppointmentState.PENDING, *IN_FORCE)
    )


def own_appointments(person: Person) -> QuerySet[Appointment]:
    """The person's appointments, the latest first."""
    found = Appointment.objects.filter(person=person).select_related("round__zone", _POST)
    return found.order_by("-starts_on", "-id")


def own_tenures(person: Person) -> list[Tenure]:
    """What the person holds now, the main post first."""
    held = Tenure.objects.filter(person=person, ends_before=None).select_related(_POST)
    return sorted(held, key=lambda one: (one.kind != TenureKind.PRIMARY, one.pk))


def own_tasks(person: Person, on: date) -> list[Task]:
    """What waits for the person, in the order of the steps of a round."""
    tasks = [
        Task("apply", one.batch.pk, f"{one.batch}正在报名", one.last_on)
        for one in open_batches(person, on)
        if one.is_open and not one.live
    ]
    for sheet in own_sheets(person, on):
        tasks += [
            Task(
                "sheet",
                sheet.candidacy.pk,
                f"“{row.application.position}”资格不合格，可以提出异议",
                row.objection_until,
            )
            for row in sheet.rows
            if may_object(row, on)
        ]
    tasks += [
        Task("choices", one.application.pk, f"“{one.application.position}”等您表态")
        for one in own_choices(person)
        if one.person_agrees is None
    ]
    tasks += [
        Task("offers", one.pk, f"提供了“{one.position}”，请答复")
        for one in own_offers(person).filter(reply="")
        if may_answer(one)
    ]
    tasks += [
        Task("letter", one.pk, f"“{one.position}”的{_unsigned(one)}待签订")
        for one in own_appointments(person).filter(state__in=[AppointmentState.PENDING, *IN_FORCE])
        if one.letter_no and not (one.letter_signed_on and one.duties_signed_on)
    ]
    tasks += [
        Task("duty", one.pk, f"{one.year}年目标责任书待您签字")
        for one in own_contracts(person).filter(state=DutyState.OFFERED).order_by("year")
    ]
    return tasks


def _unsigned(one: Appointment) -> str:
    """What of an appointment is not signed yet."""
    papers = (("聘书", one.letter_signed_on), ("责任书", one.duties_signed_on))
    return "、".join(name for name, signed_on in papers if signed_on is None)


def may_object(row: ApplicationRow, on: date) -> bool:
    """Whether the person may still object to a rejection."""
    return (
        row.application.state == ApplicationState.REJECTED
        and row.objection is None
        and row.objection_until is not None
        and on <= row.objection_until
    )


def own_requests(person: Person) -> QuerySet[ChangeRequest]:
    """The person's own requests for a correction, the latest first."""
    return ChangeRequest.objects.filter(person=person).order_by("-asked_on", "-id")


def own_appeals(person: Person) -> QuerySet[Appeal]:
    """The person's 复核, 申诉 and 仲裁, the latest first."""
    return (
        Appeal.objects.filter(person=person)
        .select_related("appointment", "after")
        .order_by("-filed_on", "-id")
    )
