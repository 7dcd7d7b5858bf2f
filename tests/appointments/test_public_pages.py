"""公告 and 公示 for everybody: what they show, what they never show, and when they are there at all."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import tests.factories as make
from appointments.models import BatchStep, ProposalList, ProposalRow, Publicity, Waiver

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY = timedelta(days=1)
NUMBER = "11010519491231002X"
PHONE = "13800000001"


@pytest.fixture
def round_(zone):
    round_ = make.a_round(zone, "2022")
    round_.state = "RUNNING"
    round_.save()
    return round_


@pytest.fixture
def batch(round_):
    batch = make.a_batch(round_, state="PUBLISHED", name="科室正职", notice_document_no="竞〔2022〕1号")
    days = {"NOTICE": (date(2022, 1, 10), date(2022, 1, 13)), "APPLY": (date(2022, 1, 10), date(2022, 1, 15))}
    for kind, (starts_on, ends_before) in days.items():
        BatchStep.objects.create(batch=batch, kind=kind, starts_on=starts_on, ends_before=ends_before)
    unit = make.a_unit(round_.zone, "招商局")
    position = make.a_position(
        unit, "科长", setup=round_.setup, headcount=2, conditions="<本科>及以上", duties="负责招商"
    )
    make.a_batch_post(batch, position)
    return batch


def a_publicity(batch, starts_on, ends_before, number=1, *people):
    maker = make.a_user(batch.zone, "人事")
    proposal = ProposalList.objects.create(
        batch=batch, number=number, digest="0" * 64, frozen_by=maker, frozen_on=TODAY
    )
    for person, state in people:
        one = make.an_application(batch, person, batch.posts.get().position, state)
        ProposalRow.objects.create(
            list=proposal, application=one, held_level="L50", change="PROMOTION", former_post="招商局 副科长"
        )
    return Publicity.objects.create(
        proposal=proposal,
        starts_on=starts_on,
        ends_before=ends_before,
        phone="0375-2661234",
        address="管委会201室",
        office="监督组",
    )


@pytest.fixture
def person(zone):
    return make.a_person(
        zone,
        "李娜",
        id_number=NUMBER,
        birth_on=date(1949, 12, 31),
        phone=PHONE,
        native_place="河南鲁山",
        work_started_on=date(1970, 7, 1),
    )


@pytest.fixture
def running(batch, person):
    return a_publicity(batch, TODAY - DAY, TODAY + 4 * DAY, 1, (person, "PROPOSED"))


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def get(address):
    return Client().get(f"/public/{address}")


# --- 公告 ---


def test_notice_shows_days_and_posts_without_a_login(batch):
    answer = get(f"gaoxin/notices/{batch.pk}/")
    assert answer.status_code == 200
    shown = text(answer)
    assert "竞〔2022〕1号 · 竞岗聘任 · 1个岗位，2人 · 报名到2022年1月14日" in shown
    assert "公告 2022年1月10日至1月12日" in shown
    assert "聘期 3年，从2022年1月23日起" in shown
    assert "招商局 科长 科室正职 2 竞岗聘任" in shown
    assert "<本科>" not in answer.content.decode()


def test_notice_is_there_only_when_the_posts_are_published(batch, round_):
    address = f"gaoxin/notices/{batch.pk}/"
    for state, status in (("PLANNED", 404), ("PUBLISHED", 200), ("SCREENING", 200), ("CLOSED", 200)):
        batch.state = state
        batch.save()
        assert get(address).status_code == status, state
    batch.state = "CANCELLED"
    batch.save()
    assert "本批次已取消" in text(get(address))
    BatchStep.objects.filter(kind="NOTICE").update(starts_on=TODAY + DAY, ends_before=TODAY + 3 * DAY)
    assert get(address).status_code == 404


def test_batch_that_is_assigned_has_no_notice(batch):
    batch.method = "ZZ"
    batch.save()
    assert get(f"gaoxin/notices/{batch.pk}/").status_code == 404


def test_suspended_batch_says_why(batch):
    batch.is_suspended, batch.suspend_reason = True, "疫情"
    batch.save()
    assert "本批次暂停：疫情" in text(get(f"gaoxin/notices/{batch.pk}/"))


def test_cancelled_post_is_not_on_the_notice(batch):
    batch.posts.update(state="CANCELLED")
    assert "0个岗位" in text(get(f"gaoxin/notices/{batch.pk}/"))


# --- 公示 ---


def test_publicity_shows_layout_3_with_period_and_contact(running):
    answer = get(f"gaoxin/publicity/{running.pk}/")
    heads = re.findall(r"<th>([^<]+)</th>", answer.content.decode())
    assert heads == [
        *("序号", "姓名", "性别", "出生年月", "民族", "籍贯", "政治面貌", "学历学位", "参加工作时间"),
        *("现任岗位", "拟聘岗位", "拟聘层级", "变动类型", "备注"),
    ]
    shown = text(answer)
    first, last = TODAY - DAY, TODAY + 3 * DAY
    assert f"公示期{first:%Y}年{first.month}月{first.day}日至{last:%Y}年{last.month}月{last.day}日" in shown
    assert "受理电话 0375-2661234" in shown
    assert "李娜 男 1949年12月" in shown
    assert "招商局 副科长 招商局·科长 科室正职 提拔" in shown


def test_publicity_gives_no_id_number_no_phone_and_no_day_of_birth(running, person):
    html = get(f"gaoxin/publicity/{running.pk}/").content.decode()
    for secret in (NUMBER, NUMBER[:6], NUMBER[6:14], NUMBER[-4:], PHONE, "1949-12-31", "12月31日"):
        assert secret not in html
    assert "现任岗位" in html


def test_reason_of_a_waiver_stands_in_the_remark(running, zone):
    row = ProposalRow.objects.get()
    Waiver.objects.create(
        application=row.application,
        rule="MAX_AGE",
        reason="重点项目急需",
        requested_by=make.a_user(zone, "人事"),
        approved_by=make.a_user(zone, "领导"),
        requested_on=TODAY,
    )
    assert "重点项目急需" in text(get(f"gaoxin/publicity/{running.pk}/"))


def test_publicity_is_not_there_before_its_first_day(batch, person):
    one = a_publicity(batch, TODAY + DAY, TODAY + 6 * DAY, 1, (person, "PROPOSED"))
    assert get(f"gaoxin/publicity/{one.pk}/").status_code == 404
    assert "李娜" not in text(get("gaoxin/"))
    Publicity.objects.update(starts_on=TODAY)
    assert get(f"gaoxin/publicity/{one.pk}/").status_code == 200


def test_publicity_that_is_over_says_so(batch, person):
    one = a_publicity(batch, TODAY - 6 * DAY, TODAY, 1, (person, "PROPOSED"))
    assert "公示期已过" in text(get(f"gaoxin/publicity/{one.pk}/"))


def test_who_was_taken_off_or_voted_out_does_not_stand_on_the_list(batch, zone, person):
    dropped, lost = make.a_person(zone, "王五"), make.a_person(zone, "赵六")
    people = ((person, "PROPOSED"), (dropped, "DROPPED"), (lost, "NOT_SELECTED"))
    one = a_publicity(batch, TODAY, TODAY + 5 * DAY, 1, *people)
    shown = text(get(f"gaoxin/publicity/{one.pk}/"))
    assert "拟聘1人" in shown
    assert "王五" not in shown
    assert "赵六" not in shown


# --- the list, zones, methods ---


def test_index_lists_what_is_before_the_public(running, batch):
    shown = text(get("gaoxin/"))
    assert "1份拟聘名单正在公示" in shown
    assert "2022年全员聘任 科室正职拟聘公示" in shown
    assert "2022年全员聘任 科室正职 竞岗聘任 岗位公布" in shown


def test_index_of_a_zone_without_anything_says_so(zone):
    assert "还没有公告和公示" in text(get("gaoxin/"))


def test_pages_of_one_zone_are_not_under_another(running, batch):
    make.a_zone("jkq", "经开区")
    assert get(f"jkq/publicity/{running.pk}/").status_code == 404
    assert get(f"jkq/notices/{batch.pk}/").status_code == 404
    assert "李娜" not in text(get("jkq/"))
    for address in ("nowhere/", f"nowhere/publicity/{running.pk}/"):
        assert get(address).status_code == 404


def test_pages_are_for_reading_only_and_hold_no_script_of_their_own(running, batch):
    for page in ("gaoxin/", f"gaoxin/publicity/{running.pk}/", f"gaoxin/notices/{batch.pk}/"):
        assert Client().post(f"/public/{page}").status_code == 405
        html = get(page).content.decode()
        assert "<script>" not in html
        assert "/admin/" not in html


def test_publicity_takes_a_fixed_number_of_statements(batch, zone, person, django_assert_num_queries):

    one = a_publicity(batch, TODAY, TODAY + 5 * DAY, 1, (person, "PROPOSED"))
    with CaptureQueriesContext(connection) as few:
        get(f"gaoxin/publicity/{one.pk}/")
    people = [(make.a_person(zone, f"张{sign}"), "PROPOSED") for sign in "甲乙丙丁"]
    more = a_publicity(batch, TODAY, TODAY + 5 * DAY, 2, *people)
    with django_assert_num_queries(len(few)):
        get(f"gaoxin/publicity/{more.pk}/")
