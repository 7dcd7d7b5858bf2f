"""Units are split and closed with a date and a document, and what they were stays readable."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reform.errors import Refused
from reform.models import AuditEvent, Unit, UnitLineage
from reform.services.unit_changes import UnitPart, unit_close, unit_split
from tests import factories as make

pytestmark = pytest.mark.django_db
ON = date(2022, 1, 23)
SAID: dict[str, Any] = {"document_no": "高编〔2022〕1号", "reason": "机构改革"}


@pytest.fixture
def zone() -> Any:
    return make.a_zone()


@pytest.fixture
def clerk(zone: Any) -> Any:
    return make.a_user(zone, "人事")


def test_split_closes_the_unit_and_opens_its_parts_with_their_sections(zone: Any, clerk: Any):
    unit = make.a_unit(zone, "经济局", starts_on=date(2018, 1, 1))
    for name in ("招商科", "统计科", "综合科"):
        make.a_unit(zone, name, unit)
    parts = [UnitPart("投资促进局", ("招商科",)), UnitPart("经济局", ("统计科",))]
    made = unit_split(unit=unit, parts=parts, happened_on=ON, actor=clerk, **SAID)
    unit.refresh_from_db()
    assert unit.ends_before == ON
    assert [one.name for one in made] == ["投资促进局", "经济局"]
    assert not Unit.objects.filter(parent=unit, ends_before=None).exists()
    assert [one.name for one in made[0].children.all()] == ["招商科"]
    kinds = set(UnitLineage.objects.values_list("kind", "happened_on", "document_no"))
    assert kinds == {("SPLIT", ON, "高编〔2022〕1号")}
    assert UnitLineage.objects.count() == 4
    assert AuditEvent.objects.latest("id").subject == "经济局→投资促进局、经济局"


def test_split_that_cannot_be_is_refused_with_every_reason(zone: Any, clerk: Any):
    unit = make.a_unit(zone, "经济局")
    make.a_unit(zone, "财政局")
    with pytest.raises(Refused) as refused:
        unit_split(
            unit=unit,
            parts=[UnitPart("财政局", ("没有的科",))],
            happened_on=ON,
            document_no="",
            reason="",
            actor=clerk,
        )
    assert set(refused.value.reasons) == {
        "须填写文号",
        "须写明理由",
        "分设须至少有两个后续单位",
        "“经济局”没有科室“没有的科”",
        "已有同名的单位“财政局”",
    }
    unit.refresh_from_db()
    assert unit.ends_before is None


def test_unit_with_people_in_it_is_not_closed(zone: Any, clerk: Any):
    unit = make.a_unit(zone, "经济局")
    section = make.a_unit(zone, "综合科", unit)
    tenure = make.a_tenure(make.a_person(zone, "王五"), make.a_position(section))
    with pytest.raises(Refused, match="还有1人任职：王五"):
        unit_close(unit=unit, ends_before=ON.replace(year=2023), actor=clerk, **SAID)
    type(tenure).objects.filter(pk=tenure.pk).update(ends_before=date(2022, 6, 1))
    closed = unit_close(unit=unit, ends_before=ON.replace(year=2023), actor=clerk, **SAID)
    assert {one.name for one in closed} == {"经济局", "综合科"}
    with pytest.raises(Refused, match="已经撤销"):
        unit_close(unit=unit, ends_before=ON.replace(year=2024), actor=clerk, **SAID)


def test_only_hr_changes_units(zone: Any):
    with pytest.raises(Refused, match="没有这个权限"):
        unit_close(unit=make.a_unit(zone), ends_before=ON, actor=make.a_user(zone, "监督组"), **SAID)


def test_page_tells_the_history_and_takes_the_forms(client: Client, zone: Any, clerk: Any):
    unit = make.a_unit(zone, "经济局", starts_on=date(2018, 1, 1))
    make.a_unit(zone, "招商科", unit)
    client.force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    sent = {
        "split-unit": unit.pk,
        "split-on": "2022-01-23",
        "split-document_no": "高编〔2022〕1号",
        "split-reason": "机构改革",
        "split-parts": "投资促进局：招商科\n经济运行局",
    }
    page = client.post(reverse("admin:unit_change", args=["split"]), sent, follow=True).content.decode()
    assert "“经济局”已分设为投资促进局、经济运行局。" in page
    assert "2022-01-23" in page
    assert "分设" in page
    assert "现有单位2个，登记了2次合并、分设或更名" in page
    wrong = client.post(reverse("admin:unit_change", args=["close"]), {}, follow=True).content.decode()
    assert "“单位”请选择单位。" in wrong
    assert client.post(reverse("admin:unit_change", args=["burn"])).status_code == 404


@pytest.mark.parametrize(("role", "sees", "changes"), [("监督组", 200, 403), ("单位负责人", 403, 403)])
def test_roles(client: Client, zone: Any, role: str, sees: int, changes: int):
    client.force_login(make.a_user(zone, role), "django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("admin:unit_history")).status_code == sees
    assert client.post(reverse("admin:unit_change", args=["close"])).status_code == changes
