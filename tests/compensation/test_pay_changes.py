"""薪酬变动通知: whose standard an appointment document changes, from when, and who takes the notice out."""

import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document as Word

from appointments.models import Appointment, Document, DocumentLine, Placement, Round
from appointments.selectors.documents import document_digest
from compensation.documents import PAPERS, sample
from compensation.documents.changes import changes_paper
from compensation.selectors import pay_changes
from compensation.selectors.pay_changes import PayChange
from compensation.services import pay_changes_export
from reform.documents.templates import default_template, placeholders, template_kinds
from reform.documents.word import check_template
from reform.errors import Refused
from reform.models import AuditEvent, Membership
from tests import factories as make
from tests.appointments.pages_cast import logged_in
from tests.appointments.portal_cast import text
from tests.compensation.casts import Cast, a_cast

pytestmark = pytest.mark.django_db
DAY, ON = date(2022, 1, 23), date(2022, 1, 25)
OFFICE, FINANCE, LEADER, SUPERVISOR, HEAD = "薪酬专员", "财务", "领导", "监督组", "单位负责人"
MAY = {OFFICE, FINANCE, LEADER}
ROLES = (*sorted(MAY), SUPERVISOR, HEAD, "人事", "系统管理员", "考核办", "考评组", "考察组", "个人")


@pytest.fixture
def cast() -> Cast:
    return a_cast()


@pytest.fixture
def round_(cast: Cast) -> Round:
    return make.a_round(cast.zone, effective_on=DAY)


def appoint(
    cast: Cast, round_: Round, name: str, level: str, unit: str = "甲局", **facts: Any
) -> Appointment:
    """The new post of somebody, in force: what was held before ends on that day."""
    person = cast.people.get(name) or make.a_person(cast.zone, name)
    cast.people[name] = person
    person.tenures.filter(kind="PRIMARY", ends_before=None).update(ends_before=DAY)
    position = make.a_position(cast.unit(unit), f"{level}新岗", level)
    return make.an_appointment(round_, person, position, **facts)


def pending(one: Appointment) -> None:
    """As before it takes effect: drafted, the former post still open."""
    tenure = one.tenure
    Appointment.objects.filter(pk=one.pk).update(state="PENDING", tenure=None)
    assert tenure is not None
    tenure.delete()
    one.person.tenures.filter(ends_before=DAY).update(ends_before=None)


def paper_of(round_: Round, *appointments: Appointment, reviewed: bool = True) -> Document:
    """The 聘任文件 of these appointments."""
    maker, reviewer = make.a_user(round_.zone, "人事"), make.a_user(round_.zone, "人事")
    document = Document.objects.create(
        zone=round_.zone, round=round_, kind="APPOINTMENT", year=2022, number=3, document_no="聘〔2022〕3号",
        title="关于聘任职务的通知", met_on=DAY, issued_on=DAY, effective_on=DAY,
        declared_appointments=len(appointments), made_by=maker,
    )  # fmt: skip
    for one in appointments:
        DocumentLine.objects.create(
            document=document,
            kind="APPOINT",
            appointment=one,
            person_name=one.person.name,
            post=f"{one.position}",
        )
    if reviewed:
        document.reviewed_by, document.reviewed_digest = reviewer, document_digest(document)
        document.save()
    return document


@pytest.fixture
def document(cast: Cast, round_: Round) -> Document:
    """One rises, one falls, one moves at the same standard."""
    cast.join("升甲", "L30")
    cast.join("降乙", "L60")
    cast.join("平丙", "L30")
    return paper_of(
        round_,
        appoint(cast, round_, "升甲", "L50"),
        appoint(cast, round_, "降乙", "L50"),
        appoint(cast, round_, "平丙", "L30", "乙局"),
    )


def figures(one: PayChange) -> tuple[Any, ...]:
    return (one.name, one.before, one.after, one.difference, one.starts_on)


def yuan(amount: str) -> Decimal:
    return Decimal(amount)


FEBRUARY = date(2022, 2, 1)
RISEN = ("升甲", yuan("4000.00"), yuan("6400.00"), yuan("2400.00"), FEBRUARY)
FALLEN = ("降乙", yuan("7600.00"), yuan("6400.00"), yuan("-1200.00"), FEBRUARY)


def test_promotion_and_demotion_have_their_figures_and_the_unchanged_person_is_absent(document: Document):
    found = pay_changes(document)
    assert [figures(one) for one in found.people] == [RISEN, FALLEN]
    assert (found.before, found.after, found.difference) == (11600, 12800, 1200)
    assert (found.risen, found.fallen, found.unchanged) == (1, 1, 1)
    first = found.people[0]
    assert (first.post_before, first.post_after, first.unit) == ("甲局·L30岗", "甲局·L50新岗", "甲局")


def test_a_document_that_is_not_in_force_yet_says_the_same(document: Document):
    was = pay_changes(document)
    for line in document.lines.select_related("appointment__tenure", "appointment__person"):
        assert line.appointment is not None
        pending(line.appointment)
    assert pay_changes(document).people == was.people


def test_a_run_of_the_first_month_pays_by_the_new_standard(cast: Cast, document: Document):
    found = pay_changes(document)
    run = cast.run("2022-02")
    for one in found.people:
        line = cast.line(run, one.name)
        assert line.base_pay + line.position_pay + line.performance_base == one.after


@pytest.mark.parametrize(
    ("rule", "starts_on"), [("SAME_MONTH", date(2022, 1, 1)), ("DECISION_DAY", date(2022, 1, 20))]
)
def test_the_first_day_follows_the_rule_of_the_policy(cast: Cast, round_: Round, rule: str, starts_on: date):
    cast.set_policy(effective_rule=rule)
    cast.join("升甲", "L30")
    document = paper_of(round_, appoint(cast, round_, "升甲", "L50", decided_on=date(2022, 1, 20)))
    assert pay_changes(document).people[0].starts_on == starts_on


def test_a_first_day_set_by_hand_goes_before_the_rule(cast: Cast, round_: Round):
    cast.join("升甲", "L30")
    document = paper_of(round_, appoint(cast, round_, "升甲", "L50", pay_starts_on=date(2022, 4, 1)))
    assert pay_changes(document).people[0].starts_on == date(2022, 4, 1)


def test_who_joins_is_paid_from_that_very_day(cast: Cast, round_: Round):
    document = paper_of(round_, appoint(cast, round_, "新丁", "L30", pay_starts_on=DAY))
    (one,) = pay_changes(document).people
    assert figures(one) == ("新丁", 0, yuan("4000.00"), yuan("4000.00"), DAY)
    assert (one.post_before, one.level_before, one.note) == ("", "", "新进")


def test_from_waiting_the_new_standard_stands_without_a_difference(cast: Cast, round_: Round):
    person = cast.join("待戊", "L30")
    person.tenures.update(ends_before=date(2021, 11, 1))
    Placement.objects.create(round=round_, person=person, state="PLACED", waiting_from=date(2021, 11, 1))
    found = pay_changes(paper_of(round_, appoint(cast, round_, "待戊", "L30")))
    (one,) = found.people
    assert (one.before, one.after, one.difference) == (None, yuan("4000.00"), None)
    assert one.note == "原为待岗，待岗工资按月计，不列差额"
    assert (found.before, found.after, found.difference) == (0, 0, 0)


def test_probation_and_protection_are_told_beside_the_standard(cast: Cast, round_: Round):
    cast.set_policy(probation_factor="0.9", protect_months=2)
    cast.join("升甲", "L30")
    cast.join("降乙", "L60")
    risen = appoint(cast, round_, "升甲", "L50", probation_ends_before=date(2023, 1, 23))
    found = pay_changes(paper_of(round_, risen, appoint(cast, round_, "降乙", "L50")))
    assert [one.note for one in found.people] == [
        "试用期系数0.9，按5,760.00元计发至2023-01-31",
        "过渡补差每月1,200.00元至2022-03-31",
    ]


def test_a_concurrent_post_changes_no_pay_and_whoever_has_no_appointment_is_named(
    cast: Cast, document: Document
):
    appointment = document.lines.order_by("id")[0].appointment
    assert appointment is not None
    Appointment.objects.filter(pk=appointment.pk).update(kind="CONCURRENT")
    DocumentLine.objects.create(document=document, kind="DISMISS", person_name="免己", post="甲局科长")
    found = pay_changes(document)
    assert [one.name for one in found.people] == ["降乙"]
    assert found.without == ("免己",)


def test_a_level_without_coefficient_is_told(cast: Cast, document: Document):
    cast.set_policy(post_coefficients={"L30": "1.0", "L60": "1.9"})
    with pytest.raises(Refused, match="L50"):
        pay_changes(document)
    page = text(logged_in(cast.finance).get(at("pay_changes", document.pk)))
    assert "原因见上" in page
    assert "L50" in page


# --- the notice


def test_the_workbook_has_every_column_and_a_total(cast: Cast, document: Document):
    name, data, _ = pay_changes_export(document=document, actor=cast.finance, on=ON, fmt="xlsx")
    assert name == f"{cast.zone.name}薪酬变动通知（聘〔2022〕3号）.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0] == [
        *("序号", "姓名", "单位", "原岗位", "原层级", "原薪酬标准", "新岗位", "新层级", "新薪酬标准"),
        *("差额", "起薪日期", "依据文号", "备注"),
    ]
    assert [rows[1][place] for place in (0, 1, 5, 8, 9, 10, 11)] == [
        *(1, "升甲", 4000, 6400, 2400, "2022-02-01", "聘〔2022〕3号")
    ]
    assert [rows[3][place] for place in (2, 5, 8, 9)] == ["合计", 11600, 12800, 1200]


def test_the_word_paper_tells_the_same_and_the_export_leaves_an_event(cast: Cast, document: Document):
    _, data, _ = pay_changes_export(document=document, actor=cast.finance, on=ON)
    word = Word(io.BytesIO(data))
    told = "".join(one.text for one in word.paragraphs)
    assert "原标准合计11,600.00元，新标准合计12,800.00元，差额+1,200.00元" in told
    cells = [cell.text for row in word.tables[0].rows for cell in row.cells]
    assert {"升甲", "降乙", "−1,200.00", "2022-02-01"} <= set(cells)
    assert "平丙" not in cells
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.subject, event.details) == (
        "导出工资",
        "薪酬变动通知 聘〔2022〕3号",
        {"people": 2},
    )


def test_what_is_not_reviewed_as_it_stands_does_not_reach_finance(cast: Cast, document: Document):
    Document.objects.filter(pk=document.pk).update(title="改了的标题")
    document.refresh_from_db()
    with pytest.raises(Refused, match="还没有由第二人复核"):
        pay_changes_export(document=document, actor=cast.finance, on=ON)
    Document.objects.filter(pk=document.pk).update(declared_appointments=5)
    document.refresh_from_db()
    with pytest.raises(Refused, match="文件写明聘任5人，已列3人"):
        pay_changes_export(document=document, actor=cast.finance, on=ON)


def test_where_nobodys_pay_changes_there_is_no_notice(cast: Cast, round_: Round):
    cast.join("平丙", "L30")
    document = paper_of(round_, appoint(cast, round_, "平丙", "L30", "乙局"))
    with pytest.raises(Refused, match="没有人的薪酬因"):
        pay_changes_export(document=document, actor=cast.finance, on=ON)


def shape(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) else "value"


@pytest.mark.parametrize("kind", PAPERS)
def test_the_template_may_use_what_the_paper_gives(document: Document, kind: str):
    assert shape(changes_paper(pay_changes(document), ON).values) == shape(sample(kind))
    assert kind in [one.key for one in template_kinds()]
    check_template(default_template(kind), sample(kind))
    assert ("开发区", "某高新区") in placeholders(kind)


# --- pages


def at(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def test_pages_lead_from_the_runs_to_the_file(cast: Cast, document: Document):
    client = logged_in(cast.finance)
    assert at("pay_documents") in client.get(at("pay_runs")).content.decode()
    assert at("pay_changes", document.pk) in client.get(at("pay_documents")).content.decode()
    page = text(client.get(at("pay_changes", document.pk)))
    assert "2人的薪酬变动：1人提高，1人降低，1人不变" in page
    assert "+2,400.00" in page
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.details) == ("查看工资", {"people": 2})
    answer = client.get(at("pay_changes_notice", document.pk, "xlsx"))
    assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get(at("pay_changes_notice", document.pk, "pdf")).status_code == 404
    assert client.get(at("pay_changes", document.pk + 1)).status_code == 404


def test_a_refusal_is_told_on_the_page(cast: Cast, document: Document):
    Document.objects.filter(pk=document.pk).update(reviewed_by=None)
    client = logged_in(cast.finance)
    answer = client.get(at("pay_changes_notice", document.pk, "docx"), follow=True)
    page = text(answer)
    assert "还没有由第二人复核" in page
    assert "还不能通知财务" in page


@pytest.mark.parametrize("role", ROLES)
def test_only_those_who_work_with_the_pay_of_all_open_it(cast: Cast, document: Document, role: str):
    user = make.a_user(cast.zone, role, is_staff=role != "个人")
    if role == HEAD:
        Membership.objects.filter(user=user).update(unit=cast.unit("甲局"))
    client = logged_in(user)
    for name, args in (
        ("pay_documents", ()),
        ("pay_changes", (document.pk,)),
        ("pay_changes_notice", (document.pk, "docx")),
    ):
        status = client.get(at(name, *args)).status_code
        assert status == 200 if role in MAY else status in (302, 403), name
    if role in MAY:
        assert pay_changes_export(document=document, actor=user, on=ON)
    else:
        with pytest.raises(Refused):
            pay_changes_export(document=document, actor=user, on=ON)


def test_statements_do_not_grow_with_the_people(cast: Cast, round_: Round, document: Document):
    with CaptureQueriesContext(connection) as few:
        assert len(pay_changes(document).people) == 2
    for number in range(10):
        cast.join(f"人{number}", "L30", f"第{number}局")
        one = appoint(cast, round_, f"人{number}", "L50", f"第{number}局")
        DocumentLine.objects.create(
            document=document, kind="APPOINT", appointment=one, person_name="人", post="岗"
        )
    with CaptureQueriesContext(connection) as many:
        assert len(pay_changes(document).people) == 12
    assert len(many) == len(few)
