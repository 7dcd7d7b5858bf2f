"""The demo: two rounds through the importer and three accounts, in an empty database only."""

import io

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from appointments.models import Appointment, Round
from reform.models import AuditEvent, Zone
from tests import factories as make

pytestmark = pytest.mark.django_db


def run(command: str) -> str:
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_demo_is_loaded_once_and_tells_its_accounts():
    told = run("load_demo")
    assert list(Round.objects.values_list("code", "state")) == [("2022", "COMPLETED"), ("2018", "COMPLETED")]
    assert Appointment.objects.filter(round__code="2022").count() == 613
    assert Zone.objects.get().deadline_on.isoformat() == "2022-03-31"
    assert "用户名 renshi" in told
    request = RequestFactory().post("/login/")
    user = authenticate(request, username="renshi", password="demo-Renshi-2022")
    assert user is not None
    assert user.has_perm("reform.change_unit")
    leader = get_user_model().objects.get(username="lingdao")
    assert not leader.is_staff
    assert leader.has_perm("reform.view_reports")
    events = AuditEvent.objects.count()
    assert "已经装入" in run("load_demo")
    assert AuditEvent.objects.count() == events
    leader.set_password("test-Only-7731")
    leader.save()
    assert "lingdao" not in run("demo_logins")


def test_demo_leaves_a_database_with_a_zone_alone():
    make.a_zone()
    with pytest.raises(CommandError, match="已有开发区"):
        run("load_demo")
    assert run("demo_logins") == ""
    assert not get_user_model().objects.filter(username="renshi").exists()
