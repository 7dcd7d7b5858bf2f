"""Grades of units and people, and what other quotas would change; no database."""

from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.rules.grading import (
    LOWEST_UNIT_GRADE,
    GradeRules,
    Grading,
    Limit,
    Participant,
    assign_grades,
    exclusion_reason,
    grade_label,
    sanction_limit,
    unit_grade,
)
from kpi.rules.quotas import Decision, QuotaRules, UnitStanding
from kpi.rules.whatif import Move, compare, shifted_rates
from reform.codes import IDENTITY
from reform.errors import RuleError
from tests.appointments.policy_values import default_policy

POLICY = default_policy()
QUOTAS = QuotaRules(POLICY["kpi.excellent_quota"], LOWEST_UNIT_GRADE, pool_below=5)
RULES = GradeRules(POLICY["kpi.person_grades"], QUOTAS)
GOOD = UnitStanding("甲", "二等", D("92.00"))
VETOED = UnitStanding("甲", "一等", D("97.00"), is_vetoed=True)


def one(key: int, score: object, **facts: Any) -> Participant:
    mark = None if score is None else D(str(score))
    return Participant(key, facts.pop("unit", "甲"), mark, **{"identity": "XZ"} | facts)


def graded(
    *people: Participant, standing: UnitStanding = GOOD, rules: GradeRules = RULES, **more: Any
) -> Grading:
    """The people, and so many others at 80 that the unit has twenty (four seats of 优秀)."""
    crowd = [one(100 + number, "80.00") for number in range(20 - len(people))]
    return assign_grades([*people, *crowd], {standing.unit: standing}, rules, **more)


def first(grading: Grading) -> tuple[str | None, str, str]:
    found = grading.people[0]
    return found.grade, found.label, found.why


@pytest.mark.parametrize(
    ("score", "is_vetoed", "expected"),
    [
        ("95", False, "一等"),
        ("94.99", False, "二等"),
        ("90", False, "二等"),
        ("80", False, "三等"),
        ("79.99", False, "四等"),
        ("0", False, "四等"),
        ("105", True, "四等"),
    ],
)
def test_grades_of_units(score, is_vetoed, expected):
    assert unit_grade(D(score), POLICY["kpi.unit_grades"], is_vetoed=is_vetoed) == expected


@pytest.mark.parametrize("identity", [*IDENTITY, ""])
def test_labels_in_the_words_of_the_identity(identity):
    civil = ["优秀", "称职", "基本称职", "不称职", "不定等次"]
    others = ["优秀", "合格", "基本合格", "不合格", "不定等次"]
    found = [grade_label(grade, identity) for grade in ("A", "B", "C", "D", None)]
    assert found == (civil if identity in ("XZ", "CG") else others)


def test_an_unknown_grade_has_no_label():
    with pytest.raises(RuleError, match="没有等次“E”。"):
        grade_label("E", "XZ")


@pytest.mark.parametrize(
    ("score", "identity", "expected"),
    [
        (
            "90.00",
            "XZ",
            ("A", "优秀", "综合得分90.00，达到优秀线90；甲优秀名额4个（20人×20%），第1名"),
        ),
        ("89.99", "XZ", ("B", "称职", "综合得分89.99，达到称职线75")),
        ("75.00", "SY", ("B", "合格", "综合得分75.00，达到合格线75")),
        ("74.99", "PY", ("C", "基本合格", "综合得分74.99，达到基本合格线60")),
        ("60.00", "CG", ("C", "基本称职", "综合得分60.00，达到基本称职线60")),
        ("59.99", "CG", ("D", "不称职", "综合得分59.99，低于基本称职线60")),
        (None, "CG", (None, "不定等次", "没有综合得分，不定等次")),
    ],
)
def test_thresholds_of_persons(score, identity, expected):
    assert first(graded(one(1, score, identity=identity))) == expected


def test_a_veto_gives_the_lowest_grade_whatever_the_score():
    assert first(graded(one(1, "105.00", veto="酒驾被行政处罚"))) == (
        "D",
        "不称职",
        "本人被一票否决：酒驾被行政处罚",
    )


def test_over_the_line_without_a_seat_is_competent():
    people = [one(1, "91.00")] + [one(number, "95.00") for number in (2, 3, 4, 5)]
    assert first(graded(*people)) == (
        "B",
        "称职",
        "综合得分91.00，达到优秀线90；甲优秀名额4个（20人×20%），第5名，名额已满，定为称职",
    )


def test_the_zones_cap_is_named_where_it_took_a_seat():
    people = [one(number, "95.00") for number in range(1, 6)]
    found = graded(*people, standing=UnitStanding("甲", "一等", D("97")))
    assert found.quotas[0].by_rate == 5
    assert "甲5人并列（95.00分），余4个名额，待研究决定，暂定称职" in found.people[0].why
    decided = graded(
        *people,
        standing=UnitStanding("甲", "一等", D("97")),
        decisions=[Decision("甲", frozenset({1, 2, 3, 4}))],
    )
    assert [person.grade for person in decided.people[:5]] == ["A", "A", "A", "A", "B"]
    assert decided.people[0].why == (
        "综合得分95.00，达到优秀线90；甲优秀名额4个（20人×25%得5个，全区20人×20%封顶4个），第1名"
    )


@pytest.mark.parametrize(("standing", "grade"), [(VETOED, "B"), (UnitStanding("甲", "四等", D("79")), "A")])
def test_a_veto_bars_the_deputies_too_the_lowest_grade_does_not(standing, grade):
    found = graded(one(1, "99.00", leads=True), one(2, "70.00"), standing=standing)
    assert found.people[0].grade == grade


@pytest.mark.parametrize(
    ("standing", "fact"),
    [
        (VETOED, "被一票否决，单位正副职"),
        (UnitStanding("甲", "四等", D("79")), "考核为四等，主要负责人"),
    ],
)
def test_the_leader_of_a_vetoed_or_lowest_unit_is_never_excellent(standing, fact):
    found = graded(one(1, "99.00", is_leader=True), one(2, "98.00"), standing=standing)
    assert first(found) == (
        "B",
        "称职",
        f"综合得分99.00，达到优秀线90；所在单位{fact}不得评为优秀",
    )
    # the leader counts in n, and takes no seat from the others: ⌊20 × 10 %⌋
    assert found.people[1].grade == "A"
    assert (found.quotas[0].n, found.quotas[0].quota, found.quotas[0].used) == (20, 2, 1)


@pytest.mark.parametrize(
    ("score", "limit", "expected"),
    [
        ("95.00", "B", ("B", "称职", "综合得分95.00，达到优秀线90；受警告处分，最高为称职")),
        ("95.00", "C", ("C", "基本称职", "综合得分95.00，达到优秀线90；受警告处分，最高为基本称职")),
        ("70.00", "B", ("C", "基本称职", "综合得分70.00，达到基本称职线60")),
        ("95.00", "", (None, "不定等次", "受警告处分，不定等次")),
        ("95.00", "A", ("A", "优秀", "综合得分95.00，达到优秀线90；甲优秀名额4个（20人×20%），第1名")),
    ],
)
def test_a_sanction_limits_the_grade(score, limit, expected):
    assert first(graded(one(1, score, limit=Limit(limit, "受警告处分")))) == expected


def test_a_veto_outweighs_a_sanction_that_would_leave_the_grade_open():
    assert graded(one(1, 95, veto="泄密", limit=Limit("", "受记过处分"))).people[0].grade == "D"


def test_the_strictest_of_several_sanctions_counts():
    limits = {"WARNING": "B", "DEMERIT": "C", "REMOVAL": "D", "INVESTIGATION": ""}
    assert sanction_limit({}, limits) is None
    assert sanction_limit({"WARNING": "警告"}, limits) == Limit("B", "受警告")
    assert sanction_limit({"WARNING": "警告", "REMOVAL": "撤职"}, limits) == Limit("D", "受撤职")
    assert sanction_limit({"REMOVAL": "撤职", "INVESTIGATION": "立案审查"}, limits) == Limit("", "受立案审查")
    with pytest.raises(RuleError, match="政策没有规定受开除处分人员的等次。"):
        sanction_limit({"EXPULSION": "开除"}, limits)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((True, 0, 365), "新录用人员试用期内，参加考核，不定等次"),
        ((False, 183, 365), "病、事假累计183天，超过全年365天的一半，不参加考核"),
        ((False, 182, 365), ""),
        ((False, 183, 366), ""),
    ],
)
def test_who_is_excluded_and_why(facts, expected):
    trial, leave, year = facts
    assert exclusion_reason(is_first_year_on_trial=trial, leave_days=leave, year_days=year) == expected


def test_the_excluded_count_in_no_quota():
    why = exclusion_reason(is_first_year_on_trial=True, leave_days=0, year_days=365)
    found = graded(one(1, "99.00", exclusion=why))
    assert first(found) == (None, "不定等次", why)
    assert (found.people[0].group, found.n, found.cap, found.quotas[0].quota) == ("", 19, 3, 3)


def test_whoever_stands_twice_in_the_list_is_refused():
    with pytest.raises(RuleError, match="同一人在考核名单中出现了两次。"):
        assign_grades([one(1, 80), one(1, 81)], {}, RULES)


@pytest.mark.parametrize(("ratio", "required", "missing"), [(0, 0, 0), ("0.05", 1, 0), ("0.151", 4, 2)])
def test_the_bottom_share_is_reported_and_changes_no_grade(ratio, required, missing):
    rules = GradeRules(RULES.lines, QUOTAS, bottom_ratio=ratio)
    found = graded(one(1, "50.00"), one(2, "70.00"), one(3, "80.00"), rules=rules)
    assert (found.bottom.required, found.bottom.found, found.bottom.missing) == (required, 2, missing)
    assert found.people[2].grade == "B"


def test_a_zone_without_people_has_no_grades():
    found = assign_grades([], {}, RULES)
    assert (found.people, found.quotas, found.n, found.cap) == ((), (), 0, 0)


def test_shares_move_with_the_zones_and_stay_between_nought_and_the_highest():
    rates = POLICY["kpi.excellent_quota"]
    assert shifted_rates(rates, "0.15") == {
        "zone": Fraction(15, 100),
        "一等": Fraction(20, 100),
        "二等": Fraction(15, 100),
        "三等": Fraction(10, 100),
        "四等": Fraction(5, 100),
    }
    assert shifted_rates(rates, 0.25)["一等"] == Fraction(25, 100)
    assert shifted_rates(rates, "0.05")["四等"] == 0
    assert shifted_rates(rates, 0.2) == {grade: Fraction(str(rate)) for grade, rate in rates.items()}
    with pytest.raises(RuleError, match="优秀比例须在0到1之间，现为20。"):
        shifted_rates(rates, 20)


def test_what_if_the_share_were_fifteen_twenty_or_twenty_five():
    people = [one(number, f"{99 - number}.00") for number in range(1, 8)]
    people += [one(100 + number, "80.00") for number in range(13)]
    found = compare(people, {"甲": GOOD}, RULES, ["0.15", "0.20", "0.25"])
    assert [scenario.excellent for scenario in found] == [3, 4, 5]
    assert [scenario.moves for scenario in found] == [(Move(4, "A", "B"),), (), (Move(5, "B", "A"),)]
    assert found[2].grading.by_key[5].why.endswith("甲优秀名额5个（20人×25%），第5名")


@st.composite
def zones(draw: st.DrawFn) -> tuple[list[Participant], dict[str, UnitStanding]]:
    units = ["甲", "乙", "丙", "丁"][: draw(st.integers(1, 4))]
    grades = st.sampled_from(["一等", "二等", "三等", "四等"])
    standings = {
        unit: UnitStanding(unit, draw(grades), D(draw(st.integers(94, 96))), draw(st.booleans()))
        for unit in units
    }
    marks = st.one_of(st.none(), st.sampled_from([D(mark) for mark in (55, 65, 80, 90, 91, 92, 93, 105)]))
    limits = st.sampled_from([None, None, None, Limit("B", "受警告"), Limit("", "受记过")])
    people = [
        Participant(
            key,
            draw(st.sampled_from(units)),
            draw(marks),
            draw(st.sampled_from(["XZ", "SY", ""])),
            is_leader=draw(st.integers(0, 4)) == 0,
            veto=draw(st.sampled_from(["", "", "", "泄密"])),
            limit=draw(limits),
            exclusion=draw(st.sampled_from(["", "", "", "试用期"])),
        )
        for key in range(draw(st.integers(0, 40)))
    ]
    return people, standings


def barred(person: Participant, standings: dict[str, UnitStanding]) -> bool:
    unit = standings[person.unit]
    return person.is_leader and (unit.is_vetoed or unit.grade == "四等")


@given(zones(), st.randoms(use_true_random=False))
def test_excellent_stays_within_quota_and_cap_and_the_order_never_matters(zone, random):
    people, standings = zone
    found = assign_grades(people, standings, RULES)
    excellent = [person for person in found.people if person.grade == "A"]
    assert len(excellent) <= found.cap == int(Fraction(1, 5) * sum(1 for who in people if not who.exclusion))
    for quota in found.quotas:
        inside = [person for person in excellent if person.group == quota.group]
        assert len(inside) == quota.used <= quota.quota <= quota.by_rate
    shuffled = list(people)
    random.shuffle(shuffled)
    assert assign_grades(shuffled, standings, RULES) == found


@given(zones())
def test_a_higher_score_never_has_a_lower_grade_inside_a_group(zone):
    people, standings = zone
    found = assign_grades(people, standings, RULES).by_key
    free = [
        who
        for who in people
        if who.score is not None and not (who.exclusion or who.veto or who.limit or barred(who, standings))
    ]
    for who in free:
        for other in free:
            if found[who.key].group == found[other.key].group and who.score > other.score:
                # the letters run from the best to the worst
                assert (found[who.key].grade or "") <= (found[other.key].grade or "")


@given(zones())
def test_veto_exclusion_and_sanction_beat_any_score(zone):
    people, standings = zone
    found = assign_grades(people, standings, RULES).by_key
    for who in people:
        grade = found[who.key].grade
        if who.exclusion:
            assert grade is None
        elif who.veto:
            assert grade == "D"
        elif who.limit or barred(who, standings):
            assert grade != "A"
        assert found[who.key].why
