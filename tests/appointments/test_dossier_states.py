"""选任纪实: suspended it stops the procedure, archived it is read-only; incomplete only with a reason."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from appointments.models import Application, Appointment, DossierRecord
from appointments.paper_states import DOSSIER_TRANSITIONS, DossierState
from appointments.rules.guards import Call, DossierFacts, batch_publicize, dossier_archive
from appointments.selectors.dossier import dossier
from appointments.selectors.selection import decide_facts_of
from appointments.services.appointing import appointments_draft, appointments_take_effect, letters_sign
from appointments.services.dossier_files import lrmx_import
from appointments.services.dossier_states import dossier_archive as archive
from appointments.services.dossier_states import dossier_resume as resume
from appointments.services.dossier_states import dossier_suspend as suspend
from reform.errors import IllegalTransition, Refused
from reform.models import AuditEvent
from tests.appointments.pages_cast import logged_in
from tests.appointments.selection_cast import Selection, a_selection

DAY = date(2022, 2, 1)


@pytest.fixture
def cast(db: None) -> Selection:
    cast = a_selection()
    one = cast.apply("张三", "局长", before="副局长")
    cast.match(one)
    cast.inspect(one)
    return cast


def the_one() -> Application:
    return Application.objects.select_related("candidacy__person", "candidacy__round__zone").get()


def call(cast: Selection, **facts: Any) -> dict[str, Any]:
    return {"application": the_one(), "actor": cast.users["人事"], "on": DAY} | facts


def appointed(cast: Selection) -> Application:
    """The whole way to the appointment in force."""
    cast.end_publicity(cast.publicize(cast.propose()))
    cast.to("APPOINTING")
    appointments_draft(
        batch=cast.batch, actor=cast.users["人事"], starts_on=DAY, document_no="高管聘〔2022〕1号"
    )
    drafts = Appointment.objects.filter(state="PENDING").select_related("zone", "person")
    letters_sign(appointments=drafts, letter_signed_on=DAY, duties_signed_on=DAY, actor=cast.users["人事"])
    appointments_take_effect(batch=cast.batch, actor=cast.users["领导"], on=DAY)
    return the_one()


def test_a_suspended_dossier_is_neither_listed_nor_decided_nor_appointed(cast):
    suspend(**call(cast, reason="核查信访件"))
    with pytest.raises(Refused, match="张三：选任纪实已暂停（核查信访件），须先恢复"):
        cast.freeze()
    resume(**call(cast, reason="查否"))
    proposal = cast.freeze()
    cast.vote(proposal, 9)
    suspend(**call(cast, reason="又有来信"))
    reasons = batch_publicize(decide_facts_of(proposal, DAY), Call(DAY))
    assert "张三：选任纪实已暂停（又有来信），须先恢复" in reasons


def test_a_suspended_dossier_does_not_take_effect(cast):
    cast.end_publicity(cast.publicize(cast.propose()))
    cast.to("APPOINTING")
    appointments_draft(batch=cast.batch, actor=cast.users["人事"], starts_on=DAY, document_no="聘1号")
    suspend(**call(cast, reason="核查"))
    with pytest.raises(Refused, match="张三：选任纪实已暂停（核查），须先恢复"):
        appointments_take_effect(batch=cast.batch, actor=cast.users["领导"], on=DAY)


def test_suspending_and_resuming_need_a_reason_and_the_office(cast):
    with pytest.raises(Refused, match="须写明理由"):
        suspend(**call(cast, reason=" "))
    with pytest.raises(Refused, match="由聘任办公室办理"):
        suspend(**call(cast, reason="x", actor=cast.users["监督组"]))
    suspend(**call(cast, reason="核查"))
    with pytest.raises(IllegalTransition):
        suspend(**call(cast, reason="再核查"))
    with pytest.raises(Refused, match="须写明理由"):
        resume(**call(cast, reason=""))


def test_before_anybody_is_proposed_nothing_is_archived(cast):
    with pytest.raises(Refused, match="志愿是“已匹配”，还没有拟聘，不能归档"):
        archive(**call(cast))


def test_an_incomplete_dossier_is_archived_with_a_stated_reason_only(cast):
    cast.publicize(cast.propose())
    missing = "、".join(one.name for one in dossier(the_one()).missing)
    count = len(dossier(the_one()).missing)
    with pytest.raises(Refused, match=f"还缺{count}项（{missing}），材料不齐归档须写明原因"):
        archive(**call(cast))
    record = archive(**call(cast, reason="本人调出，不再办理"))
    assert record.state == "ARCHIVED"
    assert AuditEvent.objects.filter(action="归档", reason="本人调出，不再办理").exists()


def test_what_is_archived_stays_as_it_was(cast, monkeypatch):
    one = appointed(cast)
    before = dossier(one)
    record = archive(**call(cast, reason="成绩表另存"))
    assert record.percentage == before.percentage
    Appointment.objects.update(document_no="改过的文号")
    client = logged_in(cast.users["人事"])
    page = client.get(reverse("admin:dossier", args=[one.pk])).content.decode()
    assert "高管聘〔2022〕1号" in page
    assert "改过的文号" not in page
    assert "以下是归档时的内容，不再改动" in page
    assert "纪实办理" not in page
    for step in (suspend, resume, archive):
        with pytest.raises(IllegalTransition):
            step(**call(cast, reason="x"))


def test_the_files_of_an_archived_dossier_are_not_replaced(cast):
    one = appointed(cast)
    person = one.candidacy.person
    content = (
        f"<Person><XingMing>{person.name}</XingMing><ShenFenZheng>{person.id_number}</ShenFenZheng></Person>"
    ).encode()
    given = {
        "zone": cast.zone,
        "content": content,
        "actor": cast.users["人事"],
        "on": DAY,
        "at": datetime(2022, 2, 1, tzinfo=UTC),
    }
    lrmx_import(name="张三.lrmx", **given)
    record = archive(**call(cast, reason="成绩表另存"))
    assert bytes(record.file_content) == content
    with pytest.raises(Refused, match=r"张三 → .*的选任纪实已归档，任免审批表不能再改"):
        lrmx_import(name="新.lrmx", **given)


def test_findings_on_who_is_archived_are_not_changed(cast):
    one = the_one()
    DossierRecord.objects.create(application=one, state="ARCHIVED")
    with pytest.raises(Refused, match="的选任纪实已归档，不能再改"):
        cast.inspect(one)


def test_the_office_acts_on_the_page_and_lists_show_it(cast):
    client = logged_in(cast.users["人事"])
    one = the_one()
    page = client.get(reverse("admin:dossier", args=[one.pk])).content.decode()
    assert "进行中" in page
    assert "归档…" not in page
    answer = client.post(
        reverse("admin:dossier_do", args=[one.pk, "suspend"]), {"suspend-reason": "核查信访件"}, follow=True
    )
    assert "暂停：核查信访件" in answer.content.decode()
    shown = client.get(reverse("admin:appointments_application_changelist") + "?dossier=SUSPENDED")
    assert "已暂停</a>" in shown.content.decode()
    assert (
        "已暂停</a>"
        not in client.get(
            reverse("admin:appointments_application_changelist") + "?dossier=OPEN"
        ).content.decode()
    )
    tab = client.get(reverse("admin:batch", args=[cast.batch.pk]) + "?tab=proposal").content.decode()
    assert "纪实已暂停" in tab
    assert "核查信访件" in client.get(reverse("admin:appointments_dossierrecord_changelist")).content.decode()
    other = logged_in(cast.users["领导"])
    assert other.post(reverse("admin:dossier_do", args=[one.pk, "resume"])).status_code == 403


def test_every_pair_of_state_and_event_is_in_the_table_or_raises():
    known = {(str(row.source), row.event) for row in DOSSIER_TRANSITIONS}
    assert known == {
        ("OPEN", "suspend"),
        ("SUSPENDED", "resume"),
        ("OPEN", "archive"),
        ("SUSPENDED", "archive"),
    }
    assert not [row for row in DOSSIER_TRANSITIONS if row.source == DossierState.ARCHIVED]
    assert dossier_archive(DossierFacts(), Call(DAY)) == []
