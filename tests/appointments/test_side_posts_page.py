"""兼任和主持工作 on their page: begun by the office, ended by the leaders, shown on person and unit."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import Appointment
from reform.models import AuditEvent, PositionSetup, Tenure
from tests import factories as make

from .pages_cast import logged_in

pytestmark = pytest.mark.django_db
PAGE = "admin:side_posts"


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


class Cast:
    """A head with a main post whose term runs now, and a vacant post beside it."""

    def __init__(self) -> None:
        self.zone = make.a_zone()
        year = date.today().year
        self.round = make.a_round(self.zone, effective_on=date(year - 1, 1, 1))
        self.year = year
        self.unit, self.company = make.a_unit(self.zone), make.a_unit(self.zone, "投资公司", kind="SOE")
        self.person = make.a_person(self.zone, "张三")
        self.main = make.an_appointment(
            self.round, self.person, make.a_position(self.unit, "局长", "L70", self.round.setup)
        )
        self.chair = make.a_position(self.company, "董事长", "L70", self.round.setup)
        PositionSetup.objects.filter(pk=self.round.setup_id).update(starts_on=self.round.effective_on)
        self.clerk, self.leader = make.a_user(self.zone, "人事"), make.a_user(self.zone, "领导")

    def sent(self, key: str, **more: Any) -> dict[str, Any]:
        facts = {
            "primary": self.main.pk,
            "position": self.chair.pk,
            "starts_on": f"{self.year}-01-01",
            "last_on": f"{self.year}-05-31",
            "approval_no": "高组〔2026〕7号",
            "reason": "公司过渡期",
        }
        return {f"{key}-{name}": value for name, value in (facts | more).items()}

    def post(self, user: Any, key: str, **more: Any) -> Any:
        address = reverse("admin:side_posts_do", args=[key])
        return logged_in(user).post(address, self.sent(key, **more), follow=True)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_office_registers_a_concurrent_post_with_document_and_reason(cast: Cast):
    page = text_of(cast.post(cast.clerk, "concurrent", last_on="", occupies_headcount="on"))
    assert "已登记兼任" in page
    made = Appointment.objects.get(kind="CONCURRENT")
    assert (made.starts_on, made.ends_before) == (date(cast.year, 1, 1), cast.main.ends_before)
    assert made.tenure is not None
    assert made.tenure.occupies_headcount
    assert made.remark == "不占员额，占职数，不另计薪酬；公司过渡期"
    event = AuditEvent.objects.get(action="登记兼任", document_no="高组〔2026〕7号", reason="公司过渡期")
    assert event.actor == cast.clerk
    assert "1项兼任，0项主持工作在期内" in page
    for words in ("张三", "董事长", "高组〔2026〕7号", "公司过渡期"):
        assert words in page


def test_acting_is_registered_for_a_vacant_post_and_ends_with_its_outcome(cast: Cast):
    assert "已登记主持工作" in text_of(cast.post(cast.clerk, "acting"))
    made = Appointment.objects.get(kind="ACTING")
    address = reverse("admin:side_posts_do", args=["end"])
    sent = {
        "row": made.pk,
        "end-ended_on": f"{cast.year}-03-01",
        "end-document_no": "高组〔2026〕9号",
        "end-reason": "新任已到",
    }
    refused = text_of(logged_in(cast.leader).post(address, sent, follow=True))
    assert "主持工作须选定结果" in refused
    done = text_of(logged_in(cast.leader).post(address, sent | {"end-outcome": "back"}, follow=True))
    assert "已结束1项" in done
    made.refresh_from_db()
    assert (made.state, made.ended_on) == ("CHANGED", date(cast.year, 3, 1))
    assert Tenure.objects.get(pk=made.tenure_id).ends_before == date(cast.year, 3, 1)
    assert AuditEvent.objects.filter(action="结束主持工作", reason="不再主持工作：新任已到").exists()


def test_refusals_are_told_and_nothing_is_written(cast: Cast):
    make.an_appointment(cast.round, make.a_person(cast.zone, "现任"), cast.chair)
    page = text_of(cast.post(cast.clerk, "acting", approval_no=""))
    assert "“批准文号”请填写。" in page
    assert "现由现任任职，不是空缺岗位" in text_of(cast.post(cast.clerk, "acting"))
    assert not Appointment.objects.exclude(kind="PRIMARY").exists()


def test_each_step_is_for_its_role(cast: Cast):
    assert cast.post(cast.leader, "concurrent").status_code == 403
    cast.post(cast.clerk, "concurrent")
    made = Appointment.objects.get(kind="CONCURRENT")
    end = reverse("admin:side_posts_do", args=["end"])
    assert logged_in(cast.clerk).post(end, {"row": made.pk}).status_code == 403
    for role in ("考评组", "单位负责人", "系统管理员", "财务"):
        client = logged_in(make.a_user(cast.zone, role))
        assert client.get(reverse(PAGE)).status_code == 403
        assert client.post(end, {"row": made.pk}).status_code == 403
    supervisor = logged_in(make.a_user(cast.zone, "监督组"))
    page = text_of(supervisor.get(reverse(PAGE)))
    assert "董事长" in page
    assert "登记兼任…" not in page
    assert logged_in(cast.clerk).post(reverse("admin:side_posts_do", args=["fly"])).status_code == 404


def test_other_zones_posts_are_not_listed_and_not_ended(cast: Cast):
    cast.post(cast.clerk, "concurrent")
    made = Appointment.objects.get(kind="CONCURRENT")
    other = make.a_zone("other", "外区")
    stranger = logged_in(make.a_user(other, "领导"))
    assert "董事长" not in text_of(stranger.get(reverse(PAGE)))
    sent = {"row": made.pk, "end-ended_on": f"{cast.year}-03-01", "end-document_no": "1", "end-reason": "x"}
    stranger.post(reverse("admin:side_posts_do", args=["end"]), sent)
    made.refresh_from_db()
    assert made.state == "ACTIVE"


def test_person_and_unit_show_the_post_beside_the_main_one(cast: Cast):
    cast.post(cast.clerk, "concurrent")
    client = logged_in(cast.clerk)
    person = text_of(client.get(reverse("admin:reform_person_change", args=[cast.person.pk])))
    assert "兼任" in person
    assert "不占职数" in person
    assert "公司过渡期" in person
    unit = text_of(client.get(reverse("admin:reform_unit_change", args=[cast.company.pk])))
    assert "任职人员" in unit
    assert "张三" in unit
    assert "不占职数" in unit


def test_list_is_paged_narrowed_and_its_statements_do_not_grow(cast: Cast):
    client = logged_in(cast.leader)

    def some(first: int, last: int) -> None:
        for number in range(first, last):
            make.an_appointment(
                cast.round, make.a_person(cast.zone, f"兼{number}人"), cast.chair, kind="CONCURRENT"
            )

    some(0, 2)
    client.get(reverse(PAGE))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(PAGE))
    some(2, 60)
    with CaptureQueriesContext(connection) as many:
        page = text_of(client.get(reverse(PAGE)))
    assert len(many) == len(few)
    assert "第1页，共2页、60条" in page
    second = text_of(client.get(reverse(PAGE), {"kind": "CONCURRENT", "page": "2"}))
    assert "?kind=CONCURRENT&amp;page=1" in second
    assert "没有符合条件的" in text_of(client.get(reverse(PAGE), {"q": "查无此人"}))
