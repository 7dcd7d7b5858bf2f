"""What waits for whom in a round: one line per role and kind of work, with the place where it is done."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from appointments.models import (
    Application,
    Baseline,
    BatchPost,
    Candidacy,
    Document,
    Intention,
    Objection,
    Offer,
    Placement,
    ProposalList,
    Publicity,
    Round,
    ScoreSheet,
    Waiver,
)
from appointments.rules.calendar import late_steps
from appointments.states import (
    LIVE,
    PROPOSED_OR_APPOINTED,
    ApplicationState,
    BatchState,
    PlacementState,
    RoundState,
    WaiverState,
)

from .round_facts import OVER, batch_plans

# Roles by the names of their groups (fixtures/roles.json).
OFFICE = "人事"
LEADERS = "领导"
SUPERVISORS = "监督组"
PANEL = "考评组"
INSPECTORS = "考察组"
UNIT_HEADS = "单位负责人"
PERSON = "个人"

_INSPECTED = ("JP", "GX", "ZP")
_A, _B, _P = ApplicationState, BatchState, PlacementState


@dataclass(frozen=True)
class Waiting:
    """So much of this waits for a role. place: a key by which a page finds the list."""

    role: str
    what: str
    count: int
    place: str


def round_waiting(
    round_: Round,
    on: date,
    *,
    unit_ids: Collection[int] | None = None,
    person_id: int | None = None,
) -> list[Waiting]:
    """What waits in a round on a day, without the lines of which there is nothing; a fixed number of
    statements.

    unit_ids, person_id: count for 单位负责人 and 个人 only what is these units' and this person's.
    """
    lines = [
        *_preparing(round_),
        *_screening(round_),
        *_assessing(round_),
        *_choosing(round_, unit_ids, person_id),
        *_inspecting(round_),
        *_deciding(round_),
        *_publicizing(round_, on),
        *_placing(round_, person_id),
        *_late(round_, on),
    ]
    return [line for line in lines if line.count]


def _applications(round_: Round) -> QuerySet[Application]:
    return Application.objects.filter(candidacy__round=round_).order_by()


def _preparing(round_: Round) -> list[Waiting]:
    unconfirmed = Baseline.objects.filter(
        round=round_, source=Baseline.Source.HR_MAPPED, confirmed_by=None
    ).count()
    unassigned = Candidacy.objects.filter(round=round_, batch=None, applications__state__in=LIVE)
    if round_.is_registered or round_.state in (RoundState.COMPLETED, RoundState.TERMINATED):
        unassigned = unassigned.none()  # nothing is run any more: the sheets are a record
    return [
        Waiting(OFFICE, "人事认定的原层级待第二人复核", unconfirmed, "baselines:unconfirmed"),
        Waiting(OFFICE, "报名表未编入批次", unassigned.distinct().count(), "candidacies:unassigned"),
    ]


def _screening(round_: Round) -> list[Waiting]:
    here = Q(candidacy__batch__state=_B.SCREENING)
    found = _applications(round_).aggregate(
        unscreened=Count("id", filter=here & Q(state=_A.SUBMITTED, conclusion="")),
        screened=Count("id", filter=here & Q(state=_A.SUBMITTED) & ~Q(conclusion="")),
        unnotified=Count("id", filter=here & Q(state=_A.REJECTED, notified_on=None)),
    )
    waivers = Waiver.objects.filter(
        application__candidacy__round=round_, application__state__in=LIVE, state=WaiverState.REQUESTED
    )
    return [
        Waiting(OFFICE, "报名待资格审查", found["unscreened"], "applications:unscreened"),
        Waiting(SUPERVISORS, "审查结论待复核", found["screened"], "applications:to_review"),
        Waiting(OFFICE, "不合格人员待告知", found["unnotified"], "applications:unnotified"),
        Waiting(LEADERS, "破格待批准", waivers.count(), "waivers:open"),
    ]


def _assessing(round_: Round) -> list[Waiting]:
    sheets = ScoreSheet.objects.filter(batch__round=round_, batch__state=_B.ASSESSING, locked_on=None)
    return [Waiting(PANEL, "评分表待锁定", sheets.count(), "score_sheets:unlocked")]


def _choosing(round_: Round, unit_ids: Collection[int] | None, person_id: int | None) -> list[Waiting]:
    """Those who may still be chosen, and have not spoken in the latest pass. Who has been chosen elsewhere
    has nothing more to say."""
    latest = Intention.objects.filter(application=OuterRef("pk")).order_by("-pass_no")
    chosen = Application.objects.filter(
        candidacy__round=round_,
        candidacy__person=OuterRef("candidacy__person"),
        state__in=(_A.MATCHED, *PROPOSED_OR_APPOINTED),
    )
    open_ = (
        _applications(round_)
        .filter(candidacy__batch__state=_B.MATCHING, state__in=(_A.SHORTLISTED, _A.QUALIFIED))
        .exclude(Exists(chosen))
        .annotate(
            person_word=Subquery(latest.values("person_agrees")[:1]),
            unit_word=Subquery(latest.values("unit_agrees")[:1]),
        )
    )
    own = Q()
    if unit_ids is not None:
        # Never empty: an empty list would make the other count of the same statement 0 as well.
        own = Q(position__unit__in=[*unit_ids] or [0])
    of_unit = Q(unit_word=None) & own
    agreed = Q(person_word=True, unit_word=True) & own
    of_person = Q(person_word=None)
    if person_id is not None:
        of_person &= Q(candidacy__person=person_id)
    found = open_.aggregate(
        units=Count("id", filter=of_unit),
        persons=Count("id", filter=of_person),
        agreed=Count("id", filter=agreed),
    )
    return [
        Waiting(UNIT_HEADS, "双向选择待单位意见", found["units"], "intentions:unit"),
        Waiting(PERSON, "双向选择待本人意见", found["persons"], "intentions:person"),
        Waiting(UNIT_HEADS, "双方同意待选定", found["agreed"], "intentions:agreed"),
    ]


def _inspecting(round_: Round) -> list[Waiting]:
    posts = BatchPost.objects.filter(
        batch=OuterRef("candidacy__batch"), position=OuterRef("position"), method__in=_INSPECTED
    )
    missing = _applications(round_).filter(
        Exists(posts), state=_A.MATCHED, candidacy__batch__state=_B.INSPECTING, inspection=None
    )
    return [Waiting(INSPECTORS, "考察材料待提交", missing.count(), "inspections:missing")]


def _deciding(round_: Round) -> list[Waiting]:
    """Of each batch its latest 拟聘名单: an earlier one that was not decided on is superseded by it."""
    last = (
        ProposalList.objects.filter(batch=OuterRef("batch"))
        .order_by()
        .values("batch")
        .annotate(last=Max("number"))
        .values("last")
    )
    states = (_B.INSPECTING, _B.DECIDING, _B.PUBLICITY)
    found = (
        ProposalList.objects.filter(batch__round=round_, batch__state__in=states, number=Subquery(last))
        .order_by()
        .aggregate(
            unapproved=Count("id", filter=Q(approved_by=None)),
            undecided=Count("id", filter=Q(approved_by__isnull=False, meeting=None)),
        )
    )
    return [
        Waiting(LEADERS, "拟聘名单待审批", found["unapproved"], "proposal_lists:unapproved"),
        Waiting(LEADERS, "拟聘名单待研究表决", found["undecided"], "proposal_lists:undecided"),
    ]


def _publicizing(round_: Round, on: date) -> list[Waiting]:
    mine = Publicity.objects.filter(proposal__batch__round=round_).exclude(proposal__batch__state__in=OVER)
    found = mine.order_by().aggregate(
        unreported=Count("id", filter=Q(ends_before__lte=on, reported_by=None)),
        unconfirmed=Count("id", filter=Q(reported_by__isnull=False, confirmed_by=None)),
    )
    objections = Objection.objects.filter(
        application__candidacy__round=round_, state=Objection.State.OPEN
    ).exclude(application__candidacy__batch__state__in=OVER)
    undrafted = _applications(round_).filter(
        state=_A.PROPOSED, candidacy__batch__state=_B.APPOINTING, appointment=None
    )
    documents = Document.objects.filter(round=round_, reviewed_by=None)
    return [
        Waiting(SUPERVISORS, "异议待核查办结", objections.count(), "objections:open"),
        Waiting(OFFICE, "公示期满待报告结果", found["unreported"], "publicities:unreported"),
        Waiting(SUPERVISORS, "公示结果待确认", found["unconfirmed"], "publicities:unconfirmed"),
        Waiting(OFFICE, "拟聘人员待拟订聘任内容", undrafted.count(), "applications:undrafted"),
        Waiting(OFFICE, "文件待第二人复核", documents.count(), "documents:unreviewed"),
    ]


def _placing(round_: Round, person_id: int | None) -> list[Waiting]:
    found = (
        Placement.objects.filter(round=round_)
        .order_by()
        .aggregate(
            unplaced=Count("id", filter=Q(state=_P.UNPLACED)),
            waiting=Count("id", filter=Q(state=_P.WAITING)),
        )
    )
    offers: dict[str, Any] = {"placement__round": round_, "placement__state": _P.OFFERED, "reply": ""}
    if person_id is not None:
        offers["placement__person"] = person_id
    return [
        Waiting(OFFICE, "落聘人员待安置", found["unplaced"], "placements:unplaced"),
        Waiting(OFFICE, "待岗人员待再次提供岗位", found["waiting"], "placements:waiting"),
        Waiting(PERSON, "提供的岗位待答复", Offer.objects.filter(**offers).count(), "offers:unanswered"),
    ]


def _late(round_: Round, on: date) -> list[Waiting]:
    late = sum(len(late_steps(plan, on)) for plan in batch_plans(round_))
    return [Waiting(OFFICE, "日程已到期未办结的步骤", late, "batch_steps:late")]
