"""荣誉: registered by the office, seen by those whose people they are."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from reform.access import scoped
from reform.models import AuditEvent, Honour, Membership
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_the_office_registers_an_honour_and_it_is_on_record():
    zone = make.a_zone()
    person = make.a_person(zone)
    client = Client()
    client.force_login(make.a_user(zone, "人事"), "django.contrib.auth.backends.ModelBackend")
    sent = {"person": person.pk, "name": "劳动模范", "level": "CITY", "granted_on": "2021-05-01"}
    assert client.post(reverse("admin:reform_honour_add"), sent).status_code == 302
    one = Honour.objects.get()
    assert (str(one), one.granted_on) == ("张三 劳动模范（市级）", date(2021, 5, 1))
    assert AuditEvent.objects.filter(action="新增荣誉").exists()
    again = client.post(reverse("admin:reform_honour_add"), sent)
    assert "此人的这项荣誉已经登记" in again.content.decode()
    assert "劳动模范" in client.get(reverse("admin:reform_honour_changelist")).content.decode()


def test_a_head_sees_the_honours_of_the_own_unit_only():
    zone = make.a_zone()
    unit, other = make.a_unit(zone), make.a_unit(zone, "招商局")
    for place, name in ((unit, "甲"), (other, "乙")):
        person = make.a_person(zone, name)
        make.a_tenure(person, make.a_position(place, "科长"))
        Honour.objects.create(person=person, name="先进", level="COUNTY", granted_on=date(2021, 5, 1))
    head = make.a_user(zone, "单位负责人")
    Membership.objects.filter(user=head).update(unit=unit)
    assert [one.person.name for one in scoped(Honour.objects.all(), head)] == ["甲"]
