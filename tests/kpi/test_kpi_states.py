"""The tables of the appraisal's machines: complete, reachable, without a way out of their ends."""

import pytest

from kpi.states import MACHINES, SCHEME_TRANSITIONS, SHEET_TRANSITIONS
from reform.actors import ACTOR_LABELS
from reform.errors import IllegalTransition
from reform.workflow import find_transition, transitions_from

TABLES = {key: table for key, (_, _, table) in MACHINES.items()}
TABLES |= {"scheme": SCHEME_TRANSITIONS, "sheet": SHEET_TRANSITIONS}
STARTS = {
    "cycle": "DRAFT",
    "item": "OPEN",
    "veto": "RAISED",
    "adjustment": "PROPOSED",
    "result_appeal": "OPEN",
    "consequence": "LISTED",
    "scheme": "DRAFT",
    "sheet": "OPEN",
}
ENDS = {
    "cycle": {"FINAL"},
    "item": set(),
    "veto": {"DISMISSED"},  # an approved one is lifted by an appeal
    "adjustment": {"APPROVED", "DISMISSED", "WITHDRAWN"},
    "result_appeal": {"UPHELD", "REJECTED", "WITHDRAWN"},
    "consequence": {"DONE", "WAIVED"},
    "scheme": {"FROZEN"},
    "sheet": {"LOCKED"},
}


def states_of(key):
    return list(type(TABLES[key][0].source))


@pytest.mark.parametrize("key", TABLES)
def test_every_pair_of_state_and_event_is_in_the_table_or_raises(key):
    table = TABLES[key]
    rows = {(row.source, row.event): row.target for row in table}
    assert len(rows) == len(table)
    for state in states_of(key):
        for event in {row.event for row in table}:
            if (state, event) in rows:
                assert find_transition(table, state, event).target == rows[state, event]
            else:
                with pytest.raises(IllegalTransition):
                    find_transition(table, state, event)


@pytest.mark.parametrize("key", TABLES)
def test_every_state_is_reached_from_the_first(key):
    reached, latest = {STARTS[key]}, {STARTS[key]}
    while latest:
        latest = {row.target for one in latest for row in transitions_from(TABLES[key], one)} - reached
        reached |= latest
    assert reached == set(states_of(key))


@pytest.mark.parametrize("key", TABLES)
def test_no_way_leads_out_of_an_end(key):
    ends = {state for state in states_of(key) if not transitions_from(TABLES[key], state)}
    assert ends == ENDS[key]


@pytest.mark.parametrize("key", TABLES)
def test_every_step_has_its_actor_and_its_word(key):
    for row in TABLES[key]:
        assert row.permission in ACTOR_LABELS
        assert row.label


def test_event_that_is_not_possible_is_refused_in_words():
    with pytest.raises(IllegalTransition) as refusal:
        find_transition(TABLES["cycle"], "DRAFT", "publish")
    assert str(refusal.value) == "“目标编制”状态下不能“公布结果”。此时可以：确定目标、登记得分。"
