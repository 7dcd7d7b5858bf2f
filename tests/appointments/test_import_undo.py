"""Taking an upload back: what it made goes, what it changed is as before, and nothing that stands on it
falls."""

import pytest
from django.db import connection
from django.utils import timezone

from appointments.models import Appointment, Exit, Round
from appointments.services import exit_record
from reform.access import command_actor
from reform.models import AuditEvent, Person, RowChange, Tenure, Upload
from reform.services import audit_record, edit, save_all
from tests.import_cast import (
    ROSTER_LAYOUT,
    SUMMARY,
    Office,
    command,
    dump,
    figures,
    people,
    positions,
    posts,
    results,
    roster,
)

pytestmark = pytest.mark.django_db

WITH_MORE = ROSTER_LAYOUT | {"联系电话": "phone", "政治面貌": "party", "身份类别": "identity"}


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def undo(run_or_id):
    number = run_or_id if isinstance(run_or_id, int) else run_or_id.facts["upload"]
    return command("undo_upload", number)


def undone(run):
    """Undo an upload, which must be possible."""
    taken_back = undo(run)
    assert taken_back.status == 0, taken_back.facts
    assert set(taken_back.facts) == {"ok", "upload", "removed", "restored", "why"}
    return taken_back.facts


def refused(run):
    """The reason why an upload cannot be undone; it must be the one that the list shows."""
    answer = undo(run)
    assert answer.status == 1
    assert (answer.facts["ok"], answer.facts["removed"], answer.facts["restored"]) == (False, 0, 0)
    listed = {one["id"]: one for one in command("list_uploads").facts["uploads"]}[answer.facts["upload"]]
    assert (listed["can_undo"], listed["why"]) == (False, answer.facts["why"])
    return answer.facts["why"]


def with_more(**changed):
    facts = {"phone": "13800000001", "party": "群众", "identity": "事业编制"} | changed
    return roster([one | facts for one in people()], WITH_MORE)


def test_undo_of_the_first_upload_leaves_the_zone_and_its_policy_only(office):
    run = office.bring_all()
    facts = undone(run)
    assert facts["removed"] > 40
    left = {name for name, rows in dump().items() if rows and not name.startswith(("Group", "Permission"))}
    assert left == {"Zone", "PolicyVersion", "PolicyParameter", "LadderLevel", "User", "CalendarDay"}


def test_each_upload_taken_back_in_turn_leaves_the_tables_as_before_it(office):
    states, runs = [], []
    office.bring({"p.xlsx": positions(posts()[:1])})
    for files in ({"p.xlsx": positions()}, {"r.xlsx": with_more()}, {"x.xlsx": results()}):
        states.append(dump())
        runs.append(office.bring(files))
    for state, run in zip(reversed(states), reversed(runs), strict=True):
        undone(run)
        assert dump() == state


def test_undone_upload_can_go_in_again(office):
    undone(office.bring_all())
    again = office.bring_all()
    assert (again.status, again.facts["written"]) == (0, True)
    assert figures() == SUMMARY
    undone(again)


def test_undo_of_results_reopens_the_tenures_they_closed(office):
    office.bring({"p.xlsx": positions(), "r.xlsx": roster()})
    before = dump()
    run = office.bring({"x.xlsx": results()})
    assert Tenure.objects.exclude(ends_before=None).count() == 7
    undone(run)
    assert not Tenure.objects.exclude(ends_before=None).exists()
    assert Round.objects.get().state == "DRAFT"
    assert dump() == before


def test_undo_of_corrections_restores_them_exactly(office):
    office.bring_all(roster=with_more())
    before = dump()
    heads, cast = posts(), people()
    heads[4] |= {"headcount": 4}
    cast[6] |= {"starts": "2022-02-14", "term": 2}
    cast[7] |= {"unit": "建设有限公司", "section": None, "title": "部门经理", "level": "科室正职"}
    run = office.bring_all(
        positions=positions(heads),
        roster=with_more(phone="0375-2661234", party="中共党员"),
        results=results(cast),
    )
    assert run.status == 0, run.errors
    assert [run.counts(kind) for kind in ("positions", "roster", "appointments")] == [
        *[(0, 1, 7), (0, 8, 0), (0, 2, 6)],
    ]
    assert dump() != before
    undone(run)
    assert dump() == before


def test_corrected_phone_is_ciphertext_in_the_row_and_the_same_in_its_change(office):
    office.bring_all(roster=with_more())
    office.bring({"r.xlsx": with_more(phone="13900000009")})
    person = Person.objects.get(name="孙伟")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM reform_person WHERE id = %s", [person.pk])
        (stored,) = cursor.fetchone()
    change = RowChange.objects.filter(model="reform.Person", key=person.pk).latest("id")
    assert person.phone == "13900000009"
    assert stored.startswith("v1:")
    assert change.after == {"phone": stored}
    assert change.before["phone"].startswith("v1:")


def test_events_stay_and_the_undoing_is_one_more(office):
    run = office.bring_all()
    events, changes = AuditEvent.objects.count(), RowChange.objects.count()
    undone(run)
    assert AuditEvent.objects.count() == events + 1
    assert RowChange.objects.count() > changes
    assert AuditEvent.objects.first().action == "撤销上传"
    listed = command("list_uploads").facts["uploads"]
    assert [(one["undone"], one["can_undo"]) for one in listed] == [(True, False)]


def test_undo_twice_is_refused(office):
    run = office.bring_all()
    undone(run)
    assert refused(run) == "这次上传已经撤销。"


def test_earlier_upload_is_refused_while_a_later_one_stands_on_it_and_free_when_that_is_undone(office):
    first = office.bring({"p.xlsx": positions(), "r.xlsx": roster()})
    second = office.bring({"x.xlsx": results()})
    assert f"第{second.facts['upload']}号上传" in refused(first)
    undone(second)
    undone(first)
    assert not Person.objects.exists()


def test_upload_that_others_refer_to_is_refused_even_if_they_changed_none_of_its_rows(office):
    first = office.bring({"p.xlsx": positions()})
    office.bring({"r.xlsx": roster()})
    office.bring({"x.xlsx": results()})
    assert refused(first)


def test_later_correction_by_another_upload_stands_in_the_way(office):
    first = office.bring_all(roster=with_more())
    second = office.bring({"r.xlsx": with_more(phone="13900000009")})
    assert refused(first).startswith(f"后来的第{second.facts['upload']}号上传（命令行，")
    undone(second)
    undone(first)


def test_later_edit_by_hand_stands_in_the_way(office):
    run = office.bring_all()
    person = Person.objects.get(name="孙伟")
    event = audit_record(actor=command_actor(None), action="修改人员", zone=person.zone, subject="孙伟")
    save_all(event, changed=[edit(person, remark="借调")])
    assert refused(run).startswith("后来的操作“修改人员 孙伟”（命令行，")
    assert figures() == SUMMARY


def test_somebody_registered_as_gone_later_stands_in_the_way(office):
    office.bring({"p.xlsx": positions(), "r.xlsx": roster()})
    run = office.bring({"x.xlsx": results()})
    person = Person.objects.get(name="王芳")
    leaving = Exit(round=Round.objects.get(), person=person, left_on=timezone.localdate(), cause="T03")
    exit_record(exit_=leaving, actor=command_actor(None))
    assert refused(run)
    assert Appointment.objects.count() == 8


def test_nothing_is_taken_back_in_part_when_it_is_refused(office):
    first = office.bring_all()
    office.bring({"x.xlsx": results([people()[0] | {"term": 5}])})
    before = dump()
    refused(first)
    assert dump() == before
    assert Upload.objects.get(pk=first.facts["upload"]).undone_at is None


def test_undo_of_an_upload_that_only_set_a_date(office):
    office.bring_all()
    before = dump()
    run = office.bring_all("--kickoff", "2022-01-09")
    assert dump() != before
    assert undone(run)["restored"] == 1
    assert dump() == before
