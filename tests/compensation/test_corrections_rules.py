"""补发, 扣回, and what-if: side by side in all, by level, by person."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from compensation.rules.corrections import correct_month
from compensation.rules.effects import Paid, compare_pays
from tests.compensation.pay_values import yuan

MARCH = date(2022, 3, 1)
FEN = st.integers(0, 10**7).map(lambda fen: Decimal(fen).scaleb(-2))
COMPONENTS = st.dictionaries(st.sampled_from(["基础工资", "岗位工资", "绩效"]), FEN)
PAYS = st.dictionaries(
    st.sampled_from("abcdef"), st.builds(Paid, st.sampled_from(["L50", "L30"]), FEN), max_size=6
)


def test_upheld_appeal_is_paid_later_with_its_reason():
    found = correct_month(
        MARCH, {"绩效": yuan("1713.76")}, {"绩效": yuan("1028.26")}, reason="等次由 C 改为 B"
    )
    assert found is not None
    assert (found.name, found.amount, dict(found.components)) == (
        "补发",
        yuan("685.50"),
        {"绩效": yuan("685.50")},
    )
    assert found.terms == ("2022-03 绩效：应为 1,713.76，已发 1,028.26，相差 +685.50（等次由 C 改为 B）",)


def test_what_was_made_up_for_already_is_not_paid_twice():
    due, paid = {"绩效": yuan("100")}, {"绩效": yuan("150")}
    first = correct_month(MARCH, due, paid, reason="成绩更正")
    assert first is not None
    assert (first.name, first.amount) == ("扣回", yuan("-50.00"))
    assert correct_month(MARCH, due, paid, [first], reason="成绩更正") is None
    second = correct_month(MARCH, {"绩效": yuan("120")}, paid, [first], reason="复核")
    assert second is not None
    assert second.amount == yuan("20.00")
    assert "已更正 −50.00" in second.terms[0]


def test_components_that_cancel_out_owe_nothing():
    due = {"基础工资": yuan("10"), "岗位工资": yuan("20")}
    assert correct_month(MARCH, due, {"基础工资": yuan("20"), "岗位工资": yuan("10")}, reason="x") is None


@given(COMPONENTS, COMPONENTS, COMPONENTS)
def test_paid_and_corrected_is_what_was_due(
    paid: dict[str, Decimal], once: dict[str, Decimal], twice: dict[str, Decimal]
):
    first = correct_month(MARCH, once, paid, reason="一")
    made = [first] if first else []
    second = correct_month(MARCH, twice, paid, made, reason="二")
    made += [second] if second else []
    assert sum(paid.values()) + sum(one.amount for one in made) == sum(twice.values())


def test_what_if_shows_whole_levels_and_people():
    before = {"a": Paid("L50", yuan("5000")), "b": Paid("L30", yuan("3000")), "c": Paid("L30", yuan("3000"))}
    after = {"a": Paid("L50", yuan("5500")), "b": Paid("L50", yuan("5000")), "d": Paid("L30", yuan("2800"))}
    found = compare_pays(before, after)
    assert (found.before, found.after, found.difference) == tuple(map(yuan, ("11000", "13300", "2300")))
    assert [(one.key, one.difference) for one in found.people] == [
        ("a", yuan("500")),
        ("b", yuan("2000")),
        ("c", yuan("-3000")),
        ("d", yuan("2800")),
    ]
    assert [(one.level, one.people_before, one.people_after, one.difference) for one in found.levels] == [
        ("L50", 1, 2, yuan("5500")),
        ("L30", 2, 1, yuan("-3200")),
    ]
    assert [(one.level, one.is_wider) for one in found.spreads] == [("L50", True), ("L30", False)]


@given(PAYS, PAYS)
def test_differences_add_up_and_the_order_decides_nothing(before: dict[str, Paid], after: dict[str, Paid]):
    found = compare_pays(before, after)
    assert sum(one.difference for one in found.people) == found.difference
    assert sum(one.difference for one in found.levels) == found.difference
    assert compare_pays(dict(reversed(before.items())), dict(reversed(after.items()))) == found
