"""What readers of the lists and forms see: the posts in force, names of colleagues, links that open."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import RuleResult
from reform.admin.navigation import navigation
from reform.models import Membership, PositionSetup
from tests import factories as make

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def zone(db: None) -> Any:
    return make.a_zone("gx")


def as_role(client: Client, zone: Any, role: str, **facts: Any) -> Client:
    client.force_login(make.a_user(zone, role, **facts), BACKEND)
    return client


def test_posts_of_the_setup_in_force_are_listed_and_not_those_of_a_round_on_its_way(
    client: Client, zone: Any
):
    unit = make.a_unit(zone)
    now, coming = make.a_round(zone), make.a_round(zone, "2026", effective_on=None)
    make.a_position(unit, "科长", "L50", now.setup)
    make.a_position(unit, "处长", "L70", coming.setup)
    page = as_role(client, zone, "人事").get(reverse("admin:reform_position_changelist")).content.decode()
    assert "科长" in page
    assert "处长" not in page
    assert PositionSetup.objects.filter(starts_on=None).count() == 1


def test_setup_of_a_coming_round_is_not_in_force(client: Client, zone: Any):
    make.a_round(zone, "2026", effective_on=None)
    page = (
        as_role(client, zone, "人事").get(reverse("admin:reform_positionsetup_changelist")).content.decode()
    )
    assert "还没有生效" in page
    assert "至今" not in page


def test_setup_in_force_holds_until_now(client: Client, zone: Any):
    make.a_round(zone)
    page = (
        as_role(client, zone, "人事").get(reverse("admin:reform_positionsetup_changelist")).content.decode()
    )
    assert "2022-01-23" in page
    assert "至今" in page


def test_head_of_a_unit_gets_no_link_to_a_page_that_would_refuse(client: Client, zone: Any):
    unit = make.a_unit(zone)
    round_ = make.a_round(zone)
    make.a_position(unit, "科长", "L50", round_.setup)
    head = as_role(client, zone, "单位负责人")
    Membership.objects.update(unit=unit)
    page = head.get(reverse("admin:appointments_round_change", args=[round_.pk])).content.decode()
    assert round_.setup.name in page
    inside = page[page.index("content-main") :]
    addresses = set(re.findall(r'href="(/[^"?#]*)', inside))
    assert [one for one in addresses if head.get(one, follow=True).status_code != 200] == []
    listed = head.get(reverse("admin:appointments_round_changelist")).content.decode()
    assert "看报表" not in listed
    assert reverse("admin:round", args=[round_.pk]) in listed


def test_list_of_policies_names_the_colleague_and_not_the_account(client: Client, zone: Any):
    maker = make.a_user(zone, "人事", first_name="张经办")
    version = zone.policies.get()
    type(version).objects.filter(pk=version.pk).update(maker=maker)
    page = (
        as_role(client, zone, "监督组").get(reverse("admin:reform_policyversion_changelist")).content.decode()
    )
    assert "张经办" in page
    assert maker.get_username() not in page


def test_conditions_stand_in_words(client: Client, zone: Any):
    unit = make.a_unit(zone)
    round_ = make.a_round(zone)
    post = make.a_position(unit, setup=round_.setup)
    made = make.an_application(make.a_batch(round_), make.a_person(zone), post)
    RuleResult.objects.create(application=made, rule="MIN_LEVEL_TENURE", outcome="PASS", required="满3年")
    address = reverse("admin:appointments_application_change", args=[made.pk])
    page = as_role(client, zone, "人事").get(address).content.decode()
    assert "任职年限" in page
    assert "MIN_LEVEL_TENURE" not in page


def test_results_light_their_own_entry_of_the_menu(client: Client, zone: Any, rf: Any):
    request = rf.get("/admin/kpi/cycles/2022Q4/quotas/")
    request.user = make.a_user(zone, "考核办")
    lit = [one["title"] for group in navigation(request) for one in group["items"] if one["active"]]
    assert lit == ["考核结果"]
    request.path = "/admin/kpi/cycles/2022Q4/verify/"
    lit = [one["title"] for group in navigation(request) for one in group["items"] if one["active"]]
    assert lit == ["考核周期"]


def test_account_without_a_zone_leads_to_where_one_is_given(client: Client, zone: Any):
    stray = make.a_user(None, "人事")
    admin_of = as_role(client, zone, "系统管理员")
    page = admin_of.get(reverse("admin:auth_user_change", args=[stray.pk])).content.decode()
    address = f"{reverse('admin:reform_membership_add')}?user={stray.pk}"
    assert address in page
    form = admin_of.get(address).context["adminform"].form
    assert form["user"].value() == str(stray.pk)
