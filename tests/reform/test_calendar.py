"""The working calendar after `migrate`, and its page."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reform.models import AuditEvent, CalendarDay, RowChange
from reform.selectors import calendar_of
from reform.workdays import count_workdays, is_workday, workday_period
from tests import factories as make

pytestmark = pytest.mark.django_db
LIST = reverse("admin:reform_calendarday_changelist")
ADD = reverse("admin:reform_calendarday_add")


def a_client(client: Client, role: str, zone: Any) -> Client:
    client.force_login(make.a_user(zone, role, f"{role}员"), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clerk(client: Client) -> Client:
    return a_client(client, "人事", make.a_zone())


# Working days of each year, counted by hand from the notices: 365 or 366, less weekends and holidays, plus
# 调休.
@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2018, 250),
        (2019, 250),
        (2020, 249),  # 春节 lengthened: 01-31 free, 02-01 not worked
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ],
)
def test_each_year_has_the_working_days_of_its_notice(year: int, days: int):
    counted = count_workdays(date(year, 1, 1), date(year, 12, 31), calendar_of())
    assert (counted.days, counted.years_missing) == (days, ())


@pytest.mark.parametrize(
    ("on", "worked"),
    [
        (date(2024, 2, 9), True),  # 除夕, no holiday in the notice of that year
        (date(2022, 1, 30), True),  # a Sunday, 调休
        (date(2022, 2, 4), False),
        (date(2020, 1, 31), False),  # 春节 lengthened by a second notice
        (date(2025, 1, 26), True),
        (date(2026, 2, 23), False),
    ],
)
def test_days_of_the_notices(on: date, worked: bool):
    assert is_workday(on, calendar_of()) is worked


def test_calendar_is_read_with_one_statement(django_assert_num_queries: Any):
    with django_assert_num_queries(1):
        calendar = calendar_of()
    assert workday_period(date(2022, 1, 29), 5, calendar).last_on == date(2022, 2, 9)


def test_calendar_says_only_what_differs_from_the_week():
    differing = [on for on, worked in calendar_of().items() if worked == (on.weekday() < 5)]
    # A holiday that falls on a weekend is listed too: it is one by its name.
    assert all(not worked for on, worked in calendar_of().items() if on in differing)
    assert differing


def test_hr_of_any_zone_adds_a_day_with_a_reason(clerk: Client):
    answers = {
        "on": "2027-01-01",
        "name": "元旦",
        "change_reason": "国务院办公厅通知",
        "change_document_no": "国办发明电〔2026〕1号",
    }
    assert clerk.post(ADD, answers).status_code == 302
    assert calendar_of()[date(2027, 1, 1)] is False
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.zone, event.reason) == ("新增工作日历", None, "国务院办公厅通知")
    assert RowChange.objects.get(event=event).after["name"] == "元旦"


def test_a_change_needs_a_reason_and_shows_who_made_it(clerk: Client):
    day = CalendarDay.objects.get(on=date(2022, 1, 29))
    address = reverse("admin:reform_calendarday_change", args=[day.pk])
    seen = clerk.get(address).context["adminform"].form["change_seen"].value()
    answers = {"name": day.name, "change_seen": seen}  # 上班 no longer ticked
    assert "请写明修改的原因" in clerk.post(address, answers).content.decode()
    assert clerk.post(address, answers | {"change_reason": "通知更正"}).status_code == 302
    day.refresh_from_db()
    assert not day.is_workday
    assert "通知更正" in clerk.get(address).content.decode()


def test_a_day_stands_once(clerk: Client):
    response = clerk.post(ADD, {"on": "2022-02-01", "name": "春节"})
    assert response.status_code == 200
    assert CalendarDay.objects.filter(on=date(2022, 2, 1)).count() == 1


def test_list_shows_a_year_and_the_menu_leads_to_it(clerk: Client):
    page = clerk.get(LIST, {"year": "2024"}).content.decode()
    assert "2024-02-18" in page
    assert "星期日" in page
    assert "2023-01-01" not in page
    assert LIST in clerk.get(reverse("admin:index")).content.decode()


def test_the_system_administrator_looks_only(client: Client):
    administrator = a_client(client, "系统管理员", None)
    assert administrator.get(LIST).status_code == 200
    assert administrator.get(ADD).status_code == 403
