"""Whose account it is: named by the system administrator, who sees no more of a person than is needed."""

import re
from typing import Any

import pytest
from django.urls import reverse

from reform.models import AuditEvent, Membership, RowChange
from tests import factories as make
from tests.appointments.pages_cast import logged_in

pytestmark = pytest.mark.django_db
FIND = "admin:account_people"
LIST = "admin:reform_membership_changelist"


@pytest.fixture
def zone() -> Any:
    return make.a_zone()


@pytest.fixture
def keeper(zone: Any) -> Any:
    return make.a_user(zone, "系统管理员")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def link(client: Any, user: Any, person: Any, reason: str = "履职回避") -> Any:
    membership = Membership.objects.get(user=user)
    address = reverse("admin:reform_membership_change", args=[membership.pk])
    seen = re.search(r'name="change_seen" value="(\d+)"', client.get(address).content.decode())
    assert seen is not None
    sent = {
        "zone": membership.zone_id,
        "unit": "",
        "person": person.pk if person else "",
        "change_reason": reason,
        "change_seen": seen[1],
    }
    return client.post(address, sent, follow=True)


def test_administrator_names_the_person_of_an_account_and_an_event_says_so(zone: Any, keeper: Any):
    judge, person = make.a_user(zone, "考评组"), make.a_person(zone, "张三")
    link(logged_in(keeper), judge, person)
    membership = Membership.objects.get(user=judge)
    assert membership.person == person
    event = AuditEvent.objects.get(action="指定账号本人")
    assert (event.actor, event.reason) == (keeper, "履职回避")
    assert RowChange.objects.get(event=event).after["person_id"] == person.pk
    link(logged_in(keeper), judge, None, "指定有误")
    membership.refresh_from_db()
    assert membership.person is None
    assert AuditEvent.objects.filter(action="清空账号本人", reason="指定有误").exists()


def test_a_person_has_one_account_and_is_of_the_zone(zone: Any, keeper: Any):
    first, second = make.a_user(zone, "考评组", "judge1"), make.a_user(zone, "人事")
    person = make.a_person(zone, "张三")
    client = logged_in(keeper)
    link(client, first, person)
    assert "“张三”已对应账号“judge1”，一人一个账号" in text_of(link(client, second, person))
    stranger = make.a_person(make.a_zone("other", "外区"), "李四")
    link(client, second, stranger)
    assert Membership.objects.get(user=second).person is None


def test_persons_are_found_in_the_zone_by_name_or_whole_id_number_only(zone: Any, keeper: Any):
    unit = make.a_unit(zone)
    one, twin = make.a_person(zone, "张三丰"), make.a_person(zone, "张三丰")
    make.a_tenure(one, make.a_position(unit, "科长"))
    make.a_person(make.a_zone("other", "外区"), "张三丰")
    client = logged_in(keeper)

    def found(term: str) -> list[str]:
        answer = client.get(reverse(FIND), {"term": term, "zone": zone.pk})
        return [row["text"] for row in answer.json()["results"]]

    assert found("张三") == [
        f"张三丰（经济发展局，身份证尾号{one.id_number[-4:]}）",
        f"张三丰（无岗位，身份证尾号{twin.id_number[-4:]}）",
    ]
    assert found(one.id_number) == ["张三丰（经济发展局）"]
    assert found(one.id_number[:10]) == found("张") == []
    Membership.objects.filter(user=keeper).update(person=one)
    rows = client.get(reverse(FIND), {"term": one.id_number, "zone": zone.pk}).json()["results"]
    assert rows[0]["disabled"] is True
    assert f"已对应账号{keeper.username}" in rows[0]["text"]


def test_statements_of_the_search_do_not_grow_with_those_found(
    zone: Any, keeper: Any, django_assert_max_num_queries: Any
):
    for number in range(12):
        make.a_person(zone, f"张三{'甲乙丙丁戊己庚辛壬癸子丑'[number]}")
    client = logged_in(keeper)
    with django_assert_max_num_queries(9):
        assert len(client.get(reverse(FIND), {"term": "张三", "zone": zone.pk}).json()["results"]) == 12


@pytest.mark.parametrize("role", ["人事", "领导", "监督组", "考评组", "单位负责人"])
def test_only_who_keeps_accounts_searches_and_changes(zone: Any, role: str):
    client = logged_in(make.a_user(zone, role))
    assert client.get(reverse(FIND), {"term": "张三", "zone": zone.pk}).status_code == 403
    membership = Membership.objects.get(user=make.a_user(zone, "考评组"))
    change = reverse("admin:reform_membership_change", args=[membership.pk])
    assert client.post(change, {"zone": zone.pk}).status_code == 403


def test_administrator_still_opens_no_person(zone: Any, keeper: Any):
    person = make.a_person(zone)
    client = logged_in(keeper)
    assert client.get(reverse("admin:reform_person_change", args=[person.pk])).status_code == 403


def test_office_is_warned_of_working_accounts_without_a_person(zone: Any, keeper: Any):
    clerk, linked = make.a_user(zone, "人事", "clerk"), make.a_user(zone, "领导", "boss")
    make.a_user(zone, "考评组", "gone", is_active=False)
    make.a_user(make.a_zone("other", "外区"), "领导", "stranger")
    Membership.objects.filter(user=linked).update(person=make.a_person(zone, "张三"))
    client = logged_in(clerk)
    page = text_of(client.get(reverse(LIST)))
    assert "1个在用的工作账号没有对应本人" in page
    assert "张三" in page
    listed = text_of(client.get(reverse(LIST), {"linked": "no"}))
    assert "clerk · 高新区" in listed or "clerk" in listed
    assert "boss" not in listed
    assert "stranger" not in page
