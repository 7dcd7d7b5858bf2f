"""Why a line differs from the month before, and which lines to look at."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from compensation.rules.differences import PaidLine, explain, find_outliers
from compensation.rules.policy import OutlierLimits
from tests.compensation.pay_values import DEFAULT, yuan

DEPENDS = {
    "基础工资": ("岗位", "岗位系数", "薪点值", "计薪天数"),
    "岗位工资": ("岗位", "岗位系数", "薪点值", "计薪天数"),
    "绩效预发": ("岗位系数", "预发比例"),
}
COMPONENTS = st.dictionaries(
    st.sampled_from(["基础工资", "岗位工资", "绩效预发", "扣回"]),
    st.integers(-(10**6), 10**6).map(lambda fen: Decimal(fen).scaleb(-2)),
)
LIMITS = OutlierLimits(change=Decimal("0.30"), fence=Decimal("1.5"))


def line(level: str = "L50", inputs: dict[str, str] | None = None, **components: str) -> PaidLine:
    return PaidLine({name: yuan(amount) for name, amount in components.items()}, inputs or {}, level)


def told(before: PaidLine | None, after: PaidLine | None) -> list[str]:
    return [one.text for one in explain(before, after, depends_on=DEPENDS)]


def test_promotion_is_told_component_by_component():
    before = line(inputs={"岗位": "科长", "岗位系数": "1.6"}, 基础工资="1920", 绩效预发="1536")
    after = line(inputs={"岗位": "副局长", "岗位系数": "1.9"}, 基础工资="2280", 绩效预发="1824")
    assert told(before, after) == [
        "基础工资 1,920.00 → 2,280.00（+360.00）：岗位 科长 → 副局长，岗位系数 1.6 → 1.9",
        "绩效预发 1,536.00 → 1,824.00（+288.00）：岗位系数 1.6 → 1.9",
    ]


def test_joining_leaving_and_single_items_are_told():
    plain = line(基础工资="1920")
    assert told(None, plain) == ["基础工资 0.00 → 1,920.00（+1,920.00）：上月无此人"]
    assert told(plain, None) == ["基础工资 1,920.00 → 0.00（−1,920.00）：本月无此人"]
    taken = line(基础工资="1920", 扣回="-100")
    assert told(plain, taken) == ["扣回 0.00 → −100.00（−100.00）：本月新增"]
    assert told(taken, plain) == ["扣回 −100.00 → 0.00（+100.00）：本月不再发生"]
    assert told(taken, line(基础工资="1920", 扣回="-50")) == ["扣回 −100.00 → −50.00（+50.00）：金额变动"]


def test_equal_lines_have_no_reason():
    assert told(line(基础工资="1920"), line(基础工资="1920", inputs={"岗位": "x"})) == []
    assert told(None, None) == []


def test_days_that_differ_are_the_reason():
    before = line(inputs={"计薪天数": "14"}, 基础工资="772.41")
    after = line(inputs={"计薪天数": "全月"}, 基础工资="1200")
    assert told(before, after)[0].endswith("：计薪天数 14 → 全月")


@given(COMPONENTS, COMPONENTS)
def test_reasons_add_up_to_the_difference_of_the_gross(was: dict[str, Decimal], now: dict[str, Decimal]):
    before, after = PaidLine(was), PaidLine(now)
    reasons = explain(before, after, depends_on=DEPENDS)
    assert sum(one.difference for one in reasons) == after.gross - before.gross
    assert explain(before, after, depends_on=DEPENDS) == reasons


def test_change_above_the_limit_and_pay_of_nothing_are_shown():
    lines = {
        "b": (line(基础工资="1000"), line(基础工资="1300")),
        "a": (line(基础工资="1000"), line(基础工资="1300.01")),
        "c": (line(基础工资="1000"), line(基础工资="-10")),
        "d": (None, line(基础工资="1300")),
    }
    found = {one.key: one.reasons for one in find_outliers(lines, OutlierLimits(Decimal("0.3"), Decimal(99)))}
    assert list(found) == ["a", "c"]
    assert found["a"] == ("应发 1,000.00 → 1,300.01，增加 30%，超过 30%",)
    assert found["c"] == (
        "应发 −10.00，不大于 0",
        "应发 1,000.00 → −10.00，减少 101%，超过 30%",
    )


def test_line_far_off_its_level_is_shown():
    lines = {str(number): (None, line(基础工资=str(1000 + number))) for number in range(8)}
    lines["high"] = (None, line(基础工资="9000"))
    lines["low"] = (None, line(基础工资="10"))
    lines["other"] = (None, line("L30", 基础工资="9000"))
    found = {one.key: one.reasons[0] for one in find_outliers(lines, DEFAULT.outlier)}
    assert set(found) == {"high", "low"}
    assert "明显高于同层级" in found["high"]
    assert "明显低于同层级" in found["low"]
