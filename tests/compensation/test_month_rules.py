"""A person's month: joining, leaving, changes by the rule, protection, 待岗, 挂职, 试用 (domain.md §7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compensation.rules.changes import EffectiveRule, Holding, HoldingKind, change_start, pay_spans
from compensation.rules.month import MonthPay, PayMonth, month_pay
from compensation.rules.year import year_effect
from reform.errors import RuleError
from tests.compensation.pay_values import DEFAULT, a_policy, held, yuan

# Monday to Friday of 2022 but for these two; enough that the year counts as covered.
CALENDAR = {date(2022, 10, 3): False, date(2022, 10, 8): True}
SAME_MONTH = a_policy(effective_rule=EffectiveRule.SAME_MONTH)
DECISION_DAY = a_policy(effective_rule=EffectiveRule.DECISION_DAY)
DECIDED = date(2022, 1, 23)
DEMOTED = (held("L60", None, DECIDED), held("L50", DECIDED))
PROMOTED = (held("L50", None, DECIDED), held("L60", DECIDED))
JANUARY, FEBRUARY, MARCH = (date(2022, month, 1) for month in (1, 2, 3))


def pay(policy: Any, *holdings: Holding, month: date) -> MonthPay:
    return month_pay(policy, holdings, month, CALENDAR)


def at_one(policy: Any, *holdings: Holding, month: date) -> Decimal:
    return pay(policy, *holdings, month=month).at_one


def waiting(level: str, starts_on: date, ends_before: date | None = None) -> Holding:
    return held(level, starts_on, ends_before, kind=HoldingKind.WAITING)


def test_full_month_pays_the_fixed_parts_and_the_prepaid_share():
    found = pay(DEFAULT, held("L50"), month=MARCH)
    assert (found.base_pay, found.position_pay, found.performance_base, found.prepaid, found.gross) == tuple(
        map(yuan, ("1,920.00", "1,920.00", "2,560.00", "1,536.00", "5,376.00"))
    )
    assert found.terms[-2:] == (
        "预发 = 2,560.00 × 60% = 1,536.00",
        "应发 = 1,920.00 + 1,920.00 + 1,536.00 = 5,376.00",
    )


def test_month_before_joining_and_after_leaving_pays_nothing():
    assert pay(DEFAULT, held("L30", date(2022, 3, 14)), month=FEBRUARY).gross == 0
    assert pay(DEFAULT, held("L30", None, date(2022, 2, 10)), month=MARCH).terms == ("应发 = 0.00 = 0.00",)


def test_e6_joining_in_mid_month_is_paid_by_working_days():
    found = pay(DEFAULT, held("L30", date(2022, 3, 14)), month=MARCH)
    assert found.parts[0].workdays == 14
    assert found.at_one == yuan("2,574.71")
    assert (found.base_pay, found.position_pay, found.performance_base) == tuple(
        map(yuan, ("772.41", "772.41", "1,029.89"))
    )
    assert "基础 = 1,200.00 × 14 ÷ 21.75 天 = 772.41" in found.terms


def test_leaving_in_mid_month_is_paid_to_the_last_day():
    # 2022-03-01 to 2022-03-11: nine working days.
    found = pay(DEFAULT, held("L30", None, date(2022, 3, 12)), month=MARCH)
    assert found.parts[0].workdays == 9
    assert found.base_pay == yuan("496.55")


def test_month_joined_early_never_pays_more_than_a_full_one():
    # From 03-02 there are 22 working days, more than 21.75.
    assert at_one(DEFAULT, held("L30", date(2022, 3, 2)), month=MARCH) == yuan("4,000.00")


def test_joining_on_a_last_day_off_pays_nothing_yet():
    assert pay(DEFAULT, held("L30", date(2022, 4, 30)), month=date(2022, 4, 1)).gross == 0


def test_month_with_a_gap_pays_both_spells():
    found = pay(DEFAULT, held("L30", None, date(2022, 3, 5)), held("L30", date(2022, 3, 28)), month=MARCH)
    assert [one.workdays for one in found.parts] == [4, 4]
    assert found.base_pay == yuan("441.38")  # 1,200 × 8 ÷ 21.75


def test_calendar_decides_what_is_worked():
    # October 2022: 10-03 is a day off and Saturday 10-08 is worked.
    found = pay(DEFAULT, held("L30", date(2022, 10, 3), date(2022, 10, 9)), month=date(2022, 10, 1))
    assert found.parts[0].workdays == 5


def test_year_outside_the_calendar_is_named():
    found = month_pay(DEFAULT, [held("L30", date(2023, 3, 14))], date(2023, 3, 1), CALENDAR)
    assert found.years_missing == (2023,)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("NEXT_MONTH", date(2022, 2, 1)), ("SAME_MONTH", date(2022, 1, 1)), ("DECISION_DAY", DECIDED)],
)
def test_change_starts_by_the_rule(rule: str, expected: date):
    assert change_start(EffectiveRule(rule), date(2022, 1, 25), DECIDED) == expected


def test_december_changes_are_paid_from_january():
    assert change_start(EffectiveRule.NEXT_MONTH, date(2022, 12, 5), None) == date(2023, 1, 1)


def test_new_standard_counts_from_the_following_month():
    assert at_one(DEFAULT, *PROMOTED, month=JANUARY) == yuan("6,400.00")
    assert at_one(DEFAULT, *PROMOTED, month=FEBRUARY) == yuan("7,600.00")


def test_same_month_counts_from_its_first_day():
    assert at_one(SAME_MONTH, *PROMOTED, month=JANUARY) == yuan("7,600.00")
    assert at_one(SAME_MONTH, *PROMOTED, month=date(2021, 12, 1)) == yuan("6,400.00")


def test_decision_day_splits_the_month_by_working_days():
    found = pay(DECISION_DAY, *PROMOTED, month=JANUARY)
    assert [one.workdays for one in found.parts] == [15, 6]
    # 6,400 × 15/21 + 7,600 × 6/21
    assert found.at_one == yuan("6,742.86")
    assert "基础 = 1,920.00 × 15 ÷ 21 天 + 2,280.00 × 6 ÷ 21 天 = 2,022.86" in found.terms


def test_decision_day_is_the_decision_and_not_the_first_day_of_the_post():
    later = (held("L50", None, date(2022, 2, 1)), held("L60", date(2022, 2, 1), decided_on=DECIDED))
    assert at_one(DECISION_DAY, *later, month=JANUARY) == yuan("6,742.86")


def test_split_month_that_was_also_joined_divides_by_the_policys_days():
    found = pay(
        DECISION_DAY,
        held("L30", date(2022, 3, 14), date(2022, 3, 21)),
        held("L40", date(2022, 3, 21)),
        month=MARCH,
    )
    assert [one.workdays for one in found.parts] == [5, 9]
    assert found.base_pay == yuan("971.03")  # (1,200 × 5 + 1,680 × 9) ÷ 21.75


def test_day_of_pay_set_by_hand_goes_before_the_rule():
    by_hand = (held("L50", None, DECIDED), held("L60", DECIDED, pays_from=date(2022, 3, 1)))
    assert at_one(DEFAULT, *by_hand, month=FEBRUARY) == yuan("6,400.00")
    assert at_one(DEFAULT, *by_hand, month=MARCH) == yuan("7,600.00")
    joined = held("L30", date(2022, 3, 14), pays_from=date(2022, 4, 1))
    assert pay(DEFAULT, joined, month=MARCH).gross == 0


def test_leaving_before_the_new_pay_begins_ends_the_old_one():
    left = (held("L50", None, DECIDED), held("L60", DECIDED, date(2022, 1, 29)))
    assert len(pay_spans(DEFAULT, left)) == 1
    assert pay(DEFAULT, *left, month=FEBRUARY).gross == 0


def test_e3_demotion_costs_eleven_months():
    found = year_effect(DEFAULT, DEMOTED, 2022, CALENDAR, unchanged_coefficient=Decimal("1.90"))
    assert (found.total, found.unchanged, found.difference) == tuple(
        map(yuan, ("78,000.00", "91,200.00", "-13,200.00"))
    )
    assert found.terms == (
        "全年 = 7,600.00 × 1 + 6,400.00 × 11 = 78,000.00",
        "不变动 = 7,600.00 × 12 = 91,200.00",
        "相差 −13,200.00",
    )


def test_protection_pays_the_difference_apart_for_its_months():
    policy = a_policy(protect_months=3)
    months = [pay(policy, *DEMOTED, month=date(2022, number, 1)) for number in range(1, 6)]
    assert [one.protection for one in months] == [yuan(one) for one in ("0", "1200", "1200", "1200", "0")]
    assert months[1].base_pay == yuan("1,920.00")
    assert months[1].gross == yuan("6,576.00")
    assert "过渡补差 = 7,600.00 − 6,400.00 = 1,200.00" in months[1].terms


def test_protection_ends_with_a_promotion_back():
    policy = a_policy(protect_months=12)
    back = (DEMOTED[0], held("L50", DECIDED, date(2022, 4, 10)), held("L60", date(2022, 4, 10)))
    assert pay(policy, *back, month=date(2022, 4, 1)).protection == yuan("1,200.00")
    assert pay(policy, *back, month=date(2022, 5, 1)).protection == 0


def test_leaving_the_ladder_is_no_demotion_and_has_no_protection():
    policy = a_policy(protect_months=12)
    left = replace(held("L20", DECIDED), rank=0)
    assert pay(policy, held("L60", None, DECIDED), left, month=date(2022, 4, 1)).protection == 0
    back = (replace(held("L60", None, DECIDED), rank=0), held("L20", DECIDED))
    assert pay(policy, *back, month=date(2022, 4, 1)).protection == 0


def test_second_demotion_keeps_the_first_protection_while_it_runs():
    policy = a_policy(protect_months=6)
    twice = (DEMOTED[0], held("L50", DECIDED, date(2022, 3, 10)), held("L40", date(2022, 3, 10)))
    assert pay(policy, *twice, month=date(2022, 4, 1)).protection == yuan("2,000.00")


def test_promotion_has_no_protection_and_a_failed_probation_neither():
    policy = a_policy(protect_months=12)
    failed = (PROMOTED[0], held("L60", DECIDED, date(2022, 6, 8)), held("L50", date(2022, 6, 8)))
    given_back = (*failed[:2], held("L50", date(2022, 6, 8), after_failed_probation=True))
    july = date(2022, 7, 1)
    assert pay(policy, *PROMOTED, month=FEBRUARY).protection == 0
    assert pay(policy, *failed, month=july).protection == yuan("1,200.00")
    assert pay(policy, *given_back, month=july).protection == 0


def test_failed_probation_pays_the_old_level_from_the_next_month_under_any_rule():
    failed = (
        PROMOTED[0],
        held("L60", DECIDED, date(2022, 6, 8)),
        held("L50", date(2022, 6, 8), after_failed_probation=True),
    )
    for policy in (DEFAULT, SAME_MONTH, DECISION_DAY):
        assert at_one(policy, *failed, month=date(2022, 6, 1)) == yuan("7,600.00")
        assert at_one(policy, *failed, month=date(2022, 7, 1)) == yuan("6,400.00")


def test_probation_factor_counts_until_the_month_after_its_end():
    policy = a_policy(probation_factor=Decimal("0.9"))
    tried = (PROMOTED[0], held("L60", DECIDED, probation_ends_before=date(2022, 6, 8)))
    assert at_one(policy, *tried, month=JANUARY) == yuan("6,400.00")
    assert at_one(policy, *tried, month=date(2022, 6, 1)) == yuan("6,840.00")
    assert at_one(policy, *tried, month=date(2022, 7, 1)) == yuan("7,600.00")
    assert at_one(DEFAULT, *tried, month=date(2022, 6, 1)) == yuan("7,600.00")


def test_waiting_pays_a_share_first_and_the_minimum_wage_later():
    person = (held("L30", None, DECIDED), waiting("L30", DECIDED, date(2022, 8, 1)))
    months = {number: pay(DEFAULT, *person, month=date(2022, number, 1)) for number in range(1, 9)}
    assert months[1].gross == yuan("3,360.00")
    for number in (2, 3, 4):
        assert (months[number].base_pay, months[number].position_pay) == (yuan("1200"), yuan("720"))
        assert (months[number].performance_base, months[number].gross) == (0, yuan("1,920.00"))
    for number in (5, 6, 7):
        assert (months[number].base_pay, months[number].top_up) == (yuan("1200"), yuan("600"))
        assert months[number].gross == DEFAULT.waiting.minimum_wage
    assert months[8].gross == 0
    assert months[2].terms[1] == "待岗第 1 个月：基础 1,200.00，岗位 = 1,200.00 × 60% = 720.00"
    assert months[5].terms[1] == ("待岗第 4 个月：基础 1,200.00，低于当地最低工资 1,800.00，补足 600.00")


def test_waiting_of_a_senior_keeps_the_base_above_the_minimum_wage():
    person = (held("L70", None, DECIDED), waiting("L70", DECIDED))
    found = pay(DEFAULT, *person, month=date(2022, 6, 1))
    assert (found.base_pay, found.top_up, found.gross) == (yuan("2640"), 0, yuan("2640"))


def test_placed_again_after_waiting_is_paid_by_the_rule_without_protection():
    policy = a_policy(protect_months=12)
    person = (
        held("L60", None, DECIDED),
        waiting("L60", DECIDED, date(2022, 3, 15)),
        held("L30", date(2022, 3, 15)),
    )
    assert pay(policy, *person, month=MARCH).terms[1].startswith("待岗第 2 个月")
    assert pay(policy, *person, month=date(2022, 4, 1)).at_one == yuan("4,000.00")


def test_secondment_keeps_the_home_pay_and_further_posts_pay_nothing():
    home = held("L50")
    more = [
        Holding(date(2022, 3, 5), date(2022, 6, 5), Decimal("2.2"), 70, f"“{kind.label}岗”", kind)
        for kind in (
            HoldingKind.CONCURRENT,
            HoldingKind.ACTING,
            HoldingKind.SECOND_OUT,
            HoldingKind.SECOND_IN,
        )
    ]
    alone, together = pay(DEFAULT, home, month=MARCH), pay(DEFAULT, home, *more, month=MARCH)
    assert together.gross == alone.gross
    assert "兼任“兼任岗”：不计薪" in together.terms
    assert "挂职派出“挂职派出岗”：薪酬按原岗位照发" in together.terms
    assert pay(DEFAULT, *more, month=MARCH).gross == 0


def test_two_main_posts_from_one_day_and_an_end_before_the_start_are_refused():
    with pytest.raises(RuleError, match="有两个主任职（L30、L40）"):
        pay(DEFAULT, held("L30", MARCH), held("L40", MARCH), month=MARCH)
    with pytest.raises(RuleError, match="早于起始日期"):
        pay(DEFAULT, held("L30", MARCH, FEBRUARY), month=MARCH)


def test_post_given_up_on_the_very_day_counts_for_nothing():
    same_day = (held("L50", None, DECIDED), held("L60", DECIDED, DECIDED), held("L50", DECIDED))
    for policy in (DEFAULT, SAME_MONTH, DECISION_DAY):
        assert at_one(policy, *same_day, month=JANUARY) == yuan("6,400.00")


def test_many_people_share_what_is_computed_once():
    together = PayMonth(DEFAULT, JANUARY, CALENDAR)
    for holdings in ((held("L50"),), DEMOTED, (held("L30", date(2022, 1, 14)),), (held("L50"),)):
        assert repr(together.pay(holdings)) == repr(pay(DEFAULT, *holdings, month=JANUARY))


def test_split_month_without_a_working_day_is_refused():
    off = {date(2022, 1, day): False for day in range(1, 32)}
    with pytest.raises(RuleError, match="2022-01 没有工作日"):
        month_pay(DECISION_DAY, PROMOTED, JANUARY, off)


LEVELS = st.sampled_from(sorted(DEFAULT.post_coefficients))
DAYS_2022 = st.dates(date(2022, 1, 1), date(2022, 12, 28))
POLICIES = st.sampled_from([DEFAULT, SAME_MONTH, DECISION_DAY, a_policy(protect_months=6)])


@given(
    LEVELS, LEVELS, DAYS_2022, st.integers(0, 30), st.sampled_from([DEFAULT, SAME_MONTH]), st.integers(0, 12)
)
def test_promotion_reversed_in_the_same_month_leaves_pay_as_it_was(
    before: str, tried: str, day: date, after: int, policy: Any, protect_months: int
):
    reversed_on = min(date(day.year, day.month, 28), date.fromordinal(day.toordinal() + after))
    if reversed_on <= day:
        return
    policy = replace(policy, protect_months=protect_months)
    person = (held(before, None, day), held(tried, day, reversed_on), held(before, reversed_on))
    for month in (day.replace(day=1), date(2023, 1, 1)):
        found, plain = pay(policy, *person, month=month), pay(policy, held(before), month=month)
        assert (found.gross, found.at_one) == (plain.gross, plain.at_one)


@given(st.lists(st.tuples(DAYS_2022, LEVELS), min_size=1, max_size=6, unique_by=lambda one: one[0]), POLICIES)
def test_spans_never_overlap_and_the_order_of_the_posts_decides_nothing(
    changes: list[tuple[date, str]], policy: Any
):
    ordered = sorted(changes)
    ends = [on for on, _ in ordered[1:]] + [None]
    person = [held(level, on, end) for (on, level), end in zip(ordered, ends, strict=True)]
    spans = pay_spans(policy, person)
    assert all(one.ends_before <= two.starts_on for one, two in pairwise(spans))
    for month in range(1, 13):
        found = month_pay(policy, person, date(2022, month, 1), CALENDAR)
        again = month_pay(policy, person[::-1], date(2022, month, 1), CALENDAR)
        assert repr(found) == repr(again)
        paid = (found.base_pay, found.position_pay, found.prepaid, found.top_up, found.protection)
        assert found.gross == sum(paid)


@given(LEVELS, st.dates(date(2022, 1, 1), date(2022, 12, 31)))
def test_part_of_a_month_pays_at_most_the_whole(level: str, joined: date):
    whole = pay(DEFAULT, held(level), month=joined)
    assert 0 <= pay(DEFAULT, held(level, joined), month=joined).gross <= whole.gross
