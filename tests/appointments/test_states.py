"""Every machine: each pair of state and event is in its table or raises; no state is out of reach; final
states stay final."""

from collections.abc import Iterator
from enum import StrEnum

import pytest

from appointments.states import (
    ACTOR_LABELS,
    BATCH_TRANSITIONS,
    MACHINES,
    SYSTEM,
    BatchState,
    batch_transitions,
)
from reform.errors import IllegalTransition
from reform.workflow import Transition, find_transition, transitions_from

FINAL = {
    "round": {"COMPLETED", "TERMINATED"},
    "batch": {"CLOSED", "CANCELLED"},
    "application": {"WITHDRAWN", "DROPPED", "APPOINTED", "NOT_SELECTED"},
    "placement": {"PLACED", "LEFT"},
    "appointment": {"EXPIRED", "RENEWED", "CHANGED", "TERMINATED"},
    "waiver": {"APPROVED", "WITHDRAWN"},
    "exit_proposal": {"APPROVED", "REFUSED", "WITHDRAWN"},
    "dossier": {"ARCHIVED"},
    "duties": set(),
}
START = {
    "round": "DRAFT",
    "batch": "PLANNED",
    "application": "SUBMITTED",
    "placement": "UNPLACED",
    "appointment": "PENDING",
    "waiver": "REQUESTED",
    "exit_proposal": "PROPOSED",
    "dossier": "OPEN",
    "duties": "DRAFT",
}


def pairs() -> Iterator[tuple[str, StrEnum, str]]:
    for name, (_, states, table) in MACHINES.items():
        for state in states:
            for event in sorted({row.event for row in table}):
                yield name, state, event


def reachable(table: tuple[Transition, ...], start: str) -> set[str]:
    found, latest = {start}, {start}
    while latest:
        latest = {str(row.target) for state in latest for row in transitions_from(table, state)} - found
        found |= latest
    return found


@pytest.mark.parametrize(("machine", "state", "event"), list(pairs()))
def test_each_state_and_event_is_in_the_table_or_raises(machine: str, state: StrEnum, event: str):
    _, states, table = MACHINES[machine]
    rows = [row for row in table if row.source == state and row.event == event]
    if not rows:
        with pytest.raises(IllegalTransition, match="状态下不能"):
            find_transition(table, state, event)
        return
    assert len(rows) == 1
    assert find_transition(table, state, event).target in list(states)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_can_be_reached(machine: str):
    _, states, table = MACHINES[machine]
    assert reachable(table, START[machine]) == {state.value for state in states}


@pytest.mark.parametrize("machine", MACHINES)
def test_final_states_have_no_exit_and_all_others_have_one(machine: str):
    _, states, table = MACHINES[machine]
    closed = {state.value for state in states if not transitions_from(table, state)}
    assert closed == FINAL[machine]


@pytest.mark.parametrize("machine", MACHINES)
def test_every_step_has_a_label_and_a_known_actor(machine: str):
    for row in MACHINES[machine][2]:
        assert row.label
        assert row.permission in ACTOR_LABELS


@pytest.mark.parametrize(
    ("method", "way"),
    [
        ("JP", "PUBLISHED APPLYING SCREENING ASSESSING MATCHING INSPECTING DECIDING PUBLICITY APPOINTING"),
        ("GX", "PUBLISHED APPLYING SCREENING ASSESSING MATCHING INSPECTING DECIDING PUBLICITY APPOINTING"),
        ("SX", "PUBLISHED APPLYING SCREENING MATCHING DECIDING PUBLICITY APPOINTING"),
        ("ZP", "PUBLISHED INSPECTING DECIDING PUBLICITY APPOINTING"),
        ("ZZ", "DECIDING PUBLICITY APPOINTING"),
    ],
)
def test_method_decides_the_way_of_a_batch(method: str, way: str):
    table = batch_transitions(method)
    state, passed = BatchState.PLANNED.value, []
    while state != BatchState.CLOSED:
        (row,) = (one for one in transitions_from(table, state) if one.event != "cancel")
        state = str(row.target)
        passed.append(state)
    assert passed == [*way.split(), "CLOSED"]


@pytest.mark.parametrize("method", ["JP", "GX", "SX", "ZP", "ZZ"])
def test_batch_can_be_cancelled_from_every_state_but_the_final_ones(method: str):
    for state in BatchState:
        steps = {row.event for row in transitions_from(batch_transitions(method), state)}
        assert ("cancel" in steps) is (state not in (BatchState.CLOSED, BatchState.CANCELLED))


def test_only_opening_and_closing_of_applications_are_the_systems_own_steps():
    assert {row.event for row in BATCH_TRANSITIONS if row.permission == SYSTEM} == {
        "open",
        "close_applications",
    }
