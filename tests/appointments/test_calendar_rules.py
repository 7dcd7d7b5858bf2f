"""The days of batches: order, notice, 公示, deadline, and the article's case (domain.md §3)."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import BatchStep
from appointments.rules.calendar import (
    LABELS,
    BatchPlan,
    Frame,
    PlannedStep,
    calendar_warning,
    check_batch,
    check_calendar,
    check_limits,
    is_past,
    late_steps,
    notice_workdays,
    objections_until,
    rehearse_calendar,
)
from appointments.states import BatchState

CALENDAR = {
    date.fromisoformat(row["on"]): row["is_workday"]
    for row in json.loads(
        (Path(__file__).parents[2] / "fixtures" / "calendar.json").read_text(encoding="utf-8")
    )
}


def jan(day: int) -> date:
    return date(2022, 1, day)


def days(first: int, last: int) -> PlannedStep:
    """January 2022, by the inclusive last day."""
    return PlannedStep(jan(first), jan(last) + timedelta(days=1))


def article(name: str = "中层", decided: int = 15, **changed: PlannedStep | None) -> BatchPlan:
    """One of the article's three batches."""
    steps: dict[str, PlannedStep | None] = {
        "NOTICE": days(10, 12),
        "APPLY": days(10, 14),
        "SCREEN": days(10, 14),
        "ASSESS": days(14, 15),
        "MATCH": days(14, 15),
        "INSPECT": days(14, 15),
        "DECIDE": days(decided, decided),
        "PUBLICITY": days(17, 21),
        "APPOINT": days(22, 23),
    }
    kept = {kind: step for kind, step in (steps | changed).items() if step}
    return BatchPlan(name, "JP", kept)


FRAME = Frame(
    calendar=CALENDAR,
    notice_workdays=3,
    publicity_workdays=5,
    objection_workdays=2,
    kickoff_on=jan(9),
    effective_on=jan(23),
    deadline_on=date(2022, 3, 31),
)
ARTICLE = [article("中层"), article("科室", 16), article("主办", 16)]


def test_steps_of_the_rules_are_those_of_the_model():
    assert list(LABELS.items()) == BatchStep.Kind.choices
    assert all(is_past(kind, BatchState.CANCELLED) for kind in LABELS)


def test_article_case_holds_with_overlapping_batches_and_decisions_on_a_weekend():
    assert jan(15).weekday() >= 5
    assert jan(16).weekday() >= 5
    assert check_calendar(ARTICLE, FRAME) == []
    assert notice_workdays(ARTICLE[0], CALENDAR) == 5


def test_article_case_still_fits_on_the_day_of_the_kickoff():
    for outlook in rehearse_calendar(ARTICLE, FRAME, jan(9)):
        # notice 01-10 to 01-12, decision 01-13, 公示 01-14 to 01-20
        assert (outlook.publicity_last_on, outlook.earliest_on) == (jan(20), jan(21))
        assert outlook.fits
        assert outlook.late == ()


def test_a_week_late_the_publicity_no_longer_ends_before_the_effective_date():
    outlook = rehearse_calendar(ARTICLE, FRAME, jan(17))[0]
    # notice 01-17 to 01-19, decision 01-20, 公示 01-21 to 01-27
    assert outlook.publicity_last_on == jan(27)
    assert outlook.fits
    assert "公示最早到2022-01-27，晚于计划的2022-01-21" in outlook.late
    assert "公示最早到2022-01-27，生效日2022-01-23须推迟" in outlook.late
    assert "公告应于2022-01-12完成，今天是2022-01-17" in outlook.late


def test_rehearsal_says_that_the_publicity_misses_the_deadline():
    tight = replace(FRAME, deadline_on=jan(19), effective_on=None)
    outlook = rehearse_calendar([article()], tight, jan(10))[0]
    assert not outlook.fits
    assert outlook.late == ("公示最早到2022-01-20，晚于上级期限2022-01-19",)


def test_rehearsal_over_spring_festival_counts_the_days_worked_instead():
    plan = BatchPlan("调配", "ZZ", {}, "PLANNED")
    # decided on 01-28; 01-29 and 01-30 are worked, 01-31 to 02-06 is holiday
    outlook = rehearse_calendar([plan], replace(FRAME, effective_on=None), jan(28))[0]
    assert outlook.publicity_last_on == date(2022, 2, 9)


@pytest.mark.parametrize(
    ("state", "earliest"),
    [
        ("APPLYING", jan(22)),  # applications to 01-14, decision on 01-15, 公示 from 01-16 to 01-21
        ("SCREENING", jan(20)),  # decision today, 公示 from tomorrow
        ("PUBLICITY", jan(22)),  # as planned, to 01-21
        ("APPOINTING", jan(22)),
        ("CLOSED", None),
        ("CANCELLED", None),
    ],
)
def test_earliest_day_depends_on_where_the_batch_stands(state: str, earliest: date | None):
    plan = replace(article(), state=state)
    outlook = rehearse_calendar([plan], replace(FRAME, effective_on=None), jan(12))[0]
    assert outlook.earliest_on == earliest


def test_time_for_objections_of_rejected_applicants_is_told_beside_the_earliest_day():
    outlook = rehearse_calendar([article()], FRAME, jan(10))[0]
    assert outlook.objections_on > outlook.earliest_on  # type: ignore[operator]


def test_rejected_applicant_may_object_for_whole_working_days_after_the_notification():
    assert objections_until(jan(14), 2, CALENDAR) == jan(18)  # Friday: Monday and Tuesday
    assert objections_until(jan(14), 0, CALENDAR) == jan(14)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"DECIDE": None}, "日程缺少研究决定"),
        ({"APPLY": None, "PUBLICITY": None}, "日程缺少报名、公示"),
        ({"NOTICE": days(10, 13), "APPLY": days(10, 12)}, "报名到2022-01-12结束，早于公告的2022-01-13"),
        ({"SCREEN": days(9, 14)}, "资格审查从2022-01-09开始，早于报名的2022-01-10"),
        ({"DECIDE": days(15, 17)}, "公示从2022-01-17开始，须在研究决定结束（2022-01-17）之后"),
        ({"PUBLICITY": days(17, 20)}, "公示4个工作日，至少5个"),
        ({"APPOINT": days(21, 23)}, "聘任从2022-01-21开始，须在公示结束（2022-01-21）之后"),
        (
            {"NOTICE": days(13, 14), "APPLY": days(13, 14), "SCREEN": days(13, 14)},
            "公告2个工作日，至少3个",
        ),
    ],
)
def test_faults_of_one_batch(changed: dict[str, PlannedStep | None], said: str):
    assert check_batch(article(**changed), FRAME) == [f"中层：{said}"]


def test_notice_without_applications_is_counted_by_itself():
    plan = BatchPlan(
        "直聘", "ZP", {"NOTICE": days(10, 11), "DECIDE": days(13, 13), "PUBLICITY": days(14, 20)}
    )
    assert check_batch(plan, FRAME) == ["直聘：公告2个工作日，至少3个"]


def test_assigned_batch_needs_no_notice():
    plan = BatchPlan("调配", "ZZ", {"DECIDE": days(13, 13), "PUBLICITY": days(14, 20)})
    assert check_batch(plan, FRAME) == []


def test_notice_that_is_published_late_counts_from_then():
    assert notice_workdays(article(), CALENDAR, jan(13)) == 2
    assert notice_workdays(article(), CALENDAR, jan(4)) == 5
    assert notice_workdays(article(NOTICE=None), CALENDAR) is None


def test_what_stands_outside_the_rounds_dates():
    late = replace(FRAME, effective_on=jan(21), deadline_on=jan(20), kickoff_on=jan(11))
    assert check_limits(article(), late) == [
        "中层：从2022-01-10开始，早于动员日2022-01-11",
        "中层：公示到2022-01-21，生效日2022-01-21须在公示结束之后",
        "中层：公示到2022-01-21，晚于上级期限2022-01-20",
        "中层：聘任到2022-01-23，晚于上级期限2022-01-20",
    ]
    assert "生效日2022-01-21晚于上级期限2022-01-20" in check_calendar([], late)


def test_late_steps_are_those_whose_last_day_is_over_and_which_are_not_behind_the_batch():
    plan = replace(article(), state="APPLYING")
    assert late_steps(plan, jan(14)) == []
    assert late_steps(plan, jan(16)) == ["APPLY", "SCREEN", "ASSESS", "MATCH", "INSPECT", "DECIDE"]
    assert late_steps(replace(plan, state="PUBLICITY"), jan(21)) == []
    assert late_steps(replace(plan, state="CLOSED"), jan(31)) == []


def test_year_outside_the_table_of_holidays_warns():
    far = BatchPlan("远", "ZZ", {"DECIDE": PlannedStep(date(2099, 1, 1), date(2099, 1, 2))})
    assert "2099" in calendar_warning([far], FRAME)
    assert calendar_warning(ARTICLE, FRAME) == ""
    assert rehearse_calendar([far], FRAME, date(2099, 1, 1))[0].warnings


@given(
    st.sampled_from([state for state in BatchState if state != BatchState.CANCELLED]),
    st.dates(date(2022, 1, 1), date(2022, 6, 30)),
    st.sampled_from(["JP", "SX", "ZP", "ZZ"]),
)
def test_earliest_day_is_never_in_the_past_and_objections_never_make_it_earlier(
    state: BatchState, on: date, method: str
):
    plan = replace(article(), state=state.value, method=method)
    outlook = rehearse_calendar([plan], FRAME, on)[0]
    if state == BatchState.CLOSED:
        assert outlook.earliest_on is None
        return
    assert on <= outlook.earliest_on <= outlook.objections_on  # type: ignore[operator]
