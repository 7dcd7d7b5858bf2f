"""A month's pay in a real browser: computed, checked by another, approved by a third, exported, read as one's
own slip; and a what-if that keeps nothing."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from compensation.models import PayLine, PayRun
from reform.models import AuditEvent, Membership, Person, RowChange
from tests import factories as make
from tests.browser.pages import follow, page_of, press, sees, sees_not
from tests.compensation.casts import Cast, a_cast

RUN = "/admin/pay/runs/2022-03/"
pytestmark = pytest.mark.browser


@pytest.fixture
def cast(live_server: Any, django_db_serialized_rollback: None) -> Cast:
    """Two people of a department with bank accounts; the year's pool is registered."""
    made = a_cast()
    for number, (name, level) in enumerate((("林主办", "L30"), ("江正职", "L70")), start=1):
        person = made.join(name, level)
        person.bank_account = f"419800{number:013d}"
        person.save()
    made.pool("20000.00")
    made.results(units={"甲局": "96.40"}, grades={"林主办": "B", "江正职": "A"})
    account = make.a_user(made.zone, "个人", "lin", is_staff=False, first_name="林主办")
    Membership.objects.filter(user=account).update(person=Person.objects.get(name="林主办"))
    return made


def download(page: Any, link: str) -> bytes:
    with page.expect_download() as found:
        page.get_by_role("link", name=link, exact=True).click()
    return found.value.path().read_bytes()


def state() -> str:
    return PayRun.objects.get(code="2022-03").state


def test_from_the_computation_to_the_own_slip(context: Any, cast: Cast):
    compute(context, cast)
    check(context, cast)
    approve(context, cast)
    pay(context, cast)
    read_own_slip(context)
    assert [one.action for one in AuditEvent.objects.filter(action="导出工资")] == ["导出工资"] * 2


def compute(context: Any, cast: Cast) -> None:
    """薪酬专员 opens the month and computes it; checking is for another."""
    page = page_of(context, cast.office)
    page.goto("/admin/pay/runs/")
    page.get_by_label("期间").fill("2022-03")
    press(page, "新建发放批次")
    press(page, "计算")
    sees(page, "2人，应发10,752.00元")
    sees(page, "工资是您本人计算的，须由另一人核对")
    rows = list(load_workbook(io.BytesIO(download(page, "工资表"))).active.iter_rows(values_only=True))
    assert any("江正职" in row and 7392 in row for row in rows)
    page.close()


def check(context: Any, cast: Cast) -> None:
    """财务 finds the month on the workbench, compares and checks."""
    page = page_of(context, cast.finance)
    page.goto("/admin/")
    follow(page, page.get_by_role("link", name="2022年3月工资待核对"))
    follow(page, page.get_by_role("link", name="工资明细", exact=True))
    sees(page, "江正职")
    page.goto(f"{RUN}comparison/")
    sees(page, "与上期对比")
    page.goto(RUN)
    press(page, "核对")
    assert state() == "CHECKED"
    page.close()


def approve(context: Any, cast: Cast) -> None:
    """领导 approves with a document, within the pool."""
    page = page_of(context, cast.leader)
    page.goto("/admin/")
    follow(page, page.get_by_role("link", name="2022年3月工资待批准"))
    sees(page, "53.76%")
    page.get_by_label("文号（可空）").fill("云薪〔2022〕3号")
    press(page, "批准")
    assert state() == "APPROVED"
    page.close()


def pay(context: Any, cast: Cast) -> None:
    """财务 takes out the bank file and pays; the run is locked."""
    page = page_of(context, cast.finance)
    page.goto(RUN)
    file = download(page, "银行代发（.csv）").decode("utf-8-sig")
    assert "江正职,4198000000000000002,7392.00" in file
    press(page, "发放")
    assert state() == "PAID"
    sees(page, "已锁定")
    page.close()


def read_own_slip(context: Any) -> None:
    """The person reads the own slip and nobody else's."""
    page = page_of(context, "lin")
    page.goto("/my/pay/")
    sees(page, "我的工资条")
    follow(page, page.get_by_role("link", name="看怎么算的"))
    sees(page, "3,360.00", "预发 = 1,600.00 × 60% = 960.00")
    sees_not(page, "7,392.00")
    assert download(page, "下载 PDF")[:4] == b"%PDF"
    assert page.goto(RUN).status in (403, 404) or "/login" in page.url
    page.close()


def test_a_what_if_shows_both_sides_and_keeps_nothing(context: Any, cast: Cast):
    cast.run("2022-03")
    kept = (PayLine.objects.count(), RowChange.objects.count())
    page = page_of(context, cast.office)
    page.goto("/admin/pay/what-if/?month=2022-03")
    page.get_by_label("薪点值").fill("4200")
    press(page, "试算")
    # 2,772.00 + 2,772.00 + 3,696.00 × 1.0711 × 1.2
    sees(page, "薪点值", "2人增加，0人减少", "10,294.54")
    assert kept == (PayLine.objects.count(), RowChange.objects.count())
    page.close()
