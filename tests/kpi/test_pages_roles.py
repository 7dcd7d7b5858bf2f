"""Whose rows stand on a page of the appraisal, and what the lists lead to; which role opens what stands in
test_role_matrix.py."""

from typing import Any

import pytest
from django.urls import reverse

from kpi.services.marks import mark_sheets_make
from reform.models import Membership
from tests import factories as make
from tests.appointments.pages_cast import logged_in

from . import casts
from .casts import Cast

pytestmark = pytest.mark.django_db
OFFICE, SCORER = "考核办", "考评组"


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
