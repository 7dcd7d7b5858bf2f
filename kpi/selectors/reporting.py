"""What is read of reports and evidence: a cycle's leaves as a user sees them, and what waits for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Q, QuerySet

from kpi.models import Cycle, EvidenceFile, Item, MarkSheet
from kpi.rules.guards import ItemFacts
from kpi.states import OFFICE, REPORTERS, VERIFIERS, CycleState, ItemState, SheetState
from reform.access import scoped, zone_of

from .cycle_facts import has_value, reporter_of
from .places import units_led, units_of

User = AbstractBaseUser | AnonymousUser
REPORTING = (CycleState.COLLECTING, CycleState.REVIEWING)
EDITABLE = (ItemState.OPEN, ItemState.RETURNED)
HANDED_IN = (ItemState.SUBMITTED, ItemState.RESUBMITTED)


def may(user: User, permission: str) -> bool:
    """Whether a user has a permission."""
    return bool(getattr(user, "has_perm", lambda _: False)(permission))


def items_of(cycle: Cycle, user: User) -> QuerySet[Item]:
    """A cycle's leaves that a user may see, with what names them and the number of their files."""
    return _with_names(scoped(Item.objects.filter(cycle=cycle), user))


def items_by_id(keys: Sequence[int]) -> QuerySet[Item]:
    """Leaves by their keys, ready for a step. Not for a page: nobody's bounds are looked at."""
    return _with_names(Item.objects.filter(pk__in=keys))


def _with_names(rows: QuerySet[Item]) -> QuerySet[Item]:
    return (
        rows.select_related(
            "cycle__zone",
            "cycle__policy",
            "indicator__subject__parent",
            "indicator__responsible_unit__parent",
            "indicator__source_unit__parent",
            "submitted_by",
            "submitted_unit",
            "source_checked_by",
            "verified_by",
        )
        .annotate(files=Count("evidence", filter=Q(evidence__withdrawn_on=None)))
        .order_by("cycle", "indicator__sort_no", "id")
    )


def evidence_of(items: Sequence[Item]) -> Mapping[int, list[EvidenceFile]]:
    """Item → its files that have not been withdrawn. One statement."""
    found: dict[int, list[EvidenceFile]] = {}
    rows = EvidenceFile.objects.filter(item__in=[one.pk for one in items], withdrawn_on=None)
    for one in rows.select_related("uploaded_by").order_by("id"):
        found.setdefault(one.item_id, []).append(one)
    return found


@dataclass(frozen=True)
class Hands:
    """What a user is to reports: which units they act for, to which they belong, and whether they are the
    office. Read once for all items."""

    user_id: int | None
    led: frozenset[int]
    own: frozenset[int]
    office: bool
    reporter: bool
    verifier: bool

    def may_report(self, item: Item) -> bool:
        """The responsible unit's head; the office for a unit that handed in on paper."""
        unit = reporter_of(item)
        return self.office or (self.reporter and unit is not None and unit.pk in self.led)

    def is_source(self, item: Item) -> bool:
        """Whether the user answers for the 数据来源单位."""
        return self.verifier and item.indicator.source_unit_id in self.led

    def facts(self, item: Item) -> ItemFacts:
        """What the guards of the machine of items look at. The items come from items_of or items_by_id."""
        return ItemFacts(
            cycle_open=item.cycle.state in REPORTING,
            own=self.may_report(item),
            has_value=has_value(item),
            has_evidence=not item.indicator.evidence_needed or files_of(item) > 0,
            submitters_unit=item.submitted_unit_id in self.own,
            is_submitter=item.submitted_by_id is not None and item.submitted_by_id == self.user_id,
            source_pending=source_pending(item),
            may_return=self.office or self.is_source(item),
        )


def hands_of(user: User, on: date) -> Hands:
    """A user's hands; a fixed number of statements."""
    return Hands(
        user_id=user.pk,
        led=units_led(user),
        own=units_of(user, on),
        office=may(user, OFFICE),
        reporter=may(user, REPORTERS),
        verifier=may(user, VERIFIERS),
    )


def files_of(item: Item) -> int:
    """The number of files as items_of and items_by_id have counted it."""
    return int(item.files)  # type: ignore[attr-defined]


def source_pending(item: Item) -> str:
    """The 数据来源单位 inside the zone that has still to confirm a leaf; '' where none has. It does not
    confirm what it reported itself: that is the office's alone."""
    source = item.indicator.source_unit
    if source is None or item.source_checked_by_id is not None or source.pk == item.submitted_unit_id:
        return ""
    return source.name


@dataclass(frozen=True)
class WaitingItems:
    """The leaves that wait for a user: to hand in, to confirm as 数据来源单位, to verify. late: some of the
    first are past their deadline."""

    to_report: Sequence[Item]
    to_check: Sequence[Item]
    to_verify: Sequence[Item]
    late: bool


def items_waiting(user: User, on: date) -> WaitingItems:
    """What a user has to do with reports, over all open cycles; a fixed number of statements."""
    zone = zone_of(user)
    hands = hands_of(user, on)
    if zone is None or not (hands.office or hands.led):
        return WaitingItems((), (), (), False)
    open_ = Item.objects.filter(cycle__zone=zone, cycle__state__in=REPORTING, cycle__registered=False)
    rows = list(_with_names(scoped(open_, user)))
    to_report = [one for one in rows if one.state in EDITABLE and not hands.office and hands.may_report(one)]
    handed_in = [one for one in rows if one.state in HANDED_IN]
    to_check = [
        one
        for one in handed_in
        if source_pending(one) and hands.is_source(one) and one.submitted_unit_id not in hands.own
    ]
    to_verify = [
        one
        for one in handed_in
        if hands.office
        and not source_pending(one)
        and one.submitted_unit_id not in hands.own
        and one.submitted_by_id != hands.user_id
    ]
    late = any(one.cycle.report_by is not None and on > one.cycle.report_by for one in to_report)
    return WaitingItems(to_report, to_check, to_verify, late)


def sheets_waiting(user: User) -> QuerySet[MarkSheet]:
    """A scorer's own sheets that are still open."""
    return (
        MarkSheet.objects.filter(scorer=user.pk or 0, state=SheetState.OPEN, cycle__state=CycleState.SCORING)
        .select_related("cycle__zone")
        .order_by("id")
    )
