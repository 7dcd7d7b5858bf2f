"""Classification of changes: domain.md §4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.change import Change, ChangeKind, Holding, classify_change, name_lateral
from reform.errors import RuleError

RANKS = (20, 30, 40, 50, 60, 70, 80, 90)


def held(rank: int, lineage: str = "甲", unit: str = "经济发展部") -> Holding:
    return Holding(level_rank=rank, level_index=RANKS.index(rank), lineage=lineage, unit=unit)


HOLDINGS = st.builds(held, st.sampled_from(RANKS), st.sampled_from("甲乙丙"), st.sampled_from(["部", "园"]))
OPPOSITE = {ChangeKind.PROMOTION: ChangeKind.DEMOTION, ChangeKind.DEMOTION: ChangeKind.PROMOTION}


@pytest.mark.parametrize(
    ("before", "after", "kind", "steps"),
    [
        (held(30), held(40), ChangeKind.PROMOTION, 1),
        (held(30), held(50), ChangeKind.PROMOTION, 2),
        (held(70), held(60), ChangeKind.DEMOTION, 1),
        (held(60), held(20), ChangeKind.DEMOTION, 4),
        (held(50), held(50), ChangeKind.UNCHANGED, 0),
        (held(50), held(50, "乙"), ChangeKind.LATERAL, 0),
        (held(50), held(50, "乙", "火炬科技园"), ChangeKind.LATERAL, 0),
        (held(50, ""), held(50, ""), ChangeKind.LATERAL, 0),
        (held(50), held(60, "甲"), ChangeKind.PROMOTION, 1),
        (None, held(50), ChangeKind.NEW, None),
        (held(50), None, ChangeKind.UNPLACED, None),
        (None, None, ChangeKind.UNPLACED, None),
    ],
)
def test_kind_and_steps(before: Holding | None, after: Holding | None, kind: ChangeKind, steps: int | None):
    assert classify_change(before, after) == Change(kind, steps)


def test_who_left_is_counted_as_left_whatever_came_before():
    for after in (None, held(60)):
        assert classify_change(held(50), after, exited=True) == Change(ChangeKind.EXIT, None)


def test_steps_count_levels_and_not_rank_orders():
    before = Holding(level_rank=30, level_index=1, lineage="甲")
    after = Holding(level_rank=90, level_index=2, lineage="乙")
    assert classify_change(before, after).steps == 1


def test_two_ladders_are_refused():
    with pytest.raises(RuleError, match="前后岗位的层级不在同一层级表上"):
        classify_change(Holding(30, 1, "甲"), Holding(40, 1, "乙"))


def test_labels_are_those_of_the_article():
    assert [kind.label for kind in ChangeKind] == [
        "提拔",
        "降职",
        "平级",
        "原岗续聘",
        "新聘",
        "未安置",
        "离开",
    ]


def test_lateral_move_is_named_by_the_unit():
    assert name_lateral(held(50), held(50, "乙")) == "岗位调整"
    assert name_lateral(held(50), held(50, "乙", "火炬科技园")) == "交流"


def test_only_a_lateral_move_to_a_key_post_is_weightier():
    key, plain = Holding(50, 3, "乙", is_key_post=True), held(50)
    assert classify_change(plain, key) == Change(ChangeKind.LATERAL, 0, is_weightier=True)
    assert classify_change(plain, key).label == "平级（重用）"
    assert classify_change(key, held(50)) == Change(ChangeKind.LATERAL, 0)
    assert classify_change(held(50, "乙"), key) == Change(ChangeKind.UNCHANGED, 0)
    assert classify_change(held(30), key) == Change(ChangeKind.PROMOTION, 2)
    assert classify_change(None, key).label == "新聘"


def test_within_a_level_only_two_counted_sub_levels_make_a_rise_or_a_fall():
    low, high = (Holding(30, 1, "甲", sub_rank=number) for number in (1, 3))
    rise, fall = classify_change(low, high), classify_change(high, low)
    assert (rise, rise.label) == (Change(ChangeKind.PROMOTION, 0), "提拔（同层级升档）")
    assert (fall, fall.label) == (Change(ChangeKind.DEMOTION, 0), "降职（同层级降档）")
    assert classify_change(high, Holding(30, 1, "甲")) == Change(ChangeKind.UNCHANGED, 0)
    assert classify_change(low, Holding(40, 2, "甲", sub_rank=1)) == Change(ChangeKind.PROMOTION, 1)
    outside = [Holding(-1, -1, "甲", sub_rank=number) for number in (1, 3)]
    assert classify_change(*outside) == Change(ChangeKind.UNCHANGED, 0)


@given(HOLDINGS, HOLDINGS)
def test_reversing_a_promotion_is_a_demotion_by_as_many_steps(before: Holding, after: Holding):
    there, back = classify_change(before, after), classify_change(after, before)
    assert back.steps == there.steps
    assert back.kind == OPPOSITE.get(there.kind, there.kind)


@given(HOLDINGS, HOLDINGS)
def test_only_level_and_lineage_decide(before: Holding, after: Holding):
    moved = Holding(after.level_rank, after.level_index, after.lineage, "别处")
    assert classify_change(before, moved) == classify_change(before, after)


@given(HOLDINGS, HOLDINGS)
def test_steps_are_positive_only_where_the_level_changes(before: Holding, after: Holding):
    change = classify_change(before, after)
    assert change.steps is not None
    assert (change.steps > 0) == (change.kind in OPPOSITE)
