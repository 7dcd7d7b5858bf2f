"""Sheets come in by the office whose they are, and go out to who may see what stands in them."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from reform.exchange.context import Options
from reform.exchange.plan import SourceFile, import_files
from reform.models import Position
from tests import factories as make
from tests import import_cast

from .pages_cast import logged_in

pytestmark = pytest.mark.django_db
SEEN_BY_ALL = {"units", "positions", "roster", "appointments"}
EVERYTHING = SEEN_BY_ALL | {"kinships", "applications", "intentions", "duties"}
OUT = {"人事": EVERYTHING, "监督组": EVERYTHING, "考核办": SEEN_BY_ALL, "薪酬专员": SEEN_BY_ALL}


@pytest.fixture
def round_() -> Any:
    return make.a_round(make.a_zone())


@pytest.mark.parametrize("role", OUT)
def test_a_role_takes_out_only_the_sheets_that_it_may_see(round_: Any, role: str):
    client = logged_in(make.a_user(round_.zone, role))
    answers = {
        kind: client.get(reverse("admin:upload_export", args=[kind]), {"round": round_.code}).status_code
        for kind in OUT["人事"]
    }
    assert {kind for kind, status in answers.items() if status == 200} == OUT[role]
    assert set(answers.values()) <= {200, 403}


@pytest.mark.parametrize("role", ["考核办", "薪酬专员"])
def test_another_office_brings_in_none_of_the_sheets_of_personnel(round_: Any, role: str):
    user = make.a_user(round_.zone, role)
    outcome = import_files(
        [SourceFile("岗位设置一览表.xlsx", import_cast.positions())],
        actor=user,
        now=timezone.now(),
        options=Options(zone=round_.zone.code, round=round_.code),
    )
    assert "CALL_REFUSED" in {one["code"] for one in _findings(outcome)}
    assert not Position.objects.exists()
    page = logged_in(user).get(reverse("admin:uploads")).content.decode()
    assert reverse("admin:upload_template", args=["appointments"]) not in page


def _findings(outcome: Any) -> list[dict[str, Any]]:
    told = outcome.as_json()
    return told["findings"] + [one for file in told["files"] for one in file["findings"]]


def test_upload_is_taken_back_by_its_own_office_only(round_: Any):
    outcome = import_files(
        [SourceFile("岗位设置一览表.xlsx", import_cast.positions())],
        actor=make.a_user(round_.zone, "人事"),
        now=timezone.now(),
        options=Options(zone=round_.zone.code, round=round_.code),
    )
    number = outcome.as_json()["upload"]
    undo = reverse("admin:upload_undo", args=[number])
    other = logged_in(make.a_user(round_.zone, "考核办"))
    assert undo not in other.get(reverse("admin:upload_detail", args=[number])).content.decode()
    assert "请由本人或同一角色的人撤销" in other.post(undo, follow=True).content.decode()
    assert Position.objects.exists()
    logged_in(make.a_user(round_.zone, "人事")).post(undo, {"reason": "传错了"})
    assert not Position.objects.exists()
