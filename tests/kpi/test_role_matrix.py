"""Each role and each page, list, report, export and action of the appraisal: allowed, or refused; and a unit
head takes nothing of another unit away in a file."""

import io
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from openpyxl import load_workbook

from kpi.models import Competition, Cycle, EvidenceFile, PersonResult, ResultAppeal
from kpi.states import CYCLE_TRANSITIONS, OFFICE, REPORTERS, VERIFIERS
from kpi.views import appeals, competitions, consequences, cycles, decisions, quotas, schemes, verify
from tests import factories as make
from tests.appointments.pages_cast import logged_in

from . import casts
from .casts import Cast

pytestmark = pytest.mark.django_db
CLERKS, LEADER, SUPERVISOR, HEAD, SCORER = "考核办", "领导", "监督组", "单位负责人", "考评组"
STAFF, PAY = "人事", "薪酬专员"
PERSON = "个人"
ROLES = (CLERKS, LEADER, SUPERVISOR, HEAD, SCORER, STAFF, PAY, "考察组", "财务", "系统管理员", PERSON)
CORE = {CLERKS, LEADER, SUPERVISOR}
READERS = CORE | {HEAD, STAFF}
# 个人 is no member of staff: sent to the login page of the admin, whatever is asked for.
WHO = {
    "kpi_schemes": READERS,
    "kpi_scheme_new": {CLERKS},
    "kpi_scheme": READERS,
    "kpi_indicator_new": {CLERKS},
    "kpi_indicator": READERS | {SCORER},
    "kpi_library": CORE,
    "kpi_try": READERS,
    "kpi_cycles": READERS | {SCORER, PAY},
    "kpi_cycle": READERS | {SCORER, PAY},
    "kpi_targets": CORE | {HEAD},
    "kpi_report": {CLERKS, HEAD},
    "kpi_item": CORE | {HEAD, SCORER},
    "kpi_evidence": CORE | {HEAD},
    "kpi_verify": CORE | {HEAD, SCORER},
    "kpi_check": {CLERKS, HEAD},
    "kpi_mark_sheets": {SCORER, LEADER},
    "kpi_results": READERS | {PAY},
    "kpi_unit_result": READERS | {PAY},
    "kpi_person_result": READERS | {PAY},
    "kpi_decisions": CORE,
    "kpi_quotas": CORE | {STAFF, PAY},
    "kpi_appeals": CORE | {HEAD},
    "kpi_appeal": CORE | {HEAD},
    "kpi_consequences": CORE | {STAFF},
    "kpi_competitions": CORE,
    "kpi_ratings": {CLERKS, SUPERVISOR},
    "kpi_papers": CORE,
    "kpi_paper": CORE,
}
SEE_REPORTS = CORE | {STAFF, PAY}
REPORTS = ("ranking", "grades", "coefficients", "people", "items")
# what an action's address asks for, the actions, whose keys stand in the address
ACTIONS = {
    "kpi_cycle_do": ("kpi.view_cycle", cycles.ACTIONS),
    "kpi_verify_do": (OFFICE, verify.VERIFY_ACTIONS),
    "kpi_check_do": (VERIFIERS, verify.CHECK_ACTIONS),
    "kpi_decisions_do": ("", decisions.ACTIONS),
    "kpi_quotas_do": (OFFICE, quotas.ACTIONS),
    "kpi_appeals_do": ("", appeals.ACTIONS),
    "kpi_consequences_do": ("", consequences.ACTIONS),
    "kpi_competitions_do": (OFFICE, competitions.ACTIONS),
}


@pytest.fixture
def cast() -> Cast:
    """In 公示, with one of everything that has a page."""
    found = casts.a_cast()
    cycle = casts.appealing(found)
    unit, person = found.units[0], found.people["经乙"]
    PersonResult.objects.create(
        cycle=cycle, person=person, unit=unit, level="L30", identity="SY", combined=80, grade="B",
        suggested="B",
    )  # fmt: skip
    assert cycle.published_on is not None
    ResultAppeal.objects.create(
        cycle=cycle, unit=unit, claim="复核", submitted_by=found.checker, submitted_on=cycle.published_on,
        due_on=cycle.published_on,
    )  # fmt: skip
    EvidenceFile.objects.create(
        item=found.item("经济发展局投资"), name="表.pdf", digest="0" * 64, size=1,
        uploaded_by=found.office, uploaded_on=casts.REPORTED,
    )  # fmt: skip
    Competition.objects.create(cycle=cycle, name="夺标赛")
    return found


def address(cast: Cast, name: str) -> str:
    assert cast.scheme is not None
    item = cast.item("经济发展局投资")
    keys: dict[str, list[Any]] = {
        "kpi_scheme": [cast.scheme.pk],
        "kpi_indicator_new": [cast.scheme.pk],
        "kpi_indicator": [item.indicator_id],
        "kpi_item": ["2022", item.pk],
        "kpi_unit_result": ["2022", cast.units[0].pk],
        "kpi_person_result": ["2022", cast.people["经乙"].pk],
        "kpi_paper": ["2022", "kpi-notice", "docx"],
    }
    if name == "kpi_evidence":
        return reverse("admin:kpi_evidence", args=[EvidenceFile.objects.get().pk])
    if name == "kpi_appeal":
        return reverse("admin:kpi_appeal", args=["2022", ResultAppeal.objects.get().pk])
    bare = {"kpi_schemes", "kpi_scheme_new", "kpi_library", "kpi_try", "kpi_cycles", "kpi_mark_sheets"}
    return reverse(f"admin:{name}", args=keys.get(name, [] if name in bare else ["2022"]))


def user_of(cast: Cast, role: str) -> Any:
    if role == HEAD:
        return cast.head(cast.units[0])
    return make.a_user(cast.zone, role, is_staff=role != PERSON)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_pages_and_no_others(cast: Cast, role: str):
    client = logged_in(user_of(cast, role))
    for name, allowed in WHO.items():
        status = client.get(address(cast, name)).status_code
        if role == PERSON:
            assert status in (302, 403), name
        elif name in ("kpi_evidence", "kpi_paper"):  # sent back to the page where there is no file to give
            assert status in ((200, 302) if role in allowed else (403, 404)), name
        else:
            assert status == (200 if role in allowed else 403), name


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reads_its_reports_boards_and_workbooks_and_no_others(cast: Cast, role: str):
    client = logged_in(user_of(cast, role))
    wanted = 200 if role in SEE_REPORTS else 403
    for name in REPORTS:
        assert client.get(f"/reports/kpi/2022/{name}/").status_code == wanted, name
        assert client.get(f"/reports/kpi/2022/{name}.xlsx").status_code == wanted, name
    board = reverse("reports:board", args=[Competition.objects.get().pk])
    assert client.get(board).status_code == wanted


@pytest.mark.parametrize("role", ROLES)
def test_each_list_and_its_export_follow_the_permission_to_view(cast: Cast, role: str):
    user = user_of(cast, role)
    client = logged_in(user)
    for model in admin.site._registry:
        options = model._meta
        if options.app_label != "kpi":
            continue
        may = user.is_staff and user.has_perm(f"kpi.view_{options.model_name}")
        refused = (403,) if user.is_staff else (302, 403)
        listed = reverse(f"admin:kpi_{options.model_name}_changelist")
        assert client.get(listed).status_code in ((200,) if may else refused), options.label
        asked = {"action": "export_rows", "_selected_action": ["1"], "index": "0"}
        answer = client.post(listed, asked)
        assert may or answer.status_code in refused, options.label
        assert may or "attachment" not in answer.get("Content-Disposition", ""), options.label


@pytest.mark.parametrize("role", ROLES)
def test_each_role_takes_its_actions_and_no_others(cast: Cast, role: str):
    """Permission is asked before anything else: an empty form is told, not taken."""
    user = user_of(cast, role)
    client = logged_in(user)
    refused = (403,) if user.is_staff else (302, 403)
    for name, (view, actions) in ACTIONS.items():
        for action in actions:
            state = next(iter(sorted(action.states)), "APPEALING")
            Cycle.objects.filter(code="2022").update(state=state)
            may = any(user.has_perm(one) for one in action.permissions)
            may = may and user.is_staff and (not view or user.has_perm(view))
            status = client.post(reverse(f"admin:{name}", args=["2022", action.key])).status_code
            assert status == 302 if may else status in refused, (name, action.key)
    for action in schemes.ACTIONS:
        where = reverse("admin:kpi_scheme_do", args=[cast.scheme.pk, action.key])  # type: ignore[union-attr]
        if user.is_staff and not any(user.has_perm(one) for one in action.permissions):
            assert client.post(where).status_code in (302, 403), action.key


@pytest.mark.parametrize("role", ROLES)
def test_each_role_takes_its_steps_of_a_cycle_and_no_others(cast: Cast, role: str):
    user = user_of(cast, role)
    client = logged_in(user)
    for step in CYCLE_TRANSITIONS:
        Cycle.objects.filter(code="2022").update(state=step.source)
        may = user.has_perm(step.permission or OFFICE) and user.has_perm("kpi.view_cycle")
        if not may:
            status = client.post(reverse("admin:kpi_cycle_step", args=["2022", step.event])).status_code
            assert status in ((403,) if user.is_staff else (302, 403)), step.event
            assert Cycle.objects.get(code="2022").state == step.source


def test_actions_are_for_the_roles_that_the_rules_name():
    """What the permissions say, in the names of the roles."""
    permissions = {
        group.name: {f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.all()}
        for group in Group.objects.prefetch_related("permissions__content_type")
    }
    wanted = {
        ("kpi_cycle_do", "sheets"): {CLERKS},
        ("kpi_verify_do", "verify"): {CLERKS},
        ("kpi_check_do", "check"): {CLERKS, HEAD},
        ("kpi_decisions_do", "unit"): {CLERKS},
        ("kpi_decisions_do", "unit-veto"): {CLERKS, SUPERVISOR},
        ("kpi_quotas_do", "exclude"): {CLERKS},
        ("kpi_appeals_do", "own"): {HEAD},
        ("kpi_appeals_do", "unit"): {CLERKS, SUPERVISOR},
        ("kpi_consequences_do", "carry-out"): {CLERKS},
        ("kpi_consequences_do", "waive"): {LEADER},
        ("kpi_competitions_do", "create"): {CLERKS},
    }
    for (name, key), roles in wanted.items():
        action = next(one for one in ACTIONS[name][1] if one.key == key)
        found = {role for role in ROLES if permissions[role] & set(action.permissions)}
        assert found == roles, (name, key)
    steps = {one.event: one.permission for one in CYCLE_TRANSITIONS}
    assert {role for role in ROLES if steps["publish"] in permissions[role]} == {LEADER}
    assert {role for role in ROLES if steps["finalize"] in permissions[role]} == {CLERKS}
    assert {role for role in ROLES if REPORTERS in permissions[role]} == {HEAD}


def test_unit_heads_lists_and_exports_end_at_the_unit(cast: Cast):
    client = logged_in(cast.head(cast.units[0]))
    for name in ("item", "indicator", "evidencefile", "targetsignature"):
        listed = reverse(f"admin:kpi_{name}_changelist")
        assert "招商局" not in client.get(listed).content.decode(), name
    asked = {"action": "export_rows", "_selected_action": [one.pk for one in cast.items()], "index": "0"}
    answer = client.post(reverse("admin:kpi_item_changelist"), asked)
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert any("经济发展局投资" in text for text in texts)
    assert not [text for text in texts if "招商局" in text]
