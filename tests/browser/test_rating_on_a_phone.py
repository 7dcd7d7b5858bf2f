"""民主测评 in a window of a phone's size: from the first page to the thanks, by what is touched and read."""

import re
from typing import Any

import pytest

from kpi.models import RatingBallot, RatingTask
from reform.models import Membership
from tests import factories as make
from tests.kpi.casts import Cast
from tests.kpi.rating_cast import a_quarter, asked

PASSWORD = "test-Only-7731"
PHONE = {"width": 390, "height": 844}
FINGER = 44  # least height in CSS pixels of what is touched
pytestmark = pytest.mark.browser


@pytest.fixture
def cast(live_server: Any, django_db_serialized_rollback: None) -> Cast:
    made = a_quarter()
    asked(made)
    rater = made.people["经乙"]
    account = make.a_user(made.zone, "个人", "jingyi", is_staff=False, first_name=rater.name)
    Membership.objects.filter(user=account).update(person=rater)
    return made


def slide(card: Any, value: int) -> None:
    """As a finger leaves it."""
    card.locator("input[type=range]").evaluate(
        "(one, value) => { one.value = value; one.dispatchEvent(new Event('input', {bubbles: true})) }",
        value,
    )


def test_rater_fills_in_the_sheet_with_a_thumb(
    offline_page: Any, foreign_requests: list[str], cast: Cast
) -> None:
    page = offline_page
    page.set_viewport_size(PHONE)
    page.goto("/login/")
    page.fill("input[name=username]", "jingyi")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/login" not in address)
    page.goto("/my/")
    page.get_by_text("民主测评：7人等您评议").click()
    page.get_by_role("button", name=re.compile("提交")).wait_for()
    page.wait_for_load_state()
    assert "测评匿名" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    cards = page.locator(".ratee")
    assert cards.count() == 7
    heights = page.locator(".rating input:visible, .rating button:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= FINGER
    for number in range(7):
        slide(cards.nth(number), 92)
    count = page.get_by_role("status")
    assert re.fullmatch(r"已评7/7人，优秀票6/1", count.inner_text())
    page.get_by_role("button", name="提交7人的评议").click()
    page.get_by_text("优秀票6张").wait_for()
    page.wait_for_load_state()  # the sliders count once the page's script has come
    assert not RatingBallot.objects.exists()

    assert cards.first.locator(".factors input").first.input_value() == "92"  # what was given is still there
    for number in range(1, 7):
        slide(cards.nth(number), 86)
    cards.nth(1).get_by_label("德").fill("88")
    assert cards.nth(1).locator(".sum").inner_text() == "86.30"
    page.get_by_role("button", name="提交7人的评议").click()
    page.get_by_text("系统只记您已完成").wait_for()
    assert RatingBallot.objects.count() == 7
    assert RatingTask.objects.filter(rater=cast.people["经乙"], done=False).count() == 0
    assert foreign_requests == []
