"""manage.py round_state and advance_rounds: what they print, and how they end."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from appointments.models import Batch
from appointments.states import RoundState
from tests.factories import a_batch, a_person, a_position, a_round, a_unit, a_zone, an_application

pytestmark = pytest.mark.django_db


def run(name: str, *args: str) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, stderr=out)
    return out.getvalue()


def answer(name: str, *args: str) -> dict[str, Any]:
    return json.loads(run(name, *args, "--json"))


@pytest.fixture
def batch() -> Batch:
    """A published batch of a running round, with one application to come from 01-10 to 01-14."""
    zone = a_zone()
    round_ = a_round(zone)
    type(round_).objects.filter(pk=round_.pk).update(state=RoundState.RUNNING)
    round_.refresh_from_db()
    made = a_batch(round_, state="PUBLISHED")
    made.steps.create(kind="APPLY", starts_on=date(2022, 1, 10), ends_before=date(2022, 1, 15))
    return made


def test_state_is_exactly_what_programs_rely_on(batch: Batch):
    post = a_position(a_unit(batch.zone), setup=batch.round.setup)
    other = a_batch(batch.round, "2", method="SX", state="SCREENING")
    an_application(other, a_person(batch.zone), post)
    assert answer("round_state", "2022", "--on", "2022-01-09") == {
        "round": "2022",
        "state": "RUNNING",
        "batches": [
            {
                "code": "1",
                "state": "PUBLISHED",
                "next": [
                    {
                        "to": "APPLYING",
                        "allowed": False,
                        "reasons": ["报名从2022-01-10开始，今天是2022-01-09"],
                    },
                    {"to": "CANCELLED", "allowed": True, "reasons": []},
                ],
            },
            {
                "code": "2",
                "state": "SCREENING",
                "next": [
                    {"to": "MATCHING", "allowed": False, "reasons": ["还有1个报名没有审查结论：张三"]},
                    {"to": "CANCELLED", "allowed": True, "reasons": []},
                ],
            },
        ],
        "waiting": [{"role": "人事", "what": "报名待资格审查", "count": 1}],
    }


def test_state_of_a_zone_that_is_named(batch: Batch):
    a_zone("other", "另一区")
    assert answer("round_state", "2022", "--zone", batch.zone.code)["round"] == "2022"
    with pytest.raises(SystemExit) as end:
        run("round_state", "2022", "--json")
    assert end.value.code == 2


def test_unknown_round_ends_with_status_two_and_one_object(batch: Batch, capsys: Any):
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("round_state", "1999", "--json", stdout=out)
    assert end.value.code == 2
    assert json.loads(out.getvalue()) == {"ok": False, "why": "高新区没有轮次“1999”。"}


def test_registered_round_has_no_batches_and_waits_for_nobody():
    zone = a_zone()
    round_ = a_round(zone)
    type(round_).objects.filter(pk=round_.pk).update(is_registered=True, state="COMPLETED")
    assert answer("round_state", "2022") == {
        "round": "2022",
        "state": "COMPLETED",
        "batches": [],
        "waiting": [],
    }
    assert run("round_state", "2022") == "2022年全员聘任：已完成\n"


def test_text_names_steps_actors_and_reasons(batch: Batch):
    text = run("round_state", "2022", "--on", "2022-01-09")
    assert text.splitlines()[0] == "2022年全员聘任：聘任进行中"
    assert "1 第1批：岗位公布" in text
    assert "    开始报名（系统）：还不能办理" in text
    assert "        报名从2022-01-10开始，今天是2022-01-09" in text


def test_advancing_takes_the_steps_that_are_due(batch: Batch):
    assert answer("advance_rounds", "--on", "2022-01-09") == {"steps": [], "refused": []}
    assert run("advance_rounds", "--on", "2022-01-09") == "没有到期的步骤。\n"
    assert answer("advance_rounds", "--on", "2022-01-10") == {
        "steps": [{"zone": "gaoxin", "batch": "1", "name": "第1批", "step": "开始报名"}],
        "refused": [],
    }
    batch.refresh_from_db()
    assert batch.state == "APPLYING"
    assert run("advance_rounds", "--on", "2022-01-15") == "第1批：报名截止\n"


def test_advancing_reports_what_holds_a_batch_up(batch: Batch):
    Batch.objects.filter(pk=batch.pk).update(state="APPLYING", max_choices=0)
    an_application(batch, a_person(batch.zone), a_position(a_unit(batch.zone), setup=batch.round.setup))
    assert run("advance_rounds", "--on", "2022-01-15") == "第1批没有办理：张三报了1个岗位，最多0个\n"
