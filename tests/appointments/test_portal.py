"""个人页面: who may come in, 报名, and that it is always only the person's own."""

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client

import tests.factories as make
from appointments.models import (
    Appeal,
    Application,
    BatchStep,
    Candidacy,
)
from reform.models import ChangeRequest, Membership
from tests.appointments.portal_cast import (
    TODAY,
    a_login,
    choices_of,
    hand_in,
    text,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(person):
    return a_login(person)


@pytest.fixture
def other(zone):
    return make.a_person(zone, "王五")


# --- who may come in ---

PAGES = ["", "batches/", "choices/", "offers/", "letters/", "facts/", "appeals/"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_behind_the_login_of_persons(page):
    answer = Client().get(f"/my/{page}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/my/login/?next=/my/")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_a_person_who_has_nothing_yet(client, page):
    answer = client.get(f"/my/{page}")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_account_without_a_person_is_told_so(zone):
    visitor = Client()
    visitor.force_login(make.a_user(zone, "人事"))
    assert visitor.get("/my/").status_code == 403


def test_first_address_leads_a_person_to_their_page(client):
    assert client.get("/")["Location"] == "/my/"


def test_pages_hold_no_script_of_their_own(client, batch, posts):
    for page in [*PAGES, f"batches/{batch.pk}/"]:
        html = client.get(f"/my/{page}").content.decode()
        assert "<script>" not in html
        assert not re.search(r"\son[a-z]+=", html)


# --- 报名 ---


def test_person_applies_for_posts_in_the_order_chosen(client, person, batch, posts):
    assert "科室正职正在报名" in text(client.get("/my/"))
    answer = hand_in(client, batch, posts[2], posts[0])
    assert "已提交报名。" in text(answer)
    sheet = Candidacy.objects.get(person=person)
    assert (sheet.batch, sheet.source, sheet.applied_on) == (batch, "PERSON", TODAY)
    assert (sheet.declares_kin, sheet.accepts_adjustment) == (False, True)
    assert (sheet.achievements, sheet.rewards) == ("引进项目三个", "无")
    assert choices_of(person) == ["三科科长", "一科科长"]
    assert "现在没有要您办的事" in text(client.get("/my/"))


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"declares_kin": None}, "须填写有无回避关系"),
        ({"achievements": ""}, "须填写主要工作实绩（没有的填“无”）"),
        ({"no_rewards": None}, "须填写奖惩情况（没有的填“无”）"),
        ({"choice_1": ""}, "没有填写志愿"),
    ],
)
def test_form_is_handed_in_only_when_everything_is_answered(client, batch, posts, missing, words):
    answer = hand_in(client, batch, posts[0], **missing)
    assert words in text(answer)
    assert not Candidacy.objects.exists()
    assert "引进项目三个" in answer.content.decode() or "achievements" in missing


def test_empty_form_is_told_everything_that_it_lacks(client, batch):
    page = text(client.post(f"/my/batches/{batch.pk}/", {}))
    for words in ("没有填写志愿", "须填写有无回避关系", "须填写主要工作实绩", "须填写奖惩情况"):
        assert words in page


def test_same_post_twice_and_a_post_of_elsewhere_are_refused(client, zone, this_round, batch, posts):
    assert "同一岗位只能填一次" in text(hand_in(client, batch, posts[0], posts[0]))
    foreign = make.a_position(make.a_unit(zone, "财政局"), "科长", setup=this_round.setup)
    assert "所选的岗位不在本批次" in text(hand_in(client, batch, foreign))
    assert not Candidacy.objects.exists()


def test_form_offers_as_many_choices_as_the_batch_allows(client, batch, posts):
    html = client.get(f"/my/batches/{batch.pk}/").content.decode()
    assert html.count("<select name=") == 3
    assert "本科及以上" in html


def test_choices_are_changed_until_the_deadline_and_then_no_more(client, person, batch, posts):
    hand_in(client, batch, posts[0], posts[1])
    page = client.get(f"/my/batches/{batch.pk}/").content.decode()
    assert f'<option value="{posts[0].pk}" selected>' in page
    hand_in(client, batch, posts[1], posts[3], remark="以此为准")
    assert choices_of(person) == ["二科科长", "四科科长"]
    BatchStep.objects.update(ends_before=TODAY)
    assert "报名期" in text(hand_in(client, batch, posts[0]))
    assert choices_of(person) == ["二科科长", "四科科长"]


def test_one_choice_or_all_are_withdrawn_and_handed_in_anew(client, person, batch, posts):
    hand_in(client, batch, posts[0], posts[1])
    sheet = Candidacy.objects.get()
    one = Application.objects.get(position=posts[0])
    client.post(f"/my/sheets/{sheet.pk}/withdraw/", {"application": one.pk})
    assert choices_of(person) == ["二科科长"]
    client.post(f"/my/sheets/{sheet.pk}/withdraw/")
    assert choices_of(person) == []
    hand_in(client, batch, posts[2])
    assert choices_of(person) == ["三科科长"]


def test_batch_that_is_not_open_cannot_be_applied_for(client, zone, batch, posts):
    batch.state = "PUBLISHED"
    batch.save()
    page = client.get(f"/my/batches/{batch.pk}/")
    assert '<form method="post">' not in page.content.decode()
    assert "批次在“岗位公布”，不在报名期" in text(hand_in(client, batch, posts[0]))
    for state in ("PLANNED", "ASSESSING", "CANCELLED"):
        batch.state = state
        batch.save()
        assert client.get(f"/my/batches/{batch.pk}/").status_code == 404


def test_batch_of_another_zone_is_not_there(client):
    zone = make.a_zone("other", "经开区")
    batch = make.a_batch(make.a_round(zone), state="APPLYING")
    assert client.get(f"/my/batches/{batch.pk}/").status_code == 404


# --- only one's own ---


def test_of_others_there_is_nothing(client, zone, this_round, batch, posts, other):
    theirs = make.an_application(batch, other, posts[0])
    letter = make.an_appointment(this_round, other, posts[0])
    appeal = Appeal.objects.create(
        zone=zone,
        person=other,
        kind="APPEAL",
        about="降职",
        known_on=TODAY,
        filed_on=TODAY,
        claim="…",
        due_on=TODAY,
    )
    asked = ChangeRequest.objects.create(
        person=other, field="phone", new_value="13800000001", reason="换号", asked_on=TODAY,
        asked_by=make.a_user(zone, "人事"),
    )  # fmt: skip
    sheet = theirs.candidacy_id
    assert client.get(f"/my/sheets/{sheet}/").status_code == 404
    assert client.get(f"/my/letters/{letter.pk}/").status_code == 404
    for address in (
        f"sheets/{sheet}/withdraw/",
        f"applications/{theirs.pk}/object/",
        f"choices/{theirs.pk}/",
        f"appeals/{appeal.pk}/withdraw/",
        f"facts/{asked.pk}/withdraw/",
    ):
        assert client.post(f"/my/{address}", {"word": "agree", "facts": "…"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "SUBMITTED"
    for page in PAGES:
        html = client.get(f"/my/{page}").content.decode()
        assert "王五" not in html
        assert "13800000001" not in html


def test_choice_of_another_person_is_not_withdrawn_through_the_own_sheet(client, batch, posts, other):
    theirs = make.an_application(batch, other, posts[0])
    hand_in(client, batch, posts[1])
    own = Candidacy.objects.get(person__name="李娜")
    assert client.post(f"/my/sheets/{own.pk}/withdraw/", {"application": theirs.pk}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "SUBMITTED"


def test_unit_head_who_applies_uses_the_account_for_work(zone, batch, posts, person):
    head = make.a_user(zone, "单位负责人")
    Membership.objects.filter(user=head).update(person=person)
    visitor = Client()
    visitor.force_login(head)
    assert "由本人办理" in text(hand_in(visitor, batch, posts[0]))
    head.groups.add(Group.objects.get(name="个人"))
    visitor = Client()
    visitor.force_login(head)
    hand_in(visitor, batch, posts[0])
    assert choices_of(person) == ["一科科长"]
