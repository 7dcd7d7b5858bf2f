"""民主测评 in a window of a phone's size: from the first page to the thanks, by what is touched and read."""

from typing import Any

import pytest
from playwright.sync_api import expect

from kpi.models import RatingBallot, RatingTask
from reform.models import Membership
from tests import factories as make
from tests.browser.pages import PHONE, follow, log_in, press, sees
from tests.kpi.casts import Cast
from tests.kpi.rating_cast import a_quarter, asked

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
    log_in(page, "jingyi")
    page.goto("/my/")
    follow(page, page.get_by_text("民主测评：7人等您评议"))
    sees(page, "测评匿名", within="main")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    cards = page.locator(".ratee")
    assert cards.count() == 7
    heights = page.locator(".rating input:visible, .rating button:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= FINGER
    for number in range(7):
        slide(cards.nth(number), 92)
    expect(page.get_by_role("status")).to_have_text("已评7/7人，优秀票6/1")
    press(page, "提交7人的评议")
    sees(page, "优秀票6张")
    assert not RatingBallot.objects.exists()

    assert cards.first.locator(".factors input").first.input_value() == "92"  # what was given is still there
    for number in range(1, 7):
        slide(cards.nth(number), 86)
    cards.nth(1).get_by_label("德").fill("88")
    expect(cards.nth(1).locator(".sum")).to_have_text("86.30")
    press(page, "提交7人的评议")
    sees(page, "系统只记您已完成")
    assert RatingBallot.objects.count() == 7
    assert RatingTask.objects.filter(rater=cast.people["经乙"], done=False).count() == 0
    assert foreign_requests == []
