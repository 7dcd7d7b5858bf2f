"""The planned days of a round's batches: what is wrong with them, what is late, and whether they can still be
kept (domain.md §3).

Batches may overlap, and a decision may fall on any day; only notice and 公示 are counted in working days.
Intervals are half-open, as stored; what is said in words names the inclusive last day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from reform.workdays import Calendar, count_workdays, fallback_warning, workday_period

_DAY = timedelta(days=1)

# The steps in the order in which they begin and end.
LABELS = {
    "NOTICE": "公告",
    "APPLY": "报名",
    "SCREEN": "资格审查",
    "ASSESS": "考评",
    "MATCH": "双向选择",
    "INSPECT": "组织考察",
    "DECIDE": "研究决定",
    "PUBLICITY": "公示",
    "APPOINT": "聘任",
}
_STATES = (
    "PLANNED",
    "PUBLISHED",
    "APPLYING",
    "SCREENING",
    "ASSESSING",
    "MATCHING",
    "INSPECTING",
    "DECIDING",
    "PUBLICITY",
    "APPOINTING",
    "CLOSED",
)
# The state in which a step lies behind the batch; a way that leaves a state out passes over it.
_DONE_AT = dict(zip(LABELS, _STATES[_STATES.index("APPLYING") :], strict=True))
_APPLIED = ("JP", "GX", "SX")
_ASSIGNED = "ZZ"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """The days of one step."""

    starts_on: date
    ends_before: date

    @property
    def last_on(self) -> date:
        return self.ends_before - _DAY


@dataclass(frozen=True)
class BatchPlan:
    """A batch with its planned steps by kind (NOTICE … APPOINT), and where it stands."""

    name: str
    method: str
    steps: Mapping[str, PlannedStep]
    state: str = "PLANNED"


@dataclass(frozen=True)
class Frame:
    """What the days have to keep to: the least working days, and the round's and the zone's dates."""

    calendar: Calendar
    notice_workdays: int
    publicity_workdays: int
    objection_workdays: int = 0
    kickoff_on: date | None = None
    effective_on: date | None = None
    deadline_on: date | None = None


@dataclass(frozen=True)
class Outlook:
    """How a batch would come out. earliest_on: the first day on which its appointments can take effect, None
    where it has come to its end; objections_on: the same if rejected applicants are given their days to
    object.  publicity_last_on: last day of the 公示 on that earliest way.  fits: whether the 公示 ends within
    the zone's deadline.  late: what is behind the plan, or will be, in words."""

    name: str
    earliest_on: date | None
    objections_on: date | None
    publicity_last_on: date | None
    fits: bool
    late: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())


def notice_workdays(plan: BatchPlan, calendar: Calendar, published_on: date | None = None) -> int | None:
    """Working days from the first of the notice to the last of the applications (for a batch without
    applications: of the notice); None without these steps.  published_on: a notice that is late counts from
    the day on which it is published."""
    notice, apply = plan.steps.get("NOTICE"), plan.steps.get("APPLY")
    last = apply if plan.method in _APPLIED else notice
    if notice is None or last is None:
        return None
    first = max(notice.starts_on, published_on or notice.starts_on)
    return count_workdays(first, last.last_on, calendar).days


def objections_until(notified_on: date, workdays: int, calendar: Calendar) -> date:
    """The last day on which a rejected applicant may object: so many working days after the day of the
    notification."""
    return workday_period(notified_on + _DAY, workdays, calendar).last_on if workdays else notified_on


def is_past(kind: str, state: str) -> bool:
    """Whether a step lies behind a batch in a state; of a cancelled batch every step does."""
    return state not in _STATES or _STATES.index(state) >= _STATES.index(_DONE_AT[kind])


def check_batch(plan: BatchPlan, frame: Frame) -> list[str]:
    """What is wrong with one batch's days in themselves: missing steps, their order, notice and 公示 too
    short.  Source: domain.md §3 B1, B8, B9."""
    return [f"{plan.name}：{line}" for line in (*_missing(plan), *_order(plan), *_lengths(plan, frame))]


def check_limits(plan: BatchPlan, frame: Frame) -> list[str]:
    """What stands outside the round's dates and the zone's deadline."""
    lines = []
    if plan.steps and frame.kickoff_on:
        first = min(step.starts_on for step in plan.steps.values())
        if first < frame.kickoff_on:
            lines.append(f"从{first}开始，早于动员日{frame.kickoff_on}")
    publicity = plan.steps.get("PUBLICITY")
    if publicity and frame.effective_on and publicity.last_on >= frame.effective_on:
        lines.append(f"公示到{publicity.last_on}，生效日{frame.effective_on}须在公示结束之后")
    if frame.deadline_on:
        lines += [
            f"{LABELS[kind]}到{step.last_on}，晚于上级期限{frame.deadline_on}"
            for kind, step in _in_order(plan)
            if step.last_on > frame.deadline_on
        ]
    return [f"{plan.name}：{line}" for line in lines]


def check_calendar(plans: Sequence[BatchPlan], frame: Frame) -> list[str]:
    """All that is wrong with the calendar of a round, for T1."""
    lines = [line for plan in plans for line in (*check_batch(plan, frame), *check_limits(plan, frame))]
    if frame.effective_on and frame.deadline_on and frame.effective_on > frame.deadline_on:
        lines.append(f"生效日{frame.effective_on}晚于上级期限{frame.deadline_on}")
    return lines


def calendar_warning(plans: Sequence[BatchPlan], frame: Frame) -> str:
    """The warning for years that the table of holidays does not cover; '' for none."""
    days = [day for plan in plans for step in plan.steps.values() for day in (step.starts_on, step.last_on)]
    return (
        fallback_warning(count_workdays(min(days), max(days), frame.calendar).years_missing) if days else ""
    )


def late_steps(plan: BatchPlan, on: date) -> list[str]:
    """Kinds of the steps whose last day is over and which do not lie behind the batch yet."""
    return [kind for kind, step in _in_order(plan) if step.last_on < on and not is_past(kind, plan.state)]


def rehearse_calendar(plans: Sequence[BatchPlan], frame: Frame, on: date) -> list[Outlook]:
    """How each batch would come out if from `on` it took the least time that the rules allow: would its 公示
    end before the deadline?

    A step that has begun keeps its planned end; a notice starts on its planned day or, late, on `on`.
    """
    return [_outlook(plan, frame, on) for plan in plans]


def _in_order(plan: BatchPlan) -> list[tuple[str, PlannedStep]]:
    return [(kind, plan.steps[kind]) for kind in LABELS if kind in plan.steps]


def _missing(plan: BatchPlan) -> list[str]:
    wanted = ["DECIDE", "PUBLICITY"]
    if plan.method in _APPLIED:
        wanted = ["NOTICE", "APPLY", *wanted]
    elif plan.method != _ASSIGNED:
        wanted = ["NOTICE", *wanted]
    missing = [LABELS[kind] for kind in wanted if kind not in plan.steps]
    return [f"日程缺少{'、'.join(missing)}"] if missing else []


def _order(plan: BatchPlan) -> list[str]:
    """Steps may run beside each other, but none begins or ends before the one that it follows; 公示 comes
    after the decision, the appointment after the 公示."""
    steps = _in_order(plan)
    lines = []
    for (one, earlier), (other, later) in pairwise(steps):
        if other in ("PUBLICITY", "APPOINT"):
            if later.starts_on <= earlier.last_on:
                lines.append(
                    f"{LABELS[other]}从{later.starts_on}开始，须在{LABELS[one]}结束（{earlier.last_on}）之后"
                )
        elif later.starts_on < earlier.starts_on:
            lines.append(f"{LABELS[other]}从{later.starts_on}开始，早于{LABELS[one]}的{earlier.starts_on}")
        elif later.last_on < earlier.last_on:
            lines.append(f"{LABELS[other]}到{later.last_on}结束，早于{LABELS[one]}的{earlier.last_on}")
    return lines


def _lengths(plan: BatchPlan, frame: Frame) -> list[str]:
    lines = []
    notice = notice_workdays(plan, frame.calendar) if plan.method != _ASSIGNED else None
    if notice is not None and notice < frame.notice_workdays:
        lines.append(f"公告{notice}个工作日，至少{frame.notice_workdays}个")
    publicity = plan.steps.get("PUBLICITY")
    if publicity:
        days = count_workdays(publicity.starts_on, publicity.last_on, frame.calendar).days
        if days < frame.publicity_workdays:
            lines.append(f"公示{days}个工作日，至少{frame.publicity_workdays}个")
    return lines


def _outlook(plan: BatchPlan, frame: Frame, on: date) -> Outlook:
    if is_past("APPOINT", plan.state):
        return Outlook(plan.name, None, None, None, True)
    last = _publicity_last(plan, frame, on, objections=False)
    slow = _publicity_last(plan, frame, on, objections=True)
    fits = frame.deadline_on is None or last <= frame.deadline_on
    late = [f"{LABELS[kind]}应于{plan.steps[kind].last_on}完成，今天是{on}" for kind in late_steps(plan, on)]
    planned = plan.steps.get("PUBLICITY")
    if not fits:
        late.append(f"公示最早到{last}，晚于上级期限{frame.deadline_on}")
    elif planned and last > planned.last_on:
        late.append(f"公示最早到{last}，晚于计划的{planned.last_on}")
    if frame.effective_on and last >= frame.effective_on:
        late.append(f"公示最早到{last}，生效日{frame.effective_on}须推迟")
    warning = fallback_warning(count_workdays(min(on, last), last, frame.calendar).years_missing)
    return Outlook(
        plan.name,
        max(last + _DAY, on),
        max(slow + _DAY, on),
        last,
        fits,
        tuple(late),
        (warning,) if warning else (),
    )


def _publicity_last(plan: BatchPlan, frame: Frame, on: date, *, objections: bool) -> date:
    """The earliest possible last day of the 公示; one that has begun ends as planned."""
    planned = plan.steps.get("PUBLICITY")
    if is_past("DECIDE", plan.state):
        return (
            planned.last_on
            if planned
            else workday_period(on, frame.publicity_workdays, frame.calendar).last_on
        )
    decision = _applications_over(plan, frame, on)
    if objections and plan.method in _APPLIED and not is_past("SCREEN", plan.state):
        decision = objections_until(decision, frame.objection_workdays, frame.calendar) + _DAY
    return workday_period(decision + _DAY, frame.publicity_workdays, frame.calendar).last_on


def _applications_over(plan: BatchPlan, frame: Frame, on: date) -> date:
    """The first day on which a decision could be taken: the day after the notice and the applications."""
    if plan.method == _ASSIGNED:
        return on
    closing = plan.steps.get("APPLY" if plan.method in _APPLIED else "NOTICE")
    if plan.state == _STATES[0]:
        notice = plan.steps.get("NOTICE")
        first = max(on, frame.kickoff_on or on, notice.starts_on if notice else on)
        return workday_period(first, frame.notice_workdays, frame.calendar).last_on + _DAY
    if closing and not is_past("APPLY", plan.state):
        return max(on, closing.ends_before)
    return on
