"""岗位设置 of an approved plan: posts, units, levels and 职数 stand, on the page and in a workbook (T1)."""

import pytest
from django.urls import reverse

from appointments.services.plans import round_plan_update
from appointments.services.round_steps import round_approve
from reform.models import Position, PositionSetup, Upload
from reform.services import edit, positions_register
from reform.services.uploads import upload_obstacle
from tests.appointments.pages_cast import logged_in
from tests.appointments.round_cast import PLAN, Drafted, jan, refused
from tests.factories import a_batch, a_position
from tests.import_cast import Office, positions, posts

pytestmark = pytest.mark.django_db
TOLD = "方案已于2022-01-08批准，不能再增减岗位，也不能改单位、层级和职数"


@pytest.fixture
def place() -> Drafted:
    place = Drafted()
    a_position(place.unit, "局长", "L70", setup=place.round.setup)
    batch = a_batch(place.round, method="ZZ")
    for kind, first, after in (("DECIDE", 15, 16), ("PUBLICITY", 17, 22)):
        batch.steps.create(kind=kind, starts_on=jan(first), ends_before=jan(after))
    round_plan_update(round_=place.round, actor=place.clerk, **PLAN)
    round_approve(round_=place.round, actor=place.leader, on=jan(8), document_no="方案1号")
    return place


def test_approved_plan_keeps_its_posts(place: Drafted):
    post = Position.objects.select_related("setup", "unit").get(setup=place.round.setup)
    said = {"zone": place.zone, "actor": place.clerk}
    assert refused(positions_register, created=[], changed=[edit(post, headcount=2)], **said) == (
        f"“{post}”：{TOLD}",
    )
    new = Position(zone=place.zone, setup=post.setup, unit=post.unit, title="副局长", level="L60", code="N1")
    assert refused(positions_register, created=[new], changed=[], **said) == (f"“{new}”：{TOLD}",)
    positions_register(created=[], changed=[edit(post, duties="主持全局工作")], **said)
    post.refresh_from_db()
    assert (post.headcount, post.duties) == (1, "主持全局工作")


def test_page_of_a_settled_post_lets_conditions_and_duties_be_filled_in_only(place: Drafted):
    post = Position.objects.get(setup=place.round.setup)
    client = logged_in(place.clerk)
    address = reverse("admin:reform_position_change", args=[post.pk])
    page = client.get(address).content.decode()
    assert 'name="headcount"' not in page
    assert 'name="level"' not in page
    assert 'name="duties"' in page
    response = client.post(
        reverse("admin:reform_position_add"),
        {"setup": post.setup_id, "unit": post.unit_id, "title": "副局长", "level": "L60", "headcount": 1},
    )
    assert TOLD in response.content.decode()
    assert Position.objects.filter(setup=place.round.setup).count() == 1


def test_workbook_does_not_change_what_was_approved(tmp_path):
    office = Office(tmp_path)
    assert office.bring({"a.xlsx": positions()}).status == 0
    PositionSetup.objects.update(approved_on=jan(8))
    more = posts()
    more[0]["headcount"] += 1
    more[1]["duties"] = "主持工作"
    new = more[2] | {"number": 99, "title": "新设岗位"}
    run = office.bring({"a.xlsx": positions([*more, new])})
    assert {one["code"] for one in run.errors} == {"PLAN_APPROVED"}
    assert [one["column"] for one in run.errors] == ["职数", "岗位名称"]
    assert TOLD in run.errors[0]["message"]
    assert run.errors[0]["message"].startswith(f"原为“{more[0]['headcount'] - 1}”")
    more[0]["headcount"] -= 1
    assert office.bring({"a.xlsx": positions(more)}).status == 0


def test_upload_of_posts_is_not_taken_back_once_the_plan_is_approved(tmp_path):
    office = Office(tmp_path)
    assert office.bring({"a.xlsx": positions()}).status == 0
    upload = Upload.objects.get()
    assert upload_obstacle(upload) == ""
    PositionSetup.objects.update(approved_on=jan(8))
    assert upload_obstacle(upload) == f"上传的岗位已在批准的方案中：{TOLD}。"
