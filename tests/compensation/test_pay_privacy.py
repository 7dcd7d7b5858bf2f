"""Who sees what of pay: every role against every page, export and history; what a look leaves behind."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from appointments.models import Exit
from compensation.models import BackPay
from compensation.services import (
    ArchivedPayEntry,
    FormerPayEntry,
    archived_pays_register,
    back_pay_add,
    former_pays_register,
)
from reform.models import AuditEvent, Membership, Person, RowChange
from tests import factories as make
from tests.appointments.pages_cast import logged_in
from tests.appointments.portal_cast import a_login, text
from tests.compensation.casts import Cast, a_cast

pytestmark = pytest.mark.django_db
OFFICE, FINANCE, LEADER, SUPERVISOR, HEAD = "薪酬专员", "财务", "领导", "监督组", "单位负责人"
NOBODY = ("人事", "系统管理员", "考核办", "考评组", "考察组", "个人")
ROLES = (OFFICE, FINANCE, LEADER, SUPERVISOR, HEAD, *NOBODY)
ALL = {OFFICE, FINANCE, LEADER, SUPERVISOR, HEAD}
ZONE = ALL - {HEAD}
TRY = {OFFICE, FINANCE, LEADER}
RUN = "2022-03"
# page → (its arguments, who opens it).
PAGES: dict[str, tuple[tuple[Any, ...], set[str]]] = {
    "pay_runs": ((), ALL),
    "pay_run": ((RUN,), ALL),
    "pay_lines": ((RUN,), ALL),
    "pay_slip": ((RUN, "line"), ALL),
    "pay_slip_file": ((RUN, "line"), {FINANCE}),
    "pay_comparison": ((RUN,), ALL),
    "pay_distribution": ((RUN,), ZONE),
    "pay_back_pays": ((), ZONE),
    "pay_pools": ((), ZONE),
    "pay_equal_pay": ((), ALL),
    "pay_what_if": ((), TRY),
    "pay_what_if_year": ((), TRY),
    "pay_what_if_post": ((), TRY),
    "pay_what_if_split": ((), TRY),
    "compensation_payrun_changelist": ((), ALL),
    "compensation_payinput_changelist": ((), ZONE - {LEADER}),
    "compensation_formerpay_changelist": ((), ZONE - {LEADER}),
}
FILES = {
    ("performance", "xlsx"): TRY,
    ("payroll", "xlsx"): TRY,
    ("bank", "xlsx"): {FINANCE},
    ("bank", "csv"): {FINANCE},
    ("slips", "pdf"): {FINANCE},
}


@pytest.fixture
def cast() -> Cast:
    """A paid month of two units, with bank accounts, former pay and a correction."""
    made = a_cast()
    for number, (name, level, unit) in enumerate(
        (("张甲", "L30", "甲局"), ("李乙", "L70", "甲局"), ("王丙", "L30", "乙局"))
    ):
        person = made.join(name, level, unit)
        Person.objects.filter(pk=person.pk).update(bank_account=f"62220212345678901{number}")
    made.pool()
    former_pays_register(
        zone=made.zone,
        entries=[FormerPayEntry(one, Decimal("3333.00"), date(2021, 12, 31)) for one in made.people.values()],
        actor=made.office,
    )
    run = made.paid(RUN)
    back_pay_add(
        run=run,
        person=made.people["王丙"],
        amount=Decimal("777.77"),
        reason="漏发",
        actor=made.office,
        on=date(2022, 4, 1),
    )
    return made


def user_of(cast: Cast, role: str) -> Any:
    if role == HEAD:
        user = make.a_user(cast.zone, HEAD)
        Membership.objects.filter(user=user).update(unit=cast.unit("甲局"))
        return user
    return make.a_user(cast.zone, role, is_staff=role != "个人")


def line_of(cast: Cast, name: str = "张甲") -> int:
    return cast.people[name].pay_lines.get(run__code=RUN).pk


def address(cast: Cast, name: str, args: tuple[Any, ...]) -> str:
    return reverse(f"admin:{name}", args=[line_of(cast) if one == "line" else one for one in args])


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_pages_and_takes_its_files_and_no_others(cast: Cast, role: str):
    client = logged_in(user_of(cast, role))
    for name, (args, allowed) in PAGES.items():
        status = client.get(address(cast, name, args)).status_code
        assert status == 200 if role in allowed else status in (302, 403), name
    for (kind, fmt), allowed in FILES.items():
        answer = client.get(reverse("admin:pay_paper", args=[RUN, kind, fmt]))
        is_file = "attachment" in answer.headers.get("Content-Disposition", "")
        assert is_file == (role in allowed), (kind, fmt)
    menu = client.get(reverse("admin:index")).content.decode() if role != "个人" else ""
    assert ("发放批次" in menu) == (role in ALL)
    assert ("试算" in menu.replace("规则试算", "")) == (role in TRY)


@pytest.mark.parametrize("role", ROLES)
def test_no_step_is_taken_by_another_role(cast: Cast, role: str):
    cast.run("2022-04")
    client = logged_in(user_of(cast, role))
    answer = client.post(reverse("admin:pay_run_step", args=["2022-04", "check"]))
    assert (answer.status_code == 302 and role != "个人") == (role == FINANCE)
    answer = client.post(reverse("admin:pay_run_calculate", args=["2022-04"]))
    assert (answer.status_code == 302 and role != "个人") == (role == OFFICE)


def test_a_unit_head_sees_the_own_unit_only(cast: Cast):
    cast.run("2022-04")
    client = logged_in(user_of(cast, HEAD))
    for name in ("pay_run", "pay_lines", "pay_comparison"):
        page = text(client.get(reverse(f"admin:{name}", args=["2022-04"]), {"show": "all"}))
        assert "王丙" not in page, name
        assert "14,112.00" not in page, name
        assert ("10,752.00" in page) == (name != "pay_lines"), name
    strange = reverse("admin:pay_slip", args=[RUN, line_of(cast, "王丙")])
    assert client.get(strange).status_code == 404
    own = client.get(address(cast, "pay_slip", PAGES["pay_slip"][0]))
    assert "工资条（PDF）" not in text(own)
    assert "14,112.00" not in text(client.get(reverse("admin:pay_runs")))


def test_levels_of_few_people_are_hidden_from_who_does_not_see_all(cast: Cast):
    page = text(logged_in(user_of(cast, HEAD)).get(reverse("admin:pay_equal_pay"), {"on": "2022-12-31"}))
    assert "不足3人，不显示" in page
    assert "7,392.00" not in page
    whole = text(logged_in(cast.leader).get(reverse("admin:pay_equal_pay"), {"on": "2022-12-31"}))
    assert "不足3人" not in whole


@pytest.mark.parametrize(("role", "sees"), [("人事", False), (SUPERVISOR, True)])
def test_history_shows_amounts_only_to_who_may_see_pay(cast: Cast, role: str, sees: bool):
    client = logged_in(user_of(cast, role))
    amounts = ("3,360", "3360.00", "777.77", "3333.00", "10000000.00")
    seen = set()
    events = RowChange.objects.filter(model__startswith="compensation.").values_list("event", flat=True)
    for event in sorted(set(events)):
        page = client.get(reverse("admin:reform_auditevent_change", args=[event])).content.decode()
        seen |= {one for one in amounts if one in page}
    assert bool(seen) == sees
    looks = AuditEvent.objects.filter(action="查看变更记录")
    assert looks.exists() == sees
    page = client.get(reverse("admin:reform_auditevent_changelist")).content.decode()
    assert "777.77" not in page
    person = reverse("admin:reform_person_change", args=[cast.people["王丙"].pk])
    answer = client.get(person)
    if not sees and answer.status_code == 200:
        assert not [one for one in amounts if one in answer.content.decode()]
    if sees:
        assert answer.status_code == 200
        assert "补发扣回1行" in looks.latest("id").subject
        assert "777.77" not in looks.latest("id").subject


def test_every_look_and_every_export_leaves_an_event(cast: Cast):
    client = logged_in(user_of(cast, FINANCE))
    looks = (
        *("pay_lines", "pay_slip", "pay_comparison", "pay_back_pays", "compensation_formerpay_changelist"),
        *("pay_run", "pay_equal_pay"),  # units and levels of one or two
    )
    for name in looks:
        where = address(cast, name, PAGES[name][0])
        before = AuditEvent.objects.filter(action="查看工资").count()
        client.get(where, {"show": "all"} if name == "pay_comparison" else {})
        assert AuditEvent.objects.filter(action="查看工资").count() == before + 1, name
    for (kind, fmt), allowed in FILES.items():
        if FINANCE in allowed:
            before = AuditEvent.objects.filter(action="导出工资").count()
            client.get(reverse("admin:pay_paper", args=[RUN, kind, fmt]))
            assert AuditEvent.objects.filter(action="导出工资").count() == before + 1, kind
    client.get(reverse("admin:pay_slip_file", args=[RUN, line_of(cast)]))
    assert AuditEvent.objects.latest("id").subject == "2022年3月工资 张甲工资条"


def test_sums_of_three_and_more_are_no_look():
    larger = a_cast()
    for name in ("甲", "乙", "丙"):
        larger.join(name, "L30")
    larger.run(RUN)
    client = logged_in(larger.finance)
    for name in ("pay_run", "pay_equal_pay"):
        assert client.get(reverse(f"admin:{name}", args=PAGES[name][0])).status_code == 200
    assert not AuditEvent.objects.filter(action="查看工资", actor=larger.finance).exists()


def sheet_of(answer: Any) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_the_sheets_have_the_columns_of_the_layout_and_add_up(cast: Cast):
    client = logged_in(user_of(cast, FINANCE))
    rows = sheet_of(client.get(reverse("admin:pay_paper", args=[RUN, "performance", "xlsx"])))
    assert rows[1] == [
        *("序号", "单位", "姓名", "岗位", "层级", "岗位系数", "绩效基数", "单位系数", "个人系数", "应发绩效"),
        *("已预发", "本次发放", "补发扣回", "实发", "银行账号", "签字"),
    ]
    assert rows[0][0].endswith("2022年3月绩效工资发放表")
    assert rows[2][:5] == [1, "甲局", "张甲", "L30岗", "一般主办"]
    assert rows[2][14] == "622202123456789010"
    assert rows[5][1] == "合计"
    assert sum(row[13] for row in rows[2:5]) == pytest.approx(rows[5][13])
    payroll = sheet_of(client.get(reverse("admin:pay_paper", args=[RUN, "payroll", "xlsx"])))
    assert payroll[0][0].endswith("区2022年3月工资表")
    assert payroll[1][6:12] == ["基础工资", "岗位工资", "年功", "专项奖励", "津补贴", "应发合计"]
    assert payroll[5][payroll[1].index("应发合计")] == 14112
    masked = sheet_of(logged_in(cast.leader).get(reverse("admin:pay_paper", args=[RUN, "payroll", "xlsx"])))
    assert masked[2][masked[1].index("银行账号")] == "****9010"


def test_the_bank_file_keeps_accounts_as_text_and_is_refused_without_them(cast: Cast):
    client = logged_in(user_of(cast, FINANCE))
    csv = client.get(reverse("admin:pay_paper", args=[RUN, "bank", "csv"])).content.decode("utf-8-sig")
    assert csv.splitlines()[1].startswith("1,张甲,622202123456789010,3360.00,")
    number = cast.people["张甲"].id_number
    assert number not in csv
    assert f"{number[:6]}********{number[-4:]}" in csv
    answer = client.get(reverse("admin:pay_paper", args=[RUN, "bank", "xlsx"]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert (sheet["C3"].value, sheet["C3"].number_format, sheet["C3"].data_type) == (
        "622202123456789010",
        "@",
        "s",
    )
    clear = make.a_user(cast.zone, FINANCE, "明文")
    clear.user_permissions.add(Permission.objects.get(codename="see_id_number"))
    answer = logged_in(clear).get(reverse("admin:pay_paper", args=[RUN, "bank", "csv"]))
    assert number in answer.content.decode("utf-8-sig")
    Person.objects.filter(name="王丙").update(bank_account="")
    page = client.get(reverse("admin:pay_paper", args=[RUN, "bank", "csv"]), follow=True)
    assert "没有银行账号：王丙" in text(page)


def test_a_person_sees_the_own_paid_slips_as_page_and_pdf(cast: Cast):
    cast.run("2022-04")
    visitor = a_login(cast.people["张甲"])
    page = text(visitor.get("/my/pay/"))
    assert "2022年3月工资" in page
    assert "2022年4月工资" not in page
    slip = text(visitor.get(f"/my/pay/{RUN}/"))
    assert "实发3,360.00元" in slip
    assert "预发 = 1,600.00 × 60% = 960.00" in slip
    before = AuditEvent.objects.count()
    pdf = visitor.get(f"/my/pay/{RUN}/slip.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert b"NotoSans" in pdf.content
    assert AuditEvent.objects.count() == before
    assert visitor.get("/my/pay/2022-04/").status_code == 404
    other = a_login(make.a_person(cast.zone, "无关"))
    assert "还没有工资条" in text(other.get("/my/pay/"))
    assert other.get(f"/my/pay/{RUN}/").status_code == 404


def test_a_correction_is_named_without_its_amount_where_many_read(cast: Cast):
    assert str(BackPay.objects.get()) == "王丙的补发扣回"
    assert AuditEvent.objects.filter(action="登记补发扣回").latest("id").subject == "王丙的补发扣回"


def test_the_page_of_an_exit_shows_archived_pay_only_to_who_may_see_pay(cast: Cast):
    person = cast.people["王丙"]
    archived_pays_register(
        zone=cast.zone, entries=[ArchivedPayEntry(person, Decimal("4567.00"))], actor=cast.office
    )
    row = Exit.objects.create(
        round=make.a_round(cast.zone), person=person, cause="T02", left_on=date(2022, 6, 30)
    )
    where = reverse("admin:appointments_exit_change", args=[row.pk])
    hr = logged_in(user_of(cast, "人事")).get(where)
    assert hr.status_code == 200
    assert "4567" not in hr.content.decode()
    assert not AuditEvent.objects.filter(subject="王丙的档案工资").exists()
    boss = make.a_user(cast.zone, "人事")
    boss.groups.add(make.Group.objects.get(name=FINANCE))
    assert "4567" in logged_in(boss).get(where).content.decode()
    assert AuditEvent.objects.get(subject="王丙的档案工资").action == "查看工资"
