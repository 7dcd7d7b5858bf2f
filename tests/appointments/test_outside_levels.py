"""Posts outside the ladder (聘任制，无级别): they take seats, and nobody rises or falls by them (§3a)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import Round
from appointments.rules.assessment import weights_for
from appointments.rules.change import Change, ChangeKind, Holding, classify_change
from appointments.rules.eligibility import LevelSpell, Outcome, PersonFacts, RuleKind, evaluate, is_promotion
from appointments.rules.headcount import SectionSeats, UnitSeats, check_caps, check_quotas, warn_proportions
from appointments.rules.placement import probation_end
from appointments.selectors import change_summary
from reform.ladder import Ladder, Level, Policy
from reform.models import PolicyVersion
from reform.selectors import policy_of
from reports import selectors as reports
from tests import factories as make
from tests.appointments.policy_values import default_policy
from tests.import_cast import Office, figures, people, positions, posts, results, roster

OUTSIDE = Level("L15", -1, -1, "聘任制")
PLAIN = default_policy()
POLICY = replace(PLAIN, ladder=Ladder((*PLAIN.ladder.levels, OUTSIDE, Level("L16", -2, -2, "特聘"))))
CODES = [level.code for level in PLAIN.ladder.levels]
ON = date(2022, 1, 14)


def at(code: str, lineage: str = "甲") -> Holding:
    level = POLICY.ladder.by_code[code]
    return Holding(level.rank_order, level.index, lineage)


@given(st.sampled_from([*CODES, "L16"]), st.sampled_from("甲乙"))
def test_nobody_rises_or_falls_by_a_post_outside_the_ladder(code: str, lineage: str):
    expected = Change(ChangeKind.UNCHANGED if lineage == "甲" else ChangeKind.LATERAL, 0)
    for before, after in ((at("L15"), at(code, lineage)), (at(code), at("L15", lineage))):
        assert classify_change(before, after) == expected
    for one, other in (("L15", code), (code, "L15")):
        assert POLICY.ladder.steps(one, other) == 0
        assert not is_promotion(one, other, POLICY.ladder)
        assert probation_end(POLICY, one, other, ON) is None


@given(st.sampled_from(CODES), st.sampled_from(CODES))
def test_a_level_outside_changes_nothing_among_the_others(before: str, after: str):
    assert POLICY.ladder.steps(before, after) == PLAIN.ladder.steps(before, after)
    assert classify_change(at(before), at(after, "乙")).steps == abs(PLAIN.ladder.steps(before, after))


def unit(**seats: int) -> UnitSeats:
    return UnitSeats("招商局", "DEPT", seats, quota=10)


def test_seats_outside_count_for_the_quota_and_not_for_the_shares_of_levels():
    section = SectionSeats("招商局·综合科", {"L50": 1, "L40": 1, "L20": 1, "L15": 9})
    full = unit(L50=1, L40=1, L20=1, L15=9)
    assert check_quotas([full]) == ["招商局：职数合计12个，员额10个"]
    without = [unit(L50=1, L40=1, L20=1)]
    assert check_caps([full], [section], POLICY) == check_caps(without, [], PLAIN) != []
    assert warn_proportions([full], POLICY) == warn_proportions(without, PLAIN)


def outcome(present: str, target: str, *spells: LevelSpell, policy: Policy = POLICY) -> Outcome:
    facts = PersonFacts(on=ON, present_level=present, spells=spells)
    found = {one.rule: one.outcome for one in evaluate(facts, target, (), policy)}
    return found[RuleKind.MIN_LEVEL_TENURE.value]


def test_conditions_of_a_promotion_do_not_stand_against_who_comes_from_outside():
    long_ago = date(2010, 1, 1)
    assert outcome("L15", "L60", LevelSpell("L15", long_ago)) == Outcome.PASS
    # The years outside are none at a level of the ladder.
    assert outcome("L40", "L50", LevelSpell("L15", long_ago), LevelSpell("L40", ON)) == Outcome.FAIL


def test_weights_of_a_range_do_not_reach_a_level_outside():
    table = {"L20-L90": {"written": 100}, "L16": {"interview": 100}, "*": {"results": 100}}
    assert weights_for("L15", table, POLICY.ladder) == weights_for("L15", {"*": table["*"]}, POLICY.ladder)
    assert weights_for("L20", table, POLICY.ladder) == {"written": 100}


@pytest.fixture
def zone() -> Any:
    zone = make.a_zone()
    version = PolicyVersion.objects.get(zone=zone)
    version.levels.create(code="L15", rank_order=55, name="聘任制", aliases=["无级别"], is_outside=True)
    return zone


@pytest.mark.django_db
def test_ladder_lists_a_level_outside_last_wherever_it_stands_in_the_table(zone: Any):
    levels = policy_of(PolicyVersion.objects.get(zone=zone)).ladder.levels
    assert levels[-1] == replace(OUTSIDE, aliases=("无级别",))
    assert levels[:-1] == PLAIN.ladder.levels


@pytest.mark.django_db
def test_posts_and_results_outside_the_ladder_come_in_and_are_counted(zone: Any, tmp_path: Any):
    post = {"unit": "招商局", "section": None, "title": "招商专员"}
    setup = [*posts(), post | {"number": 9, "level": "聘任制", "headcount": 2}]
    cast = people()
    new = post | {"level": "无级别"}
    cast[2] |= new  # 科室副职 who would have risen
    cast[3] |= new  # 科室正职 who would have fallen
    run = Office(tmp_path).bring_all(
        "--zone",
        zone.code,
        positions=positions(setup),
        roster=roster(cast),
        results=results(cast),
    )
    assert (run.status, run.errors) == (0, [])
    found = figures()
    assert {key: found[key] for key in ("promoted", "demoted", "lateral", "unchanged", "new")} == {
        "promoted": 0,
        "demoted": 0,
        "lateral": 4,
        "unchanged": 3,
        "new": 1,
    }
    assert (found["headcount"], found["positions"], found["appointed"]) == (12, 9, 8)
    summary = change_summary(Round.objects.get(code="2022"))
    assert list(summary.by_level.items())[-1] == ("L15", 2)
    assert all(check.ok is not False for check in summary.checks)
    overview = reports.leadership_overview(summary)
    assert [one.value for one in overview.final.rows[-1].figures][:3] == [0, 0, 2]
    assert overview.final.rows[-1].name == "聘任制"
    units = reports.units_report(summary)
    assert units.levels[-1] == "聘任制"
    line = next(one for one in units.lines if one.name == "招商局")
    assert (line.levels[-1].approved, line.levels[-1].held.value) == (2, 2)
