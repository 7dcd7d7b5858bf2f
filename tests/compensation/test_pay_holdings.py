"""What is held, as pay takes it: failed probation, 待岗, 挂职, concurrent posts, days of pay set by hand."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Placement
from appointments.rules.locks import PROBATION_FAILED
from compensation.rules.changes import HoldingKind
from compensation.selectors import holdings_of
from reform.errors import Refused
from reform.models import LadderLevel, PromotionLock, Tenure
from tests import factories as make
from tests.compensation.casts import Cast, a_cast
from tests.compensation.pay_values import yuan

pytestmark = pytest.mark.django_db
MARCH = (date(2022, 3, 1), date(2022, 4, 1))


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def test_posts_are_held_at_their_level_with_its_coefficient(cast: Cast):
    person = cast.join("甲", "L60")
    (one,) = holdings_of(cast.zone, *MARCH)[person.pk]
    assert (one.coefficient, one.rank, one.name, one.kind) == (
        Decimal("1.9000"),
        60,
        "甲局·L60岗",
        HoldingKind.PRIMARY,
    )


def test_who_left_before_and_who_joins_after_is_not_there(cast: Cast):
    cast.join("甲", "L60")
    Tenure.objects.update(ends_before=date(2022, 3, 1))
    cast.join("乙", "L30", starts_on=date(2022, 4, 1))
    assert holdings_of(cast.zone, *MARCH) == {}


def test_ends_after_the_period_are_nothing_to_it(cast: Cast):
    person = cast.join("甲", "L60")
    Tenure.objects.update(ends_before=date(2022, 4, 20))
    (one,) = holdings_of(cast.zone, *MARCH)[person.pk]
    assert one.ends_before is None


def test_a_posts_own_coefficient_counts_at_its_own_level_only(cast: Cast):
    first, second = cast.join("甲", "L60"), cast.join("乙", "L60", held_level="L50")
    for name in ("甲", "乙"):
        cast.posts[name].coefficient = Decimal("1.9500")
        cast.posts[name].save()
    held = holdings_of(cast.zone, *MARCH)
    assert [held[one.pk][0].coefficient for one in (first, second)] == [Decimal("1.9500"), Decimal("1.6000")]


def test_a_sub_level_named_like_the_post_raises_the_coefficient(cast: Cast):
    LadderLevel.objects.filter(version__zone=cast.zone, code="L30").update(
        sub_levels=["一级主办", "二级主办", "三级主办"]
    )
    person = cast.join("甲", "L30")
    cast.posts["甲"].title = "一级主办"
    cast.posts["甲"].save()
    (one,) = holdings_of(cast.zone, *MARCH)[person.pk]
    assert (one.coefficient, one.rank) == (Decimal("1.1000"), 30)


def test_the_sub_level_of_a_post_raises_the_coefficient_at_its_own_level(cast: Cast):
    """Of three, the first is two steps of 0.05 above the plain one; it goes before that of the title."""
    LadderLevel.objects.filter(version__zone=cast.zone, code="L30").update(
        sub_levels=["一级主办", "二级主办", "三级主办"]
    )
    people = [cast.join(name, "L30") for name in ("甲", "乙", "丙")]
    people.append(cast.join("丁", "L30", held_level="L20"))
    for name, sub_level in (("甲", 1), ("乙", 2), ("丙", 3), ("丁", 1)):
        cast.posts[name].sub_level = sub_level
        cast.posts[name].title = "三级主办"
        cast.posts[name].save()
    held = holdings_of(cast.zone, *MARCH)
    assert [str(held[one.pk][0].coefficient) for one in people] == ["1.1000", "1.0500", "1.0000", "0.8000"]
    march = cast.run("2022-03")
    assert cast.line(march, "甲").post_coefficient == Decimal("1.1000")
    assert cast.line(march, "甲").base_pay == yuan("1,320.00")  # 4000 × 1.1 × 0.3


def test_a_sub_level_that_the_ladder_no_longer_has_is_told(cast: Cast):
    cast.join("甲", "L30")
    cast.posts["甲"].sub_level = 2
    cast.posts["甲"].save()
    with pytest.raises(Refused, match="岗位“甲局·L30岗”是层级“L30”的第2档，政策的层级表中该层级有0个档次"):
        cast.run("2022-03")


def test_failed_probation_gives_the_old_level_from_the_next_month_without_clawback(cast: Cast):
    cast.set_policy(effective_rule="SAME_MONTH")
    person = cast.join("甲", "L60")
    cast.hold("甲", "L50", "甲局", date(2022, 3, 10))
    PromotionLock.objects.create(
        person=person,
        cause=PROBATION_FAILED,
        reason="试用不合格",
        starts_on=date(2022, 3, 10),
        ends_before=date(2023, 3, 10),
    )
    march, april = cast.run("2022-03"), cast.run("2022-04")
    assert cast.line(march, "甲").base_pay == yuan("2,280.00")
    assert cast.line(april, "甲").base_pay == yuan("1,920.00")


def test_waiting_for_a_post_pays_base_and_a_share_then_not_below_the_minimum_wage(cast: Cast):
    person = cast.join("甲", "L30")
    round_ = make.a_round(cast.zone)
    Placement.objects.create(
        round=round_, person=person, state="WAITING", lost_in="", waiting_from=date(2022, 2, 15)
    )
    before, third, fourth = (cast.line(cast.run(code), "甲") for code in ("2022-02", "2022-03", "2022-06"))
    assert (before.gross, before.why) == (yuan("3,360.00"), "")  # a change, paid from the next month
    assert (third.base_pay, third.position_pay, third.performance_pay) == (1200, 720, 0)
    assert third.why == "待岗第1个月"
    assert (fourth.base_pay, fourth.position_pay, fourth.gross) == (1800, 0, 1800)
    assert "最低工资补足 600.00，计入基础工资" in fourth.terms
    assert fourth.why == "待岗第4个月；补足到当地最低工资"


def test_waiting_ends_with_the_next_post(cast: Cast):
    person = cast.join("甲", "L30")
    Placement.objects.create(
        round=make.a_round(cast.zone), person=person, state="PLACED", waiting_from=date(2022, 1, 23)
    )
    cast.hold("甲", "L20", "乙局", date(2022, 2, 20))
    line = cast.line(cast.run("2022-03"), "甲")
    assert (line.level, line.gross) == ("L20", yuan("2,688.00"))  # 960 + 960 + 768


def test_seconded_out_keeps_home_pay_and_concurrent_posts_pay_nothing(cast: Cast):
    cast.join("甲", "L50")
    cast.hold("甲", "L30", "乙局", date(2022, 2, 1), kind="SECOND_OUT")
    cast.hold("甲", "L70", "丙局", date(2022, 2, 1), kind="CONCURRENT")
    line = cast.line(cast.run("2022-03"), "甲")
    assert (line.level, line.gross) == ("L50", yuan("5,376.00"))
    assert line.why == "兼任丙局·L70岗：不计薪；挂职派出乙局·L30岗：薪酬按原岗位照发"


def test_who_is_seconded_in_is_paid_at_home(cast: Cast):
    cast.join("甲", "L50")
    cast.join("乙", "L50", kind="SECOND_IN")
    assert [one.person.name for one in cast.run("2022-03").lines.all()] == ["甲"]


def test_a_promotion_reversed_in_the_same_month_leaves_pay_as_it_was(cast: Cast):
    cast.join("甲", "L30")
    cast.hold("甲", "L50", "甲局", date(2022, 3, 5))
    cast.hold("甲", "L30", "甲局", date(2022, 3, 20))
    gross = [cast.line(cast.run(code), "甲").gross for code in ("2022-02", "2022-03", "2022-04")]
    assert gross == [yuan("3,360.00")] * 3


def test_a_first_day_of_pay_set_by_hand_goes_before_the_rule(cast: Cast):
    person = cast.join("甲", "L30")
    round_ = make.a_round(cast.zone)
    Tenure.objects.update(ends_before=date(2022, 1, 23))
    make.an_appointment(
        round_, person, make.a_position(cast.unit("甲局"), "科长", "L50"), pay_starts_on=date(2022, 4, 1)
    )
    levels = [cast.line(cast.run(code), "甲").level for code in ("2022-03", "2022-04")]
    assert levels == ["L30", "L50"]


def test_protection_after_a_demotion_stands_apart(cast: Cast):
    cast.set_policy(protect_months=2)
    cast.join("甲", "L60")
    cast.hold("甲", "L50", "甲局", date(2022, 1, 23))
    lines = [cast.line(cast.run(code), "甲") for code in ("2022-02", "2022-03", "2022-04")]
    assert [one.protection for one in lines] == [1200, 1200, 0]
    assert lines[0].gross == yuan("6,576.00")
    assert lines[0].why == "降职过渡期内"


def test_statements_do_not_grow_with_the_people(cast: Cast):
    cast.join("甲", "L50")
    with CaptureQueriesContext(connection) as few:
        holdings_of(cast.zone, *MARCH)
    for number in range(10):
        cast.join(f"人{number}", "L30", f"第{number}局")
    with CaptureQueriesContext(connection) as many:
        assert len(holdings_of(cast.zone, *MARCH)) == 11
    assert len(many) == len(few)
