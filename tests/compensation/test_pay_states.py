"""The table of a pay run's machine: complete, reachable, locked at its end."""

from datetime import date

import pytest

from compensation.selectors import run_steps
from compensation.services import pay_run_open
from compensation.states import MACHINES, PAY_RUN_TRANSITIONS, PayRunState
from reform.actors import ACTOR_LABELS
from reform.errors import IllegalTransition
from reform.workflow import find_transition, transitions_from
from tests.compensation.casts import a_cast


def test_every_pair_of_state_and_event_is_in_the_table_or_raises():
    rows = {(row.source, row.event): row.target for row in PAY_RUN_TRANSITIONS}
    assert len(rows) == len(PAY_RUN_TRANSITIONS)
    for state in PayRunState:
        for event in {row.event for row in PAY_RUN_TRANSITIONS}:
            if (state, event) in rows:
                assert find_transition(PAY_RUN_TRANSITIONS, state, event).target == rows[state, event]
            else:
                with pytest.raises(IllegalTransition):
                    find_transition(PAY_RUN_TRANSITIONS, state, event)


def test_every_state_is_reached_from_the_draft_and_only_payment_is_final():
    reached: set[str] = {PayRunState.DRAFT}
    latest: set[str] = {PayRunState.DRAFT}
    while latest:
        found = {row.target for one in latest for row in transitions_from(PAY_RUN_TRANSITIONS, one)}
        latest = found - reached
        reached |= latest
    assert reached == set(PayRunState)
    ends = [one for one in PayRunState if not transitions_from(PAY_RUN_TRANSITIONS, one)]
    assert ends == [PayRunState.PAID]


@pytest.mark.django_db
def test_steps_are_shown_with_what_stands_against_them():
    cast = a_cast()
    cast.join("甲", "L30")
    run = pay_run_open(zone=cast.zone, code="2022-03", actor=cast.office)
    (step,) = run_steps(run, cast.office, date(2022, 3, 20))
    assert (step.step.event, step.allowed) == ("calculate", True)
    checked = cast.checked("2022-04")
    shown = {one.step.event: one for one in run_steps(checked, cast.leader, date(2022, 4, 20))}
    assert {name: one.may for name, one in shown.items()} == {
        "return": False,
        "approve": True,
        "refuse": True,
    }
    assert shown["approve"].reasons == ("本年度还没有登记薪酬总额",)
    assert shown["refuse"].allowed


def test_every_step_has_its_actor_and_its_word():
    for row in PAY_RUN_TRANSITIONS:
        assert ACTOR_LABELS[row.permission] != "系统"
        assert row.label
    assert MACHINES["pay_run"][1:] == (PayRunState, PAY_RUN_TRANSITIONS)


def test_who_computes_does_not_check_and_who_checks_does_not_approve():
    by_event = {row.event: row.permission for row in PAY_RUN_TRANSITIONS}
    assert len({by_event["calculate"], by_event["check"], by_event["approve"]}) == 3
