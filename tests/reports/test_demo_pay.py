"""The demo's pay: the months of 2022 come to what levels and days say, the settlement to what grades and unit
scores say, and all of it stays within the pool."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Sum
from django.test import Client

from appointments.models import Round
from appointments.rules.change import ChangeKind
from appointments.selectors import change_summary
from compensation.models import BackPay, FormerPay, PayInput, PayLine, PayRun
from compensation.selectors import equal_pay_proof, pool_usage, run_by_code
from compensation.selectors.policy import pay_policy
from compensation.selectors.results import Coefficients, final_results
from kpi.models import PersonResult, ResultAppeal
from reform.models import ArchivedStatus, Zone
from reform.rounding import to_fen
from reform.selectors import policy_of

FOLDER = Path(__file__).parents[2] / "fixtures" / "demo"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["2022"]
COEFFICIENTS = {
    "班子正职": "3.00", "班子副职": "2.60", "中层正职": "2.20", "中层副职": "1.90", "科室正职": "1.60",
    "科室副职": "1.40", "一般主办": "1.00",
}  # fmt: skip
MONTHLY = Decimal(4000) * Decimal("0.84")  # 基础 0.3, 岗位 0.3, 预发 0.6 of 0.4
MONTHS = tuple(f"2022-{month:02d}" for month in range(1, 13))
DAYS_OF_JANUARY = 7  # from the 23rd: five, and the 29th and 30th, which are worked


@pytest.fixture
def zone(loaded):
    return Zone.objects.get()


@pytest.fixture
def moves(zone):
    """Kind of change → the persons of the second round."""
    found = {}
    summary = change_summary(Round.objects.select_related("zone", "policy", "setup").get(code="2022"))
    for one in summary.people:
        found.setdefault(one.change.kind, set()).add(one.person_id)
    return found


def lines(code):
    return {one.person_id: one for one in PayLine.objects.filter(run__code=code)}


def own_pay(line):
    """What the month pays without awards and corrections."""
    return line.gross - line.special_award - line.back_pay


def test_every_run_was_paid_by_three_persons_and_this_month_waits(zone):
    states = dict(PayRun.objects.values_list("code", "state"))
    assert states == {
        **dict.fromkeys((*MONTHS, "2022", "2026-10"), "PAID"),
        "2026-11": "CALCULATED",
    }
    for run in PayRun.objects.filter(state="PAID").select_related(
        "calculated_by", "checked_by", "approved_by"
    ):
        names = [one.get_username() for one in (run.calculated_by, run.checked_by, run.approved_by)]
        assert names == ["xinchou", "caiwu", "lingdao"]
        assert run.document_no


def test_a_full_month_comes_to_the_posts_of_all_levels(zone):
    posts = sum(Decimal(COEFFICIENTS[name]) * count for name, count in EXPECTED["by_level"].items())
    for code in ("2022-02", "2022-03", "2022-04"):
        found = lines(code)
        assert len(found) == EXPECTED["appointed"] == 613
        assert sum(own_pay(one) for one in found.values()) == posts * MONTHLY == Decimal("2733024.00")
        assert not any(one.prepaid or one.protection for one in found.values())


def test_runs_add_up_to_their_lines(zone):
    for run in PayRun.objects.all():
        sums = run.lines.aggregate(gross=Sum("gross"), net=Sum("net"))
        assert (run.gross, run.net) == (to_fen(sums["gross"]), to_fen(sums["net"]))
        assert run.people == run.lines.count()


def test_those_who_rose_and_fell_change_on_the_first_of_february(zone, moves):
    january, february = lines("2022-01"), lines("2022-02")
    rose, fell = moves[ChangeKind.PROMOTION], moves[ChangeKind.DEMOTION]
    assert (len(rose), len(fell)) == (20, 17)
    for person in rose | fell:
        before, after = january[person], february[person]
        assert before.level != after.level
        assert own_pay(before) == before.post_coefficient * MONTHLY
        assert own_pay(after) == after.post_coefficient * MONTHLY
        assert (own_pay(after) > own_pay(before)) == (person in rose)
    for person in january.keys() - rose - fell - moves[ChangeKind.NEW]:
        assert own_pay(january[person]) == own_pay(february[person])


def test_newcomers_are_paid_for_the_days_from_the_day_of_the_round(zone, moves):
    january, newcomers = lines("2022-01"), moves[ChangeKind.NEW]
    assert len(newcomers) == 16
    for person in newcomers:
        line = january[person]
        standard = 4000 * line.post_coefficient
        share = Decimal(DAYS_OF_JANUARY) / Decimal("21.75")
        assert line.base_pay == line.position_pay == to_fen(standard * Decimal("0.3") * share)
        assert f"计薪{DAYS_OF_JANUARY}个工作日" in line.why


def test_settlement_is_what_is_due_less_what_was_prepaid(zone):
    run = run_by_code(zone, "2022")
    coefficients = Coefficients(pay_policy(policy_of(run.policy)), final_results(zone, "2022"))
    prepaid, months = Counter(), {}
    for line in PayLine.objects.filter(run__code__in=MONTHS):
        prepaid[line.person_id] += line.performance_pay
        months.setdefault(line.person_id, []).append(line)
    settled = lines("2022")
    assert settled.keys() == prepaid.keys()
    waived = 0
    for person, line in settled.items():
        assert line.prepaid == prepaid[person]
        personal = coefficients.of_person(person)
        if personal is None:
            assert line.performance_pay == 0
            assert line.why
            continue
        # January may have been served in another unit.
        earned = sum(
            one.performance_base * coefficients.of_unit(one.unit_id, person).value for one in months[person]
        )
        due = to_fen(earned * personal.value)
        assert line.performance_due == due
        assert line.performance_pay == line.gross == max(due - prepaid[person], Decimal(0))
        waived += due < prepaid[person]
    low = PersonResult.objects.filter(cycle__code="2022", current=True, grade__in=("C", "D")).count()
    assert 0 < waived <= low
    assert run.gross == sum(line.performance_pay for line in settled.values())


def test_year_stays_within_the_pool_and_awards_outside_it(zone):
    usage = pool_usage(zone, 2022)
    gross = PayRun.objects.filter(starts_on__year=2022).aggregate(all=Sum("gross"))["all"]
    awards = PayInput.objects.filter(kind="AWARD").aggregate(all=Sum("amount"))["all"]
    assert usage.pool.document_no == "平人社〔2022〕3号"
    assert usage.spent == gross - awards <= usage.pool.amount
    assert usage.runs[-1].cumulative == usage.spent
    assert Decimal("0.94") < usage.ratio < Decimal("0.96")


def test_upheld_appeal_was_made_up_for_with_the_next_month(zone):
    row = BackPay.objects.get()
    appeal = ResultAppeal.objects.get(cycle__code="2021", state="UPHELD")
    assert row.person_id == appeal.person_id
    assert (row.for_run.code, row.paid_with.code) == ("2022-01", "2022-02")
    assert (row.made_by.get_username(), row.approved_by.get_username()) == ("xinchou", "caiwu")
    line = lines("2022-02")[row.person_id]
    assert line.back_pay == row.amount == Decimal("2800.00")
    assert "申诉成立" in line.why


def test_sheets_of_pay_came_in(zone):
    assert FormerPay.objects.count() == 613 - EXPECTED["new"]
    assert sum(bool(one.archived_pay) for one in ArchivedStatus.objects.all()) == 393
    december = PayRun.objects.get(code="2022-12")
    assert december.gross - december.net == sum(
        one.amount for one in PayInput.objects.filter(month="2022-12").exclude(kind="AWARD")
    )


def test_pay_of_a_level_lies_further_apart_than_before(zone):
    proof = equal_pay_proof(zone, date(2022, 12, 31))
    assert (proof.run.code, proof.results_code, proof.without_former) == ("2022-12", "2022", EXPECTED["new"])
    wider = {one.level: one.is_wider for one in proof.levels}
    assert wider == {"L90": False, **dict.fromkeys(("L80", "L70", "L60", "L50", "L40", "L30"), True)}
    assert proof.whole.is_wider


def test_finance_finds_this_month_to_check_and_a_person_the_own_slip(zone):
    client = Client()
    client.force_login(get_user_model().objects.get(username="caiwu"))
    assert "2026年11月工资" in client.get("/admin/").content.decode()
    own = get_user_model().objects.get(username="geren").membership.person
    assert PayLine.objects.filter(person=own, run__code__in=(*MONTHS, "2026-10")).count() == 13


def test_demo_says_what_it_paid(loaded):
    assert "2022年度绩效清算：与已预发的各月对清" in loaded
    assert "2026年11月工资：已计算，等财务核对" in loaded
