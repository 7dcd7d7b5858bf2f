"""Workbooks of pay in: items by person and month, 档案工资, pay before the reform; who may bring them."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from compensation.models import FormerPay, PayInput, PayLine
from compensation.services import pay_run_step
from reform.errors import RuleError
from reform.exchange.context import Context, Options
from reform.exchange.plan import Outcome, SourceFile, import_files
from reform.exchange.recognise import sheet_class
from reform.exchange.writing import write_workbook
from reform.models import ArchivedStatus, AuditEvent, RowChange, Upload
from reform.selectors import policy_of, policy_version_as_of
from reform.services import upload_undo
from tests import factories as make
from tests.appointments.pages_cast import logged_in
from tests.compensation.casts import Cast, a_cast
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db
INPUTS = [
    "序号",
    "姓名",
    "身份证号",
    "月份",
    "社会保险",
    "住房公积金",
    "个人所得税",
    "专项奖励",
    "项目",
    "依据",
]


@pytest.fixture
def cast() -> Cast:
    made = a_cast()
    for name in ("张甲", "李乙", "王丙"):
        made.join(name, "L30")
    return made


def bring(
    cast: Cast, title: str, headers: Any, *rows: Any, actor: Any = None, check: bool = False
) -> Outcome:
    data = make_xlsx({"Sheet1": [[title], list(headers), *map(list, rows)]})
    return import_files(
        [SourceFile("工资.xlsx", data)],
        actor=actor or cast.office,
        now=timezone.now(),
        options=Options(zone=cast.zone.code),
        check=check,
    )


def who(cast: Cast, name: str) -> list[str]:
    return [name, cast.people[name].id_number]


def item(cast: Cast, name: str, month: Any, *amounts: Any) -> list[Any]:
    return [None, *who(cast, name), month, *amounts]


def codes(outcome: Outcome) -> list[str]:
    return [one.code for one in outcome.errors]


def test_items_come_in_and_the_same_file_twice_changes_nothing(cast: Cast):
    rows = (
        item(cast, "张甲", "2022-03", 300.5, 200, 10),
        item(cast, "张甲", "2022.03", None, None, None, 1000, "招商", "奖〔2022〕1号"),
        item(cast, "李乙", "2022年3月", 300, 0),
    )
    outcome = bring(cast, "社保公积金扣款表", INPUTS, *rows)
    assert (outcome.ok, outcome.files[0].kind) == (True, "pay_inputs"), outcome.errors
    assert outcome.counts == {"created": 3}
    assert PayInput.objects.count() == 6
    award = PayInput.objects.get(kind="AWARD")
    assert (award.amount, award.note, award.document_no) == (Decimal("1000.00"), "招商", "奖〔2022〕1号")
    again = bring(cast, "社保公积金扣款表", INPUTS, *rows)
    assert (again.written, again.counts) == (False, {"unchanged": 3})
    assert Upload.objects.count() == 1
    other = bring(cast, "扣款", INPUTS, item(cast, "张甲", "2022-03", 320))
    assert other.counts == {"changed": 1}
    (change,) = other.files[0].changes
    assert (change.who, change.old, change.new) == ("张甲", "300.50", "320.00")


def test_a_run_counts_what_came_in_and_an_undo_takes_it_back(cast: Cast):
    outcome = bring(cast, "扣款", INPUTS, item(cast, "张甲", "2022-03", 300, 200, 10, 1000))
    assert cast.line(cast.run("2022-03"), "张甲").net == Decimal("3850.00")
    upload = Upload.objects.get(pk=outcome.upload_id)
    upload_undo(upload=upload, actor=cast.office, at=timezone.now(), reason="传错了")
    assert not PayInput.objects.exists()


def test_the_month_may_stand_in_the_title(cast: Cast):
    headers = ["姓名", "身份证号", "社保", "公积金"]
    outcome = bring(cast, "高新区2022年3月社保公积金", headers, [*who(cast, "张甲"), 1, 2])
    assert outcome.ok, outcome.errors
    assert {one.month for one in PayInput.objects.all()} == {"2022-03"}
    missing = bring(cast, "社保公积金", headers, [*who(cast, "张甲"), 1, 2])
    assert codes(missing) == ["COLUMN_MISSING"]


def test_all_faults_are_told_at_once(cast: Cast):
    cast.pool()
    cast.checked("2022-02")
    outcome = bring(
        cast,
        "扣款",
        INPUTS,
        item(cast, "张甲", "2022-03", -1),
        item(cast, "李乙", "2022-03", 1.001),
        item(cast, "王丙", "2022-03", 10**10),
        item(cast, "王丙", "2022-03", 2),
        item(cast, "张甲", "2022-02", 5),
        [None, "某人", make.an_id_number(), "2022-03", 1],
        item(cast, "李乙", None, 3),
    )
    assert sorted(codes(outcome)) == [
        "NUMBER_INVALID",
        "NUMBER_NEGATIVE",
        "NUMBER_TOO_LARGE",
        "PAY_MONTH_LOCKED",
        "PAY_ROW_TWICE",
        "PERSON_UNKNOWN",
        "VALUE_MISSING",
    ]
    (below_zero,) = [one for one in outcome.errors if one.code == "NUMBER_NEGATIVE"]
    assert below_zero.hint == "填当月的合计；要退还或追回的，在“补发扣回”登记。"
    assert not PayInput.objects.exists()


def test_an_upload_that_a_checked_month_counts_is_not_taken_back(cast: Cast):
    cast.pool()
    assert bring(cast, "扣款", INPUTS, item(cast, "张甲", "2022-03", 300)).ok
    upload = Upload.objects.latest("id")
    run = cast.checked("2022-03")
    with pytest.raises(RuleError, match="2022年3月工资已是“已核对”，这次上传的工资项目已经计入，不能撤销"):
        upload_undo(upload=upload, actor=cast.office, at=timezone.now())
    assert (
        "已是“已核对”"
        in logged_in(cast.office).get(reverse("admin:upload_detail", args=[upload.pk])).content.decode()
    )
    pay_run_step(run=run, event="return", actor=cast.finance, on=datetime.date(2022, 4, 1), reason="核对有误")
    assert upload_undo(upload=upload, actor=cast.office, at=timezone.now()) == (1, 0)
    assert not PayInput.objects.exists()


def test_an_upload_that_changed_a_paid_month_is_not_taken_back(cast: Cast):
    cast.pool()
    bring(cast, "扣款", INPUTS, item(cast, "张甲", "2022-03", 300))
    bring(cast, "扣款", INPUTS, item(cast, "张甲", "2022-03", 400), item(cast, "李乙", "2022-04", 5))
    run = cast.paid("2022-03")
    before = PayLine.objects.filter(run=run).values_list("person_id", "net")
    with pytest.raises(RuleError, match="已发放"):
        upload_undo(upload=Upload.objects.latest("id"), actor=cast.office, at=timezone.now())
    assert PayInput.objects.get(month="2022-03").amount == 400
    assert list(PayLine.objects.filter(run=run).values_list("person_id", "net")) == list(before)


def test_archived_pay_comes_in_encrypted(cast: Cast):
    headers = ["姓名", "身份证号", "档案工资"]
    outcome = bring(cast, "档案工资", headers, [*who(cast, "张甲"), 3500])
    assert (outcome.ok, outcome.files[0].kind, outcome.counts) == (True, "archived_pay", {"created": 1})
    assert ArchivedStatus.objects.get().archived_pay == "3500.00"
    assert "3500" not in str(RowChange.objects.filter(model="reform.ArchivedStatus").latest("id").after)
    assert bring(cast, "档案工资", headers, [*who(cast, "张甲"), 3500]).counts == {"unchanged": 1}
    assert bring(cast, "档案工资", headers, [*who(cast, "张甲"), 3600]).counts == {"changed": 1}


def test_former_pay_comes_in_with_its_level(cast: Cast):
    headers = ["姓名", "身份证号", "原层级", "改革前月工资", "截至日期"]
    row = [*who(cast, "张甲"), "一般主办", 3500, "2021-12-31"]
    outcome = bring(cast, "改革前工资", headers, row)
    assert (outcome.ok, outcome.files[0].kind, outcome.counts) == (True, "former_pay", {"created": 1})
    found = FormerPay.objects.get()
    assert (found.level, found.monthly, found.as_of) == ("L30", Decimal(3500), datetime.date(2021, 12, 31))
    assert bring(cast, "改革前工资", headers, row).counts == {"unchanged": 1}


def test_only_the_office_of_pay_brings_and_takes_them(cast: Cast):
    hr = make.a_user(cast.zone, "人事")
    outcome = bring(cast, "扣款", INPUTS, item(cast, "张甲", "2022-03", 300), actor=hr, check=True)
    assert codes(outcome) == ["CALL_REFUSED"]
    assert "由薪酬专员上传" in outcome.errors[0].message
    client = logged_in(hr)
    assert client.get(reverse("admin:upload_export", args=["pay_inputs"])).status_code == 403
    assert "工资项目导入表" not in client.get(reverse("admin:uploads")).content.decode()
    office = logged_in(cast.office)
    assert "工资项目导入表" in office.get(reverse("admin:uploads")).content.decode()
    assert office.get(reverse("admin:upload_export", args=["pay_inputs"])).status_code == 200
    assert AuditEvent.objects.latest("id").action == "导出工资"


@pytest.mark.parametrize("kind", ["pay_inputs", "archived_pay", "former_pay"])
def test_an_export_reads_back_unchanged(cast: Cast, kind: str):
    bring(cast, "扣款", INPUTS, item(cast, "张甲", "2022-03", 300, 200, None, 1000, "招商", "1号"))
    bring(cast, "档案工资", ["姓名", "身份证号", "档案工资"], [*who(cast, "张甲"), 3500])
    bring(
        cast,
        "改革前工资",
        ["姓名", "身份证号", "改革前月工资", "截至日期"],
        [*who(cast, "张甲"), 1, "2021-12-31"],
    )
    boss = make.get_user_model().objects.create_superuser("root", password="test-Only-7731")
    make.Membership.objects.create(user=boss, zone=cast.zone)
    today = timezone.localdate()
    context = Context(cast.zone, boss, timezone.now(), today, Options(zone=cast.zone.code))
    context.policy = policy_of(policy_version_as_of(cast.zone, today))
    sheet = sheet_class(kind)(context)
    data = write_workbook(sheet, f"高新区{sheet.label}", list(sheet.records()))
    outcome = import_files(
        [SourceFile("x.xlsx", data)], actor=boss, now=timezone.now(), options=Options(zone=cast.zone.code)
    )
    assert (outcome.ok, outcome.counts["unchanged"], outcome.counts["changed"]) == (True, 1, 0), (
        outcome.errors
    )


def test_statements_do_not_grow_with_the_rows(cast: Cast):
    def statements(month: str, names: Any) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert bring(cast, "扣款", INPUTS, *(item(cast, one, month, 1, 2, 3) for one in names)).ok
        return len(seen)

    statements("2022-02", ["张甲"])
    few = statements("2022-03", ["张甲"])
    for number in range(12):
        cast.join(f"员工{chr(0x4E00 + number)}", "L30")
    assert statements("2022-04", list(cast.people)) == few
