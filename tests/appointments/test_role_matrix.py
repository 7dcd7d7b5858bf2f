"""Each role and each page, list and action: allowed, or 403; and a unit head meets nobody of another unit."""

import io
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from openpyxl import load_workbook

from appointments.models import Appointment
from appointments.states import BatchState
from appointments.views.batch import TABS
from appointments.views.inbox import ACTIONS as INBOX_ACTIONS
from appointments.views.placements import ACTIONS as PLACEMENT_ACTIONS
from appointments.views.round_actions import ROUND_ACTIONS
from appointments.views.years import ALL as YEAR_ACTIONS
from tests import factories as make

from .pages_cast import Office, logged_in

pytestmark = pytest.mark.django_db
ROLES = (
    "人事",
    "领导",
    "监督组",
    "考评组",
    "考察组",
    "单位负责人",
    "薪酬专员",
    "考核办",
    "财务",
    "系统管理员",
)
WHO = {
    "round": {"人事", "领导", "监督组", "考评组", "考察组", "单位负责人", "薪酬专员", "考核办"},
    "round_calendar": {"人事", "领导", "监督组", "考评组", "考察组", "单位负责人", "薪酬专员", "考核办"},
    "machines": {"人事", "领导", "监督组", "考评组", "考察组", "单位负责人", "薪酬专员", "考核办"},
    "round_new": {"人事"},
    "placements": {"人事", "领导", "监督组"},
    "batch": {"人事", "领导", "监督组", "考评组", "考察组", "单位负责人"},
    "ballots": {"人事"},
    "dossier": {"人事", "领导", "监督组", "考察组", "单位负责人"},
    "years": {"人事", "领导", "监督组"},
    "change_requests": {"人事", "监督组"},
    "policy": {"人事", "领导", "监督组", "薪酬专员", "考核办"},
    "policy_copy": {"人事"},
}
TABS_OF = {
    "posts": {"人事", "领导", "监督组", "考评组", "考察组", "单位负责人"},
    "applications": {"人事", "领导", "监督组", "考察组", "单位负责人"},
    "screening": {"人事", "监督组"},
    "assessment": {"人事", "监督组", "考评组"},
    "selection": {"人事", "监督组", "单位负责人"},
    "inspection": {"人事", "领导", "监督组", "考察组"},
    "proposal": {"人事", "领导", "监督组"},
    "publicity": {"人事", "领导", "监督组"},
    "appointing": {"人事", "领导", "监督组", "单位负责人"},
}


@pytest.fixture
def cast() -> Office:
    return Office()


def address(cast: Office, name: str) -> str:
    keys = {
        "round": cast.round.pk,
        "round_calendar": cast.round.pk,
        "placements": cast.round.pk,
        "batch": cast.batch.pk,
        "ballots": cast.batch.pk,
        "dossier": cast.applications[0].pk,
        "policy": cast.round.policy_id,
    }
    return reverse(f"admin:{name}", args=[keys[name]] if name in keys else [])


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_pages_and_no_others(cast: Office, role: str):
    client = cast.client(role)
    for name, allowed in WHO.items():
        status = client.get(address(cast, name)).status_code
        assert status == (200 if role in allowed else 403), name


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_tabs_and_no_others(cast: Office, role: str):
    client = cast.client(role)
    for tab in TABS:
        status = client.get(address(cast, "batch"), {"tab": tab.key}).status_code
        assert status == (200 if role in TABS_OF[tab.key] else 403), tab.key


@pytest.mark.parametrize("role", ROLES)
def test_each_role_takes_its_actions_and_no_others(cast: Office, role: str):
    """Permission is asked before anything else: an empty form is told, not taken."""
    client = cast.client(role)
    user = cast.user(role)
    pages = {
        "batch_do": (VIEW_BATCH, cast.batch.pk, [one for tab in TABS for one in tab.actions]),
        "round_do": (VIEW_ROUND, cast.round.pk, ROUND_ACTIONS),
        "placement_do": (VIEW_PLACEMENT, cast.round.pk, PLACEMENT_ACTIONS),
        "years_do": (None, None, [one for _, one in YEAR_ACTIONS.values()]),
        "change_request_do": ("reform.view_changerequest", None, INBOX_ACTIONS),
    }
    for name, (view, key, actions) in pages.items():
        for action in actions:
            may = any(user.has_perm(one) for one in action.permissions)
            may = may and (view is None or user.has_perm(view))
            args = [action.key] if key is None else [key, action.key]
            status = client.post(reverse(f"admin:{name}", args=args)).status_code
            assert status == (302 if may else 403), (name, action.key)


VIEW_BATCH, VIEW_ROUND = "appointments.view_batch", "appointments.view_round"
VIEW_PLACEMENT = "appointments.view_placement"


def test_actions_are_for_the_roles_that_the_rules_name():
    """What the permissions say, in the names of the roles."""
    wanted = {
        "screen": {"人事"},
        "review": {"监督组"},
        "allow_waiver": {"领导"},
        "compute": {"考评组"},
        "intentions": {"人事", "单位负责人"},
        "inspect": {"考察组"},
        "freeze": {"人事"},
        "approve_list": {"领导"},
        "meeting": {"人事"},
        "confirm": {"监督组"},
        "receive": {"监督组"},
        "substitute": {"人事"},
    }
    permissions = {
        group.name: {f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.all()}
        for group in Group.objects.prefetch_related("permissions__content_type")
    }
    actions = {one.key: one for tab in TABS for one in tab.actions}
    for key, roles in wanted.items():
        found = {role for role in ROLES if permissions[role] & set(actions[key].permissions)}
        assert found == roles, key


@pytest.mark.parametrize("role", ROLES)
def test_each_list_follows_the_permission_to_view(cast: Office, role: str):
    client, user = cast.client(role), cast.user(role)
    for model in admin.site._registry:
        options = model._meta
        if options.app_label not in ("reform", "appointments"):
            continue
        may = any(
            user.has_perm(f"{options.app_label}.{verb}_{options.model_name}") for verb in ("view", "change")
        )
        listed = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
        assert client.get(listed).status_code == (200 if may else 403), options.label


OTHERS = ("甲1人", "乙1人", "规划建设局")


def seen_by(client: Any, address: str, data: Any = None) -> str:
    response = client.get(address, data or {})
    assert response.status_code == 200, address
    return response.content.decode()


def test_unit_head_sees_nobody_of_another_unit_in_lists_pages_and_forms(cast: Office):
    for number in (0, 1):
        Appointment.objects.create(
            zone=cast.zone,
            round=cast.round,
            person=cast.applications[2 * number].candidacy.person,
            position=cast.posts[number],
            held_level="L50",
            starts_on=date(2022, 1, 23),
            ends_before=date(2025, 1, 23),
        )
    client, head = logged_in(cast.head), cast.head
    for model in admin.site._registry:
        options = model._meta
        if options.app_label not in ("reform", "appointments"):
            continue
        if head.has_perm(f"{options.app_label}.view_{options.model_name}"):
            if options.model_name in ("batchpost", "batch", "round"):
                continue  # the round and its posts are public
            listed = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
            page = seen_by(client, listed)
            assert not [name for name in OTHERS if name in page], options.label
    for tab in ("applications", "selection", "appointing"):
        page = seen_by(client, address(cast, "batch"), {"tab": tab})
        assert not [name for name in OTHERS[:2] if name in page], tab
    assert "甲0人" in seen_by(client, address(cast, "batch"), {"tab": "applications"})
    page = seen_by(client, address(cast, "round"))
    assert not [name for name in OTHERS[:2] if name in page]


@pytest.mark.parametrize("state", [BatchState.SCREENING, BatchState.MATCHING, BatchState.INSPECTING])
def test_reasons_why_not_name_nobody_to_a_unit_head(state: str):
    cast = Office(state)
    for page in (address(cast, "batch"), address(cast, "round")):
        found = seen_by(logged_in(cast.head), page, {} if page.endswith("rounds") else None)
        assert "甲1人" not in found
        assert "乙1人" not in found


def test_unit_head_does_not_open_rows_of_another_unit(cast: Office):
    client = logged_in(cast.head)
    foreign = cast.applications[2]
    assert client.get(reverse("admin:dossier", args=[foreign.pk])).status_code == 404
    for model, key in (
        ("appointments_application", foreign.pk),
        ("reform_person", foreign.candidacy.person.pk),
        ("reform_position", cast.posts[1].pk),
        ("reform_unit", cast.units[1].pk),
    ):
        assert client.get(reverse(f"admin:{model}_change", args=[key])).status_code == 302, model


def test_unit_heads_search_and_export_end_at_the_unit(cast: Office):
    client = logged_in(cast.head)
    found = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "reform", "model_name": "unit", "field_name": "parent", "term": "规划"},
    )
    assert found.status_code == 403 or found.json()["results"] == []
    rows = [one.pk for one in cast.applications]
    response = client.post(
        reverse("admin:appointments_application_changelist"),
        {"action": "export_rows", "_selected_action": rows, "index": "0"},
    )
    assert response.status_code == 200
    sheet = load_workbook(io.BytesIO(response.content)).active
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert any("甲0人" in text for text in texts)
    assert not [text for text in texts if "甲1人" in text or "规划建设局" in text]


def test_unit_head_without_a_unit_sees_nobody(cast: Office):
    client = logged_in(make.a_user(cast.zone, "单位负责人"))
    page = seen_by(client, reverse("admin:appointments_application_changelist"))
    assert "甲0人" not in page
    assert "甲1人" not in page


def test_history_on_a_persons_page_is_shown_to_who_may_see_it(cast: Office):
    person = cast.applications[0].candidacy.person
    page = seen_by(logged_in(cast.head), reverse("admin:reform_person_change", args=[person.pk]))
    assert person.id_number not in page
    assert "甲1人" not in page


def test_members_of_the_panel_see_their_own_sheets_only(cast: Office):
    from appointments.models import PanelMember, ScoreSheet

    clerk = make.a_user(cast.zone, "人事")
    other = PanelMember.objects.create(batch=cast.batch, name="另一评委")
    mine = PanelMember.objects.get(user=cast.judge)
    for member in (other, mine):
        ScoreSheet.objects.create(batch=cast.batch, item="interview", member=member, entered_by=clerk)
    page = seen_by(logged_in(cast.judge), reverse("admin:appointments_scoresheet_changelist"))
    assert "面试 评委" in page
    assert "面试 另一评委" not in page
