"""Who opens which page of the appraisal, and how many statements a page takes."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpi.services.marks import mark_sheets_make
from reform.models import Membership
from tests import factories as make
from tests.appointments.pages_cast import logged_in

from . import casts
from .casts import Cast

pytestmark = pytest.mark.django_db
OFFICE, LEADER, SUPERVISOR, HEAD, SCORER = "考核办", "领导", "监督组", "单位负责人", "考评组"
READERS = {OFFICE, LEADER, SUPERVISOR, HEAD, "人事"}
ITEMS = {OFFICE, LEADER, SUPERVISOR, HEAD, SCORER}
# 个人 is no member of staff: sent to the login page of the admin, whatever is asked for.
WHO = {
    "kpi_schemes": READERS,
    "kpi_scheme_new": {OFFICE},
    "kpi_scheme": READERS,
    "kpi_indicator_new": {OFFICE},
    "kpi_indicator": READERS | {SCORER},
    "kpi_library": {OFFICE, LEADER, SUPERVISOR},
    "kpi_try": READERS,
    "kpi_cycles": READERS | {SCORER, "薪酬专员"},
    "kpi_cycle": READERS | {SCORER, "薪酬专员"},
    "kpi_targets": {OFFICE, LEADER, SUPERVISOR, HEAD},
    "kpi_report": {OFFICE, HEAD},
    "kpi_item": ITEMS,
    "kpi_verify": ITEMS,
    "kpi_check": {OFFICE, HEAD},
    "kpi_mark_sheets": {SCORER, LEADER},
}
ROLES = (OFFICE, LEADER, SUPERVISOR, HEAD, SCORER, "人事", "薪酬专员", "财务", "系统管理员", "个人")


@pytest.fixture
def cast() -> Cast:
    found = casts.a_cast()
    casts.collecting(found)
    return found


def address(cast: Cast, name: str) -> str:
    assert cast.scheme is not None
    item = cast.item("经济发展局投资")
    keys: dict[str, list[Any]] = {
        "kpi_scheme": [cast.scheme.pk],
        "kpi_indicator_new": [cast.scheme.pk],
        "kpi_indicator": [item.indicator_id],
        "kpi_cycle": ["2022"],
        "kpi_targets": ["2022"],
        "kpi_report": ["2022"],
        "kpi_item": ["2022", item.pk],
        "kpi_verify": ["2022"],
        "kpi_check": ["2022"],
    }
    return reverse(f"admin:{name}", args=keys.get(name, []))


def user_of(cast: Cast, role: str) -> Any:
    if role == HEAD:
        return cast.head(cast.units[0])
    return make.a_user(cast.zone, role, is_staff=role != "个人")


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_pages_and_no_others(cast: Cast, role: str):
    client = logged_in(user_of(cast, role))
    for name, allowed in WHO.items():
        status = client.get(address(cast, name)).status_code
        if role == "个人":
            assert status in (302, 403), name
        else:
            assert status == (200 if role in allowed else 403), name


def test_a_unit_head_sees_the_own_unit_only(cast: Cast):
    client = logged_in(cast.head(cast.units[0]))
    for name in ("kpi_cycle", "kpi_targets", "kpi_report", "kpi_scheme"):
        page = client.get(address(cast, name)).content.decode()
        assert "招商局投资" not in page, name
    strange = cast.item("招商局投资")
    assert client.get(reverse("admin:kpi_item", args=["2022", strange.pk])).status_code == 404
    assert client.get(reverse("admin:kpi_indicator", args=[strange.indicator_id])).status_code == 404


def test_pages_of_another_zone_are_not_found(cast: Cast):
    client = logged_in(make.a_user(make.a_zone("OTHER"), OFFICE))
    for name in ("kpi_scheme", "kpi_cycle", "kpi_targets", "kpi_report", "kpi_item", "kpi_verify"):
        assert client.get(address(cast, name)).status_code == 404, name


def test_actions_ask_for_their_own_permission(cast: Cast):
    supervisor, head = logged_in(cast.supervisor), logged_in(cast.head(cast.units[0]))
    step = reverse("admin:kpi_cycle_step", args=["2022", "review"])
    verify = reverse("admin:kpi_verify_do", args=["2022", "verify"])
    sign = reverse("admin:kpi_target_sign", args=["2022", "office"])
    assert supervisor.post(step).status_code == 403
    assert head.post(step).status_code == 403
    assert head.post(verify, {"row": cast.item("经济发展局投资").pk}).status_code == 403
    assert logged_in(cast.leader).post(reverse("admin:kpi_cycles"), {"code": "2023"}).status_code == 403
    logged_in(cast.supervisor).post(sign, {"unit": "all"})
    assert cast.cycle is not None
    cast.cycle.refresh_from_db()
    assert cast.cycle.state == "COLLECTING"


def test_the_menu_has_what_a_role_may_open(cast: Cast):
    office = logged_in(cast.office).get(reverse("admin:kpi_cycles")).content.decode()
    for label in ("考核周期", "考核方案", "指标库", "规则试算"):
        assert label in office
    head = logged_in(cast.head(cast.units[0])).get(reverse("admin:kpi_cycles")).content.decode()
    assert "填报" in head
    assert "指标库" not in head


def _statements(user: Any, where: str) -> int:
    client = logged_in(user)
    client.get(where)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(where).status_code == 200
    return len(seen)


def test_statements_do_not_grow_with_the_indicators():
    small, large = _counts(1), _counts(12)
    assert small == large


def _counts(times: int) -> dict[tuple[str, str], int]:
    """Statements of each page for the office and for the head of a unit; the cast is taken back."""
    with transaction.atomic():
        cast = _cast_of(times)
        found = {
            (role, name): _statements(user, address(cast, name))
            for role, user in (("office", cast.office), ("head", cast.head(cast.units[0])))
            for name in ("kpi_scheme", "kpi_cycle", "kpi_targets", "kpi_report", "kpi_verify", "kpi_check")
        }
        transaction.set_rollback(True)
    return found


def _cast_of(times: int) -> Cast:
    """A cycle being collected with so many pairs of leaves a unit, all handed in by the first unit."""
    cast = casts.a_cast()
    entries = [one for unit in cast.units for one in casts.leaves_of(unit)]
    more = [
        casts.IndicatorEntry(
            "加分", f"{unit.name}加分{n}", subject=unit,
            values={"rule": "BONUS", "parameters": {"per": "1"}, "data_source": "办公室",
                    "source_unit": cast.units[1], "responsible_unit": unit},
        )
        for unit in cast.units for n in range(times)
    ]  # fmt: skip
    casts.a_scheme(cast, entries=entries + more)
    casts.collecting(cast)
    return cast


def test_a_scorer_opens_the_own_sheet_only():
    cast = casts.a_cast()
    unit = cast.units[0]
    entries = [
        casts.leaves_of(unit)[0],
        casts.IndicatorEntry(
            "党的建设", "党建", subject=unit,
            values={"rule": "GRADE", "full": 40, "data_source": "党群部", "responsible_unit": unit},
        ),
    ]  # fmt: skip
    casts.a_scheme(cast, entries=entries)
    cast.units = [unit]
    cycle = casts.scoring(cast)
    other = make.a_user(cast.zone, SCORER)
    mine, theirs = mark_sheets_make(cycle=cycle, scorers=[cast.scorer, other], actor=cast.office)
    client = logged_in(cast.scorer)
    assert client.get(reverse("admin:kpi_marks", args=[mine.pk])).status_code == 200
    assert client.get(reverse("admin:kpi_marks", args=[theirs.pk])).status_code == 404
    assert logged_in(cast.office).get(reverse("admin:kpi_marks", args=[mine.pk])).status_code == 404
    assert Membership.objects.filter(user=other).exists()


ADMIN_LISTS = ("scheme", "indicator", "libraryindicator", "cycle", "targetsignature", "item", "evidencefile")


def test_lists_open_for_the_office_and_their_rows_lead_to_their_pages(cast: Cast):
    client = logged_in(cast.office)
    for name in (*ADMIN_LISTS, "marksheet"):
        assert client.get(reverse(f"admin:kpi_{name}_changelist")).status_code == 200, name
    item = cast.item("经济发展局投资")
    for name, key, page in (
        ("scheme", item.indicator.scheme_id, "kpi_scheme"),
        ("indicator", item.indicator_id, "kpi_indicator"),
        ("cycle", item.cycle_id, "kpi_cycle"),
        ("item", item.pk, "kpi_item"),
    ):
        answer = client.get(reverse(f"admin:kpi_{name}_change", args=[key]))
        assert answer.url == address(cast, page)


def test_lists_of_a_unit_head_hold_the_own_unit(cast: Cast):
    client = logged_in(cast.head(cast.units[0]))
    page = client.get(reverse("admin:kpi_item_changelist")).content.decode()
    assert "经济发展局投资" in page
    assert "招商局投资" not in page
