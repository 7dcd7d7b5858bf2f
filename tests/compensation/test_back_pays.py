"""补发扣回: what a locked month should have been, approved by another, paid with the next open month."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compensation.models import BackPay
from compensation.selectors import payable
from compensation.services import (
    back_pay_add,
    back_pay_approve,
    back_pay_withdraw,
    back_pays_propose,
    pay_run_calculate,
    pay_run_step,
)
from kpi.models import PersonResult
from reform.errors import Refused, StaleState
from tests.appointments.pages_cast import logged_in
from tests.appointments.portal_cast import text
from tests.compensation.casts import MONTHS, Cast, a_cast
from tests.compensation.pay_values import yuan

pytestmark = pytest.mark.django_db
ON = date(2022, 5, 10)


@pytest.fixture
def cast() -> Cast:
    made = a_cast()
    made.pool()
    return made


def propose(cast: Cast) -> list[BackPay]:
    return back_pays_propose(zone=cast.zone, actor=cast.office, on=ON)


def late_promotion(cast: Cast) -> list[BackPay]:
    """乙 was promoted on 10 January, which is entered after January to March were paid."""
    cast.join("甲", "L30")
    cast.join("乙", "L30")
    for code in MONTHS[:3]:
        cast.paid(code)
    cast.hold("乙", "L50", "甲局", date(2022, 1, 10))
    return propose(cast)


def test_a_late_change_of_post_is_made_up_for_month_by_month(cast: Cast):
    found = late_promotion(cast)
    assert [(one.for_run.code, one.amount, one.cause) for one in found] == [
        ("2022-02", yuan("2,016.00"), "LATE_CHANGE"),
        ("2022-03", yuan("2,016.00"), "LATE_CHANGE"),
    ]
    assert found[0].reason == "补发2022年2月工资：任职变动晚到"
    assert found[0].terms[0] == (
        "2022-02 基础工资：应为 1,920.00，已发 1,200.00，相差 +720.00（任职变动晚到）"
    )
    assert found[0].components == {
        "base_pay": "720.00",
        "position_pay": "720.00",
        "performance_pay": "576.00",
        "performance_base": "960.00",
    }


def test_statements_do_not_grow_with_the_people(cast: Cast):
    cast.join("甲", "L30")
    cast.paid("2022-01")
    cast.hold("甲", "L20", "甲局", date(2021, 12, 10))
    with CaptureQueriesContext(connection) as few:
        propose(cast)
    for number in range(10):
        cast.join(f"人{number}", "L30")
    with CaptureQueriesContext(connection) as many:
        assert len(propose(cast)) == 10
    assert len(many) == len(few)


def test_what_was_proposed_is_not_proposed_again(cast: Cast):
    late_promotion(cast)
    assert propose(cast) == []


def test_locked_lines_stay_as_they_were_paid(cast: Cast):
    late_promotion(cast)
    lines = BackPay.objects.get(for_run__code="2022-02").for_run.lines
    assert [one.gross for one in lines.all()] == [yuan("3,360.00")] * 2


def test_an_approved_correction_rides_on_the_next_open_month(cast: Cast):
    found = late_promotion(cast)
    run = cast.run("2022-04")
    assert cast.line(run, "乙").back_pay == 0
    for one in found:
        back_pay_approve(back_pay=one, actor=cast.finance)
    with pytest.raises(Refused, match="请重新计算"):
        pay_run_step(run=run, event="check", actor=cast.finance, on=ON)
    pay_run_calculate(run=run, actor=cast.office)
    line = cast.line(run, "乙")
    assert (line.back_pay, line.gross) == (yuan("4,032.00"), yuan("9,408.00"))
    assert line.why == "补发2022年2月工资：任职变动晚到；补发2022年3月工资：任职变动晚到"
    assert not BackPay.objects.filter(paid_with=run).exists()
    pay_run_step(run=run, event="check", actor=cast.finance, on=ON)
    pay_run_step(run=run, event="approve", actor=cast.leader, on=ON)
    pay_run_step(run=run, event="pay", actor=cast.finance, on=ON)
    assert BackPay.objects.filter(paid_with=run).count() == 2
    assert cast.line(cast.run("2022-05"), "乙").back_pay == 0
    assert propose(cast) == []


def test_a_correction_rides_on_one_of_two_open_months_only(cast: Cast):
    found = late_promotion(cast)
    for one in found:
        back_pay_approve(back_pay=one, actor=cast.finance)
    april = cast.run("2022-04")
    may = cast.run("2022-05")
    assert (cast.line(april, "乙").back_pay, cast.line(may, "乙").back_pay) == (yuan("4,032.00"), 0)
    pay_run_step(run=april, event="check", actor=cast.finance, on=ON)
    pay_run_calculate(run=may, actor=cast.office)
    assert cast.line(may, "乙").back_pay == 0


def test_what_is_approved_after_the_check_goes_with_the_following_month(cast: Cast):
    first, second = late_promotion(cast)
    back_pay_approve(back_pay=first, actor=cast.finance)
    april = cast.checked("2022-04")
    pay_run_step(run=april, event="approve", actor=cast.leader, on=ON)
    back_pay_approve(back_pay=second, actor=cast.finance)
    pay_run_step(run=april, event="pay", actor=cast.finance, on=ON)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.paid_with, second.paid_with) == (april, None)
    assert cast.line(cast.run("2022-05"), "乙").back_pay == yuan("2,016.00")


def test_a_person_entered_late_is_paid_what_was_missed(cast: Cast):
    cast.join("甲", "L30")
    cast.paid("2022-01")
    cast.join("乙", "L30")
    (one,) = propose(cast)
    assert (one.person.name, one.amount) == ("乙", yuan("3,360.00"))


def test_who_had_left_pays_back(cast: Cast):
    cast.join("甲", "L30")
    person = cast.join("乙", "L30")
    cast.paid("2022-01")
    person.tenures.update(ends_before=date(2022, 1, 1))
    (one,) = propose(cast)
    assert (one.amount, one.reason) == (-yuan("3,360.00"), "扣回2022年1月工资：任职变动晚到")


def test_what_is_taken_back_beyond_the_pay_is_told_and_no_row_of_the_bank(cast: Cast):
    cast.join("甲", "L30")
    person = cast.join("乙", "L30")
    cast.paid("2022-01")
    person.tenures.update(ends_before=date(2022, 1, 1))
    (one,) = propose(cast)
    back_pay_approve(back_pay=one, actor=cast.finance)
    run = cast.paid("2022-02")
    assert (cast.line(run, "乙").net, run.net) == (-yuan("3,360.00"), 0)
    assert [(row.name, row.amount) for row in payable(run)] == [("甲", yuan("3,360.00"))]
    page = text(logged_in(cast.finance).get(reverse("admin:pay_run", args=["2022-02"])))
    assert "1人实发为负，合计3,360.00元，不在银行代发文件里" in page


def settled_year(cast: Cast) -> None:
    """甲 was graded B; the year is settled and paid."""
    cast.join("甲", "L50")
    for code in MONTHS:
        cast.paid(code)
    cast.results(units={"甲局": "90.00"}, grades={"甲": "B"})
    cast.paid("2022")


def test_an_appeal_upheld_after_the_settlement_is_made_up_for(cast: Cast):
    settled_year(cast)
    PersonResult.objects.update(grade="A", version=2, cause="申诉成立")
    (one,) = propose(cast)
    assert (one.for_run.code, one.cause) == ("2022", "APPEAL")
    assert one.amount == yuan("6,144.00")  # 30,720.00 × (1.2 − 1.0)
    back_pay_approve(back_pay=one, actor=cast.finance)
    assert cast.line(cast.run("2023-01"), "甲").back_pay == yuan("6,144.00")


def test_a_late_result_is_made_up_for(cast: Cast):
    cast.join("甲", "L50")
    cast.join("乙", "L50")
    cast.paid("2022-12")
    cast.results(units={"甲局": "90.00"}, grades={"甲": "B"})
    cast.paid("2022")
    cast.results(grades={"乙": "A"})
    (one,) = propose(cast)
    assert (one.person.name, one.cause, one.amount) == ("乙", "LATE_RESULT", yuan("1,536.00"))


def test_settlement_counts_corrections_of_its_months(cast: Cast):
    for one in late_promotion(cast):
        back_pay_approve(back_pay=one, actor=cast.finance)
    for code in MONTHS[3:]:
        cast.paid(code)
    cast.results(units={"甲局": "90.00"}, grades={"甲": "B", "乙": "B"})
    line = cast.line(cast.run("2022"), "乙")
    assert line.performance_base == yuan("29,760.00")  # 1,600 + 11 × 2,560
    assert line.prepaid == yuan("17,856.00")
    assert line.performance_pay == yuan("11,904.00")


def test_maker_and_checker_of_a_correction_are_two_people(cast: Cast):
    cast.join("甲", "L30")
    run = cast.paid("2022-01")
    one = back_pay_add(
        run=run, person=cast.people["甲"], amount=-yuan("100"), reason="多发", actor=cast.office, on=ON
    )
    with pytest.raises(Refused, match="由财务办理"):
        back_pay_approve(back_pay=one, actor=cast.office)
    one.made_by = cast.finance
    one.save()
    with pytest.raises(Refused, match="是您本人提出的，须由另一人审定"):
        back_pay_approve(back_pay=one, actor=cast.finance)


def test_the_second_of_two_who_approve_is_told(cast: Cast):
    cast.join("甲", "L30")
    run = cast.paid("2022-01")
    one = back_pay_add(
        run=run, person=cast.people["甲"], amount=yuan("5"), reason="少发", actor=cast.office, on=ON
    )
    other = BackPay.objects.get(pk=one.pk)
    back_pay_approve(back_pay=one, actor=cast.finance)
    with pytest.raises(StaleState):
        back_pay_approve(back_pay=other, actor=cast.finance)


def test_a_correction_by_hand_needs_a_paid_run_an_amount_and_a_reason(cast: Cast):
    cast.join("甲", "L30")
    with pytest.raises(Refused) as refusal:
        back_pay_add(
            run=cast.run("2022-01"),
            person=cast.people["甲"],
            amount=Decimal(0),
            reason=" ",
            actor=cast.office,
            on=ON,
        )
    assert refusal.value.reasons == (
        "2022年1月工资还没有发放，请退回重新计算，不用补发扣回",
        "金额不能是 0",
        "须写明理由",
    )


def test_a_correction_by_hand_makes_no_second_one(cast: Cast):
    cast.join("甲", "L30")
    run = cast.paid("2022-01")
    back_pay_add(
        run=run, person=cast.people["甲"], amount=-yuan("100"), reason="多发", actor=cast.office, on=ON
    )
    assert propose(cast) == []


def test_a_late_change_made_up_for_by_hand_counts_towards_what_is_proposed(cast: Cast):
    cast.join("甲", "L30")
    for code in MONTHS[:2]:
        run = cast.paid(code)
    back_pay_add(
        run=run,
        person=cast.people["甲"],
        amount=yuan("2,000.00"),
        reason="提拔晚登记",
        actor=cast.office,
        on=ON,
        cause="LATE_CHANGE",
    )
    cast.hold("甲", "L50", "甲局", date(2022, 1, 10))
    (one,) = propose(cast)
    assert one.amount == yuan("16.00")


def test_withdrawn_before_it_is_checked_and_not_after(cast: Cast):
    first, second = late_promotion(cast)
    back_pay_withdraw(back_pay=first, actor=cast.office, reason="重复")
    assert list(BackPay.objects.all()) == [second]
    back_pay_approve(back_pay=second, actor=cast.finance)
    cast.checked("2022-04")
    with pytest.raises(Refused, match="已计入2022年4月工资，该批次已核对"):
        back_pay_withdraw(back_pay=second, actor=cast.office, reason="重复")
