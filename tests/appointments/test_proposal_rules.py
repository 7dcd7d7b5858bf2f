"""拟聘名单: its digest, the vote, and who may rise; no database."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.change import Change, ChangeKind
from appointments.rules.proposals import RowFact, digest_rows, is_carried, rise_reasons


def row(number: int, **facts) -> RowFact:
    return RowFact(**{"application_id": number, "person_id": number, "position_id": 9, "held_level": "L50",
                      "change": "NEW", "steps": None} | facts)  # fmt: skip


@given(st.permutations([row(1), row(2, steps=1), row(3, former_post="科长"), row(12)]))
def test_digest_does_not_depend_on_the_order(rows):
    assert digest_rows(rows) == digest_rows([row(1), row(2, steps=1), row(3, former_post="科长"), row(12)])


@pytest.mark.parametrize("name", [field for field in RowFact.__dataclass_fields__])
def test_digest_changes_with_every_value(name: str):
    changed = {name: 77} if name.endswith("_id") or name == "steps" else {name: "别的"}
    assert digest_rows([replace(row(1), **changed), row(2)]) != digest_rows([row(1), row(2)])
    assert digest_rows([row(1)]) != digest_rows([row(1), row(2)])


@given(st.integers(1, 30), st.integers(0, 30))
def test_vote_carries_with_more_than_half_of_the_members(members: int, ayes: int):
    assert is_carried(ayes, members, Fraction(1, 2)) == (2 * ayes > members)


@pytest.mark.parametrize("kind", [kind for kind in ChangeKind if kind is not ChangeKind.PROMOTION])
def test_who_may_not_rise_may_still_be_placed(kind: ChangeKind):
    assert rise_reasons(Change(kind, 5), most=2, exception_reason="", limits=["记过影响期"]) == []
