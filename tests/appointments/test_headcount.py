"""职数 caps, 员额 and proportions (domain.md §2)."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.headcount import (
    SectionSeats,
    UnitSeats,
    check_caps,
    check_quotas,
    deputies_allowed,
    warn_proportions,
)
from reform.ladder import Ladder, Level, Policy

FACTS = json.loads((Path(__file__).parents[2] / "fixtures" / "policy.json").read_text(encoding="utf-8"))
ROWS = FACTS["levels"]
POLICY = Policy(
    1,
    Ladder(
        tuple(
            Level(row["code"], row["rank_order"], len(ROWS) - 1 - place, row["name"])
            for place, row in enumerate(ROWS)
        )
    ),
    {one["key"]: one["value"] for one in FACTS["parameters"]},
)


def unit(kind: str = "DEPT", quota: int | None = 20, **seats: int) -> UnitSeats:
    return UnitSeats("经济发展局", kind, seats, quota)


def section(quota: int | None = None, **seats: int) -> SectionSeats:
    return SectionSeats("经济发展局·综合科", seats, quota)


@pytest.mark.parametrize(
    ("quota", "deputies"),
    [(1, 1), (7, 1), (8, 2), (15, 2), (16, 3), (200, 3)],
    ids=["一人", "七人", "八人", "十五人", "十六人", "二百人"],
)
def test_deputies_follow_the_quota_of_the_unit(quota: int, deputies: int):
    assert deputies_allowed(quota, POLICY) == deputies
    assert check_caps([unit(quota=quota, L60=deputies)], [], POLICY) == []
    assert check_caps([unit(quota=quota, L60=deputies + 1)], [], POLICY) == [
        f"经济发展局：中层副职{deputies + 1}个，员额{quota}个的单位最多{deputies}个"
    ]


def test_department_has_one_head():
    assert check_caps([unit(L70=2)], [], POLICY) == ["经济发展局：中层正职2个，每单位1个"]


@pytest.mark.parametrize("kind", ["SOE", "TOWN", "COMMITTEE"])
def test_company_and_town_are_held_only_to_their_approved_numbers(kind: str):
    company = unit(kind, L70=3, L60=5)
    assert check_caps([company], [], POLICY) == []
    assert check_caps([replace(company, head_limit=2, deputy_limit=4)], [], POLICY) == [
        "经济发展局：中层正职3个，核定正职职数2个",
        "经济发展局：中层副职5个，核定副职职数4个",
    ]


def test_approved_number_goes_before_the_formula():
    assert check_caps([replace(unit(quota=7, L70=2, L60=3), head_limit=2, deputy_limit=3)], [], POLICY) == []


def test_unit_without_quota_has_no_limit_of_deputies_and_is_pointed_out():
    here = unit(quota=None, L60=9)
    assert check_caps([here], [], POLICY) == []
    assert check_quotas([here]) == []
    assert "1个单位未核定员额，没有按员额检查：经济发展局" in warn_proportions([here], POLICY)


@pytest.mark.parametrize(
    ("seats", "quota", "said"),
    [
        ({"L50": 1, "L30": 2}, None, []),
        ({"L50": 1, "L40": 1, "L30": 2}, None, []),
        ({"L50": 1, "L30": 1}, None, ["职数合计2个，科室至少3个"]),
        ({"L50": 1, "L30": 1}, 3, []),
        ({"L50": 2, "L30": 3}, None, ["科室正职2个，每科室1个"]),
        ({"L50": 1, "L40": 1, "L30": 1}, None, ["科室副职1个，职数合计3个，不足4个的不设"]),
        ({"L50": 1, "L40": 1, "L30": 4}, 3, ["科室副职1个，员额3个，不足4个的不设"]),
        ({"L50": 1, "L40": 2, "L30": 9}, None, ["科室副职2个，每科室最多1个"]),
    ],
)
def test_sections(seats: dict[str, int], quota: int | None, said: list[str]):
    assert check_caps([], [section(quota, **seats)], POLICY) == [f"经济发展局·综合科：{one}" for one in said]


def test_section_leaders_are_at_most_two_fifths_of_their_levels_zone_wide():
    assert check_caps([unit(L50=2, L40=2, L30=6)], [], POLICY) == []
    assert check_caps([unit(L50=3, L40=2, L30=6, L20=1, L70=1)], [], POLICY) == [
        "全区科室正副职5个，占科室正职及以下职数12个的41.7%，最多40%"
    ]


def test_unit_over_its_quota_is_told_with_both_figures():
    assert check_quotas([unit(quota=4, L70=1, L30=4), unit(quota=5, L70=1, L30=4)]) == [
        "经济发展局：职数合计5个，员额4个"
    ]


def test_proportions_of_a_published_zone_are_usual():
    # 宜秀: 76 posts, of which 8 heads and 13 deputies
    assert warn_proportions([unit(L70=8, L60=13, L30=27, L20=28)], POLICY) == []


def test_unusual_proportions_are_a_warning_with_the_band():
    assert warn_proportions([unit(L80=9, L70=1, L60=1, L30=48)], POLICY) == [
        "中层正职1个，占2%，通常在5%至15%之间",
        "中层副职1个，占2%，通常在12%至25%之间",
    ]


def test_zone_without_posts_has_no_proportions():
    assert warn_proportions([], POLICY) == []


LEVELS = st.fixed_dictionaries({row["code"]: st.integers(0, 30) for row in ROWS})


@given(st.lists(LEVELS, max_size=5), st.integers(0, 60))
def test_fewer_leaders_never_bring_a_new_violation(zone: list[dict[str, int]], quota: int):
    units = [unit(quota=quota, **seats) for seats in zone]
    fewer = [unit(quota=quota, **(seats | {"L70": 0, "L60": 0})) for seats in zone]
    assert len(check_caps(fewer, [], POLICY)) <= len(check_caps(units, [], POLICY))


@given(LEVELS, st.integers(0, 200))
def test_quota_is_exceeded_exactly_when_there_are_more_seats(seats: dict[str, int], quota: int):
    assert bool(check_quotas([unit(quota=quota, **seats)])) is (sum(seats.values()) > quota)
