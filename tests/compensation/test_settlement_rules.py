"""Year-end settlement: E4, nothing below zero unless taken back, one rounding a year (domain.md §7)."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from compensation.rules.settlement import SettledMonth, prepayment, settlement
from tests.compensation.pay_values import yuan

KU, B, C, D = (Decimal(one) for one in ("0.9856", "1.0", "0.6", "0"))
FEN = st.integers(0, 10**7).map(lambda fen: Decimal(fen).scaleb(-2))


def months(count: int = 12, base: str = "2,560.00", prepaid: str = "1,536.00", unit: Decimal = KU):
    return [SettledMonth(yuan(base), yuan(prepaid), unit)] * count


def test_e4_settlement_of_a_section_head():
    found = settlement(months(), B, clawback=False)
    assert (found.earned, found.prepaid, found.amount) == tuple(
        map(yuan, ("30,277.63", "18,432.00", "11,845.63"))
    )
    assert found.terms == (
        "全年绩效 = 30,720.00 × 0.9856 × 1.0 = 30,277.63",
        "已预发 = 18,432.00",
        "清算 = 30,277.63 − 18,432.00 = 11,845.63",
    )


def test_nothing_is_taken_back_unless_the_policy_says_so():
    kept = settlement(months(), D, clawback=False)
    assert (kept.difference, kept.amount, kept.waived) == tuple(map(yuan, ("-18,432", "0", "18,432")))
    assert kept.terms[-1] == "清算为负，政策规定不追回，按 0.00 计"
    taken = settlement(months(), D, clawback=True)
    assert (taken.amount, taken.waived) == (yuan("-18,432.00"), 0)
    assert taken.terms[-1] == "清算为负，按政策追回 18,432.00"
    assert "= −18,432.00" in taken.terms[-2]


def test_change_of_unit_counts_each_units_coefficient_and_rounds_once():
    found = settlement([*months(5), *months(7, unit=Decimal("1.0711"))], C, clawback=False)
    # 12,800 × 0.9856 × 0.6 + 17,920 × 1.0711 × 0.6 = 7,569.408 + 11,516.4672
    assert found.earned == yuan("19,085.88")
    assert "12,800.00 × 0.9856 × 0.6 + 17,920.00 × 1.0711 × 0.6" in found.terms[0]


def test_year_without_a_month_settles_nothing():
    assert settlement([], B, clawback=True).amount == 0


def test_prepayment_has_its_term():
    assert prepayment(yuan("1,029.89"), Decimal("0.60")) == (
        yuan("617.93"),
        "预发 = 1,029.89 × 60% = 617.93",
    )


@given(st.lists(st.tuples(FEN, FEN), max_size=12), st.sampled_from([B, C, D]), st.booleans())
def test_what_was_prepaid_and_is_settled_makes_up_what_was_earned(
    figures: list[tuple[Decimal, Decimal]], personal: Decimal, clawback: bool
):
    year = [SettledMonth(base, prepaid, KU) for base, prepaid in figures]
    found = settlement(year, personal, clawback=clawback)
    assert found.prepaid + found.amount == found.earned + found.waived
    assert found.waived >= 0
    assert clawback or found.amount >= 0
    again = settlement(year[::-1], personal, clawback=clawback)
    assert again.amount == found.amount
