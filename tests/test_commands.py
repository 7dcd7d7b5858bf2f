"""The operator's commands beside the import: demo, summary, audit."""

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from reform.access import command_actor
from reform.models import AuditEvent, Zone
from reform.services import audit_record, zone_create

pytestmark = pytest.mark.django_db


def run(name: str, *args: str) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, stderr=out)
    return out.getvalue()


def answer(name: str, *args: str) -> dict[str, Any]:
    return json.loads(run(name, *args, "--json"))


def test_demo_has_the_articles_counts_in_its_second_round_and_loading_twice_changes_nothing():
    assert "demo-Renshi-2022" in run("load_demo")
    summary = answer("round_summary", "2022")
    assert summary["sentence"] == (
        "参加聘任613人，其中提拔20人、降职17人，全部人员找到了合适的位置，无人一落千丈。"
    )
    assert (summary["appointed"], summary["promoted"], summary["demoted"], summary["unplaced"]) == (
        613,
        20,
        17,
        0,
    )
    assert summary["max_demotion_steps"] == 1
    assert [check["ok"] for check in summary["checks"]] == [True] * 8
    assert sum(one["appointed"] for one in summary["by_unit"]) == 613
    events = AuditEvent.objects.count()
    assert "已经装入" in run("load_demo")
    assert AuditEvent.objects.count() == events


def test_demo_is_refused_where_another_zone_is():
    zone_create(code="real", name="某开发区", actor=command_actor(None))
    with pytest.raises(CommandError, match="数据库中已有开发区"):
        call_command("load_demo")
    assert not get_user_model().objects.filter(username="renshi").exists()
    assert run("demo_logins") == ""


def test_unknown_round_ends_with_status_two():
    zone_create(code="z", name="某开发区", actor=command_actor(None))
    with pytest.raises(SystemExit) as end:
        run("round_summary", "1999", "--json")
    assert end.value.code == 2


def test_audit_chain_shows_an_event_that_was_touched():
    zone = zone_create(code="z", name="某开发区", actor=command_actor(None))
    touched = audit_record(actor=command_actor(None), action="导出", zone=zone)
    audit_record(actor=command_actor(None), action="导出", zone=zone)
    assert answer("verify_audit")["ok"]
    touched.action = "没有导出"
    touched.save()
    with pytest.raises(SystemExit) as end:
        run("verify_audit")
    assert end.value.code == 1
    assert Zone.objects.count() == 1
