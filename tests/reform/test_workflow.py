"""Transition tables."""

from collections.abc import Sequence
from enum import StrEnum

import pytest

from reform.errors import IllegalTransition, RuleError
from reform.workflow import Transition, find_transition, transitions_from


class Light(StrEnum):
    RED = "RED"
    GREEN = "GREEN"
    OFF = "OFF"

    @property
    def label(self) -> str:
        return {"RED": "红", "GREEN": "绿", "OFF": "灭"}[self.value]


def is_dark(hour: int) -> Sequence[str]:
    return () if hour > 18 else ("天还亮。",)


TABLE = (
    Transition(event="go", source=Light.RED, target=Light.GREEN, label="放行"),
    Transition(event="stop", source=Light.GREEN, target=Light.RED, label="停止"),
    Transition(event="switch_off", source=Light.GREEN, target=Light.OFF, guard=is_dark, label="关灯"),
)


def test_event_leads_to_the_find_transition():
    assert find_transition(TABLE, Light.RED, "go").target is Light.GREEN
    assert find_transition(TABLE, "RED", "go").target == "GREEN"


def test_event_that_the_state_lacks_is_refused():
    with pytest.raises(IllegalTransition) as caught:
        find_transition(TABLE, Light.GREEN, "go")
    assert str(caught.value) == "“绿”状态下不能“放行”。此时可以：停止、关灯。"
    assert isinstance(caught.value, RuleError)


def test_final_state_is_told():
    with pytest.raises(IllegalTransition, match="“灭”状态下不能“go away”。该状态已是终态。"):
        find_transition(TABLE, Light.OFF, "go away")


def test_rows_that_lead_out_of_a_state():
    assert [row.event for row in transitions_from(TABLE, Light.GREEN)] == ["stop", "switch_off"]


def test_guard_gives_its_reasons():
    assert find_transition(TABLE, Light.GREEN, "switch_off").reasons(hour=12) == ("天还亮。",)
    assert find_transition(TABLE, Light.GREEN, "stop").reasons() == ()


def test_table_with_two_targets_for_one_event_is_refused():
    table = (*TABLE, Transition(event="go", source=Light.RED, target=Light.OFF))
    with pytest.raises(ValueError, match="two targets"):
        find_transition(table, Light.RED, "go")
