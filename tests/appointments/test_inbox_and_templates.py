"""What waits in the inbox is masked for who may not see numbers; a template taken out leaves an event."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reform.models import AuditEvent
from reform.services import change_request_open
from tests import factories as make

from .pages_cast import logged_in

pytestmark = pytest.mark.django_db
INBOX = "admin:change_requests"


def ask(zone: Any, field: str = "phone", new: str = "13912345678") -> Any:
    person = make.a_person(zone, "张三", phone="13800138000")
    clerk = make.a_user(zone, "人事")
    return change_request_open(
        person=person, field=field, new_value=new, reason="换号", actor=clerk, on=date(2026, 3, 1)
    )


def test_numbers_are_masked_without_the_permission_to_see_them(zone: Any):
    ask(zone)
    supervisor = make.a_user(zone, "监督组")
    page = logged_in(supervisor).get(reverse(INBOX)).content.decode()
    assert "138****8000" in page
    assert "139****5678" in page
    assert "13800138000" not in page
    assert "13912345678" not in page
    supervisor.user_permissions.add(Permission.objects.get(codename="see_id_number"))
    page = logged_in(type(supervisor).objects.get(pk=supervisor.pk)).get(reverse(INBOX)).content.decode()
    assert "13912345678" in page


def test_the_office_reads_the_inbox_in_the_clear_and_other_facts_stay_readable(zone: Any):
    ask(zone)
    ask(zone, "native_place", "河南平顶山")
    page = logged_in(make.a_user(zone, "人事")).get(reverse(INBOX)).content.decode()
    assert "13912345678" in page
    assert "河南平顶山" in logged_in(make.a_user(zone, "监督组")).get(reverse(INBOX)).content.decode()


@pytest.mark.parametrize("role", ["领导", "考评组", "系统管理员", "单位负责人"])
def test_inbox_is_closed_to_others(zone: Any, role: str):
    assert logged_in(make.a_user(zone, role)).get(reverse(INBOX)).status_code == 403


def test_statements_of_the_inbox_do_not_grow(zone: Any):
    client = logged_in(make.a_user(zone, "人事"))
    ask(zone)
    client.get(reverse(INBOX))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(INBOX))
    for _ in range(8):
        ask(zone)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(INBOX))
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        (("admin:upload_template", ["roster"]), "空白模板"),
        (("admin:template_current", ["notice"]), "模板"),
    ],
)
def test_a_template_taken_out_leaves_an_event(zone: Any, address: Any, subject: str):
    clerk = make.a_user(zone, "人事")
    name, args = address
    assert logged_in(clerk).get(reverse(name, args=args)).status_code == 200
    event = AuditEvent.objects.get(action="下载模板")
    assert (event.actor, event.zone) == (clerk, zone)
    assert event.subject.endswith(subject)
    assert logged_in(make.a_user(zone, "考评组")).get(reverse(name, args=args)).status_code == 403
    assert AuditEvent.objects.filter(action="下载模板").count() == 1
