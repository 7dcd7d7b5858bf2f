"""聘期管理 shows a page at a time, narrowed by kind, days and name, and comes back to where one was."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as make

from .pages_cast import logged_in

pytestmark = pytest.mark.django_db
PAGE = "admin:years"


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


class Ending:
    """A zone with terms that end soon."""

    def __init__(self, number: int) -> None:
        self.zone = make.a_zone()
        self.round = make.a_round(self.zone)
        self.post = make.a_position(make.a_unit(self.zone), "主办", "L30", self.round.setup, headcount=999)
        self.client = logged_in(make.a_user(self.zone, "领导"))
        self.more(number)

    def more(self, number: int, days: int = 20) -> None:
        for place in range(number):
            make.an_appointment(
                self.round,
                make.a_person(self.zone, f"期满{'甲乙丙丁戊己庚辛壬癸'[place % 10]}"),
                self.post,
                ends_before=date.today() + timedelta(days=days + 1),
            )

    def page(self, **query: str) -> str:
        return text_of(self.client.get(reverse(PAGE), query))


def test_terms_are_paged_and_the_filter_stays():
    cast = Ending(60)
    page = cast.page(kind="TERM")
    assert page.count('name="row"') == 50
    assert "第1页，共2页、60条" in page
    assert "?kind=TERM&amp;page=2" in page
    assert cast.page(kind="TERM", page="2").count('name="row"') == 10
    assert cast.page(kind="TERM", all="1").count('name="row"') == 60


def test_terms_are_narrowed_by_days_and_name():
    cast = Ending(10)
    cast.more(3, days=80)
    assert cast.page(band="30", kind="TERM").count('name="row"') == 10
    assert cast.page(band="90", kind="TERM").count('name="row"') == 3
    assert cast.page(q="期满甲", kind="TERM").count('name="row"') == 2
    assert "没有符合条件的" in cast.page(q="查无此人")


def test_who_retires_is_one_click_from_leaving_for_the_office_only():
    cast = Ending(0)
    long_ago = date.today().replace(day=1, year=date.today().year - 64)
    person = make.a_person(cast.zone, "老王", birth_on=long_ago, sex="1")
    make.a_tenure(person, cast.post)
    address = f"{reverse('admin:appointments_exit_add')}?person={person.pk}&amp;cause=T02"
    assert "老王" in cast.page(kind="RETIREMENT")
    assert address not in cast.page(kind="RETIREMENT")
    cast.client = logged_in(make.a_user(cast.zone, "人事"))
    assert address in cast.page(kind="RETIREMENT")


def test_after_an_action_one_is_back_at_the_same_place():
    cast = Ending(2)
    address = reverse("admin:years_do", args=["renew"])
    response = cast.client.post(address, {"kept": "tab=terms&kind=TERM&page=2&all=1&next=//evil"})
    assert response["Location"] == f"{reverse(PAGE)}?tab=terms&kind=TERM&page=2&all=1"
    assert cast.client.post(address)["Location"] == f"{reverse(PAGE)}?tab=terms"


def test_statements_do_not_grow_with_the_terms():
    cast = Ending(3)
    cast.page()
    with CaptureQueriesContext(connection) as few:
        cast.page()
    cast.more(60)
    with CaptureQueriesContext(connection) as many:
        cast.page()
    assert len(many) == len(few)


@pytest.mark.parametrize("tab", ["terms", "secondments", "appeals", "locks"])
def test_every_tab_opens_for_the_office_and_not_for_others(tab: str):
    cast = Ending(1)
    clerk = logged_in(make.a_user(cast.zone, "人事"))
    assert clerk.get(reverse(PAGE), {"tab": tab, "page": "9"}).status_code == 200
    assert logged_in(make.a_user(cast.zone, "考评组")).get(reverse(PAGE), {"tab": tab}).status_code == 403
