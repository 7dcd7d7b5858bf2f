"""Qualification rules and waivers, against the default policy; no database."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.conditions import parse_conditions
from appointments.rules.eligibility import (
    Block,
    LevelSpell,
    Outcome,
    PersonFacts,
    RuleKind,
    evaluate,
    rule_label,
)
from appointments.rules.qualification_checks import appraisal_window
from appointments.rules.waivers import WaiverFacts, waiver_reasons
from tests.appointments.policy_values import default_policy

POLICY = default_policy()
ON = date(2022, 1, 14)
GOOD = {2019: "B", 2020: "A", 2021: "B"}


def a_deputy(**facts: Any) -> PersonFacts:
    """科室副职 of 37 since 2018, who lacks nothing for 科室正职."""
    given_ = {
        "on": ON,
        "present_level": "L40",
        "spells": (LevelSpell("L40", date(2018, 6, 1)),),
        "birth_on": date(1984, 3, 1),
        "education": 5,
        "education_words": "大学本科毕业",
        "grades": GOOD,
    }
    return PersonFacts(**given_ | facts)


def found(facts: PersonFacts, target: str = "L50", conditions: str = "") -> dict[str, tuple[str, str]]:
    groups = parse_conditions(conditions, POLICY.ladder)
    return {one.rule: (one.outcome.value, one.actual) for one in evaluate(facts, target, groups, POLICY)}


def test_somebody_who_lacks_nothing_passes_every_default():
    assert {outcome for outcome, _ in found(a_deputy()).values()} == {"PASS"}


@pytest.mark.parametrize(
    ("target", "level", "since", "expected"),
    [
        pytest.param("L70", "L60", date(2020, 1, 14), "PASS", id="副提正满2年"),
        pytest.param("L70", "L60", date(2020, 1, 15), "FAIL", id="差一天"),
        pytest.param("L60", "L50", date(2019, 1, 14), "PASS", id="下级正职满3年"),
        pytest.param("L60", "L50", date(2019, 2, 14), "FAIL", id="不满3年"),
        pytest.param("L50", "L40", date(2020, 1, 14), "PASS", id="科室副职满2年"),
        pytest.param("L40", "L30", date(2019, 1, 14), "PASS", id="主办满3年"),
        pytest.param("L40", "L30", date(2019, 1, 15), "FAIL", id="主办差一天"),
    ],
)
def test_tenure_is_counted_from_the_first_day_at_the_level(target, level, since, expected):
    facts = a_deputy(present_level=level, spells=(LevelSpell(level, since),))
    assert found(facts, target)["MIN_LEVEL_TENURE"][0] == expected


def test_spells_at_a_level_add_up_and_a_renewal_counts_once():
    spells = (
        LevelSpell("L40", date(2017, 1, 1), date(2018, 1, 1)),
        LevelSpell("L30", date(2018, 1, 1), date(2020, 7, 1)),
        LevelSpell("L40", date(2020, 7, 1), date(2021, 7, 1)),
        LevelSpell("L40", date(2020, 7, 1)),  # 续聘: the 始任日期 runs on
    )
    outcome, words = found(a_deputy(spells=spells))["MIN_LEVEL_TENURE"]
    assert (outcome, words) == ("PASS", "任科室副职及以上2年6个月")


def test_an_unknown_first_day_is_for_the_clerk_and_not_a_failure():
    facts = a_deputy(spells=(LevelSpell("L40", None),))
    assert found(facts)["MIN_LEVEL_TENURE"] == ("UNKNOWN", "任科室副职及以上的始任日期没有登记")


def test_missing_data_is_unknown():
    bare = PersonFacts(on=ON)
    assert {rule: outcome for rule, (outcome, _) in found(bare).items()} == {
        "MIN_LEVEL_TENURE": "UNKNOWN",
        "MAX_AGE": "UNKNOWN",
        "MIN_EDU": "UNKNOWN",
        "APPRAISAL_LAST3": "UNKNOWN",
        "NO_SANCTION": "PASS",
    }


def test_own_level_or_lower_is_exempt_from_tenure_age_grades_and_sanctions():
    facts = a_deputy(
        spells=(LevelSpell("L40", date(2021, 12, 1)),),
        birth_on=date(1962, 1, 1),
        grades={2021: "D"},
        blocks=(Block("警告", date(2021, 12, 1), None),),
    )
    for target in ("L40", "L30", "L20"):
        assert {outcome for outcome, _ in found(facts, target).values()} == {"PASS"}
    outcomes = {rule for rule, (outcome, _) in found(facts).items() if outcome == "FAIL"}
    assert outcomes == {"MIN_LEVEL_TENURE", "MAX_AGE", "APPRAISAL_LAST3", "NO_SANCTION"}


def test_who_does_not_rise_is_shown_with_the_figures_all_the_same():
    facts = a_deputy(birth_on=date(1962, 1, 1), grades={2021: "D"})
    results = found(facts, "L40")
    assert results["MAX_AGE"] == ("PASS", "1962.01出生，60周岁（不属提拔，不受此限）")
    assert results["APPRAISAL_LAST3"] == (
        "PASS",
        "2019年没有登记、2020年没有登记、2021年不称职（不属提拔，不受此限）",
    )


def test_education_is_asked_of_everybody():
    facts = a_deputy(education=3, education_words="中等专科毕业")
    assert found(facts, "L40")["MIN_EDU"] == ("FAIL", "中等专科毕业")


@pytest.mark.parametrize(
    ("birth", "expected"),
    [(date(1976, 1, 15), "PASS"), (date(1976, 1, 14), "FAIL"), (date(1977, 1, 14), "PASS")],
)
def test_age_is_in_completed_years_on_the_last_day_of_applications(birth, expected):
    assert found(a_deputy(birth_on=birth))["MAX_AGE"][0] == expected


@pytest.mark.parametrize(
    ("grades", "expected", "words"),
    [
        (GOOD, "PASS", "2019年称职、2020年优秀、2021年称职"),
        ({2018: "B", 2019: "B", 2020: "B"}, "PASS", "2018年称职、2019年称职、2020年称职"),
        ({2019: "B", 2020: "C", 2021: "A"}, "FAIL", "2019年称职、2020年基本称职、2021年优秀"),
        ({2020: "B", 2021: "B"}, "UNKNOWN", "2019年没有登记、2020年称职、2021年称职"),
        ({2019: "N", 2020: "B", 2021: "B"}, "UNKNOWN", "2019年不定等次、2020年称职、2021年称职"),
        ({2021: "D"}, "FAIL", "2019年没有登记、2020年没有登记、2021年不称职"),
        ({}, "UNKNOWN", "2019年没有登记、2020年没有登记、2021年没有登记"),
    ],
)
def test_last_three_grades(grades, expected, words):
    assert found(a_deputy(grades=grades))["APPRAISAL_LAST3"] == (expected, words)


def test_the_year_before_last_ends_the_window_while_last_year_is_open():
    assert appraisal_window({2020: "B"}, ON, 3) == (2018, 2019, 2020)
    assert appraisal_window({2020: "B", 2021: "B"}, ON, 3) == (2019, 2020, 2021)


@pytest.mark.parametrize(
    ("starts_on", "ends_before", "expected"),
    [
        (date(2021, 7, 15), date(2022, 1, 15), "FAIL"),
        (date(2021, 7, 14), date(2022, 1, 14), "PASS"),
        (date(2022, 1, 15), None, "PASS"),
        (date(2021, 1, 1), None, "FAIL"),
    ],
)
def test_a_block_counts_while_it_lasts(starts_on, ends_before, expected):
    facts = a_deputy(blocks=(Block("2021-07-15警告", starts_on, ends_before),))
    assert found(facts)["NO_SANCTION"][0] == expected


def test_somebody_new_to_the_zone_is_not_asked_for_grades_below_the_leading_levels():
    newcomer = PersonFacts(on=ON, education=5)
    assert found(newcomer, "L30")["APPRAISAL_LAST3"] == ("PASS", "新进人员，该层级不要求")


def test_what_the_post_says_goes_before_the_zones_default_of_its_kind():
    facts = a_deputy(birth_on=date(1965, 1, 1))
    assert found(facts)["MAX_AGE"][0] == "FAIL"
    own = "学历：大学专科及以上；年龄(周岁)：不超过60；任下一层级年限：满2年"
    results = found(facts, "L50", own)
    assert results["MAX_AGE"] == ("PASS", "1965.01出生，57周岁")
    assert set(results) == {"MIN_LEVEL_TENURE", "MAX_AGE", "MIN_EDU", "APPRAISAL_LAST3", "NO_SANCTION"}


def test_a_posts_own_words_never_replace_what_always_holds():
    results = found(a_deputy(grades={2021: "B", 2020: "B", 2019: "C"}), "L50", "近一年年度考核均为称职以上")
    assert results["APPRAISAL_LAST3"][0] == "FAIL"
    assert results["APPRAISAL_LAST3.2"] == ("PASS", "2021年称职")


def kinds(text: str) -> list[tuple[str, str]]:
    return [(one.kind.value, one.text) for one in parse_conditions(text, POLICY.ladder)]


@pytest.mark.parametrize(
    ("text", "kind", "facts"),
    [
        ("大学本科及以上学历", "MIN_EDU", {"number": 5}),
        ("具有全日制大专以上学历", "MIN_EDU", {"number": 4, "is_fulltime": True}),
        ("学历：研究生", "MIN_EDU", {"number": 6}),
        ("年龄45周岁以下", "MAX_AGE", {"number": 45}),
        ("35岁及以下", "MAX_AGE", {"number": 35}),
        ("年龄一般不超过50周岁（1972年1月1日以后出生）", "MAX_AGE", {"born_from": date(1972, 1, 1)}),
        ("任下一层级年限：满2年", "MIN_LEVEL_TENURE", {"level": "", "number": 2}),
        ("担任中层副职2年以上", "MIN_LEVEL_TENURE", {"level": "L60", "number": 2}),
        ("任一般主办满三年", "MIN_LEVEL_TENURE", {"level": "L30", "number": 3}),
        ("具有十二年以上工作经历", "MIN_SERVICE", {"number": 12}),
        ("参加工作满5年", "MIN_SERVICE", {"number": 5}),
        ("中共党员", "PARTY", {"codes": frozenset({"01", "02"})}),
        ("中共正式党员", "PARTY", {"codes": frozenset({"01"})}),
        ("近三年年度考核均为优秀", "APPRAISAL_LAST3", {"codes": frozenset("A"), "number": 3}),
        ("不在处分影响期内", "NO_SANCTION", {}),
        ("限行政编制、事业编制", "IDENTITY_IN", {"codes": frozenset({"XZ", "SY"})}),
        ("法学专业", "PROFESSION", {"words": ("法学",)}),
        ("持有会计师资格证书", "CERT", {"words": ("会计师",)}),
    ],
)
def test_a_condition_is_understood(text, kind, facts):
    (group,) = parse_conditions(text, POLICY.ladder)
    assert group.kind == kind
    assert {name: getattr(group.items[0], name) for name in facts} == facts


def test_conditions_are_and_groups_of_or_items():
    text = "1.大学本科以上学历，中共党员；\n2.任科室副职满2年或任一般主办满5年。(三)熟悉招商业务"
    assert kinds(text) == [
        ("MIN_EDU", "大学本科以上学历"),
        ("PARTY", "中共党员"),
        ("MIN_LEVEL_TENURE", "任科室副职满2年或任一般主办满5年"),
        ("OTHER", "熟悉招商业务"),
    ]


def test_all_that_is_not_understood_is_one_rule_for_the_clerk():
    results = found(a_deputy(), "L50", "熟悉招商业务；身体健康；中共党员")
    assert results["OTHER"] == ("UNKNOWN", "须由审查人核实")
    assert results["PARTY"] == ("UNKNOWN", "政治面貌没有登记")
    assert kinds("熟悉招商业务；身体健康")[0][1] == "熟悉招商业务；身体健康"


@pytest.mark.parametrize("text", ["", "  \n", "无", "专业不限", "学历：不限；/"])
def test_where_nothing_is_asked_there_is_no_condition(text):
    assert parse_conditions(text, POLICY.ladder) == ()


def test_one_alternative_is_enough_even_beside_one_that_is_not_understood():
    text = "大学本科及以上学历或者获省级以上表彰"
    assert found(a_deputy(), "L50", text)["ANY"] == ("PASS", "大学本科毕业")
    assert found(a_deputy(education=4), "L50", text)["ANY"][0] == "UNKNOWN"


def test_a_profession_that_is_named_exactly_fails_a_field_of_study_is_for_the_clerk():
    schools = a_deputy(schools="郑州大学 会计学")
    assert found(schools, "L50", "法学专业")["PROFESSION"] == ("FAIL", "郑州大学 会计学")
    assert found(schools, "L50", "会计学专业")["PROFESSION"][0] == "PASS"
    assert found(schools, "L50", "经济类专业")["PROFESSION"][0] == "UNKNOWN"


def test_party_service_identity_and_certificate():
    facts = a_deputy(
        political_status="13",
        political_words="群众",
        work_started_on=date(2005, 7, 1),
        identity="SY",
        identity_words="事业编",
        technical_title="高级工程师",
    )
    results = found(facts, "L50", "中共党员；具有五年以上工作经历；限事业编制；具有工程师职称")
    assert results["PARTY"] == ("FAIL", "群众")
    assert results["MIN_SERVICE"] == ("PASS", "2005.07参加工作，16年6个月")
    assert results["IDENTITY_IN"] == ("PASS", "事业编")
    assert results["CERT"] == ("PASS", "高级工程师")


def test_rule_codes_have_chinese_names():
    assert rule_label("MIN_EDU") == "学历"
    assert rule_label("APPRAISAL_LAST3.2") == "近年考核（2）"
    assert all(kind.label for kind in RuleKind)


days = st.dates(date(1995, 1, 1), date(2022, 1, 14))


@given(st.lists(st.tuples(days, days), max_size=5), days)
def test_more_time_at_a_level_never_loses_the_tenure(intervals, more):
    spells = tuple(LevelSpell("L40", min(one), max(one)) for one in intervals)
    facts = a_deputy(spells=(*spells, LevelSpell("L40", date(2022, 1, 1))))
    richer = replace(facts, spells=(*facts.spells, LevelSpell("L40", more)))
    if found(facts)["MIN_LEVEL_TENURE"][0] == Outcome.PASS:
        assert found(richer)["MIN_LEVEL_TENURE"][0] == Outcome.PASS


@given(st.text(alphabet="大学本科专及以上或，；。任满年龄周岁不超过35中共党员（）:", max_size=40))
def test_any_text_can_be_taken_apart(text):
    groups = parse_conditions(text, POLICY.ladder)
    assert sum(group.kind == RuleKind.OTHER for group in groups) <= 1
    results = evaluate(a_deputy(), "L50", groups, POLICY)
    assert len({one.rule for one in results}) == len(results)


@given(birth=st.dates(date(1950, 1, 1), date(2003, 1, 1)), days_younger=st.integers(0, 4000))
def test_somebody_younger_is_never_too_old_where_an_older_one_is_not(birth, days_younger):
    older = found(a_deputy(birth_on=birth))["MAX_AGE"][0]
    younger = found(a_deputy(birth_on=min(birth + timedelta(days_younger), ON)))["MAX_AGE"][0]
    assert not (older == "PASS" and younger == "FAIL")


def a_waiver(**facts: Any) -> WaiverFacts:
    given_ = {"name": "张三", "rule": "MAX_AGE", "failed": ("MAX_AGE",), "steps": 1, "gap_months": 12}
    return WaiverFacts(**given_ | facts)


def test_one_failed_condition_may_be_waived():
    assert waiver_reasons(a_waiver(), ON) == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        pytest.param({"steps": 2}, "张三拟提拔2级，破格不得越级", id="不得越两级"),
        pytest.param({"on_probation": True}, "张三在试用期内，不得破格", id="试用期"),
        pytest.param(
            {"promoted_on": date(2021, 1, 15)},
            "张三2021-01-15提拔，至2022-01-14未满12个月，不得破格",
            id="提任未满一年",
        ),
        pytest.param(
            {"rule": "MIN_LEVEL_TENURE", "failed": ("MIN_LEVEL_TENURE",), "tenure_waived_before": True},
            "上次提拔已对任职年限破格，不得连续破格",
            id="不得连续",
        ),
        pytest.param(
            {"failed": ("MAX_AGE", "MIN_EDU")}, "还有学历不符合，一次只能破格一个条件", id="只破一个"
        ),
        pytest.param({"failed": ()}, "“年龄”没有不符合，不需要破格", id="没有不符合"),
        pytest.param({"waived": "MIN_EDU"}, "已对“学历”申请破格，一次只能破格一个条件", id="已有一个"),
        pytest.param(
            {"rule": "NO_SANCTION", "failed": ("NO_SANCTION",)}, "“处分与限制提拔”不能破格", id="处分不破格"
        ),
    ],
)
def test_limits_of_a_waiver(facts, reason):
    assert waiver_reasons(a_waiver(**facts), ON) == [reason]


def test_a_year_after_the_promotion_a_waiver_is_possible_again():
    assert waiver_reasons(a_waiver(promoted_on=date(2021, 1, 14)), ON) == []


def test_all_limits_are_named_at_once():
    facts = a_waiver(steps=2, on_probation=True, failed=("MAX_AGE", "MIN_EDU"))
    assert len(waiver_reasons(facts, ON)) == 3
