"""挂职 out and in: who may go, what it leaves behind, the report, the way back."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Secondment
from appointments.services.secondments import secondment_end, secondment_report, secondments_register
from appointments.states import OFFICE
from reform.errors import Refused
from reform.models import Person, Tenure, Zone
from tests.factories import a_person, a_position, a_tenure, a_unit, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(zone: Zone) -> Person:
    made = a_person(zone)
    a_tenure(made, a_position(a_unit(zone)))
    return made


def out(person: Person, **facts: Any) -> Secondment:
    given = {"starts_on": date(2022, 3, 1), "ends_before": date(2022, 6, 1), "host": "嘉兴市秀洲区"}
    return Secondment(person=person, **{"direction": "OUT"} | given | facts)


def register(zone: Zone, actor: Any, *rows: Secondment) -> list[str]:
    found = secondments_register(zone=zone, secondments=rows, actor=actor)
    return [reason for one in found for reason in one.reasons]


def test_who_is_sent_out_keeps_the_main_post_and_its_seat(zone: Zone, person: Person, office: Any):
    assert register(zone, office, out(person)) == []
    tenure = Tenure.objects.get()
    assert (tenure.ends_before, tenure.occupies_headcount) == (None, True)
    assert Secondment.objects.get().last_on == date(2022, 5, 31)


def test_who_is_received_takes_no_seat(zone: Zone, office: Any):
    guest = a_person(zone, "客人")
    assert register(zone, office, out(guest, direction="IN", host="市发改委")) == []
    assert not Tenure.objects.exists()


def test_main_post_decides_who_goes_out_and_who_comes_in(zone: Zone, person: Person, office: Any):
    guest = a_person(zone, "客人")
    assert register(zone, office, out(guest)) == ["2022-03-01没有主任职，不能派出挂职"]
    assert register(zone, office, out(person, direction="IN")) == ["在本区有主任职，不是接收的挂职人员"]


def test_two_at_a_time_are_refused_also_within_one_call(zone: Zone, person: Person, office: Any):
    later = out(person, starts_on=date(2022, 5, 31), ends_before=date(2022, 9, 1))
    assert register(zone, office, out(person), later) == ["与2022-03-01至2022-05-31在嘉兴市秀洲区的挂职重叠"]
    assert register(zone, office, out(person, starts_on=date(2022, 6, 1), ends_before=date(2022, 9, 1))) == []


def test_interval_and_host_are_looked_at(zone: Zone, person: Person, office: Any):
    assert register(zone, office, out(person, ends_before=date(2022, 3, 1))) == [
        "挂职止日2022-02-28早于起日2022-03-01"
    ]
    assert register(zone, office, out(person, host=" ")) == ["须填写挂职单位（接收的填派出单位）"]


def test_only_the_office_registers(zone: Zone, person: Person):
    with pytest.raises(Refused, match="由聘任办公室办理"):
        register(zone, a_user(zone, "领导"), out(person))


def test_twenty_take_as_many_statements_as_one(zone: Zone, office: Any):
    post, counts = a_position(a_unit(zone)), []
    office.has_perm(OFFICE)  # read once for each request
    for size in (1, 20):
        people = [a_person(zone, "王五") for _ in range(size)]
        for one in people:
            a_tenure(one, post)
        with CaptureQueriesContext(connection) as queries:
            assert register(zone, office, *(out(one) for one in people)) == []
        counts.append(sum("reform_rowchange" not in one["sql"] for one in queries))
    assert counts[0] == counts[1]


def test_report_closes_it(zone: Zone, person: Person, office: Any):
    register(zone, office, row := out(person))
    with pytest.raises(Refused, match="挂职总结不能为空；总结日期2022-02-01早于挂职起日2022-03-01"):
        secondment_report(secondment=row, report="", reported_on=date(2022, 2, 1), actor=office)
    secondment_report(secondment=row, report="学到了招商", reported_on=date(2022, 6, 8), actor=office)
    assert Secondment.objects.get().reported_on == date(2022, 6, 8)


def test_early_end_frees_the_days_behind_it(zone: Zone, person: Person, office: Any):
    register(zone, office, row := out(person))
    for day in (date(2022, 3, 1), date(2022, 6, 1)):
        with pytest.raises(Refused, match="须在2022-03-01之后、2022-06-01之前"):
            secondment_end(secondment=row, ended_on=day, reason="工作需要", actor=office)
    secondment_end(secondment=row, ended_on=date(2022, 5, 1), reason="工作需要", actor=office)
    assert Secondment.objects.get().last_on == date(2022, 4, 30)
    with pytest.raises(Refused, match="已提前到2022-04-30结束"):
        secondment_end(secondment=row, ended_on=date(2022, 4, 1), reason="工作需要", actor=office)
    assert register(zone, office, out(person, starts_on=date(2022, 5, 1))) == []
