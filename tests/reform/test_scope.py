"""Who sees what of whom: a unit head those who are in the unit, 系统管理员 no business of people (§12)."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from reform.access import scoped
from reform.models import AnnualGrade, Membership, Person
from reform.services import audit_record
from tests import factories as make

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_who_has_gone_to_another_unit_is_not_seen_by_the_head_of_the_former_one():
    zone = make.a_zone()
    unit, other = make.a_unit(zone, "经济发展局"), make.a_unit(zone, "招商局")
    here, there = make.a_position(unit, "科长"), make.a_position(other, "科长")
    stays, goes = make.a_person(zone, "留任"), make.a_person(zone, "调走")
    for person in (stays, goes):
        AnnualGrade.objects.create(person=person, year=2020, grade="B")
    make.a_tenure(stays, here, date(2019, 1, 1))
    make.a_tenure(goes, here, date(2019, 1, 1), ends_before=date(2022, 1, 23))
    make.a_tenure(goes, there, date(2022, 1, 23))
    heads = [make.a_user(zone, "单位负责人") for _ in range(2)]
    for head, own in zip(heads, (unit, other), strict=True):
        Membership.objects.filter(user=head).update(unit=own)
    assert [set(scoped(Person.objects.all(), head)) for head in heads] == [{stays}, {goes}]
    assert [one.person for one in scoped(AnnualGrade.objects.all(), heads[0])] == [stays]


@pytest.mark.parametrize(("role", "told"), [("人事", True), ("系统管理员", False)])
def test_events_tell_their_contents_to_who_sees_the_changes_of_rows(client: Client, role: str, told: bool):
    zone = make.a_zone()
    event = audit_record(
        actor=make.a_user(zone, "人事"),
        action="解聘依据",
        zone=zone,
        subject="张三",
        reason="家属来信说明",
        details={"protection": "MEDICAL"},
    )
    client.force_login(make.a_user(zone, role), BACKEND)
    page = client.get(reverse("admin:reform_auditevent_change", args=[event.pk])).content.decode()
    listed = client.get(reverse("admin:reform_auditevent_changelist")).content.decode()
    assert "解聘依据" in page
    assert ("MEDICAL" in page, "家属来信说明" in page, "家属来信说明" in listed) == (told, told, told)
    found = client.get(reverse("admin:reform_auditevent_changelist"), {"q": "家属来信"}).content.decode()
    assert ("张三" in found) is told
