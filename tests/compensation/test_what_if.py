"""试算: any pay parameter or a round's posts, side by side; E1–E3 and E6 come out; nothing is written."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.states import AppointmentState
from compensation.models import PayRun
from compensation.selectors import pay_what_if, policy_changes
from compensation.selectors.what_if import WhatIfPerson, year_what_if
from reform.errors import Refused
from reform.models import AuditEvent, LadderLevel, PolicyParameter, PolicyVersion, RowChange
from tests import factories as make
from tests.compensation.casts import Cast, a_cast
from tests.compensation.pay_values import yuan

pytestmark = pytest.mark.django_db
MARCH = date(2022, 3, 1)


@pytest.fixture
def cast() -> Cast:
    """E1 and E2: an officer and a head in a unit that scored 96.40."""
    made = a_cast()
    made.join("主办", "L30")
    made.join("正职", "L70")
    made.results(units={"甲局": "96.40"}, grades={"主办": "B", "正职": "A"})
    return made


def person(cast: Cast, name: str, month: date = MARCH, **changes: object) -> WhatIfPerson:
    found = pay_what_if(cast.zone, month, {f"pay.{key}": value for key, value in changes.items()})
    return next(one for one in found.people if one.name == name)


def test_e1_and_e2_are_what_a_month_is_worth(cast: Cast):
    first, second = person(cast, "主办").before, person(cast, "正职").before
    assert first is not None
    assert second is not None
    assert (first.worth, second.worth) == (yuan("4,113.76"), yuan("9,804.33"))
    assert first.terms[-2:] == (
        "绩效 = 1,600.00 × 1.0711 × 1.0 = 1,713.76",
        "应发 = 1,200.00 + 1,200.00 + 1,713.76 = 4,113.76",
    )
    assert first.paid == yuan("3,360.00")


def test_e3_a_demotion_costs_a_year(cast: Cast):
    one = cast.join("降职", "L60")
    cast.hold("降职", "L50", "甲局", date(2022, 1, 23))
    found = year_what_if(cast.zone, one, 2022)
    assert (found.total, found.difference) == (yuan("78,000.00"), -yuan("13,200.00"))


def test_e6_a_joiner_without_results_counts_at_one(cast: Cast):
    cast.join("新人", "L30", starts_on=date(2022, 3, 14))
    side = person(cast, "新人").before
    assert side is not None
    assert side.worth == yuan("2,574.71")


def test_a_higher_point_value_raises_everybody(cast: Cast):
    found = pay_what_if(cast.zone, MARCH, {"pay.point_value": "4400.00"})
    assert [(one.key, one.before, one.after) for one in found.changes] == [
        ("pay.point_value", "4000.00", "4400.00")
    ]
    assert (found.paid.before, found.paid.after) == (yuan("10,752.00"), yuan("11,827.20"))
    assert found.paid.difference == sum(one.paid_difference for one in found.people)
    assert found.worth.difference == sum(one.worth_difference for one in found.people)
    assert [(one.level, one.people_before, one.difference) for one in found.paid.levels] == [
        ("L70", 1, yuan("739.20")),
        ("L30", 1, yuan("336.00")),
    ]
    assert found.results_code == "2022"


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("grade_coefficients", {"A": "1.5", "B": "1.1", "C": "0.6", "D": "0"}, "171.38"),
        ("unit_coefficient", {"reference": "96.40", "low": "0.60", "high": "1.20"}, "-113.76"),
        ("reference_rule", "ZONE_MEAN", "-113.76"),
        ("ratio", [2, 2, 6], "56.88"),
        ("prepay_share", "0.80", "0"),
        ("post_coefficients", {"L30": "1.10", "L70": "2.20"}, "411.38"),
    ],
)
def test_any_parameter_changes_what_the_month_is_worth(cast: Cast, key: str, value: object, expected: str):
    assert person(cast, "主办", **{key: value}).worth_difference == Decimal(expected)


def test_the_prepaid_share_changes_what_the_month_pays(cast: Cast):
    assert person(cast, "主办", prepay_share="0.80").paid_difference == yuan("320.00")


def test_the_rule_of_the_first_day_changes_a_month_with_a_change(cast: Cast):
    cast.hold("主办", "L50", "甲局", date(2022, 3, 10))
    found = person(cast, "主办", effective_rule="SAME_MONTH")
    assert found.before is not None
    assert found.after is not None
    assert (found.before.level, found.after.level) == ("L30", "L50")


def test_a_day_of_pay_written_by_the_rule_in_force_moves_with_the_rule_and_one_set_by_hand_stays(cast: Cast):
    round_ = make.a_round(cast.zone)
    for name, pays_from in (("照规则", date(2022, 4, 1)), ("另定", date(2022, 5, 1))):
        make.an_appointment(
            round_,
            cast.join(name, "L30", ends_before=date(2022, 3, 10)),
            make.a_position(cast.unit("甲局"), f"{name}科长", "L50"),
            starts_on=date(2022, 3, 10),
            pay_starts_on=pays_from,
        )
    found = {name: person(cast, name, effective_rule="SAME_MONTH") for name in ("照规则", "另定")}
    assert found["照规则"].worth_difference == yuan("2,400.00")
    assert found["另定"].worth_difference == 0


def test_protection_and_the_probation_factor_are_seen(cast: Cast):
    cast.hold("正职", "L60", "甲局", date(2022, 2, 10))
    assert person(cast, "正职", protect_months=3).worth_difference == yuan("1,200.00")
    position = make.a_position(cast.unit("甲局"), "局长", "L70")
    make.an_appointment(
        make.a_round(cast.zone),
        cast.join("试用", "L30", ends_before=date(2022, 2, 10)),
        position,
        starts_on=date(2022, 2, 10),
        probation_ends_before=date(2023, 2, 10),
    )
    assert person(cast, "试用", probation_factor="0.80").paid_difference == -yuan("1,478.40")
    with pytest.raises(Refused, match=r"“试用期薪酬系数”不得少于0\.8，现为0\.79"):
        person(cast, "试用", probation_factor="0.79")


def test_who_has_no_grade_gets_the_prepayment(cast: Cast):
    cast.join("不定", "L30")
    cast.results(grades={"不定": ""})
    side = person(cast, "不定").before
    assert side is not None
    assert side.worth == yuan("3,360.00")


def test_a_rounds_posts_stand_beside_the_present_ones(cast: Cast):
    round_ = make.a_round(cast.zone)
    make.Appointment.objects.create(
        zone=cast.zone,
        round=round_,
        person=cast.people["主办"],
        position=make.a_position(cast.unit("甲局"), "副局长", "L60"),
        held_level="L60",
        state=AppointmentState.PENDING.value,
        starts_on=date(2022, 4, 1),
        ends_before=date(2025, 4, 1),
    )
    found = pay_what_if(cast.zone, MARCH, {}, round_)
    (one,) = [one for one in found.people if one.worth_difference]
    assert one.name == "主办"
    assert one.after is not None
    assert (one.after.level, one.after.worth) == ("L60", yuan("7,816.14"))
    assert found.changes == ()


def test_wrong_changes_are_refused_all_at_once(cast: Cast):
    with pytest.raises(Refused) as refusal:
        pay_what_if(cast.zone, MARCH, {"pay.point": "1", "kpi.x": 1, "pay.ratio": [3, 3], "pay.clawback": 3})
    assert refusal.value.reasons == (
        "没有工资参数“pay.point”",
        "没有工资参数“kpi.x”",
        "“基础、岗位、绩效之比”须有3项，现为2项",
        "“年终清算为负时追回”须为是或否",
    )
    with pytest.raises(Refused, match="低于下限"):
        pay_what_if(cast.zone, MARCH, {"pay.ratio": [4, 4, 2]})


def test_what_stands_against_a_side_is_told(cast: Cast):
    found = pay_what_if(cast.zone, MARCH, {"pay.post_coefficients": {"L30": "1.00"}})
    assert found.faults == ("政策参数“岗位系数”没有层级“L70”。请在政策参数中补上",)


def test_a_drafted_version_gives_its_changes(cast: Cast):
    present = PolicyVersion.objects.get(zone=cast.zone)
    draft = PolicyVersion.objects.create(zone=cast.zone, number=2, starts_on=date(2023, 1, 1))
    for one in PolicyParameter.objects.filter(version=present):
        one.pk, one.version = None, draft
        one.save()
    PolicyParameter.objects.filter(version=draft, key="pay.point_value").update(value="4100.00")
    PolicyParameter.objects.filter(version=draft, key="round.term_years").update(value=5)
    assert policy_changes(draft, MARCH) == {"pay.point_value": "4100.00"}


def test_the_ladder_of_a_drafted_version_is_tried(cast: Cast):
    draft = cast.newer_policy(date(2023, 1, 1))
    LadderLevel.objects.filter(version=draft, code="L30").update(sub_levels=["L30岗", "主办"])
    LadderLevel.objects.create(version=draft, code="L45", rank_order=45, name="主管")
    coefficients = {"L30": "1.00", "L45": "1.50", "L70": "2.20"}
    with pytest.raises(Refused, match="层级表中没有“L45”"):
        pay_what_if(cast.zone, MARCH, {"pay.post_coefficients": coefficients})
    found = pay_what_if(cast.zone, MARCH, {"pay.post_coefficients": coefficients}, draft=draft)
    (one,) = [one for one in found.people if one.worth_difference]
    assert (one.name, one.worth_difference) == ("主办", yuan("205.69"))  # 1.05 of the higher 档次


def test_nothing_is_written_and_statements_do_not_grow(cast: Cast):
    counts = AuditEvent.objects.count(), RowChange.objects.count(), PayRun.objects.count()
    with CaptureQueriesContext(connection) as few:
        pay_what_if(cast.zone, MARCH, {"pay.point_value": "4400.00"})
    for number in range(10):
        cast.join(f"人{number}", "L30", f"第{number}局")
    events, changes = AuditEvent.objects.count(), RowChange.objects.count()
    with CaptureQueriesContext(connection) as many:
        pay_what_if(cast.zone, MARCH, {"pay.point_value": "4400.00"})
    assert len(many) == len(few)
    assert all(one["sql"].startswith("SELECT") for one in many.captured_queries)
    assert (AuditEvent.objects.count(), RowChange.objects.count()) == (events, changes)
    assert counts[2] == PayRun.objects.count() == 0
