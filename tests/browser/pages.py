"""What the browser tests do with a page.

A click returns before the next page is there, and a page can be read while half of it has come. So each click
that leads on waits for the page it leads to, and each look waits until the page says what is looked for.
"""

from typing import Any

from playwright.sync_api import expect

PASSWORD = "test-Only-7731"
PHONE = {"width": 390, "height": 844}


def log_in(page: Any, user: Any) -> Any:
    """The page after the login; `user` is an account or its name."""
    page.goto("/login/")
    page.fill("input[name=username]", user if isinstance(user, str) else user.get_username())
    page.fill("input[name=password]", PASSWORD)
    press(page, "登录")
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def page_of(context: Any, user: Any, size: Any = None) -> Any:
    """A window in which the user, and nobody else, is logged in; questions are answered with yes."""
    context.clear_cookies()
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    if size:
        page.set_viewport_size(size)
    return log_in(page, user)


def follow(page: Any, what: Any) -> None:
    """Click what leads on (a locator), and wait for the page that it leads to."""
    with page.expect_navigation():
        what.click()


def press(page: Any, button: Any) -> None:
    """The first button of that name (or the one that fits a pattern), and the page that it leads to."""
    exact = isinstance(button, str)
    follow(page, page.get_by_role("button", name=button, exact=exact).first)


def sees(page: Any, *texts: Any, within: str = "body") -> None:
    """Each text (or pattern) comes to stand on the page, as a reader sees it."""
    for text in texts:
        expect(page.locator(within).first).to_contain_text(text, use_inner_text=True)


def sees_not(page: Any, *texts: str, within: str = "body") -> None:
    """None of the texts stands on the page; ask after `sees`, which waits for the page."""
    shown = page.locator(within).first.inner_text()
    assert [text for text in texts if text in shown] == []
