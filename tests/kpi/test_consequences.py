"""What follows from a final grade; no database."""

from datetime import date
from typing import Any

import pytest

from kpi.rules.consequences import Consequence, YearResult, consequences_of

MONTHS = {"C": 12, "D": 24, "veto": 12}
ON = date(2022, 1, 28)


def after(grade: str | None, last: str | None = "B", **facts: Any) -> tuple[Consequence, ...]:
    return consequences_of(YearResult(2021, grade, ON, last, **{"identity": "XZ"} | facts), MONTHS)


def codes(found: tuple[Consequence, ...]) -> list[str]:
    return [one.code for one in found]


def test_excellent_brings_commendation_and_priority():
    found = after("A")
    assert [(one.code, one.text) for one in found] == [
        ("COMMEND", "2021年度考核优秀，给予嘉奖"),
        ("PRIORITY", "2021年度考核优秀，晋升职务职级和聘任时优先考虑"),
    ]
    assert {one.locked_before for one in found} == {None}


@pytest.mark.parametrize("grade", ["B", None])
def test_competent_and_no_grade_bring_nothing(grade):
    assert after(grade, "D") == ()


def test_basically_competent_brings_a_talk_a_year_without_promotion_and_no_bonus():
    found = after("C", identity="SY")
    assert codes(found) == ["ADMONISH", "NO_PROMOTION", "NO_BONUS"]
    assert found[0].text == "2021年度考核基本合格，由单位负责人进行诫勉谈话，限期改进"
    assert found[1].text == "2021年度考核基本合格，自2022-01-28起12个月内不得提拔"
    assert found[1].locked_before == date(2023, 1, 28)


def test_incompetent_goes_down_one_level_and_is_locked():
    found = after("D")
    assert codes(found) == ["DEMOTE", "NO_PROMOTION", "NO_BONUS"]
    assert found[0] == Consequence("DEMOTE", "2021年度考核不称职，降低一个层级聘任", "公务员法第五十条")
    assert found[1].locked_before == date(2024, 1, 28)


def test_two_years_incompetent_lead_to_termination():
    found = after("D", "D", identity="SY")
    assert codes(found) == ["T05", "DEMOTE", "NO_PROMOTION", "NO_BONUS"]
    assert found[0].text == ("2020、2021年度连续两年不合格，按解聘原因T05办理，先核对孕期、医疗期等保护情形")
    assert found[1].text == "2021年度考核不合格，降低一个层级聘任（因保护情形不予解聘的）"


@pytest.mark.parametrize("last", ["A", "B", "C", None])
def test_one_bad_year_alone_ends_nothing(last):
    assert "T05" not in codes(after("D", last))


def test_a_vetoed_unit_loses_its_honours_and_its_leader_the_promotion():
    found = after("B", unit_veto="发生一般生产安全责任事故", is_leader=True)
    assert [(one.code, one.text) for one in found] == [
        ("NO_HONOURS", "所在单位2021年度被一票否决（发生一般生产安全责任事故），取消单位当年评优评先资格"),
        (
            "NO_PROMOTION",
            "所在单位2021年度被一票否决（发生一般生产安全责任事故），本人为负责人，自2022-01-28起12个月内不得提拔",
        ),
    ]
    assert found[1].locked_before == date(2023, 1, 28)


def test_the_staff_of_a_vetoed_unit_are_not_locked():
    assert codes(after("B", unit_veto="泄密")) == ["NO_HONOURS"]


def test_own_grade_and_the_units_veto_add_up():
    assert codes(after("C", unit_veto="泄密", is_leader=True)) == [
        "ADMONISH",
        "NO_PROMOTION",
        "NO_BONUS",
        "NO_HONOURS",
        "NO_PROMOTION",
    ]


def test_a_zone_without_a_lock_has_none():
    result = YearResult(2021, "C", ON)
    assert codes(consequences_of(result, MONTHS | {"C": 0})) == ["ADMONISH", "NO_BONUS"]


def test_every_consequence_names_its_source():
    everything = after("A") + after("C") + after("D", "D", unit_veto="泄密", is_leader=True)
    assert all(one.clause and one.text for one in everything)
