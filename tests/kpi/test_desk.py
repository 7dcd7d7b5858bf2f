"""What of the appraisal waits for whom, and the command that takes the system's own steps."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpi.models import (
    Adjustment,
    Consequence,
    MarkSheet,
    Notice,
    PersonResult,
    RatingTask,
    ResultAppeal,
    Veto,
)
from kpi.selectors import kpi_waiting
from kpi.services import actuals_report, cycle_step, items_submit, targets_sign
from reform.models import Membership, Person
from tests import factories as make
from tests.kpi import casts

pytestmark = pytest.mark.django_db

ON = date(2023, 1, 19)


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=1)


def lines(user, on=ON):
    return [(one.what, one.count, one.late) for one in kpi_waiting(user, on)]


def test_unit_signs_what_the_office_has_signed(cast):
    casts.a_cycle(cast)
    unit = cast.units[0]
    assert lines(cast.head(unit)) == []
    targets_sign(cycle=cast.cycle, units=[unit], by_unit=False, actor=cast.office, on=casts.SIGNED)
    assert lines(cast.head(unit)) == [("2022年度考核目标责任书待签字", 1, False)]


def test_unit_reports_and_the_office_verifies(cast):
    casts.collecting(cast)
    unit = cast.units[0]
    head = cast.head(unit)
    assert lines(head, casts.REPORT_BY) == [("2022年度考核指标待填报", 2, False)]
    assert lines(head, casts.CLOSED) == [("2022年度考核指标待填报", 2, True)]
    rows = [one for one in cast.items() if one.indicator.subject_id == unit.pk]
    actuals_report(
        cycle=cast.cycle,
        values={one.pk: {"actual": Decimal(1)} for one in rows},
        actor=head,
        on=casts.REPORTED,
    )
    assert items_submit(items=rows, actor=head, on=casts.REPORTED) == []
    assert lines(cast.office, casts.REPORTED) == [("2022年度考核指标待核验", 2, False)]


def test_scorers_are_told_of_their_open_sheets(cast):
    cycle = casts.scoring(cast)
    MarkSheet.objects.create(cycle=cycle, scorer=cast.scorer)
    assert lines(cast.scorer) == [("定性指标待评分", 1, False)]


def test_leaders_decide_vetoes_and_calibration_and_publish(cast):
    cycle = casts.calibrating(cast)
    assert lines(cast.leader) == [("2022年度考核可以公布结果", 1, False)]
    raised = {"cycle": cycle, "unit": cast.units[0]}
    Veto.objects.create(**raised, matter="事故", raised_by=cast.supervisor, raised_on=ON)
    Adjustment.objects.create(**raised, delta=1, reason="因素", made_by=cast.office, made_on=ON)
    assert lines(cast.leader) == [("一票否决待审定", 1, False), ("校准待审定", 1, False)]


def test_office_answers_appeals_in_time_and_carries_results_out(cast):
    cycle = casts.appealing(cast)
    person = cast.people["招乙"]
    ResultAppeal.objects.create(
        cycle=cycle, person=person, claim="漏计", submitted_by=cast.office, submitted_on=ON, due_on=ON
    )
    Consequence.objects.create(cycle=cycle, person=person, code="TALK", text="诫勉谈话")
    assert lines(cast.office) == [("考核申诉待答复", 1, False), ("结果运用待办理", 1, False)]
    assert lines(cast.office, date(2023, 1, 20))[0] == ("考核申诉待答复", 1, True)


def test_person_rates_and_receives(cast):
    cycle = casts.scoring(cast)
    person, other = cast.people["招乙"], cast.people["招甲"]
    own = make.a_user(cast.zone, "个人", "招乙本人", is_staff=False)
    Membership.objects.filter(user=own).update(person=person)
    RatingTask.objects.create(cycle=cycle, rater=person, ratee=other, group="UNIT")
    result = PersonResult.objects.create(cycle=cycle, person=person)
    Notice.objects.create(result=result, issued_by=cast.office, issued_on=ON)
    assert lines(own) == [("民主测评待填写", 1, False), ("考核结果通知书待签收", 1, False)]


def test_statements_do_not_grow_with_people_and_leaves(cast):
    cycle = casts.calibrating(cast)

    def statements():
        office = type(cast.office).objects.get(pk=cast.office.pk)
        with CaptureQueriesContext(connection) as queries:
            kpi_waiting(office, ON)
        return len(queries)

    first = statements()
    for person in Person.objects.all():
        Consequence.objects.create(cycle=cycle, person=person, code="TALK", text="诫勉谈话")
    assert statements() == first


def test_command_takes_the_steps_that_are_due(cast):
    casts.signed(cast)
    cycle_step(cycle=cast.cycle, event="set_targets", actor=cast.office, on=casts.SIGNED)

    def run(*args):
        out = StringIO()
        call_command("advance_cycles", *args, stdout=out)
        return out.getvalue()

    assert run("--on", "2021-12-31") == "没有到期的步骤。\n"
    assert json.loads(run("--on", "2022-01-10", "--json")) == {
        "steps": [{"zone": "gaoxin", "cycle": "2022", "name": "2022年度考核", "step": "开始填报"}],
        "refused": [],
    }
    assert json.loads(run("--on", "2022-01-10", "--json")) == {"steps": [], "refused": []}
