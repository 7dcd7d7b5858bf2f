"""The demo goes into an empty database only; what it comes to stands in test_demo_rounds.py."""

import io

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from tests import factories as make

pytestmark = pytest.mark.django_db


def run(command: str) -> str:
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_demo_leaves_a_database_with_a_zone_alone():
    make.a_zone()
    with pytest.raises(CommandError, match="已有开发区"):
        run("load_demo")
    assert run("demo_logins") == ""
    assert not get_user_model().objects.filter(username="renshi").exists()
