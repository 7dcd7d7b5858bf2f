"""The end of a year: grades on the persons, what follows from them, and the written notices."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpi.models import Consequence, Cycle, Notice, PersonEntry, PersonResult, Veto
from kpi.services import cycle_step
from kpi.services.finals import (
    consequences_carry_out,
    consequences_list,
    consequences_waive,
    notices_issue,
    notices_receive,
)
from kpi.services.results import results_compute
from reform.errors import Refused
from reform.models import AnnualGrade, PromotionLock
from tests import factories as make
from tests.kpi import casts
from tests.kpi.registered_cast import ALL, a_registered_cycle, nine

pytestmark = pytest.mark.django_db
DOC = "高新考〔2023〕9号"


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=2)


def finish(cast, code="2022", scores=(99, 80, 80, 80, 66, 40, 80, 80, 80), before=None):
    """A registered year brought to its end."""
    cycle = a_registered_cycle(cast, ALL, nine(cast, scores), code=code)
    if before:
        before(cycle)
    results_compute(cycle=cycle, actor=cast.office)
    cycle_step(cycle=cycle, event="calibrate", actor=cast.office, on=casts.SCORED)
    cycle_step(cycle=cycle, event="publish", actor=cast.leader, on=casts.PUBLISHED, document_no=DOC)
    cycle_step(cycle=cycle, event="open_appeals", actor=cast.office, on=cycle.publicity_starts_on)
    cycle_step(cycle=cycle, event="finalize", actor=cast.office, on=casts.FINAL)
    return cycle


def codes(cast, name):
    rows = Consequence.objects.filter(cycle=cast.cycle, person=cast.people[name]).order_by("id")
    return [one.code for one in rows]


def consequence(cast, name, code):
    return Consequence.objects.get(cycle=cast.cycle, person=cast.people[name], code=code)


def test_final_year_leaves_a_grade_on_every_participant(cast):
    def leave_out(cycle):
        PersonEntry.objects.filter(person=cast.people["规丙"]).update(values={})

    finish(cast, before=leave_out)
    grades = dict(AnnualGrade.objects.filter(year=2022).values_list("person__name", "grade"))
    assert len(grades) == 9
    # 100 × 30 % + 66 × 70 % and 40 × 70 %
    assert [grades[name] for name in ("经甲", "经乙", "招乙", "招丙", "规丙")] == ["A", "B", "B", "D", "N"]
    assert AnnualGrade.objects.get(person=cast.people["经甲"]).document_no == DOC


def test_final_quarter_leaves_no_grade_on_the_persons(cast):
    finish(cast, code="2022Q1")
    assert not AnnualGrade.objects.exists()
    assert not Consequence.objects.exists()


def test_consequences_are_listed_and_nothing_happens_by_itself(cast):
    AnnualGrade.objects.create(person=cast.people["招丙"], year=2021, grade="D")
    finish(cast, scores=(99, 80, 80, 80, 60, 40, 80, 80, 80))
    assert codes(cast, "经甲") == ["COMMEND", "PRIORITY"]
    assert codes(cast, "招乙") == ["ADMONISH", "NO_PROMOTION", "NO_BONUS"]
    assert codes(cast, "招丙") == ["T05", "DEMOTE", "NO_PROMOTION", "NO_BONUS"]
    assert codes(cast, "规乙") == []
    assert not PromotionLock.objects.exists()
    row = consequence(cast, "招乙", "NO_PROMOTION")
    assert (row.state, row.starts_on, row.ends_before) == ("LISTED", date(2023, 2, 10), date(2024, 2, 10))


def test_leader_of_a_vetoed_unit_is_locked_once_with_both_reasons(cast):
    def veto(cycle):
        Veto.objects.create(
            cycle=cycle, unit=cast.units[1], matter="较大事故", state="APPROVED",
            raised_by=cast.office, raised_on=date(2023, 1, 5),
        )  # fmt: skip

    finish(cast, scores=(99, 80, 80, 10, 80, 80, 80, 80, 80), before=veto)
    # 100 × 70 % + 10 × 30 % = 73: 基本合格
    assert codes(cast, "招甲") == ["ADMONISH", "NO_PROMOTION", "NO_BONUS", "NO_HONOURS"]
    assert codes(cast, "招乙") == ["NO_HONOURS"]
    row = consequence(cast, "招甲", "NO_PROMOTION")
    assert "基本合格" in row.text
    assert "较大事故" in row.text


def test_same_list_again_changes_nothing_and_what_no_longer_follows_goes(cast):
    cycle = finish(cast)
    assert consequences_list(cycle=cycle, actor=cast.office, on=date(2023, 3, 1)) == 0
    PersonResult.objects.filter(cycle=cycle, person=cast.people["招丙"]).update(grade="B")
    assert consequences_list(cycle=cycle, actor=cast.office, on=date(2023, 3, 1)) == 3
    assert codes(cast, "招丙") == []


def reasons(refused):
    return [why for one in refused for why in one.reasons]


def test_lock_is_written_when_somebody_carries_it_out_with_the_document(cast):
    finish(cast)
    row = consequence(cast, "招丙", "NO_PROMOTION")
    said = {"consequences": [row], "actor": cast.office, "on": date(2023, 3, 1)}
    assert reasons(consequences_carry_out(document_no="", **said)) == ["须填写办理文号或会议纪要号"]
    assert not PromotionLock.objects.exists()
    assert consequences_carry_out(document_no=DOC, note="已通知本人", **said) == []
    lock = PromotionLock.objects.get()
    assert (lock.person, lock.cause, lock.document_no) == (cast.people["招丙"], "考核", DOC)
    assert (lock.starts_on, lock.ends_before) == (date(2023, 2, 10), date(2025, 2, 10))
    row.refresh_from_db()
    assert (row.state, row.done_by, row.done_on, row.note) == (
        "DONE",
        cast.office,
        date(2023, 3, 1),
        "已通知本人",
    )
    assert len(consequences_carry_out(document_no=DOC, **said)) == 1
    assert PromotionLock.objects.count() == 1
    assert consequences_list(cycle=cast.cycle, actor=cast.office, on=date(2023, 3, 2)) == 0


def test_leaders_waive_with_a_reason_and_not_what_concerns_themselves(cast):
    finish(cast, scores=(99, 80, 80, 80, 60, 40, 80, 80, 80))
    rows = [consequence(cast, "招乙", "ADMONISH"), consequence(cast, "招丙", "DEMOTE")]
    said = {"consequences": rows, "on": date(2023, 3, 1)}
    refused = consequences_waive(actor=cast.office, reason="孕期", **said)
    assert ["没有这个权限" in why for why in reasons(refused)] == [True, True]
    assert reasons(consequences_waive(actor=cast.leader, reason="", **said)) == ["须写明理由", "须写明理由"]
    cast.leader.membership.person = cast.people["招丙"]
    cast.leader.membership.save()
    refused = consequences_waive(actor=cast.leader, reason="孕期", **said)
    assert [one.row for one in refused] == [rows[1]]
    assert [
        (one.state, one.note)
        for one in Consequence.objects.filter(pk__in=[one.pk for one in rows]).order_by("id")
    ] == [
        ("WAIVED", "孕期"),
        ("LISTED", ""),
    ]


def test_statement_count_of_bulk_decisions_is_constant(cast):
    cycle = finish(cast, scores=(99, 80, 80, 80, 60, 40, 40, 40, 40))
    rows = list(Consequence.objects.filter(cycle=cycle, code="NO_PROMOTION"))
    notices_issue(cycle=cycle, actor=cast.office, on=date(2023, 2, 13))
    notices = list(Notice.objects.all())
    assert len(rows) == 4
    counts = []
    for some, received in ((rows[:1], notices[:1]), (rows[1:4], notices[1:])):
        with CaptureQueriesContext(connection) as found:
            consequences_carry_out(consequences=some, actor=cast.office, on=date(2023, 3, 1), document_no=DOC)
            notices_receive(notices=received, actor=cast.office, on=date(2023, 3, 1))
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_notices_are_issued_once_and_again_only_for_another_result(cast):
    cycle = finish(cast)
    assert not Notice.objects.exists()
    said = {"cycle": cycle, "actor": cast.office, "on": date(2023, 2, 13)}
    assert notices_issue(**said) == 9
    assert notices_issue(**said) == 0
    PersonEntry.objects.filter(person=cast.people["规丙"]).update(bonus=Decimal(1))
    results_compute(cycle=cycle, actor=cast.office, cause="更正")
    assert notices_issue(**said) == 1
    with pytest.raises(Refused, match="没有这个权限"):
        notices_issue(**said | {"actor": cast.leader})


def test_notices_wait_for_the_end(cast):
    cycle = casts.appealing(cast)
    with pytest.raises(Refused, match="结果确定后才发通知书"):
        notices_issue(cycle=cycle, actor=cast.office, on=casts.FINAL)


def test_notice_is_signed_by_its_person_once(cast):
    cycle = finish(cast)
    notices_issue(cycle=cycle, actor=cast.office, on=date(2023, 2, 13))
    mine = make.a_user(cast.zone, "个人", "招乙本人", is_staff=False)
    mine.membership.person = cast.people["招乙"]
    mine.membership.save()
    own = Notice.objects.get(result__person=cast.people["招乙"])
    other = Notice.objects.get(result__person=cast.people["招丙"])
    said = {"actor": mine, "on": date(2023, 2, 14)}
    assert reasons(notices_receive(notices=[other], **said)) == ["通知书由本人签收"]
    early = notices_receive(notices=[own], actor=mine, on=date(2023, 2, 12))
    assert reasons(early) == ["通知书2023-02-13才发出，今天是2023-02-12"]
    assert notices_receive(notices=[own], **said) == []
    assert Notice.objects.get(pk=own.pk).received_on == date(2023, 2, 14)
    assert reasons(notices_receive(notices=[own], **said)) == ["已于2023-02-14签收"]


def test_statement_count_of_the_list_and_the_notices_is_constant():
    cast = casts.a_cast(staff=8)
    counts = []
    for code, number in (("2021", 3), ("2022", 27)):
        names = list(cast.people)[:number]
        a_registered_cycle(cast, ALL, dict.fromkeys(names, 30), code=code)
        results_compute(cycle=cast.cycle, actor=cast.office)
        Cycle.objects.filter(pk=cast.cycle.pk).update(state="FINAL")
        cast.cycle.refresh_from_db()
        with CaptureQueriesContext(connection) as listed:
            consequences_list(cycle=cast.cycle, actor=cast.office, on=casts.FINAL)
        with CaptureQueriesContext(connection) as issued:
            notices_issue(cycle=cast.cycle, actor=cast.office, on=casts.FINAL)
        counts.append((len(listed), len(issued)))
    assert counts[0] == counts[1]
