"""A batch's page offers what can be done, and not what could only be refused."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import Publicity
from tests import factories as make

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def zone(db: None) -> Any:
    return make.a_zone("gx")


def page_of(client: Client, zone: Any, role: str, batch: Any, tab: str) -> str:
    client.force_login(make.a_user(zone, role), BACKEND)
    return client.get(reverse("admin:batch", args=[batch.pk]), {"tab": tab}).content.decode()


@pytest.mark.parametrize(
    ("is_suspended", "offered", "spared"), [(False, "暂停…", ">恢复<"), (True, ">恢复<", "暂停…")]
)
def test_only_what_was_suspended_is_taken_up_again(
    client: Client, zone: Any, is_suspended: bool, offered: str, spared: str
):
    batch = make.a_batch(make.a_round(zone), state="APPLYING", is_suspended=is_suspended)
    page = page_of(client, zone, "人事", batch, "posts")
    assert offered in page
    assert spared not in page


def test_result_of_a_publicity_is_confirmed_once_it_is_reported(client: Client, zone: Any):
    batch = make.a_batch(make.a_round(zone), state="PUBLICITY")
    office = make.a_user(zone, "人事")
    proposal = batch.proposal_lists.create(number=1, frozen_by=office, frozen_on=date(2022, 1, 10))
    days = {"starts_on": date(2022, 1, 17), "ends_before": date(2022, 1, 22)}
    shown = Publicity.objects.create(proposal=proposal, **days)
    assert "确认公示结果" not in page_of(client, zone, "监督组", batch, "publicity")
    assert "报告公示结果" in page_of(client, zone, "人事", batch, "publicity")
    Publicity.objects.filter(pk=shown.pk).update(reported_by=office, result="无异议")
    assert "确认公示结果" in page_of(client, zone, "监督组", batch, "publicity")
    assert "报告公示结果" not in page_of(client, zone, "人事", batch, "publicity")


def test_who_may_not_open_a_batch_gets_no_link_to_one(client: Client, zone: Any):
    round_ = make.a_round(zone)
    batch = make.a_batch(round_, state="APPLYING")
    client.force_login(make.a_user(zone, "薪酬专员"), BACKEND)
    page = client.get(reverse("admin:round", args=[round_.pk])).content.decode()
    assert batch.name in page
    assert reverse("admin:batch", args=[batch.pk]) not in page
