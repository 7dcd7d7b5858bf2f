"""聘期: counted, reviewed, renewed, expired, changed."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import Appointment, Demotion, Round, TermReview
from appointments.rules.terms import (
    Term,
    acting_blocks,
    may_stay_until_retirement,
    months_since,
    renewal_blocks,
    review_opens_on,
    term_ends_before,
    terms_in_a_row,
)
from appointments.services.renewals import appointments_renew, renewals_begin
from appointments.services.terms import (
    appointment_change,
    term_reviews_record,
    terms_expire,
)
from appointments.states import LEADERS, OFFICE
from reform.errors import Refused
from reform.models import Position, Tenure, Zone
from tests.factories import (
    a_person,
    a_position,
    a_unit,
    an_appointment,
)

REVIEWED, AFTER = date(2024, 12, 20), date(2025, 1, 23)
days = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@pytest.mark.parametrize(
    ("starts_on", "retires_on", "ends_before"),
    [
        (date(2022, 1, 23), None, date(2025, 1, 23)),
        (date(2024, 2, 29), None, date(2027, 2, 28)),
        (date(2022, 1, 23), date(2024, 6, 30), date(2024, 7, 1)),
        (date(2022, 1, 23), date(2030, 6, 30), date(2025, 1, 23)),
        (date(2022, 1, 23), date(2021, 6, 30), date(2025, 1, 23)),
    ],
)
def test_term_ends_on_its_anniversary_or_with_retirement(
    starts_on: date, retires_on: date | None, ends_before: date
):
    assert term_ends_before(starts_on, 3, retires_on) == ends_before


def test_review_opens_sixty_days_before_the_last_day():
    assert review_opens_on(date(2025, 1, 23), 60) == date(2024, 11, 23)


def test_terms_are_counted_back_to_the_last_other_post():
    history = [Term("A", date(2012, 1, 1)), Term("B", date(2015, 1, 1)), Term("A", date(2018, 1, 1))]
    assert terms_in_a_row([*history, Term("C", date(2021, 2, 1))], ["A", "C"]) == 2
    assert terms_in_a_row(history, ["B"]) == 0
    assert terms_in_a_row([], ["A"]) == 0


@given(
    st.lists(st.tuples(st.sampled_from("AB"), days), max_size=6, unique_by=lambda one: one[1]), st.randoms()
)
def test_order_of_the_history_does_not_matter(history, random):
    terms = [Term(*one) for one in history]
    found = terms_in_a_row(terms, "A")
    random.shuffle(terms)
    assert terms_in_a_row(terms, "A") == found <= len(terms)


def test_fourth_term_and_term_after_retirement_are_blocked():
    start = date(2025, 1, 23)
    assert renewal_blocks(2, 3, retires_on=start, starts_on=start) == []
    assert renewal_blocks(3, 3, retires_on=date(2024, 12, 31), starts_on=start) == [
        "在本岗位已任3届，最多3届，须重新竞聘或交流",
        "2024-12-31到法定退休日期，早于新聘期的2025-01-23",
    ]


@pytest.mark.parametrize(
    ("joined", "retires", "may"),
    [
        (date(2015, 1, 23), date(2034, 12, 31), True),
        (date(2015, 1, 24), date(2034, 12, 31), False),
        (date(2015, 1, 23), date(2035, 1, 23), False),
        (None, date(2034, 12, 31), False),
        (date(2015, 1, 23), None, False),
    ],
)
def test_ten_years_served_and_less_than_ten_left(joined: date | None, retires: date | None, may: bool):
    assert may_stay_until_retirement(joined, retires, AFTER, served_years=10, left_years=10) is may


def test_acting_lasts_six_months_with_what_joins_on():
    start = date(2022, 3, 1)
    assert acting_blocks(start, date(2022, 9, 1), 6, []) == []
    assert acting_blocks(start, date(2022, 9, 2), 6, []) == [
        "主持工作到2022-09-01，最长6个月，不得晚于2022-08-31"
    ]
    assert acting_blocks(start, date(2022, 9, 1), 6, [(date(2021, 1, 1), date(2021, 3, 1))]) == []
    assert acting_blocks(start, date(2022, 6, 1), 6, [(date(2021, 11, 1), start)]) == [
        "主持工作到2022-05-31，最长6个月，不得晚于2022-04-30（自2021-11-01起连续计算）"
    ]


@given(days, st.integers(0, 3000))
def test_months_never_run_backwards(since: date, wait: int):
    on = since + timedelta(days=wait)
    assert 0 <= months_since(since, on) <= months_since(since, on + timedelta(days=1))


# --- services ---


def review(
    row: Appointment, actor: Any, outcome: str = "RENEW", result: str = "PASSED", **facts: Any
) -> TermReview:
    made = TermReview(appointment=row, result=result, outcome=outcome, **{"reviewed_on": REVIEWED} | facts)
    refused = term_reviews_record(reviews=[made], actor=actor, on=REVIEWED)
    if refused:
        raise Refused(refused[0].reasons)
    return made


def renew(rows: list[Appointment], actor: Any, on: date = AFTER, **facts: Any) -> Any:
    return appointments_renew(appointments=rows, document_no="续〔2025〕1号", actor=actor, on=on, **facts)


def test_review_is_neither_early_nor_kind_to_who_failed(row: Appointment, office: Any):
    with pytest.raises(Refused, match="提前60天即2024-11-23起可以考核，现为2024-11-22"):
        review(row, office, reviewed_on=date(2024, 11, 22))
    with pytest.raises(Refused, match="聘期考核不合格，不能续聘"):
        review(row, office, result="FAILED")
    review(row, office, "END", "FAILED")
    with pytest.raises(Refused, match="已登记过聘期考核"):
        review(row, office)


def test_renewal_begins_a_new_holding_and_keeps_the_first_dates(row: Appointment, office: Any, leader: Any):
    Tenure.objects.update(first_held_on=date(2015, 5, 1), level_first_held_on=date(2014, 1, 1))
    review(row, office)
    (new,) = renew([row], leader).created
    assert (row.state, new.state, new.previous, new.starts_on, new.ends_before) == (
        "RENEWED",
        "ACTIVE",
        row,
        date(2025, 1, 23),
        date(2028, 1, 23),
    )
    former, present = Tenure.objects.order_by("starts_on")
    assert former.ends_before == present.starts_on == date(2025, 1, 23)
    assert (present.first_held_on, present.level_first_held_on) == (date(2015, 5, 1), date(2014, 1, 1))


def test_renewal_decided_early_waits_for_its_day(zone: Zone, row: Appointment, office: Any, leader: Any):
    review(row, office)
    (new,) = renew([row], leader, REVIEWED).created
    assert (new.state, new.tenure, Tenure.objects.get().ends_before) == ("PENDING", None, None)
    assert renewals_begin(zone=zone, actor=office, on=date(2025, 1, 22)) == []
    assert renewals_begin(zone=zone, actor=office, on=AFTER) == [new]
    new.refresh_from_db()
    assert new.state == "ACTIVE"
    assert new.tenure is not None
    assert new.tenure.ends_before is None


def test_daily_command_begins_renewals(row: Appointment, office: Any, leader: Any):
    review(row, office)
    renew([row], leader, REVIEWED)
    out = StringIO()
    call_command("advance_rounds", "--on", "2025-01-23", stdout=out)
    assert out.getvalue() == "李娜 · 经济发展局·科长：续聘开始\n"
    assert Appointment.objects.get(previous=row).state == "ACTIVE"


def test_renewal_that_another_post_has_overtaken_is_taken_back(
    zone: Zone, row: Appointment, office: Any, leader: Any
):
    review(row, office)
    renew([row], leader, REVIEWED)
    Tenure.objects.filter(pk=row.tenure_id).update(ends_before=date(2025, 1, 5))
    assert renewals_begin(zone=zone, actor=office, on=AFTER) == []
    assert Appointment.objects.get() == row


def test_renewal_needs_review_paper_and_leaders(row: Appointment, office: Any, leader: Any):
    assert [one.reasons for one in renew([row], leader).refused] == [("还没有聘期考核",)]
    review(row, office, "COMPETE")
    assert renew([row], leader).refused[0].reasons == ("聘期考核的处理不是续聘",)
    assert "由领导小组办理" in str(renew([row], office).refused[0])


def test_term_ends_with_retirement_where_wanted(
    zone: Zone, round_: Round, post: Position, office: Any, leader: Any
):
    person = a_person(zone, birth_on=date(1964, 12, 1))
    a_row = an_appointment(round_, person, post, ends_before=date(2023, 1, 23))
    review(a_row, office, reviewed_on=date(2023, 1, 5))
    (new,) = renew([a_row], leader, date(2023, 1, 23), until_retirement=True).created
    assert new.ends_before == date(2025, 1, 1)


def test_many_renewals_take_as_many_statements_as_one(zone: Zone, round_: Round, office: Any, leader: Any):
    unit, counts = a_unit(zone, "招商局"), []
    assert leader.has_perm(LEADERS)
    assert office.has_perm(OFFICE)
    for size in (1, 30):
        rows = [
            an_appointment(round_, a_person(zone), a_position(unit, "主办", "L30", round_.setup))
            for _ in range(size)
        ]
        for one in rows:
            review(one, office)
        loaded = list(
            Appointment.objects.filter(pk__in=[one.pk for one in rows]).select_related(
                "zone", "round__policy", "person", "position__unit__parent", "tenure"
            )
        )
        with CaptureQueriesContext(connection) as queries:
            assert len(renew(loaded, leader).created) == size
        # One prepared statement is run for many changed rows; the driver lists each run.
        counts.append(
            sum(not one["sql"].startswith(("INSERT INTO reform_rowchange", "UPDATE")) for one in queries)
        )
    assert counts[0] == counts[1]


def test_reviews_are_written_in_bulk_and_the_bad_ones_returned(
    zone: Zone, round_: Round, row: Appointment, office: Any
):
    late = an_appointment(
        round_,
        a_person(zone, "李四"),
        a_position(row.position.unit, setup=round_.setup),
        ends_before=date(2026, 1, 1),
    )
    reviews = [
        TermReview(appointment=one, result="PASSED", outcome="RENEW", reviewed_on=REVIEWED)
        for one in (row, late)
    ]
    (refused,) = term_reviews_record(reviews=reviews, actor=office, on=REVIEWED)
    assert refused.row == late
    assert TermReview.objects.get().appointment == row


def test_expired_term_keeps_the_post_for_who_competes_again_only(row: Appointment, office: Any):
    (early,) = terms_expire(appointments=[row], actor=office, on=date(2025, 1, 22))
    assert early.reasons == ("聘期到2025-01-22，今天是2025-01-22",)
    review(row, office, "COMPETE")
    assert terms_expire(appointments=[row], actor=office, on=AFTER) == []
    assert (row.state, Tenure.objects.get().ends_before) == ("EXPIRED", None)


def test_term_that_is_not_renewed_ends_the_post(row: Appointment, office: Any):
    review(row, office, "END", "FAILED")
    terms_expire(appointments=[row], actor=office, on=AFTER)
    row.refresh_from_db()
    assert (row.state, row.end_cause, Tenure.objects.get().ends_before) == ("EXPIRED", "T01", AFTER)


# --- 变更 ---


def change(row: Appointment, position: Position, actor: Any, **facts: Any) -> Appointment:
    given = {
        "starts_on": date(2023, 3, 1),
        "document_no": "任〔2023〕2号",
        "reason": "工作需要",
        "on": date(2023, 2, 20),
    }
    return appointment_change(appointment=row, position=position, actor=actor, **given | facts)


def test_change_within_the_term_keeps_its_end(row: Appointment, round_: Round, leader: Any):
    other = a_position(row.position.unit, "主管", "L50", round_.setup)
    new = change(row, other, leader)
    assert (row.state, row.ended_on, new.state, new.ends_before) == (
        "CHANGED",
        date(2023, 3, 1),
        "ACTIVE",
        row.ends_before,
    )
    assert Tenure.objects.get(ends_before=None).position == other


def test_change_upwards_goes_through_a_batch(row: Appointment, round_: Round, leader: Any):
    with pytest.raises(Refused, match="提拔须经批次和公示"):
        change(row, a_position(row.position.unit, "局长", "L70", round_.setup), leader)


def test_change_downwards_needs_papers_and_minutes(row: Appointment, round_: Round, leader: Any):
    lower = a_position(row.position.unit, "主办", "L30", round_.setup)
    with pytest.raises(Refused) as refused:
        change(row, lower, leader)
    assert refused.value.reasons == (
        "降职须先登记降职手续（原因、谈话、告知）",
        "降2级，最多1级，须有党工委会议纪要",
    )
    Demotion.objects.create(
        round=round_, person=row.person, reason_code="D2", talk_on=REVIEWED, talk_by="甲", talk_record="谈",
        notice_no="告1", notice_on=REVIEWED, appeal_rights_told=True,
    )  # fmt: skip
    assert change(row, lower, leader, minutes_no="纪〔2023〕1号").held_level == "L30"


def test_change_to_a_taken_seat_or_outside_the_term_is_refused(row: Appointment, round_: Round, leader: Any):
    other = a_position(row.position.unit, "主管", "L50", round_.setup)
    an_appointment(round_, a_person(round_.zone, "李四"), other)
    with pytest.raises(Refused, match="职数1个，没有空缺"):
        change(row, other, leader)
    free = a_position(row.position.unit, "另一主管", "L50", round_.setup)
    with pytest.raises(Refused, match="须在聘期2022-01-23至2025-01-22之内"):
        change(row, free, leader, starts_on=date(2025, 1, 23))
