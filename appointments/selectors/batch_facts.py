"""What the guards of a batch look at (B1–B10): the first steps here, the later ones from their own
selectors."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from appointments.models import Application, Batch, BatchPost, BatchStep, Objection
from appointments.rules.calendar import BatchPlan, PlannedStep, notice_workdays, objections_until
from appointments.rules.guards import PostFact, PublishFacts, ScreenFacts, WindowFacts
from appointments.states import LIVE, ApplicationState, RoundState
from reform.selectors import calendar_of, policy_of

from .assessment import score_facts
from .selection import appoint_facts, decide_facts, inspect_facts, match_facts, publicity_facts

# Steps whose own guard already looks at 暂停; a cancellation is never held up by it.
_PAUSE_IN_GUARD = ("publish", "open", "close_applications", "cancel")
_COMPETITIVE = ("JP", "GX")
_OVER = (RoundState.COMPLETED, RoundState.TERMINATED)
_BEFORE_KICKOFF = (RoundState.DRAFT, RoundState.APPROVED)


def facts_for(batch: Batch, event: str, on: date) -> Any:
    """The facts that the guard of this event reads, as of a day; None for one that reads none."""
    found = _FACTS.get(event)
    return found(batch, on) if found else None


def batch_obstacles(batch: Batch, event: str) -> list[str]:
    """What stands against every step of a batch, whatever its own guard says: 暂停, and where the round
    stands."""
    reasons = []
    state = RoundState(batch.round.state)
    if state in _OVER:
        reasons.append(f"轮次{state.label}，批次不能再办理")
    elif state in _BEFORE_KICKOFF and event not in ("publish", "cancel"):
        reasons.append("轮次还没有动员")
    if batch.is_suspended and event not in _PAUSE_IN_GUARD:
        reasons.append("批次已暂停" + (f"：{batch.suspend_reason}" if batch.suspend_reason else ""))
    return reasons


def plan_of(batch: Batch) -> BatchPlan:
    """The batch with its planned days."""
    steps = {
        step.kind: PlannedStep(step.starts_on, step.ends_before)
        for step in BatchStep.objects.filter(batch=batch)
    }
    return BatchPlan(batch.name, batch.method, steps, batch.state)


def open_posts(batch: Batch) -> QuerySet[BatchPost]:
    """The posts that the batch still fills."""
    return (
        BatchPost.objects.filter(batch=batch, state=BatchPost.State.OPEN)
        .select_related("position__unit__parent")
        .order_by("position__sort_no", "id")
    )


def live_applications(batch: Batch) -> QuerySet[Application]:
    """Applications of the batch that may still win, in the order of its sheet."""
    return (
        Application.objects.filter(candidacy__batch=batch, state__in=LIVE)
        .select_related("candidacy__person", "candidacy__round__zone", "position__unit__parent")
        .order_by("candidacy__sort_no", "candidacy_id", "choice_no")
    )


def publish_facts(batch: Batch, on: date) -> PublishFacts:
    """B1: what each post lacks, and the working days of the notice."""
    policy = policy_of(batch.round.policy)
    posts = [
        PostFact(str(post.position), post.seats, post.position.headcount, _lacking(post))
        for post in open_posts(batch)
    ]
    return PublishFacts(
        round_mobilized=batch.round.state not in _BEFORE_KICKOFF,
        posts=posts,
        notice_workdays=notice_workdays(plan_of(batch), calendar_of(), on),
        notice_min=policy["round.notice_workdays"],
        term_years=batch.round.term_years,
        suspended=batch.is_suspended,
    )


def _lacking(post: BatchPost) -> list[str]:
    position = post.position
    wanted = {
        "职数": position.headcount,
        "招聘人数": post.seats,
        "任职条件": position.conditions.strip(),
        "岗位职责": position.duties.strip(),
        "任用方式": post.method,
    }
    return [name for name, value in wanted.items() if not value]


def window_facts(batch: Batch, on: date) -> WindowFacts:
    """B2, B3: the days of the applications, and who chose more posts than allowed."""
    window = BatchStep.objects.filter(batch=batch, kind=BatchStep.Kind.APPLY).first()
    chosen = Counter(live_applications(batch).values_list("candidacy_id", "candidacy__person__name"))
    over = [
        f"{name}报了{number}个岗位，最多{batch.max_choices}个"
        for (_, name), number in chosen.items()
        if number > batch.max_choices
    ]
    return WindowFacts(
        starts_on=window.starts_on if window else None,
        ends_before=window.ends_before if window else None,
        over_choices=over,
        suspended=batch.is_suspended,
    )


def screen_facts(batch: Batch, on: date) -> ScreenFacts:
    """B4: what is undecided, untold, or may still be objected to; and applicants against seats.

    Posts that were switched to 直接聘任 or 组织调配 have no ratio to reach.
    """
    policy = policy_of(batch.round.policy)
    state = ApplicationState
    mine = Application.objects.filter(candidacy__batch=batch).order_by("candidacy__sort_no", "id")
    rejected = list(mine.filter(state=state.REJECTED).values_list("candidacy__person__name", "notified_on"))
    told = [day for _, day in rejected if day]
    ratio = policy["round.opening_ratio"]
    return ScreenFacts(
        unreviewed=list(mine.filter(state=state.SUBMITTED).values_list("candidacy__person__name", flat=True)),
        unnotified=list(dict.fromkeys(name for name, day in rejected if day is None)),
        open_until=objections_until(max(told), policy["round.objection_workdays"], calendar_of())
        if told
        else None,
        open_objections=list(
            Objection.objects.filter(
                application__candidacy__batch=batch,
                kind=Objection.Kind.SCREENING,
                state=Objection.State.OPEN,
            ).values_list("application__candidacy__person__name", flat=True)
        ),
        posts=_posts_with_applicants(batch),
        ratio_normal=ratio["normal"],
        ratio_lowest=ratio["lowest"],
        ratio_document_no=batch.ratio_document_no,
    )


def _posts_with_applicants(batch: Batch) -> Sequence[PostFact]:
    qualified: Mapping[int, int] = dict(
        Application.objects.filter(candidacy__batch=batch, state=ApplicationState.QUALIFIED)
        .order_by()
        .values_list("position_id")
        .annotate(number=Count("id"))
    )
    return [
        PostFact(
            str(post.position), post.seats, post.position.headcount, (), qualified.get(post.position_id, 0)
        )
        for post in open_posts(batch).filter(method__in=_COMPETITIVE)
    ]


_FACTS: Mapping[str, Callable[[Batch, date], Any]] = {
    "publish": publish_facts,
    "open": window_facts,
    "close_applications": window_facts,
    "assess": screen_facts,
    "screened": screen_facts,
    "match": score_facts,
    "inspect": match_facts,
    "matched": match_facts,
    "nominate": match_facts,
    "decide": inspect_facts,
    "assign": inspect_facts,
    "publicize": decide_facts,
    "appoint": publicity_facts,
    "close": appoint_facts,
}
