"""A month's pay in a real browser: computed, checked by another, approved, exported; the person's slip; a
trial."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compensation.models import PayRun
from compensation.services import pay_pool_set
from reform.models import Membership, Person
from tests import factories as make

from .test_round_journey import log_in

pytestmark = pytest.mark.browser


class Pay:
    """A zone with two people in one unit, and everybody who acts."""

    def __init__(self) -> None:
        self.zone = make.a_zone()
        unit = make.a_unit(self.zone, "招商局")
        self.people = []
        for name, level in (("张三", "L30"), ("李四", "L70")):
            person = make.a_person(self.zone, name, bank_account="6222021234567890123")
            make.a_tenure(person, make.a_position(unit, f"{level}岗", level), date(2021, 1, 1))
            self.people.append(person)
        self.user = {role: make.a_user(self.zone, role) for role in ("薪酬专员", "财务", "领导")}
        pay_pool_set(
            zone=self.zone,
            year=2022,
            actor=self.user["薪酬专员"],
            on=date(2022, 1, 5),
            amount=Decimal("1000000.00"),
            document_no="财〔2022〕1号",
        )


@pytest.fixture
def pay(live_server: Any, django_db_serialized_rollback: None) -> Pay:
    return Pay()


def press(page: Any, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).first.click()
    page.wait_for_load_state()


def own_account(person: Person) -> Any:
    user = make.a_user(person.zone, "个人", is_staff=False)
    Membership.objects.filter(user=user).update(person=person)
    return user


def test_a_month_from_the_computation_to_the_slip(context: Any, pay: Pay):
    page = log_in(context, pay.user["薪酬专员"])
    page.goto("/admin/pay/runs/")
    page.fill("#id_code", "2022-03")
    press(page, "新建发放批次")
    press(page, "计算")
    assert "2人，应发10,752.00元" in page.content()
    page.close()

    page = log_in(context, pay.user["财务"])
    page.goto("/admin/pay/runs/2022-03/")
    press(page, "核对")
    page.close()
    page = log_in(context, pay.user["领导"])
    page.goto("/admin/pay/runs/2022-03/comparison/")
    page.goto("/admin/pay/runs/2022-03/")
    page.fill("#id_approve_document_no", "高新工资〔2022〕3号")
    press(page, "批准")
    page.close()
    assert PayRun.objects.get().state == "APPROVED"

    page = log_in(context, pay.user["财务"])
    page.goto("/admin/pay/runs/2022-03/")
    with page.expect_download() as download:
        page.get_by_role("link", name="银行代发（.csv）").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert "李四,6222021234567890123,7392.00" in text
    page.on("dialog", lambda dialog: dialog.accept())
    press(page, "发放")
    assert PayRun.objects.get().state == "PAID"
    page.close()

    page = log_in(context, own_account(pay.people[0]))
    page.goto("/my/pay/")
    page.get_by_role("link", name="看怎么算的").click()
    page.wait_for_load_state()
    assert "预发 = 1,600.00 × 60% = 960.00" in page.content()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_a_trial_shows_both_sides(context: Any, pay: Pay):
    page = log_in(context, pay.user["领导"])
    page.goto("/admin/pay/what-if/?month=2022-03")
    page.get_by_label("薪点值").fill("4400")
    press(page, "试算")
    assert "2人增加，0人减少" in page.content()
    assert "+1,280.00" in page.content()
    assert not PayRun.objects.exists()
