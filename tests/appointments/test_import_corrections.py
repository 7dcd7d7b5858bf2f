"""A second sheet about people who are appointed already: what it says otherwise is corrected, and no more."""

import datetime

import pytest

from appointments.models import Appointment
from reform.access import command_actor
from reform.models import PolicyParameter, Position, Tenure
from reform.services import audit_record, edit, save_all
from tests.import_cast import (
    RESULT_LAYOUT,
    SUMMARY,
    Office,
    dump,
    figures,
    people,
    positions,
    posts,
    results,
    roster,
    summary,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def of(name):
    return Appointment.objects.get(person__name=name)


def corrected(name, **values):
    return [one | values if one["name"] == name else one for one in people()]


def by_hand(row, **values):
    event = audit_record(actor=command_actor(None), action="修改", zone=row.zone, subject=str(row))
    save_all(event, changed=[edit(row, **values)])


def test_another_post_moves_the_appointment_and_its_tenure(office):
    office.bring_all()
    moved = corrected("郑洋", unit="建设有限公司", section=None, title="部门经理", level="科室正职")
    run = office.bring({"x.xlsx": results(moved)})
    assert [one["code"] for one in run.errors] == []
    assert run.counts("appointments") == (0, 1, 7)
    appointment = of("郑洋")
    assert (appointment.position.title, appointment.held_level, appointment.state) == (
        *("部门经理", "L50", "PROBATION"),
    )
    assert appointment.tenure.position == appointment.position
    assert Tenure.objects.filter(person__name="郑洋").count() == 2
    assert summary()["promoted"] == 2


def test_another_start_moves_the_end_of_the_post_before_even_if_its_start_is_unknown(office):
    office.bring_all()
    office.bring({"x.xlsx": results(corrected("孙伟", starts="2022-02-14"))})
    before, after = Tenure.objects.filter(person__name="孙伟").order_by("id")
    assert before.starts_on is None
    assert before.ends_before == after.starts_on == datetime.date(2022, 2, 14)


def test_column_or_cell_that_is_missing_leaves_what_is_registered(office):
    office.bring_all(results=results(corrected("孙伟", starts="2022-02-14", term=2)))
    before = dump()
    layout = {word: key for word, key in RESULT_LAYOUT.items() if key not in ("starts", "term", "level")}
    run = office.bring({"x.xlsx": results(layout=layout)})
    assert (run.status, run.facts["written"]) == (0, False)
    run = office.bring({"x.xlsx": results(corrected("孙伟", starts=None, term=None))})
    assert (run.status, run.facts["written"]) == (0, False)
    assert dump() == before


def test_probation_changed_by_hand_is_not_computed_anew(office):
    office.bring_all()
    by_hand(of("孙伟"), probation_ends_before=datetime.date(2022, 7, 23), state="ACTIVE")
    assert office.bring({"x.xlsx": results()}).facts["written"] is False
    office.bring({"x.xlsx": results(corrected("孙伟", term=2))})
    appointment = of("孙伟")
    assert (str(appointment.probation_ends_before), appointment.state) == ("2022-07-23", "ACTIVE")


def test_level_held_with_a_reason_survives_a_correction_of_something_else(office):
    office.bring_all()
    appointment = of("李娜")
    by_hand(appointment.tenure, held_level="L50", held_level_reason="保留待遇")
    by_hand(appointment, held_level="L50")
    run = office.bring({"x.xlsx": results(corrected("李娜", term=2))})
    assert run.counts("appointments") == (0, 1, 7)
    assert (of("李娜").held_level, of("李娜").tenure.held_level) == ("L50", "L50")


def test_level_of_a_post_corrected_in_the_positions_reaches_its_holder_with_the_results(office):
    office.bring_all()
    heads = posts()
    heads[3]["level"] = "科室正职"
    run = office.bring_all(positions=positions(heads), results=results(corrected("李娜", level="科室正职")))
    assert run.status == 0, run.errors
    assert run.counts("appointments") == (0, 1, 7)
    assert of("李娜").held_level == of("李娜").tenure.held_level == "L50"
    assert figures() == SUMMARY | {"demoted": 0, "lateral": 3}


def test_start_before_the_post_before_is_an_overlap(office):
    office.bring({"p.xlsx": positions()})
    layout = {
        **{"姓名": "name", "身份证号": "id", "原单位": "old_unit", "原科室": "old_section"},
        **{"原岗位": "old_title", "原层级": "old_level", "任现职时间": "since"},
    }
    records = [one | {"since": "2022.01.20"} for one in people()]
    office.bring({"r.xlsx": roster(records, layout)})
    office.bring({"x.xlsx": results()}, "--kickoff", "2022-01-09")
    run = office.bring({"x.xlsx": results(corrected("孙伟", starts="2022-01-15"))})
    assert [(one["code"], one["cell"]) for one in run.errors] == [("TENURE_OVERLAP", "H6")]


def test_start_after_the_next_post_is_an_overlap(office):
    office.bring_all()
    later = [one | {"starts": "2025-01-23"} for one in people()]
    office.bring_all("--round", "2025", results=results(later, line=""))
    run = office.bring({"x.xlsx": results(corrected("孙伟", starts="2025-03-01"))}, "--round", "2022")
    assert [(one["code"], one["cell"]) for one in run.errors] == [("TENURE_OVERLAP", "H6")]


def test_end_that_contradicts_the_term_and_end_before_the_start_are_errors(office):
    layout = RESULT_LAYOUT | {"聘期止": "ends"}
    records = [one | {"ends": "2025-01-22"} for one in people()]
    records[2]["ends"] = "2025-01-23"
    records[3]["ends"] = "2021-12-31"
    run = office.bring_all(results=results(records, layout))
    assert [(one["code"], one["cell"]) for one in run.errors] == [
        ("TERM_MISMATCH", "J6"),
        ("TERM_NOT_POSITIVE", "J7"),
    ]


def test_term_of_whole_years_ends_on_the_day_before(office):
    office.bring_all()
    assert str(of("孙伟").ends_before) == "2025-01-23"


def test_positions_may_not_sink_below_their_holders(office):
    office.bring_all()
    heads = posts()
    heads[4]["headcount"] = 1
    run = office.bring({"p.xlsx": positions(heads)})
    (fault,) = run.errors
    assert (fault["code"], fault["limit"], fault["actual"]) == ("OVER_HEADCOUNT", 1, 2)
    assert Position.objects.get(title="主办").headcount == 3


def test_term_beyond_the_retirement_of_the_kind_of_post_is_pointed_out(office):
    office.bring({"p.xlsx": positions(), "r.xlsx": roster()}, "--kickoff", "2022-01-09")
    head = Position.objects.get(unit__name="招商局", title="局长")
    by_hand(head, category="AUXILIARY")
    ages = PolicyParameter.objects.get(key="round.retirement", version__zone=head.unit.zone)
    early = {"sex": "2", "posts": ["AUXILIARY"], "age": 50} | dict.fromkeys(
        ("births_per_month", "most_months"), 1
    )
    PolicyParameter.objects.filter(pk=ages.pk).update(
        value=[early | {"delayed_from": "1975-01"}, *ages.value]
    )
    run = office.bring({"x.xlsx": results()})
    late = [one for one in run.findings if one["code"] == "TERM_AFTER_RETIREMENT"]
    assert [one["message"] for one in late] == ["聘期到2025-01-22，晚于法定退休时间2022-09-30。"]
