"""岗位目标责任书: targets written, signed by both sides, printed, and read from a workbook."""

import io
from datetime import date
from decimal import Decimal as D
from typing import Any

import docx
import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import Appointment, DutyContract, DutyTarget
from appointments.paper_states import DUTY_TRANSITIONS, DutyState
from appointments.rules.guards import Call, DutyFacts
from appointments.rules.guards import duties_offer as may_offer
from appointments.services.appointing import letters_sign
from appointments.services.document_exports import document_export
from appointments.services.duties import (
    ContractEntry,
    TargetEntry,
    duties_offer,
    duty_reopen,
    duty_sign,
    targets_register,
    targets_write,
)
from reform.errors import IllegalTransition, Refused
from reform.models import Membership
from tests import factories as make
from tests.appointments.pages_cast import logged_in

pytestmark = pytest.mark.django_db
ON = date(2022, 2, 1)


class Cast:
    """An appointment in one unit, the head of the unit, the person's own account."""

    def __init__(self) -> None:
        self.zone = make.a_zone()
        self.round = make.a_round(self.zone)
        self.unit = make.a_unit(self.zone)
        self.post = make.a_position(
            self.unit, "科长", setup=self.round.setup, duties="1.主持全局工作；2.负责项目建设。"
        )
        self.person = make.a_person(self.zone, "张三")
        self.appointment = make.an_appointment(self.round, self.person, self.post)
        self.office = make.a_user(self.zone, "人事")
        self.leader = make.a_user(self.zone, "领导")
        self.head = make.a_user(self.zone, "单位负责人")
        Membership.objects.filter(user=self.head).update(unit=self.unit)
        self.own = make.a_user(None, "个人", is_staff=False)
        self.own.set_password("一个口令")
        self.own.save()
        Membership.objects.create(user=self.own, zone=self.zone, person=self.person)

    def write(self, *weights: Any, actor: Any = None, year: int = 2022, **facts: Any) -> DutyContract:
        targets = [
            TargetEntry(number, f"目标{number}", "不低于上年", D(weight), f"{year}年12月")
            for number, weight in enumerate(weights, 1)
        ]
        targets_write(
            entry=ContractEntry(facts.pop("appointment", self.appointment), year, targets),
            actor=actor or self.office,
        )
        return DutyContract.objects.get(appointment=self.appointment, year=year)

    def offer(self, contract: DutyContract, actor: Any = None) -> list[Any]:
        return duties_offer(contracts_=[contract], actor=actor or self.head, on=ON)

    def sign(self, contract: DutyContract, actor: Any = None, **facts: Any) -> None:
        duty_sign(contract=contract, actor=actor or self.own, on=ON, **{"is_confirmed": True} | facts)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_both_sides_sign_one_after_the_other(cast):
    contract = cast.write(60, 40)
    with pytest.raises(IllegalTransition):
        cast.sign(contract)
    assert cast.offer(contract) == []
    cast.sign(contract)
    contract.refresh_from_db()
    assert (contract.state, contract.unit_signed_by, contract.unit_signed_on, contract.person_signed_on) == (
        "SIGNED",
        cast.head,
        ON,
        ON,
    )
    cast.appointment.refresh_from_db()
    assert cast.appointment.duties_signed_on == ON


@pytest.mark.parametrize(("weights", "total"), [((60, 30), "90"), ((60, "40.5"), "100.5")])
def test_weights_total_100_when_signed(cast, weights, total):
    (refusal,) = cast.offer(cast.write(*weights))
    assert refusal.reasons == (f"各目标权重合计{total}，须为100",)


def test_a_target_without_measure_or_time_limit_is_not_signed():
    facts = DutyFacts(weights=[D(60), D(40)], unclear=[2])
    assert may_offer(facts, Call(ON)) == ["第2项没有写全目标内容、量化标准和完成时限"]
    assert may_offer(DutyFacts(), Call(ON)) == ["还没有填写目标"]


def test_a_head_signs_for_own_staff_only_and_never_with_themselves(cast):
    contract = cast.write(100)
    stranger = make.a_user(cast.zone, "单位负责人")
    Membership.objects.filter(user=stranger).update(unit=make.a_unit(cast.zone, "招商局"))
    cast.offer(contract, stranger)
    contract.refresh_from_db()
    assert contract.state == "DRAFT"
    Membership.objects.filter(user=cast.own).delete()
    Membership.objects.filter(user=cast.head).update(person=cast.person)
    (refusal,) = cast.offer(contract)
    assert refusal.reasons == ("不能代表甲方与本人签订，由领导小组签",)
    assert cast.offer(contract, cast.leader) == []
    with pytest.raises(Refused, match="“甲方签字”由领导小组办理"):
        cast.offer(contract, cast.office)


def test_only_the_person_signs_as_the_other_party_and_says_so(cast):
    contract = cast.write(100)
    cast.offer(contract)
    with pytest.raises(Refused, match="请先勾选已阅读目标并同意签订"):
        cast.sign(contract, is_confirmed=False)
    other = make.a_user(None, "个人", is_staff=False)
    Membership.objects.create(user=other, zone=cast.zone, person=make.a_person(cast.zone, "李四"))
    with pytest.raises(Refused, match="乙方签字只能由本人办理"):
        cast.sign(contract, other)


def test_what_is_signed_is_changed_only_after_it_was_sent_back(cast):
    contract = cast.write(100)
    cast.offer(contract)
    with pytest.raises(Refused, match="2022年责任书甲方已签，须退回修订后再改"):
        cast.write(50, 50)
    with pytest.raises(Refused, match="须写明理由"):
        duty_reopen(contract=contract, actor=cast.office, on=ON, reason="")
    duty_reopen(contract=contract, actor=cast.office, on=ON, reason="任务调整")
    contract = cast.write(50, 50)
    assert (contract.state, contract.unit_signed_on) == ("DRAFT", None)
    assert [one.weight for one in contract.targets.all()] == [50, 50]


def test_targets_belong_to_a_year_of_the_term_and_to_the_own_unit(cast):
    with pytest.raises(Refused, match="聘期是2022年至2025年，没有2026年"):
        cast.write(100, year=2026)
    head = make.a_user(cast.zone, "单位负责人")
    Membership.objects.filter(user=head).update(unit=make.a_unit(cast.zone, "招商局"))
    with pytest.raises(Refused, match="只能填写本单位人员的目标"):
        cast.write(100, actor=head)
    with pytest.raises(Refused, match="“填写岗位目标”由聘任办公室办理"):
        cast.write(100, actor=cast.leader)
    assert cast.write(100, actor=cast.head).targets.count() == 1


def test_a_signature_on_paper_is_not_registered_over_targets_that_do_not_total_100(cast):
    cast.write(60)
    with pytest.raises(Refused, match="张三2022年责任书权重合计60，须为100"):
        letters_sign(appointments=[cast.appointment], actor=cast.office, duties_signed_on=ON)


def test_statements_do_not_grow_with_the_people(cast):
    def entries(number: int) -> list[ContractEntry]:
        found = []
        for place in range(number):
            post = make.a_position(cast.unit, f"岗{number}-{place}", setup=cast.round.setup)
            person = make.a_person(cast.zone, f"人{'甲乙丙丁戊己'[place]}")
            one = make.an_appointment(cast.round, person, post)
            found.append(ContractEntry(one, 2022, [TargetEntry(1, "目标", "标准", D(100), "全年")]))
        return found

    counts = []
    for number in (2, 6):
        some = entries(number)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            targets_register(zone=cast.zone, entries=some, actor=cast.office)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_the_paper_is_filled_from_the_targets_and_signatures(cast):
    contract = cast.write(60, "40")
    cast.offer(contract)
    cast.sign(contract)
    content = paper_of(cast, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=4)]
    head = cast.head.get_full_name() or cast.head.get_username()
    assert [line[4:] for line in lines] == [
        [2022, 1, "目标1", "不低于上年", 60, "2022年12月", f"{head}（2022-02-01）", "张三（2022-02-01）"],
        [2022, 2, "目标2", "不低于上年", 40, "2022年12月", f"{head}（2022-02-01）", "张三（2022-02-01）"],
    ]
    word = text_of(paper_of(cast, "docx"))
    assert "目标1" in word
    assert "不低于上年" in word
    assert "张三（2022-02-01）" in word


def paper_of(cast: Cast, fmt: str) -> bytes:
    made = document_export(
        "duties", round_=cast.round, fmt=fmt, actor=cast.office, on=ON, people=[cast.person.pk]
    )
    return made[1]


def text_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_the_head_fills_in_the_page_and_signs_there(cast):
    client = logged_in(cast.head)
    address = reverse("admin:duty", args=[cast.appointment.pk]) + "?year=2022"
    first = client.get(address).content.decode()
    assert "主持全局工作" in first
    assert "先由岗位职责带出" in first
    lines = {
        "content": ["主持全局工作", "项目建设", ""],
        "standard": ["考核一等", "开工5个", ""],
        "weight": ["60", "四十", ""],
        "due": ["全年", "2022年12月", ""],
    }
    refused = client.post(address, lines, follow=True).content.decode()
    assert "第2项的权重“四十”不是数字" in refused
    assert "开工5个" in refused
    saved = client.post(address, lines | {"weight": ["60", "40%", ""]}, follow=True).content.decode()
    assert "目标已保存" in saved
    contract = DutyContract.objects.get()
    answer = client.post(reverse("admin:duty_do", args=[contract.pk, "offer"]), follow=True)
    assert "甲方已签字" in answer.content.decode()
    assert "<textarea" not in client.get(address).content.decode()
    listed = client.get(reverse("admin:appointments_dutycontract_changelist") + "?round=all")
    assert "张三" in listed.content.decode()


def test_a_head_of_another_unit_does_not_open_the_page(cast):
    head = make.a_user(cast.zone, "单位负责人")
    Membership.objects.filter(user=head).update(unit=make.a_unit(cast.zone, "招商局"))
    address = reverse("admin:duty", args=[cast.appointment.pk])
    assert logged_in(head).get(address).status_code == 404
    assert logged_in(make.a_user(cast.zone, "考评组")).get(address).status_code == 403


def test_many_are_signed_from_the_list_and_each_refusal_is_told(cast):
    good = cast.write(100)
    post = make.a_position(cast.unit, "副科长", setup=cast.round.setup)
    other = make.an_appointment(cast.round, make.a_person(cast.zone, "李四"), post)
    targets_write(
        entry=ContractEntry(other, 2022, [TargetEntry(1, "目标", "标准", D(90), "全年")]), actor=cast.office
    )
    client = logged_in(cast.head)
    answer = client.post(
        reverse("admin:appointments_dutycontract_changelist") + "?round=all",
        {"action": "sign_for_unit", "_selected_action": [one.pk for one in DutyContract.objects.all()]},
        follow=True,
    ).content.decode()
    assert "甲方已签1份" in answer
    assert "各目标权重合计90，须为100" in answer
    good.refresh_from_db()
    assert good.state == "OFFERED"


def test_the_person_reads_and_signs_under_my(cast):
    contract = cast.write(100)
    client = logged_in(cast.own)
    page = reverse("portal:duty", args=[contract.pk])
    assert client.get(page).status_code == 404
    cast.offer(contract)
    assert "2022年目标责任书待您签字" in client.get("/my/").content.decode()
    assert "目标1" in client.get(page).content.decode()
    answer = client.post(reverse("portal:duty_sign", args=[contract.pk]), {"confirmed": "1"}, follow=True)
    assert "2022年责任书已签字" in answer.content.decode()
    contract.refresh_from_db()
    assert contract.state == "SIGNED"
    letter = client.get(reverse("portal:letter", args=[cast.appointment.pk])).content.decode()
    assert "2022年目标</a>（双方已签）" in letter


def test_every_pair_is_in_the_table():
    assert {(str(row.source), row.event) for row in DUTY_TRANSITIONS} == {
        ("DRAFT", "offer"),
        ("DRAFT", "offer_head"),
        ("OFFERED", "sign"),
        ("OFFERED", "reopen"),
        ("SIGNED", "reopen"),
    }
    assert [one.label for one in DutyState] == ["拟订", "甲方已签", "双方已签"]


def test_nothing_is_left_of_a_refused_write(cast):
    with pytest.raises(Refused, match="第1项权重0，须大于0、不超过100"):
        cast.write(0)
    assert not DutyTarget.objects.exists()
    assert Appointment.objects.count() == 1
