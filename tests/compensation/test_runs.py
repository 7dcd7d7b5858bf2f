"""Pay runs: opened, computed to the fen, checked, approved and paid by three people; computed again they give
the same bytes (domain.md §7)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compensation.models import PayInput, PayLine, PayRun
from compensation.selectors import (
    payable,
    pool_usage,
    run_comparison,
    run_lines,
    slips_of,
)
from compensation.services import (
    PayInputEntry,
    pay_inputs_register,
    pay_run_calculate,
    pay_run_open,
    pay_run_step,
)
from reform.access import command_actor
from reform.errors import IllegalTransition, Refused, RuleError, StaleState
from reform.models import AuditEvent, RowChange
from tests import factories as make
from tests.compensation.casts import MONTHS, Cast, a_cast
from tests.compensation.pay_values import yuan

pytestmark = pytest.mark.django_db
ON = date(2022, 12, 1)


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def bytes_of(run: PayRun) -> str:
    names = [field.attname for field in PayLine._meta.concrete_fields if field.attname != "id"]
    return repr([[getattr(one, name) for name in names] for one in run_lines(run)])


def test_a_month_pays_base_position_and_the_prepayment(cast: Cast):
    cast.join("甲", "L70")
    run = cast.run("2022-03")
    line = cast.line(run, "甲")
    assert (line.standard, line.base_pay, line.position_pay) == (
        yuan("8,800.00"),
        yuan("2,640.00"),
        yuan("2,640.00"),
    )
    assert (line.performance_base, line.performance_pay) == (yuan("3,520.00"), yuan("2,112.00"))
    assert line.gross == line.net == yuan("7,392.00")
    assert line.terms[-1] == "应发 = 2,640.00 + 2,640.00 + 2,112.00 = 7,392.00"
    assert (run.people, run.gross, run.state) == (1, yuan("7,392.00"), "CALCULATED")
    assert run.policy.number == 1


def test_e3_a_demotion_decided_in_january_is_paid_from_february(cast: Cast):
    cast.set_policy(prepay_share="1")
    cast.pool()
    cast.join("甲", "L60")
    cast.hold("甲", "L50", "甲局", date(2022, 1, 23))
    gross = [cast.paid(code).gross for code in MONTHS]
    assert gross == [yuan("7,600.00"), *[yuan("6,400.00")] * 11]
    assert sum(gross) == yuan("78,000.00")
    assert sum(gross) - 12 * yuan("7,600.00") == -yuan("13,200.00")


def test_e6_a_person_who_joins_in_mid_month_is_paid_by_working_days(cast: Cast):
    cast.set_policy(prepay_share="1")
    cast.join("甲", "L30", starts_on=date(2022, 3, 14))
    line = cast.line(cast.run("2022-03"), "甲")
    assert line.gross == yuan("2,574.71")
    assert line.why == "甲局·L30岗计薪14个工作日"


def test_computing_again_gives_the_same_bytes_and_writes_nothing(cast: Cast):
    cast.join("甲", "L50")
    cast.join("乙", "L30", "乙局")
    run = cast.run("2022-03")
    before, digest, events = bytes_of(run), run.digest, AuditEvent.objects.count()
    assert pay_run_calculate(run=run, actor=cast.office) is False
    assert (bytes_of(run), run.digest, AuditEvent.objects.count()) == (before, digest, events)


def test_computing_again_writes_only_the_lines_that_differ(cast: Cast):
    cast.join("甲", "L50")
    cast.join("乙", "L30", "乙局")
    run = cast.run("2022-03")
    kept = cast.line(run, "乙").pk
    changes = RowChange.objects.filter(model="compensation.PayLine").count()
    pay_inputs_register(
        zone=cast.zone,
        entries=[PayInputEntry(cast.people["甲"], "2022-03", "TAX", yuan("12.34"))],
        actor=cast.office,
    )
    assert pay_run_calculate(run=run, actor=cast.office) is True
    assert cast.line(run, "乙").pk == kept
    assert RowChange.objects.filter(model="compensation.PayLine").count() == changes + 1
    assert cast.line(run, "甲").income_tax == yuan("12.34")


def test_imported_items_stand_in_the_line_and_deductions_lower_the_net(cast: Cast):
    person = cast.join("甲", "L30")
    amounts = {"AWARD": "500", "ALLOWANCE": "200", "SENIORITY": "30", "SOCIAL": "100", "HOUSING": "50.50"}
    pay_inputs_register(
        zone=cast.zone,
        entries=[PayInputEntry(person, "2022-03", kind, yuan(text)) for kind, text in amounts.items()],
        actor=cast.office,
    )
    line = cast.line(cast.run("2022-03"), "甲")
    assert (line.special_award, line.allowance, line.seniority_pay) == (500, 200, 30)
    assert (line.gross, line.net) == (yuan("4,090.00"), yuan("3,939.50"))
    assert line.terms[-1] == "实发 = 4,090.00 − 代扣 150.50 = 3,939.50"


def test_imported_items_are_refused_for_a_checked_month(cast: Cast):
    person = cast.join("甲", "L30")
    cast.checked("2022-03")
    with pytest.raises(Refused) as refusal:
        pay_inputs_register(
            zone=cast.zone,
            entries=[PayInputEntry(person, "2022-03", PayInput.Kind.AWARD, yuan("5"))],
            actor=cast.office,
        )
    assert refusal.value.reasons == ("2022年3月工资已是“已核对”，不能再登记，请登记到以后的月份",)


def test_maker_checker_and_approver_are_three_people(cast: Cast):
    cast.pool()
    cast.join("甲", "L30")
    both = make.a_user(cast.zone, "薪酬专员")
    make.Group.objects.get(name="财务").user_set.add(both)
    make.Group.objects.get(name="领导").user_set.add(both)
    run = pay_run_open(zone=cast.zone, code="2022-03", actor=both)
    pay_run_calculate(run=run, actor=both)
    with pytest.raises(Refused, match="工资是您本人计算的，须由另一人核对"):
        pay_run_step(run=run, event="check", actor=both, on=ON)
    pay_run_step(run=run, event="check", actor=cast.finance, on=ON)
    with pytest.raises(Refused, match="您计算或核对过本批次，须由另一人批准"):
        pay_run_step(run=run, event="approve", actor=both, on=ON)
    with pytest.raises(Refused, match="由领导小组办理"):
        pay_run_step(run=run, event="approve", actor=cast.finance, on=ON)
    pay_run_step(run=run, event="approve", actor=cast.leader, on=ON, document_no="会议纪要1号")
    run.refresh_from_db()
    assert (run.calculated_by, run.checked_by, run.approved_by) == (both, cast.finance, cast.leader)
    assert run.document_no == "会议纪要1号"


def test_a_run_whose_inputs_changed_is_neither_checked_nor_approved(cast: Cast):
    cast.pool()
    cast.join("甲", "L30")
    run = cast.run("2022-03")
    cast.hold("甲", "L50", "甲局", date(2022, 2, 10))
    with pytest.raises(Refused, match="请重新计算"):
        pay_run_step(run=run, event="check", actor=cast.finance, on=ON)
    pay_run_calculate(run=run, actor=cast.office)
    pay_run_step(run=run, event="check", actor=cast.finance, on=ON)
    cast.join("乙", "L30")
    with pytest.raises(Refused, match="请退回重新计算"):
        pay_run_step(run=run, event="approve", actor=cast.leader, on=ON)


def test_a_run_follows_the_policy_of_its_first_day_until_it_is_checked(cast: Cast):
    cast.join("甲", "L30")
    run = cast.run("2022-03")
    cast.newer_policy(date(2022, 3, 1), point_value="5000.00")
    with pytest.raises(Refused, match="请重新计算"):
        pay_run_step(run=run, event="check", actor=cast.finance, on=ON)
    assert pay_run_calculate(run=run, actor=cast.office) is True
    run.refresh_from_db()
    assert (run.policy.number, run.gross) == (2, yuan("4,200.00"))
    pay_run_step(run=run, event="check", actor=cast.finance, on=ON)
    assert cast.run("2022-02").gross == yuan("3,360.00")


def test_what_happens_in_a_later_month_makes_no_run_stale(cast: Cast):
    cast.join("甲", "L30")
    run = cast.run("2022-03")
    cast.hold("甲", "L50", "甲局", date(2022, 4, 10))
    pay_run_step(run=run, event="check", actor=cast.finance, on=ON)
    assert run.state == "CHECKED"


def test_the_second_of_two_gets_stale_state(cast: Cast):
    cast.join("甲", "L30")
    run = cast.run("2022-03")
    other = PayRun.objects.get(pk=run.pk)
    pay_run_step(run=run, event="check", actor=cast.finance, on=ON)
    with pytest.raises(StaleState):
        pay_run_step(run=other, event="check", actor=cast.finance, on=ON)
    with pytest.raises(StaleState):
        pay_run_calculate(run=other, actor=cast.office)


def test_a_checked_run_is_not_computed_again_until_it_is_sent_back(cast: Cast):
    cast.join("甲", "L30")
    run = cast.checked("2022-03")
    with pytest.raises(IllegalTransition, match="不能重新计算"):
        pay_run_calculate(run=run, actor=cast.office)
    with pytest.raises(Refused, match="须写明理由"):
        pay_run_step(run=run, event="return", actor=cast.finance, on=ON)
    pay_run_step(run=run, event="return", actor=cast.finance, on=ON, reason="漏了补贴")
    assert (run.state, run.checked_by) == ("DRAFT", None)
    pay_run_calculate(run=run, actor=cast.office)
    assert run.state == "CALCULATED"


def test_a_paid_run_is_never_changed(cast: Cast):
    cast.pool()
    cast.join("甲", "L30")
    run = cast.paid("2022-03")
    before = bytes_of(run)
    cast.hold("甲", "L50", "甲局", date(2022, 2, 10))
    with pytest.raises(IllegalTransition):
        pay_run_calculate(run=run, actor=cast.office)
    for event in ("reopen", "return", "refuse", "check", "approve", "pay"):
        with pytest.raises(IllegalTransition):
            pay_run_step(run=run, event=event, actor=cast.finance, on=ON, reason="改")
    assert bytes_of(run) == before
    assert run.paid_on == date(2022, 12, 2)


def test_months_are_paid_one_after_another(cast: Cast):
    cast.pool()
    cast.join("甲", "L30")
    cast.run("2022-02")
    run = cast.checked("2022-03")
    pay_run_step(run=run, event="approve", actor=cast.leader, on=ON)
    with pytest.raises(Refused) as refusal:
        pay_run_step(run=run, event="pay", actor=cast.finance, on=ON)
    assert refusal.value.reasons == ("之前的批次还没有发放：2022年2月工资",)


def test_approval_needs_a_pool_and_stays_within_it(cast: Cast):
    cast.join("甲", "L30")
    run = cast.checked("2022-03")
    with pytest.raises(Refused, match="本年度还没有登记薪酬总额"):
        pay_run_step(run=run, event="approve", actor=cast.leader, on=ON)
    cast.pool("3359.99")
    with pytest.raises(Refused) as refusal:
        pay_run_step(run=run, event="approve", actor=cast.leader, on=ON)
    assert refusal.value.reasons == ("累计发放3,360.00元，超过薪酬总额3,359.99元",)
    cast.pool("3360.00")
    pay_run_step(run=run, event="approve", actor=cast.leader, on=ON)
    assert run.state == "APPROVED"


def test_pool_usage_is_cumulative_warns_and_leaves_awards_out(cast: Cast):
    person = cast.join("甲", "L30")
    cast.pool("7000.00")
    pay_inputs_register(
        zone=cast.zone,
        entries=[PayInputEntry(person, "2022-02", "AWARD", yuan("9,000.00"))],
        actor=cast.office,
    )
    cast.checked("2022-01")
    run = cast.run("2022-02")
    usage = pool_usage(cast.zone, 2022, run)
    assert [(one.spent, one.cumulative) for one in usage.runs] == [
        (yuan("3,360.00"), yuan("3,360.00")),
        (yuan("3,360.00"), yuan("6,720.00")),
    ]
    assert (usage.ratio, usage.use and usage.use.state) == (Decimal("0.9600"), "WARN")
    assert pool_usage(cast.zone, 2022).spent == yuan("3,360.00")


def test_comparison_says_why_each_person_differs(cast: Cast):
    cast.join("甲", "L60")
    cast.join("乙", "L30")
    cast.join("丙", "L30", starts_on=date(2022, 2, 1))
    cast.hold("甲", "L50", "甲局", date(2022, 1, 23))
    cast.run("2022-01")
    found = run_comparison(cast.run("2022-02"))
    assert found.previous is not None
    assert found.previous.code == "2022-01"
    by_name = {one.name: one for one in found.lines}
    assert by_name["乙"].reasons == ()
    assert by_name["甲"].difference == -yuan("1,008.00")
    assert by_name["甲"].reasons[0].text == (
        "基础工资 2,280.00 → 1,920.00（−360.00）：岗位 甲局·L60岗 → 甲局·L50岗，岗位系数 1.9 → 1.6"
    )
    assert by_name["丙"].reasons[0].text.endswith("上月无此人")
    assert sum(one.difference for one in found.lines) == found.difference
    assert [one.name for one in found.outliers] == []


def test_a_unit_head_compares_the_own_unit_only(cast: Cast):
    cast.join("甲", "L30")
    cast.join("乙", "L30", "乙局")
    head = make.a_user(cast.zone, "单位负责人")
    make.Membership.objects.filter(user=head).update(unit=cast.unit("乙局"))
    found = run_comparison(cast.run("2022-01"), head)
    assert [one.name for one in found.lines] == ["乙"]
    assert found.after == yuan("3,360.00")


def test_outliers_are_shown_to_the_checker(cast: Cast):
    cast.join("甲", "L30")
    cast.run("2022-01")
    cast.hold("甲", "L70", "甲局", date(2022, 1, 23))
    (line,) = run_comparison(cast.run("2022-02")).outliers
    assert line.outlier == ("应发 3,360.00 → 7,392.00，增加 120%，超过 30%",)


def test_nobody_in_the_month_means_no_run(cast: Cast):
    run = pay_run_open(zone=cast.zone, code="2022-03", actor=cast.office)
    with pytest.raises(Refused, match="这个月没有在岗人员"):
        pay_run_calculate(run=run, actor=cast.office)


def test_a_level_without_a_coefficient_is_named(cast: Cast):
    cast.join("甲", "L30")
    cast.set_policy(post_coefficients={"L50": "1.6"})
    run = pay_run_open(zone=cast.zone, code="2022-03", actor=cast.office)
    with pytest.raises(Refused) as refusal:
        pay_run_calculate(run=run, actor=cast.office)
    assert refusal.value.reasons == ("政策参数“岗位系数”没有层级“L30”。请在政策参数中补上",)


@pytest.mark.parametrize("code", ["2022-13", "2022Q5", "22-1", "", "2022-3", "0000"])
def test_a_period_that_is_none_is_refused(cast: Cast, code: str):
    with pytest.raises(RuleError, match="须写成"):
        pay_run_open(zone=cast.zone, code=code, actor=cast.office)


def test_a_period_has_one_run_and_only_the_office_opens_it(cast: Cast):
    pay_run_open(zone=cast.zone, code="2022-03", actor=cast.office)
    with pytest.raises(Refused, match="2022-03已有发放批次"):
        pay_run_open(zone=cast.zone, code="2022-03", actor=command_actor(None))
    with pytest.raises(Refused, match="由薪酬专员办理"):
        pay_run_open(zone=cast.zone, code="2022-04", actor=cast.finance)


def test_bank_rows_and_slips_wait_for_approval_and_payment(cast: Cast):
    cast.pool()
    person = cast.join("甲", "L30")
    run = cast.checked("2022-03")
    with pytest.raises(RuleError, match="还没有批准"):
        list(payable(run))
    assert not slips_of(person)
    pay_run_step(run=run, event="approve", actor=cast.leader, on=ON)
    assert [(one.name, one.amount) for one in payable(run)] == [("甲", yuan("3,360.00"))]
    pay_run_step(run=run, event="pay", actor=cast.finance, on=ON)
    assert [one.run.code for one in slips_of(person)] == ["2022-03"]


def counted(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as found:
        work()
    return len(found)


def test_statements_do_not_grow_with_the_people(cast: Cast):
    cast.pool()
    cast.join("甲", "L30")
    cast.run("2022-01")
    few = pay_run_open(zone=cast.zone, code="2022-02", actor=cast.office)
    first = counted(lambda: pay_run_calculate(run=few, actor=cast.office))
    compared = counted(lambda: run_comparison(few))
    cast.finance.has_perm("")
    checked = counted(lambda: pay_run_step(run=few, event="check", actor=cast.finance, on=ON))
    for number in range(20):
        cast.join(f"人{number}", "L50", f"第{number % 4}局")
    many = pay_run_open(zone=cast.zone, code="2022-03", actor=cast.office)
    assert counted(lambda: pay_run_calculate(run=many, actor=cast.office)) == first
    assert counted(lambda: run_comparison(many)) == compared
    assert counted(lambda: pay_run_step(run=many, event="check", actor=cast.finance, on=ON)) == checked
