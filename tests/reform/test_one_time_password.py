"""一次性口令: handed out by HR, good for one login within its days; then the person's own password."""

import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

import tests.factories as make
from reform.errors import Refused
from reform.models import AuditEvent, Membership, OneTimePassword, RowChange
from reform.services import one_time_password_use, one_time_passwords_issue

pytestmark = pytest.mark.django_db

OWN = "Taohua-Yuan-7731"
WRONG = "身份证号或密码不对。"


@pytest.fixture
def zone():
    return make.a_zone()


@pytest.fixture
def hr(zone):
    return make.a_user(zone, "人事", "hr")


@pytest.fixture
def person(zone):
    return make.a_person(zone, "李娜")


def issue(person, hr, now=None):
    (slip,) = one_time_passwords_issue(zone=person.zone, people=[person], actor=hr, now=now or timezone.now())
    return slip.password


def log_in(person, password, client=None, follow=False, **more):
    client = client or Client()
    answer = client.post(
        "/my/login/", {"id_number": person.id_number, "password": password, **more}, follow=follow
    )
    return client, answer


def logged_in(client):
    return "_auth_user_id" in client.session


# --- the slip ---


def test_password_opens_an_account_that_is_the_persons_and_no_more(person, hr):
    client, answer = log_in(person, issue(person, hr))
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    user = get_user_model().objects.get(membership__person=person)
    assert list(user.groups.values_list("name", flat=True)) == ["个人"]
    assert (user.is_staff, user.is_superuser, user.first_name) == (False, False, "李娜")
    assert person.id_number not in user.username
    assert client.get("/admin/").status_code == 403


def test_first_login_leads_to_an_own_password_before_anything_else(person, hr):
    client, _ = log_in(person, issue(person, hr))
    assert client.get("/my/")["Location"] == "/my/password/"
    assert client.get("/my/password/").status_code == 200
    answer = client.post("/my/password/", {"new": OWN, "again": OWN})
    assert answer["Location"] == "/my/"
    assert client.get("/my/").status_code == 200
    again, _ = log_in(person, OWN)
    assert logged_in(again)


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("abc1", "abc1", "8"),
        (OWN, OWN + "x", "两次输入的密码不一样。"),
        ("12345678901", "12345678901", "密码不能全是数字。"),
        ("password123", "password123", "常见"),
    ],
)
def test_own_password_that_is_weak_or_mistyped_is_refused(person, hr, new, again, words):
    client, _ = log_in(person, issue(person, hr))
    answer = client.post("/my/password/", {"new": new, "again": again})
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not get_user_model().objects.get(membership__person=person).has_usable_password()


def test_own_password_is_no_part_of_the_id_number(person, hr):
    client, _ = log_in(person, issue(person, hr))
    answer = client.post("/my/password/", {"new": person.id_number, "again": person.id_number})
    assert "密码不能" in answer.content.decode()


def test_password_works_once(person, hr):
    password = issue(person, hr)
    log_in(person, password)
    second, answer = log_in(person, password)
    assert not logged_in(second)
    assert WRONG in answer.content.decode()


def test_password_expires_after_the_days_of_the_policy(person, hr):
    now = datetime(2022, 1, 10, 1, 0, tzinfo=UTC)
    password = issue(person, hr, now)
    assert OneTimePassword.objects.get().expires_at == now + timedelta(days=7)
    late, in_time = now + timedelta(days=7), now + timedelta(days=6, hours=23)
    assert one_time_password_use(person=person, typed=password, now=late) is None
    assert one_time_password_use(person=person, typed=password, now=in_time) is not None


def test_a_new_slip_voids_the_one_before(person, hr):
    first, second = issue(person, hr), issue(person, hr)
    assert not logged_in(log_in(person, first)[0])
    assert logged_in(log_in(person, second)[0])


def test_slip_is_read_with_blanks_without_hyphens_and_in_capitals(person, hr):
    password = issue(person, hr)
    client, _ = log_in(person, f" {password.replace('-', ' ').upper()} ")
    assert logged_in(client)


def test_id_number_is_read_with_a_small_x_blanks_and_full_width_digits(zone, hr):
    person = make.a_person(zone, "王芳", id_number="11010519491231002X")
    client = Client()
    full = "１１０１０５ 19491231 002x"
    client.post("/my/login/", {"id_number": full, "password": issue(person, hr)})
    assert logged_in(client)


def test_somebody_who_lost_the_password_gets_a_slip_and_sets_another(person, hr):
    client, _ = log_in(person, issue(person, hr))
    client.post("/my/password/", {"new": OWN, "again": OWN})
    client, _ = log_in(person, issue(person, hr))
    assert client.get("/my/")["Location"] == "/my/password/"
    client.post("/my/password/", {"new": OWN + "-2", "again": OWN + "-2"})
    assert not logged_in(log_in(person, OWN)[0])
    assert logged_in(log_in(person, OWN + "-2")[0])
    assert Membership.objects.filter(person=person).count() == 1


# --- nobody else ---


def test_answer_does_not_say_whether_the_number_is_known(person, hr):
    issue(person, hr)
    stranger = make.an_id_number("19700101")
    pages = []
    for number in (person.id_number, stranger, "not a number"):
        page = Client().post("/my/login/", {"id_number": number, "password": "wrong-word"})
        pages.append(re.sub(r'value="[^"]{40,}"', "", page.content.decode()))
        assert page.status_code == 200
    assert len(set(pages)) == 1
    assert WRONG in pages[0]


def test_eight_wrong_passwords_lock_the_number_and_no_number_is_kept_in_the_clear(person, hr):
    password = issue(person, hr)
    client = Client()
    for _ in range(8):
        _, answer = log_in(person, "wrong-word", client)
    assert answer.status_code == 429
    assert person.id_number not in answer.content.decode()
    assert log_in(person, password)[1].status_code == 429
    kept = str(list(AccessAttempt.objects.values())) + str(list(AccessLog.objects.values()))
    assert person.id_number not in kept
    assert "wrong-word" not in kept


def test_account_for_work_is_not_opened_by_a_slip(zone, hr, person):
    leader = make.a_user(zone, "领导", is_staff=False)
    Membership.objects.filter(user=leader).update(person=person)
    with pytest.raises(Refused, match="李娜有工作账号，请用工作账号登录"):
        issue(person, hr)
    Membership.objects.filter(user=leader).update(person=None)
    password = issue(person, hr)
    Membership.objects.filter(user=leader).update(person=person)
    assert not logged_in(log_in(person, password)[0])
    assert not logged_in(log_in(person, "test-Only-7731")[0])


def test_account_that_is_switched_off_stays_shut(person, hr):
    client, _ = log_in(person, issue(person, hr))
    client.post("/my/password/", {"new": OWN, "again": OWN})
    get_user_model().objects.filter(membership__person=person).update(is_active=False)
    assert not logged_in(log_in(person, OWN)[0])
    assert not logged_in(log_in(person, issue(person, hr))[0])
    assert client.get("/my/")["Location"].startswith("/my/login/")


def test_only_hr_hands_out_passwords_and_only_to_people_of_the_zone(zone, hr, person):
    for role in ("领导", "监督组", "单位负责人", "个人", "系统管理员"):
        with pytest.raises(Refused, match="由人事部门发放"):
            issue(person, make.a_user(zone, role))
    other = make.a_zone("other", "经开区")
    with pytest.raises(Refused, match="不是经开区的人员"):
        one_time_passwords_issue(zone=other, people=[person], actor=hr, now=timezone.now())


def test_wanted_page_is_opened_after_login_but_no_other_site(person, hr):
    _, answer = log_in(person, issue(person, hr), next="/my/password/")
    assert answer["Location"] == "/my/password/"
    for foreign in ("https://evil.example/my/", "//evil.example/my/", "/admin/"):
        _, answer = log_in(person, issue(person, hr), next=foreign)
        assert answer["Location"] == "/my/"


# --- what is left behind ---


def test_events_tell_who_and_when_and_never_the_password(person, hr):
    password = issue(person, hr)
    log_in(person, password)
    events = AuditEvent.objects.filter(action__in=["发放一次性口令", "用一次性口令登录"]).order_by("id")
    assert [(one.actor.username, one.subject) for one in events] == [
        ("hr", "李娜"),
        (f"gaoxin-{person.pk}", "李娜"),
    ]
    kept = str(list(AuditEvent.objects.values())) + str(list(RowChange.objects.values()))
    kept += str(list(OneTimePassword.objects.values()))
    assert password not in kept
    assert password.replace("-", "") not in kept
    assert OneTimePassword.objects.get().digest.startswith("pbkdf2_sha256$")


def test_passwords_of_many_take_a_fixed_number_of_statements(zone, hr, django_assert_max_num_queries):
    people = [make.a_person(zone, f"张{sign}") for sign in "甲乙丙丁戊己庚辛壬癸"]
    with django_assert_max_num_queries(20):
        slips = one_time_passwords_issue(zone=zone, people=people, actor=hr, now=timezone.now())
    assert len({slip.password for slip in slips}) == 10
    assert AuditEvent.objects.filter(action="发放一次性口令").count() == 1


# --- HR's page ---


@pytest.fixture
def office(hr):
    client = Client()
    client.force_login(hr)
    return client


def test_page_shows_slips_once_and_gives_the_same_as_a_list(person, office):
    page = office.get("/admin/passwords/").content.decode()
    assert "李娜" in page
    slips = office.post("/admin/passwords/", {"row": [person.pk]})
    assert "no-store" in slips["Cache-Control"]
    html = slips.content.decode()
    (password,) = re.findall(r'<dd class="word">([^<]+)</dd>', html)
    kept = re.search(r'name="kept" value="([^"]+)"', html).group(1)
    answer = office.post("/admin/passwords/list.xlsx", {"kept": kept})

    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert rows[1][2:5] == ("姓名", "身份证号", "一次性口令")
    assert rows[2][2:5] == ("李娜", person.id_number, password)
    assert password not in office.get("/admin/passwords/?state=open").content.decode()
    assert logged_in(log_in(person, password)[0])


def test_list_is_given_to_nobody_else_and_not_for_anything_made_up(zone, person, office):
    html = office.post("/admin/passwords/", {"row": [person.pk]}).content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', html).group(1)
    other = Client()
    other.force_login(make.a_user(zone, "人事", "hr2"))
    assert other.post("/admin/passwords/list.xlsx", {"kept": kept}).status_code == 403
    assert office.post("/admin/passwords/list.xlsx", {"kept": kept + "x"}).status_code == 403


def test_page_is_for_those_who_may_issue(zone, person):
    for role, status in (("人事", 200), ("监督组", 403), ("考核办", 403)):
        client = Client()
        client.force_login(make.a_user(zone, role))
        assert client.get("/admin/passwords/").status_code == status


def test_page_sorts_people_by_how_far_they_are(zone, person, hr, office):
    issue(person, hr)
    make.a_person(zone, "王五")
    assert "王五" in office.get("/admin/passwords/").content.decode()
    assert "李娜" not in office.get("/admin/passwords/?state=new").content.decode()
    assert "李娜" in office.get("/admin/passwords/?state=open").content.decode()
    assert "李娜" in office.get("/admin/passwords/?state=&q=李").content.decode()
    assert "没有这样的人" in office.get("/admin/passwords/?state=in").content.decode()
