"""解聘 T01–T11: what each cause needs by the law of the person's 身份, and who is protected."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.absence import Absences, count_absences
from appointments.rules.termination import (
    PROTECTED_CAUSES,
    Leaving,
    Limits,
    Protection,
    Route,
    resignation_due_on,
    route_of,
    termination_reasons,
)
from reform.errors import RuleError

LIMITS = Limits(
    notice={"resign": 30, "resign_leader": 90, "incompetent": 30},
    absence={"consecutive": 15, "in_year": 30},
)
LEFT = date(2024, 7, 1)
CAUSES = [f"T{number:02d}" for number in range(1, 12)]
CALENDAR = {date(2024, 5, 1): False, date(2024, 5, 11): True}


def leaving(cause: str, route: Route = Route.CIVIL, **facts: object) -> Leaving:
    base = Leaving(cause, LEFT, LEFT, route, protection=Protection.NONE)
    return replace(base, **facts)  # type: ignore[arg-type]


def reasons(cause: str, route: Route = Route.CIVIL, **facts: object) -> list[str]:
    return termination_reasons(leaving(cause, route, **facts), LIMITS)


@pytest.mark.parametrize(
    ("identity", "route"),
    [
        ("XZ", Route.CIVIL),
        ("CG", Route.CIVIL),
        ("SY", Route.INSTITUTION),
        ("QY", Route.LABOUR),
        ("PY", Route.LABOUR),
        ("LW", Route.LABOUR),
        ("QT", Route.UNKNOWN),
        ("", Route.UNKNOWN),
    ],
)
def test_law_follows_from_the_identity(identity: str, route: Route):
    assert route_of(identity) == route


@pytest.mark.parametrize("cause", ["T03", "T05", "T06", "T07", "T08"])
def test_unknown_identity_stops_what_the_law_decides(cause: str):
    assert "档案身份没有登记或为其他" in reasons(cause, Route.UNKNOWN)[0]


@pytest.mark.parametrize("cause", ["T04", "T09", "T11"])
def test_unknown_identity_does_not_stop_the_rest(cause: str):
    assert reasons(cause, Route.UNKNOWN, details="调往市发改委", expelled_on=LEFT) == []


def test_term_that_is_not_over_or_not_reviewed_does_not_end_as_expired():
    assert reasons("T01", ends_before=date(2025, 1, 23)) == [
        "聘期到2025-01-22，2024-07-01离开不是期满",
        "还没有聘期考核",
    ]
    assert reasons("T01", ends_before=LEFT, outcome="RENEW") == ["聘期考核的处理不是期满不续"]
    assert reasons("T01", ends_before=LEFT, outcome="END") == []


def test_nobody_retires_before_the_statutory_day_unless_allowed_to():
    early = reasons("T02", retires_on=date(2024, 7, 31))
    assert early == ["法定退休日期2024-07-31，2024-07-01离开未到龄；经批准提前退休的须注明"]
    assert reasons("T02", retires_on=date(2024, 7, 31), is_early=True) == []
    assert reasons("T02", retires_on=date(2024, 6, 30)) == []
    assert reasons("T02", retires_on=None) == [], "an unknown birth stops nobody"


def test_civil_servant_resigns_when_it_is_approved():
    assert reasons("T03") == ["没有辞职申请的日期"]
    assert reasons("T03", asked_on=date(2024, 6, 28)) == []
    assert reasons("T03", asked_on=date(2024, 6, 3), decided_on=date(2024, 7, 10)) == [
        "辞职须先经批准：2024-07-10批准，不能2024-07-01离开"
    ]
    assert reasons("T03", asked_on=date(2024, 7, 2)) == ["批准日期2024-07-01早于申请日期2024-07-02"]
    assert "不得辞去公职" in reasons("T03", asked_on=date(2024, 6, 3), is_investigated=True)[0]


def test_leaders_resignation_is_decided_within_ninety_days():
    asked = date(2024, 6, 3)
    assert resignation_due_on(asked, is_leader=False, notice=LIMITS.notice) == date(2024, 7, 3)
    assert resignation_due_on(asked, is_leader=True, notice=LIMITS.notice) == date(2024, 9, 1)


@pytest.mark.parametrize("route", [Route.INSTITUTION, Route.LABOUR])
def test_others_resign_with_thirty_days_notice_or_by_agreement(route: Route):
    asked = date(2024, 6, 2)
    assert reasons("T03", route, asked_on=asked) == [
        "2024-06-02提出辞职，满30天最早2024-07-02离开，现为2024-07-01"
    ]
    assert reasons("T03", route, asked_on=asked, both_agree=True) == []
    assert reasons("T03", route, asked_on=date(2024, 6, 1)) == []


def test_transfer_says_where_to():
    assert reasons("T04") == ["须写明调往的单位"]


def test_two_incompetent_years_are_two_years_running():
    assert reasons("T05", grades={2022: "D", 2023: "D"}) == []
    assert reasons("T05", grades={2021: "D", 2023: "D"}) == [
        "2022年没有结果、2023年不称职，不是连续两年不称职（不合格）"
    ]
    assert reasons("T05", grades={2021: "D", 2022: "D", 2023: "B"}) == [
        "2022年不称职、2023年称职，不是连续两年不称职（不合格）"
    ]
    assert reasons("T05", grades={}) == ["没有年度考核结果"]


@pytest.mark.parametrize("route", [Route.INSTITUTION, Route.LABOUR])
def test_outside_the_civil_service_incompetence_needs_notice(route: Route):
    twice = {2022: "D", 2023: "D"}
    assert reasons("T05", route, grades=twice)[0].startswith("须提前30天书面通知本人")
    assert reasons("T05", route, grades=twice, notified_on=date(2024, 6, 15)) == [
        "2024-06-15书面通知，满30天最早2024-07-15离开，现为2024-07-01"
    ]
    assert reasons("T05", route, grades=twice, notified_on=date(2024, 6, 1)) == []


def test_unfit_for_the_post_and_refusing_another():
    assert reasons("T06") == ["须有不胜任现职的考核结果或认定依据", "须写明本人不接受的其他安排"]
    assert reasons("T06", finding="2024年专项考核结论", refused_post="综合科主办") == []
    institution = reasons("T06", Route.INSTITUTION, finding="考核组认定", refused_post="主办")
    assert institution == [
        "最近一年年度考核不是不合格（事业单位人事管理条例第十六条）",
        "须提前30天书面通知本人（事业单位人事管理条例），没有通知日期",
    ]


def test_refusal_has_to_be_on_record():
    assert reasons("T07") == ["没有“无故拒绝合理安排”的记录（书面提供岗位均被拒绝后由安置台账记录）"]
    assert reasons("T07", refuses=True) == []


def test_absence_is_compared_with_both_limits():
    assert reasons("T08") == ["没有旷工的起止日期"]
    assert reasons("T08", absences=Absences(15, 30, False)) == [
        "连续旷工15天（须超过15），一年内累计30天（须超过30）"
    ]
    assert reasons("T08", absences=Absences(16, 16, False)) == []
    assert reasons("T08", Route.INSTITUTION, absences=Absences(3, 31, True)) == []


def test_expulsion_has_to_be_on_record_and_come_first():
    assert reasons("T09") == ["没有开除处分的记录"]
    assert reasons("T09", expelled_on=date(2024, 7, 2)) == [
        "开除处分决定日期2024-07-02晚于离开日期2024-07-01"
    ]


def test_contract_names_its_clause_and_death_needs_nothing():
    assert reasons("T10") == ["须写明合同约定的条款"]
    assert reasons("T11") == []


@pytest.mark.parametrize("cause", PROTECTED_CAUSES)
@pytest.mark.parametrize("protection", [Protection.INJURED, Protection.MEDICAL, Protection.MATERNITY])
@pytest.mark.parametrize("route", [Route.CIVIL, Route.INSTITUTION, Route.LABOUR])
def test_protected_person_is_not_dismissed(cause: str, protection: Protection, route: Route):
    good = {
        "grades": {2022: "D", 2023: "D"},
        "refused_post": "主办",
        "refuses": True,
        "absences": Absences(40, 40, False),
        "notified_on": date(2024, 1, 2),
    }
    assert reasons(cause, route, **good) == []
    assert "不得按此原因解聘" in "".join(reasons(cause, route, **good, protection=protection))
    assert "须先核对是否因公致残" in "".join(reasons(cause, route, **good, protection=None))


@pytest.mark.parametrize("cause", [one for one in CAUSES if one not in PROTECTED_CAUSES])
def test_protection_stops_no_other_cause(cause: str):
    facts = {"details": "依据", "asked_on": date(2024, 1, 2), "expelled_on": LEFT, "outcome": "END"}
    assert reasons(cause, protection=Protection.MEDICAL, **facts) == []


# 2024-05-01 to 05-31: the calendar knows 05-01 (a holiday) and Saturday 05-11 (worked).
@pytest.mark.parametrize(
    ("spans", "by_workdays", "expected"),
    [
        ([(date(2024, 5, 1), date(2024, 5, 16))], False, (16, 16)),
        ([(date(2024, 5, 1), date(2024, 5, 16))], True, (12, 12)),
        ([(date(2024, 5, 3), date(2024, 5, 3)), (date(2024, 5, 6), date(2024, 5, 6))], False, (1, 2)),
        ([(date(2024, 5, 3), date(2024, 5, 3)), (date(2024, 5, 6), date(2024, 5, 6))], True, (2, 2)),
        ([(date(2024, 5, 10), date(2024, 5, 10)), (date(2024, 5, 13), date(2024, 5, 13))], True, (1, 2)),
        ([(date(2024, 5, 1), date(2024, 5, 9)), (date(2024, 5, 5), date(2024, 5, 12))], False, (12, 12)),
        ([(date(2023, 5, 1), date(2023, 5, 20)), (date(2024, 5, 1), date(2024, 5, 20))], False, (20, 20)),
        ([(date(2023, 5, 21), date(2023, 6, 9)), (date(2024, 5, 1), date(2024, 5, 20))], False, (20, 40)),
        ([], False, (0, 0)),
    ],
)
def test_absences_in_a_row_and_within_a_year(
    spans: list[tuple[date, date]], by_workdays: bool, expected: tuple[int, int]
):
    found = count_absences(spans, CALENDAR, by_workdays=by_workdays)
    assert (found.consecutive, found.in_year) == expected


def test_absence_that_ends_before_it_begins_is_refused():
    with pytest.raises(RuleError, match="旷工起日2024-05-02晚于止日2024-05-01"):
        count_absences([(date(2024, 5, 2), date(2024, 5, 1))], {}, by_workdays=False)


spans = st.lists(
    st.tuples(st.dates(date(2023, 1, 1), date(2025, 12, 31)), st.integers(0, 40)).map(
        lambda one: (one[0], one[0] + timedelta(days=one[1]))
    ),
    max_size=6,
)


@given(spans, st.booleans(), st.randoms())
def test_order_of_absences_does_not_matter_and_bounds_hold(spans, by_workdays, random):
    found = count_absences(spans, {}, by_workdays=by_workdays)
    random.shuffle(spans)
    assert count_absences(spans, {}, by_workdays=by_workdays) == found
    covered = {first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1)}
    assert found.in_year <= len(covered)
    assert found.consecutive <= len(covered)
    assert found.in_year <= 366


@given(spans, st.booleans())
def test_most_days_of_any_year_are_found(spans, by_workdays):
    covered = sorted(
        {first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1)}
    )
    counted = [on for on in covered if not by_workdays or on.weekday() < 5]
    best = 0
    for place, end in enumerate(counted):
        try:
            start = end.replace(year=end.year - 1)
        except ValueError:
            start = end.replace(year=end.year - 1, day=28)
        best = max(best, sum(1 for on in counted[: place + 1] if on > start))
    assert count_absences(spans, {}, by_workdays=by_workdays).in_year == best


@given(st.sampled_from(CAUSES), st.sampled_from(list(Route)), st.sampled_from([None, *Protection]))
def test_protection_never_helps_a_dismissal(cause: str, route: Route, protection: Protection | None):
    free = reasons(cause, route, protection=Protection.NONE)
    assert len(reasons(cause, route, protection=protection)) >= len(free)
