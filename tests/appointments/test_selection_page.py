"""The tabs of 双向选择, 拟聘名单 and 公示: relatives pointed out, long lists by pages, slips corrected."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import Meeting, Publicity
from reform.models import Kinship, Membership
from tests.appointments.pages_cast import logged_in
from tests.appointments.selection_cast import OFFICE, Selection, a_selection

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Selection:
    return a_selection()


def tab(client: Client, cast: Selection, key: str, query: str = "") -> str:
    response = client.get(f"{reverse('admin:batch', args=[cast.batch.pk])}?tab={key}{query}")
    assert response.status_code == 200
    return response.content.decode()


def do(client: Client, cast: Selection, key: str, facts: dict[str, object], query: str = "") -> str:
    address = reverse("admin:batch_do", args=[cast.batch.pk, key]) + query
    response = client.post(address, facts, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_relatives_on_the_short_list_are_pointed_out_on_the_page(cast):
    cast.apply("张三", "局长"), cast.apply("李四", "副局长")
    Kinship.objects.create(
        person=cast.people["张三"], relative=cast.people["李四"], relative_name="李四", relation="12"
    )
    page = tab(logged_in(cast.users["人事"]), cast, "selection")
    assert page.count("是夫妻（妻），同一单位正职与副职，须岗位回避") == 2
    head = cast.users["单位负责人"]
    Membership.objects.filter(user=head).update(unit=cast.units["经发局"])
    page = tab(logged_in(head), cast, "selection")
    assert page.count("有须回避或须核对的亲属关系") == 2
    assert "夫妻" not in page


def test_long_list_comes_page_by_page_and_saving_stays_on_its_page(cast):
    rows = [cast.apply(f"众{number:02}", "科长", before="科长") for number in range(52)]
    client = logged_in(cast.users["人事"])
    page = tab(client, cast, "selection")
    assert "52个志愿" in page
    assert page.count('name="person~') == 50
    assert tab(client, cast, "selection", "&page=2").count('name="person~') == 2
    last = max(rows, key=lambda one: one.pk)
    page = do(client, cast, "intentions", {f"person~{last.pk}": "yes", "pass": "1"}, "?page=2")
    assert "已登记第1轮意见1条。" in page
    assert page.count('name="person~') == 2
    assert cast.said(last).person_agrees is True


def test_meeting_is_corrected_on_the_page_until_the_list_goes_public(cast):
    cast.match(cast.apply("升", "局长", before="副局长"))
    cast.to("DECIDING")
    cast.vote(cast.freeze(), 3)
    client = logged_in(cast.users["人事"])
    assert "correct=1" in tab(client, cast, "proposal")
    page = tab(client, cast, "proposal", "&correct=1")
    row = Meeting.objects.get().votes.get().row_id
    assert f'name="in_favour~{row}" value="3"' in page
    facts = {"held_on": "2022-01-18", "minutes_no": "会纪9号", "members": "9", "present": "9"}
    facts = {f"meeting-{name}": value for name, value in facts.items()}
    votes = {f"in_favour~{row}": "9", f"against~{row}": "0", f"abstained~{row}": "0"}
    assert "已登记会议和1人的表决。" in do(client, cast, "meeting", facts | votes)
    meeting = Meeting.objects.get()
    assert (meeting.minutes_no, meeting.votes.get().in_favour) == ("会纪9号", 9)
    assert "票数“99999”不是人数" in do(client, cast, "meeting", facts | votes | {f"in_favour~{row}": "99999"})


def test_publicity_counts_whom_the_public_sees(cast):
    cast.match(cast.apply("升", "局长", before="副局长"), cast.apply("平", "副局长", before="副局长"))
    cast.publicize(cast.propose(9, 3))
    page = tab(logged_in(cast.users["人事"]), cast, "publicity")
    assert '<td class="n" data-label="人数">1</td>' in page


def test_publicity_is_corrected_on_the_page(cast):
    cast.match(cast.apply("升", "局长", before="副局长"))
    publicity = cast.publicize(cast.propose(), date(2100, 1, 4))
    client = logged_in(cast.users["人事"])
    facts = {**OFFICE, "starts_on": "2099-12-28", "phone": "0375-9", "publicity": str(publicity.pk)}
    page = do(client, cast, "correct_publicity", {f"correct_publicity-{k}": v for k, v in facts.items()})
    assert "已更正，公示到2100年1月1日止。" in page
    publicity = Publicity.objects.get()
    assert (publicity.starts_on, publicity.phone) == (date(2099, 12, 28), "0375-9")
    facts["starts_on"] = "9999-12-31"
    page = do(client, cast, "correct_publicity", {f"correct_publicity-{k}": v for k, v in facts.items()})
    assert "2199年以后的日期不对。" in page
