"""Every page of the admin opens for those it is for, in Chinese, and for nobody else."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from reform.models import CalendarDay, Person, Unit, UnitLineage
from tests import factories as make
from tests.markup import english_in

pytestmark = pytest.mark.django_db


def addresses(model: Any) -> tuple[str, str, str]:
    """The list, the form for a new one, and the pattern of the page of one."""
    stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    return reverse(f"{stem}_changelist"), reverse(f"{stem}_add"), f"{stem}_change"


def registered(*apps: str) -> list[Any]:
    return [model for model in admin.site._registry if model._meta.app_label in apps]


@pytest.fixture
def zone() -> Any:
    """A zone in which every list has a row."""
    zone = make.a_zone("gx")
    unit = make.a_unit(zone)
    section = make.a_unit(zone, "综合科", unit)
    old = make.a_unit(zone, "招商局", ends_before=date(2022, 1, 23), starts_on=date(2010, 1, 1))
    UnitLineage.objects.create(
        zone=zone, predecessor=old, successor=unit, kind="MERGE", happened_on=date(2022, 1, 23)
    )
    round_ = make.a_round(zone)
    before = make.a_position(old, "主办", "L30")
    after = make.a_position(section, "科长", "L50", round_.setup)
    person = make.a_person(zone, phone="13800138000", bank_account="6222020200112233445")
    make.a_baseline(round_, person, before)
    make.an_appointment(round_, person, after, probation_ends_before=date(2023, 1, 23))
    return zone


@pytest.fixture
def hr(client: Client, zone: Any) -> Client:
    client.force_login(make.a_user(zone, "人事"), "django.contrib.auth.backends.ModelBackend")
    return client


def opened(client: Client, address: str) -> Any:
    response = client.get(address, follow=True)
    assert response.status_code in (200, 403), address
    return response


@pytest.mark.parametrize("role", ["人事", "系统管理员"])
def test_every_page_opens_without_an_english_word(client: Client, zone: Any, role: str):
    client.force_login(make.a_user(zone, role), "django.contrib.auth.backends.ModelBackend")
    seen = 0
    for model in registered("reform", "appointments", "auth"):
        listed, added, change = addresses(model)
        row = model._default_manager.order_by("pk").last()
        pages = [listed, added] + ([reverse(change, args=[row.pk])] if row else [])
        for address in pages:
            response = opened(client, address)
            if response.status_code == 200 and model._meta.model_name != "upload":
                seen += 1
                assert english_in(response.content.decode()) == set(), address
    assert seen > {"人事": 25, "系统管理员": 10}[role]


def test_password_pages_are_in_chinese(hr: Client):
    response = hr.get(reverse("admin:password_change"))
    assert english_in(response.content.decode()) == set()


@pytest.mark.parametrize("role", ["人事", "系统管理员"])
def test_no_page_loads_anything_from_another_host(client: Client, zone: Any, role: str):
    client.force_login(make.a_user(zone, role), "django.contrib.auth.backends.ModelBackend")
    for model in registered("reform", "appointments", "auth"):
        page = opened(client, addresses(model)[0]).content.decode()
        assert re.findall(r"(?:src|href)=[\"'](?:https?:)?//[^\"']+", page) == []


def test_admin_has_its_own_content_security_policy(hr: Client, settings: Any):
    response = hr.get(reverse("admin:reform_unit_changelist"))
    assert response["Content-Security-Policy"] == settings.ADMIN_CONTENT_SECURITY_POLICY
    assert "unsafe-eval" not in hr.get("/login/").headers.get("Content-Security-Policy", "")


def test_anonymous_goes_to_the_login_page(client: Client, db: None):
    address = reverse("admin:reform_person_changelist")
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={address}"
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/login/?next=/admin/"


def test_leader_gets_403_in_the_admin(client: Client, zone: Any):
    client.force_login(make.a_user(zone, "领导", is_staff=False), "django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/").status_code == 403
    assert client.get("/admin/login/").status_code == 403
    assert client.get(reverse("admin:reform_person_changelist")).status_code == 403


def test_nothing_can_be_deleted(hr: Client, zone: Any):
    for model in registered("reform", "appointments"):
        row = model._default_manager.order_by("pk").last()
        if row is not None:
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_delete", args=[row.pk])
            assert hr.post(address, {"post": "yes"}).status_code == 403
            assert model._default_manager.filter(pk=row.pk).exists()


def test_menu_shows_only_what_the_user_may_open(client: Client, zone: Any):
    client.force_login(make.a_user(zone, "系统管理员"), "django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("admin:auth_user_changelist")).content.decode()
    assert reverse("admin:reform_zone_changelist") in page
    assert reverse("admin:reform_person_changelist") not in page
    assert "机构岗位" not in page


def test_lists_end_at_the_border_of_the_zone(hr: Client, zone: Any):
    other = make.a_zone("jkq", "经开区")
    unit = make.a_unit(other, "外区招商局")
    make.a_person(other, "外区人")
    for model, name in ((Unit, "外区招商局"), (Person, "外区人")):
        listed, _, change = addresses(model)
        assert name not in hr.get(listed).content.decode()
        foreign = model._default_manager.get(zone=other)
        assert hr.get(reverse(change, args=[foreign.pk])).status_code == 302
    chosen = hr.get(
        reverse("admin:autocomplete"),
        {"app_label": "reform", "model_name": "unit", "field_name": "parent", "term": "招商"},
    )
    assert str(unit.pk) not in [row["id"] for row in chosen.json()["results"]]
    form = {"name": "新科", "parent": unit.pk, "kind": "SECTION", "sort_no": "0"}
    response = hr.post(reverse("admin:reform_unit_add"), form)
    assert "选择一个有效的选项" in response.content.decode()


def test_query_count_of_lists_does_not_grow_with_the_rows(
    hr: Client, zone: Any, django_assert_max_num_queries: Any
):
    round_ = make.a_round(zone, "2025", date(2025, 1, 23))
    unit = make.a_unit(zone, "规划建设局")
    for number in range(20):
        position = make.a_position(unit, f"岗位{number}", "L30", round_.setup)
        make.an_appointment(round_, make.a_person(zone, f"人{number}"), position)
    for name in (
        "reform_person",
        "reform_position",
        "reform_unit",
        "reform_tenure",
        "appointments_appointment",
    ):
        with django_assert_max_num_queries(40):
            hr.get(reverse(f"admin:{name}_changelist"))


def test_clerk_without_a_zone_sees_no_business_data(client: Client, zone: Any):
    client.force_login(make.a_user(None, "人事"), "django.contrib.auth.backends.ModelBackend")
    for model in registered("reform", "appointments"):
        response = opened(client, addresses(model)[0])
        if response.status_code == 200 and model is not CalendarDay:  # of the whole country
            assert response.context["cl"].result_count == 0, model
    assert client.get(reverse("admin:reform_unit_add")).status_code == 403
    assert client.get(reverse("admin:uploads")).status_code == 403
