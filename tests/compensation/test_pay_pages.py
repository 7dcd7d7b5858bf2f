"""The pages on which a run is worked: computed, compared, checked, approved, paid; the pool; corrections."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compensation.models import BackPay, PayPool, PayRun
from compensation.services import pay_run_calculate
from reform.models import AuditEvent
from tests.appointments.pages_cast import logged_in
from tests.appointments.portal_cast import text
from tests.compensation.casts import Cast, a_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = a_cast()
    made.join("主办", "L30")
    made.join("正职", "L70")
    made.join("乙员", "L30", "乙局")
    return made


def at(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def step(client: Any, code: str, event: str, **data: Any) -> str:
    return text(client.post(at("pay_run_step", code, event), data, follow=True))


def test_a_run_goes_from_the_form_to_the_bank_by_three_people(cast: Cast):
    office, finance, leader = map(logged_in, (cast.office, cast.finance, cast.leader))
    assert "还没有发放批次" in text(office.get(at("pay_runs")))
    page = text(office.post(at("pay_runs"), {"code": "2022-03"}, follow=True))
    assert "已新建发放批次" in page
    assert "3人，应发14,112.00元" in step(office, "2022-03", "calculate")
    assert "重新计算的结果与原来完全相同" in text(
        office.post(at("pay_run_calculate", "2022-03"), follow=True)
    )
    assert "工资是您本人计算的，须由另一人核对" in text(office.get(at("pay_run", "2022-03")))
    assert "条件已具备，由财务办理" in text(leader.get(at("pay_run", "2022-03")))
    assert "核对，已办理" in step(finance, "2022-03", "check")
    page = text(leader.get(at("pay_run", "2022-03")))
    assert "本年度还没有登记薪酬总额" in page
    cast.pool("20000.00")
    page = step(leader, "2022-03", "approve", document_no="批〔2022〕3号")
    assert "批准，已办理" in page
    assert "已用70.56%" in page
    assert "发放，已办理" in step(finance, "2022-03", "pay")
    assert PayRun.objects.get().document_no == "批〔2022〕3号"
    assert "已锁定" in text(office.get(at("pay_run", "2022-03")))


def test_the_pool_warns_and_then_blocks(cast: Cast):
    cast.pool("15000.00")
    cast.checked("2022-03")
    leader = logged_in(cast.leader)
    assert "已到预警线" in text(leader.get(at("pay_run", "2022-03")))
    cast.pool("14000.00")
    page = text(leader.get(at("pay_run", "2022-03")))
    assert "超过薪酬总额14,000.00元" in page
    assert "超过112.00元" in page
    assert "超过" in step(leader, "2022-03", "approve")
    assert PayRun.objects.get().state == "CHECKED"


def test_a_run_is_returned_with_a_reason_only(cast: Cast):
    cast.checked("2022-03")
    finance = logged_in(cast.finance)
    assert "须写明理由" in step(finance, "2022-03", "return")
    assert "退回，已办理" in step(finance, "2022-03", "return", reason="少一人")


def test_what_keeps_a_run_from_being_computed_is_all_told(cast: Cast):
    office = logged_in(cast.office)
    office.post(at("pay_runs"), {"code": "2022"})
    page = text(office.get(at("pay_run", "2022")))
    assert "2022的考核还没有确定结果" in page
    assert "期间“2022-13”须写成" in text(office.post(at("pay_runs"), {"code": "2022-13"}))


def test_lines_are_found_by_unit_and_name_and_a_look_leaves_an_event(cast: Cast):
    run = cast.run("2022-03")
    finance = logged_in(cast.finance)
    page = text(finance.get(at("pay_lines", "2022-03")))
    assert "3人的工资明细" in page
    assert "标准 = 4,000.00 × 1.0 = 4,000.00" in page
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.subject, event.details) == (
        "查看工资",
        "2022年3月工资 工资明细",
        {"people": 3},
    )
    page = text(finance.get(at("pay_lines", "2022-03"), {"unit": cast.unit("乙局").pk}))
    assert "找到1人，共3人" in page
    assert "正职" not in page.replace("正职岗", "")
    assert "找到1人" in text(finance.get(at("pay_lines", "2022-03"), {"q": "正职"}))
    line = cast.line(run, "正职")
    page = text(finance.get(at("pay_slip", "2022-03", line.pk)))
    assert "正职：实发7,392.00元" in page
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.subject) == ("查看工资", "2022年3月工资 正职")


def test_the_comparison_names_the_reason_of_each_difference_and_its_totals_match(cast: Cast):
    cast.pool()
    cast.paid("2022-03")
    cast.hold("主办", "L50", "甲局", date(2022, 3, 20))
    cast.run("2022-04")
    page = text(logged_in(cast.leader).get(at("pay_comparison", "2022-04")))
    assert "1人有变化，比2022年3月工资多2,016.00元" in page
    assert "+2,016.00" in page
    assert "岗位系数 1.0 → 1.6" in page
    assert "乙员" not in page
    assert "乙员" in text(logged_in(cast.leader).get(at("pay_comparison", "2022-04"), {"show": "all"}))
    first = text(logged_in(cast.leader).get(at("pay_comparison", "2022-03")))
    assert "没有可以对比的上一期" in first


def test_corrections_are_proposed_approved_by_another_and_withdrawn(cast: Cast):
    cast.pool()
    cast.paid("2022-03")
    office, finance = logged_in(cast.office), logged_in(cast.finance)
    none = text(office.post(at("pay_back_pays_do", "propose"), follow=True))
    assert "没有要补发扣回的" in none
    data = {
        "add-run": "2022-03",
        "add-person": "主办",
        "add-amount": "-120.00",
        "add-cause": "CORRECTION",
        "add-reason": "多发",
    }
    assert "已登记" in text(office.post(at("pay_back_pays_do", "add"), data, follow=True))
    row = BackPay.objects.get()
    assert row.amount == Decimal("-120.00")
    assert "−120.00" in text(finance.get(at("pay_back_pays")))
    assert office.post(at("pay_back_pays_do", "approve"), {"row": row.pk}).status_code == 403
    assert "已审定1笔" in text(finance.post(at("pay_back_pays_do", "approve"), {"row": row.pk}, follow=True))
    assert "主办" in text(finance.get(at("pay_back_pays"), {"show": "approved"}))
    gone = {"row": row.pk, "withdraw-reason": "记错了"}
    assert "已撤回1笔" in text(office.post(at("pay_back_pays_do", "withdraw"), gone, follow=True))
    assert not BackPay.objects.exists()
    wrong = data | {"add-person": "无此人"}
    assert "没有这个人" in text(office.post(at("pay_back_pays_do", "add"), wrong, follow=True))


def test_a_pool_is_registered_with_its_document_and_keeps_its_history(cast: Cast):
    office = logged_in(cast.office)
    data = {"year": 2022, "amount": "20000", "document_no": "财〔2022〕1号", "preset": "", "incomes": ""}
    assert "2022年薪酬总额已登记：20,000.00元" in text(office.post(at("pay_pools"), data, follow=True))
    office.post(at("pay_pools"), data | {"amount": "30000"})
    page = text(office.get(at("pay_pools"), {"year": 2022}))
    assert "30,000.00" in page
    assert "20,000.00" in page
    assert PayPool.objects.count() == 2
    assert "请填写" in text(office.post(at("pay_pools"), data | {"document_no": ""}))
    cast.set_policy(pool_preset="A")
    answer = office.post(
        at("pay_pools"), data | {"preset": "A", "amount": "", "incomes": "100,000.00 50000"}, follow=True
    )
    assert "375,000.00" in text(answer)


def test_amounts_are_typed_with_commas_and_never_as_powers_of_ten(cast: Cast):
    office = logged_in(cast.office)
    data = {"year": 2022, "amount": "42,000,000.50", "document_no": "财〔2022〕1号", "preset": ""}
    assert "2022年薪酬总额已登记：42,000,000.50元" in text(office.post(at("pay_pools"), data, follow=True))
    for amount in ("1e5", "NaN", "1.005", "一万"):
        assert office.post(at("pay_pools"), data | {"amount": amount}).status_code == 200, amount
    assert office.post(at("pay_pools"), data | {"year": 9999}).status_code == 200
    assert PayPool.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "args", "query", "told"),
    [
        ("pay_pools", (), {"year": "0000"}, "年还没有登记薪酬总额"),
        ("pay_what_if_year", (), {"q": "主办", "year": "9999"}, "主办"),
        ("pay_what_if_year", (), {"q": "主办", "year": "0000"}, "主办"),
        ("pay_equal_pay", (), {"on": "0001-01-01"}, "没有生效的政策版本"),
        ("pay_lines", ("2022-03",), {"unit": "9" * 30}, "3人的工资明细"),
    ],
)
def test_an_address_that_nobody_means_is_answered(
    cast: Cast, name: str, args: tuple[str, ...], query: dict[str, str], told: str
):
    cast.run("2022-03")
    answer = logged_in(cast.leader).get(at(name, *args), query)
    assert answer.status_code == 200
    assert told in text(answer)


def test_a_pool_is_split_by_the_results_of_a_quarter(cast: Cast):
    cast.pool()
    for code in ("2022-01", "2022-02", "2022-03"):
        cast.paid(code)
    cast.results("2022Q1", {"甲局": "96.40", "乙局": "88.70"}, {"主办": "B", "正职": "A", "乙员": "C"})
    cast.run("2022Q1")
    leader = logged_in(cast.leader)
    page = text(leader.get(at("pay_distribution", "2022Q1"), {"amount": "100000.00"}))
    assert "100,000.00元分到2个单位，合计100,000.00元" in page
    assert "月度批次没有单位系数" in text(leader.get(at("pay_distribution", "2022-03")))
    assert "金额须为数字" in text(leader.get(at("pay_distribution", "2022Q1"), {"amount": "多"}))


def _statements(user: Any, where: str) -> int:
    client = logged_in(user)
    client.get(where)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(where).status_code == 200
    return len(seen)


def test_statements_do_not_grow_with_the_people(cast: Cast):
    cast.pool()
    cast.paid("2022-03")
    run = cast.run("2022-04")
    names = (
        ("pay_runs",),
        ("pay_run", "2022-04"),
        ("pay_lines", "2022-04"),
        ("pay_comparison", "2022-04"),
        ("pay_pools",),
        ("pay_equal_pay",),
    )
    few = {name: _statements(cast.finance, f"{at(*name)}?show=all") for name in names}
    for number in range(12):
        cast.join(f"人{number}", "L30", f"第{number % 4}局")
    pay_run_calculate(run=run, actor=cast.office)
    assert {name: _statements(cast.finance, f"{at(*name)}?show=all") for name in names} == few
