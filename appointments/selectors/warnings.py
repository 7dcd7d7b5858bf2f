"""Report 11: what runs out — terms, probations, retirement, 挂职, 主持工作, 待岗 and locks on promotion — in
the bands of the policy (90, 60, 30 days) or overdue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q

from appointments.models import Appeal, Appointment, Placement, Secondment, TermReview
from appointments.rules.retirement import retirement_on
from appointments.rules.termination import INSTITUTION_IDENTITY
from appointments.rules.terms import OVERDUE, last_day, may_stay_until_retirement, warning_band
from appointments.states import AppointmentState, PlacementState
from reform.dated import add_months
from reform.ladder import Policy
from reform.models import ArchivedStatus, PromotionLock, TenureKind, Zone
from reform.selectors import policy_of, policy_version_as_of, primary_tenures_open

from .terms import appointments_in_force


class ExpiryKind(StrEnum):
    """What runs out."""

    TERM = "TERM"
    PROBATION = "PROBATION"
    RETIREMENT = "RETIREMENT"
    SECONDMENT = "SECONDMENT"
    ACTING = "ACTING"
    WAITING = "WAITING"
    LOCK = "LOCK"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    ExpiryKind.TERM: "聘期",
    ExpiryKind.PROBATION: "试用期",
    ExpiryKind.RETIREMENT: "退休",
    ExpiryKind.SECONDMENT: "挂职",
    ExpiryKind.ACTING: "主持工作",
    ExpiryKind.WAITING: "待岗",
    ExpiryKind.LOCK: "限制提拔",
}


@dataclass(frozen=True)
class Expiry:
    """One thing of one person that runs out. key: of the row it is about (appointment, secondment, …); for
    retirement the tenure's.  band: the policy's number of days, 0 once it is over.  note: what is to be
    done."""

    kind: ExpiryKind
    key: int
    person_id: int
    name: str
    what: str
    last_on: date
    days_left: int
    band: int
    note: str = ""

    @property
    def is_overdue(self) -> bool:
        return self.band == OVERDUE

    @property
    def is_late(self) -> bool:
        """Over, and waits for somebody; a lock that has ended waits for nobody."""
        return self.is_overdue and self.kind != ExpiryKind.LOCK

    @property
    def band_label(self) -> str:
        if self.kind == ExpiryKind.LOCK and self.is_overdue:
            return "已解除"
        return "已过期" if self.is_overdue else f"{self.band}天内"


_Row = tuple[ExpiryKind, int, int, str, str, date, str]


def expiring(zone: Zone, on: date) -> list[Expiry]:
    """Everything of a zone that runs out within the policy's largest number of days or has run out without
    anything being done, the earliest first. A fixed number of statements, however many people."""
    policy = policy_of(policy_version_as_of(zone, on))
    days: Sequence[int] = policy["round.warning_days"]
    found = []
    for kind, key, person_id, name, what, last_on, note in _rows(zone, on, policy, max(days)):
        band = warning_band(last_on, on, days)
        if band is not None:
            found.append(Expiry(kind, key, person_id, name, what, last_on, (last_on - on).days, band, note))
    return sorted(found, key=lambda one: (one.last_on, one.name, one.kind, one.key))


def appeals_open(zone: Zone, on: date) -> tuple[int, int]:
    """How many appeals wait for a decision, and how many of them should have had it. One statement."""
    found = Appeal.objects.filter(zone=zone, state=Appeal.State.OPEN).aggregate(
        open=Count("id"), late=Count("id", filter=Q(due_on__lt=on))
    )
    return found["open"], found["late"]


def _rows(zone: Zone, on: date, policy: Policy, horizon: int) -> Iterator[_Row]:
    until = on + timedelta(days=horizon)
    yield from _appointments(zone, on, policy, until)
    yield from _retirements(zone, policy)
    yield from _secondments(zone, on, until)
    yield from _waiting(zone, policy)
    yield from _locks(zone, on - timedelta(days=horizon), until)


def _appointments(zone: Zone, on: date, policy: Policy, until: date) -> Iterator[_Row]:
    reviews = dict(TermReview.objects.filter(appointment__zone=zone).values_list("appointment_id", "outcome"))
    institution = set(
        ArchivedStatus.objects.filter(
            person__zone=zone, ends_before=None, identity=INSTITUTION_IDENTITY
        ).values_list("person_id", flat=True)
    )
    last = until + timedelta(days=1)
    soon = Q(ends_before__lte=last) | Q(state=AppointmentState.PROBATION, probation_ends_before__lte=last)
    rows = (
        appointments_in_force(zone)
        .filter(soon)
        .annotate(
            who=F("person__name"),
            sex=F("person__sex"),
            born=F("person__birth_on"),
            joined=F("person__joined_on"),
        )
        .select_related("position__unit__parent")
        .order_by("id")
    )
    for one in rows:
        kind = ExpiryKind.ACTING if one.kind == TenureKind.ACTING else ExpiryKind.TERM
        note = _to_do(one, reviews)
        if one.kind == TenureKind.PRIMARY and one.person_id in institution:
            note += _stay_words(one, on, policy)
        post = str(one.position)
        yield kind, one.pk, one.person_id, one.who, post, last_day(one.ends_before), note
        if one.state == AppointmentState.PROBATION and one.probation_ends_before:
            end, what = last_day(one.probation_ends_before), "须办理转正或免去试任职务"
            yield ExpiryKind.PROBATION, one.pk, one.person_id, one.who, post, end, what


def _to_do(one: Appointment, reviews: dict[int, str]) -> str:
    if one.kind == TenureKind.ACTING:
        return "须转为正式任用或结束"
    if one.kind == TenureKind.CONCURRENT:
        return "兼任到期"
    outcome = reviews.get(one.pk)
    return f"聘期考核：{TermReview.Outcome(outcome).label}" if outcome else "还没有聘期考核"


def _stay_words(one: Any, on: date, policy: Policy) -> str:
    """事业单位: who has served long enough and has few years left may ask to stay until retirement."""
    years = policy["round.stay_years"]
    retires_on = retirement_on(one.sex, one.born, policy["round.retirement"], one.position.category)
    if not may_stay_until_retirement(
        one.joined, retires_on, on, served_years=years["served"], left_years=years["left"]
    ):
        return ""
    return f"；连续工作满{years['served']}年、距退休不足{years['left']}年，可要求聘至{retires_on}"


def _retirements(zone: Zone, policy: Policy) -> Iterator[_Row]:
    rows = (
        primary_tenures_open(zone)
        .annotate(who=F("person__name"), sex=F("person__sex"), born=F("person__birth_on"))
        .select_related("position__unit__parent")
        .order_by("id")
    )
    for one in rows:
        last_on = retirement_on(one.sex, one.born, policy["round.retirement"], one.position.category)
        if last_on is not None:
            yield (
                ExpiryKind.RETIREMENT,
                one.pk,
                one.person_id,
                one.who,
                str(one.position),
                last_on,
                "到法定退休日期",
            )


def _secondments(zone: Zone, on: date, until: date) -> Iterator[_Row]:
    """Those that end soon, and those over without a report."""
    last = until + timedelta(days=1)
    rows = (
        Secondment.objects.filter(Q(ends_before__lte=last) | Q(ended_on__lte=last), zone=zone)
        .annotate(who=F("person__name"))
        .order_by("id")
    )
    for one in rows:
        if one.last_on < on and one.reported_on:
            continue
        note = "" if one.reported_on else "还没有挂职总结"
        what = f"{one.get_direction_display()}：{one.host}"
        yield ExpiryKind.SECONDMENT, one.pk, one.person_id, one.who, what, one.last_on, note


def _waiting(zone: Zone, policy: Policy) -> Iterator[_Row]:
    rows = Placement.objects.filter(
        round__zone=zone, state=PlacementState.WAITING, waiting_from__isnull=False
    ).annotate(who=F("person__name"))
    for one in rows.order_by("id"):
        if one.waiting_from is not None:
            last_on = last_day(add_months(one.waiting_from, policy["round.waiting_months"]))
            yield ExpiryKind.WAITING, one.pk, one.person_id, one.who, "待岗", last_on, "须再次提供岗位"


def _locks(zone: Zone, since: date, until: date) -> Iterator[_Row]:
    """Also those that ended lately: 干得好再上 begins with knowing that one may."""
    rows = (
        PromotionLock.objects.filter(
            person__zone=zone, ends_before__gt=since, ends_before__lte=until + timedelta(days=1)
        )
        .annotate(who=F("person__name"))
        .order_by("id")
    )
    for one in rows:
        note = "到期后可以按条件参加提拔"
        yield ExpiryKind.LOCK, one.pk, one.person_id, one.who, one.reason, last_day(one.ends_before), note
