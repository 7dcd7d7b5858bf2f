"""A person answers an offer and signs the own letter; the office registers either on their behalf."""

from typing import Any

import pytest

import tests.factories as make
from appointments.models import Appointment, Offer, Placement, Round
from appointments.services.appointing import letters_sign
from appointments.services.letters import letter_sign
from appointments.services.placements import offer_answer
from reform.errors import Refused
from reform.models import AuditEvent, Membership
from tests.appointments.portal_cast import DAY, TODAY, a_login, an_open_batch, its_posts, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_():
    made = make.a_round(make.a_zone(), str(TODAY.year), TODAY + 30 * DAY)
    Round.objects.filter(pk=made.pk).update(state="PLACING")
    made.refresh_from_db()
    return made


@pytest.fixture
def posts(round_):
    return its_posts(an_open_batch(round_))


@pytest.fixture
def person(round_):
    return make.a_person(round_.zone, "李娜")


@pytest.fixture
def own(person):
    """The person's own account."""
    return account_of(person)


@pytest.fixture
def office(round_):
    return make.a_user(round_.zone, "人事")


@pytest.fixture
def offer(round_, posts, person):
    return an_offer(round_, posts[3], person)


@pytest.fixture
def letter(round_, posts, person):
    return a_letter(round_, posts[0], person)


def account_of(person: Any) -> Any:
    user = make.a_user(person.zone, "个人", is_staff=False)
    Membership.objects.filter(user=user).update(person=person)
    return user


def an_offer(round_: Round, post: Any, person: Any, number: int = 1) -> Offer:
    placement, _ = Placement.objects.get_or_create(round=round_, person=person)
    Placement.objects.filter(pk=placement.pk).update(state="OFFERED")
    placement.refresh_from_db()
    return Offer.objects.create(
        placement=placement,
        number=number,
        position=post,
        way="ASSIGNED",
        offered_on=TODAY,
        document_no=f"调{number}号",
    )


def a_letter(round_: Round, post: Any, person: Any, **values: Any) -> Appointment:
    given = {"starts_on": TODAY, "ends_before": TODAY + 1000 * DAY, "letter_no": "聘书1号"}
    return make.an_appointment(round_, person, post, **given | values)


# --- offers ---


def test_person_accepts_the_own_offer(offer, own, posts):
    offer_answer(offer=offer, accepts=True, actor=own, on=TODAY)
    offer.placement.refresh_from_db()
    assert (offer.reply, offer.replied_on) == ("ACCEPTED", TODAY)
    assert (offer.placement.state, offer.placement.position) == ("OFFERED", posts[3])
    assert AuditEvent.objects.get(action="接受安置").details == {"by": "本人办理"}


def test_person_declines_with_a_reason_and_the_second_time_is_recorded(offer, own, round_, person, posts):
    with pytest.raises(Refused, match="须写明理由"):
        offer_answer(offer=offer, accepts=False, actor=own, on=TODAY)
    offer_answer(offer=offer, accepts=False, reason="路远", actor=own, on=TODAY)
    placement = Placement.objects.get()
    assert (placement.state, placement.refuses, offer.reply) == ("UNPLACED", False, "REFUSED")
    assert AuditEvent.objects.get(action="本人拒绝岗位").reason == "路远"
    assert AuditEvent.objects.get(action="拒绝安置").details == {"by": "本人办理"}
    second = an_offer(round_, posts[2], person, 2)
    offer_answer(offer=second, accepts=False, reason="还是远", actor=own, on=TODAY)
    assert Placement.objects.get().refuses


def test_office_registers_on_behalf_of_the_person(offer, office):
    offer_answer(offer=offer, accepts=False, reason="路远", actor=office, on=TODAY)
    said = [one.details for one in AuditEvent.objects.filter(action="拒绝安置")]
    assert said == [{"by": "聘任办公室代本人登记"}, {"from": "OFFERED", "to": "UNPLACED"}]


def test_nobody_answers_for_another(offer, round_):
    other = account_of(make.a_person(round_.zone, "王五"))
    for accepts in (True, False):
        with pytest.raises(Refused, match="只能由本人办理，或由聘任办公室代为登记"):
            offer_answer(offer=offer, accepts=accepts, reason="路远", actor=other, on=TODAY)
    nobody = make.a_user(round_.zone, "个人", is_staff=False)
    with pytest.raises(Refused, match="只能由本人办理"):
        offer_answer(offer=offer, accepts=True, actor=nobody, on=TODAY)
    for role in ("领导", "监督组", "单位负责人", "考评组"):
        with pytest.raises(Refused, match="“答复提供的岗位”由本人办理"):
            offer_answer(offer=offer, accepts=True, actor=make.a_user(round_.zone, role), on=TODAY)
    offer.refresh_from_db()
    assert offer.reply == ""


def test_an_offer_is_answered_once_and_while_it_stands(offer, own, round_):
    with pytest.raises(Refused, match="早于提供日期"):
        offer_answer(offer=offer, accepts=True, actor=own, on=TODAY - DAY)
    Round.objects.filter(pk=round_.pk).update(state="TERMINATED")
    with pytest.raises(Refused, match="本轮聘任已中止，提供的岗位不再有效"):
        offer_answer(offer=Offer.objects.get(), accepts=True, actor=own, on=TODAY)
    Round.objects.filter(pk=round_.pk).update(state="PLACING")
    Placement.objects.update(state="LEFT")
    with pytest.raises(Refused, match="安置已是“离开”，不再答复"):
        offer_answer(offer=Offer.objects.get(), accepts=True, actor=own, on=TODAY)
    Placement.objects.update(state="OFFERED")
    offer_answer(offer=offer, accepts=True, actor=own, on=TODAY)
    with pytest.raises(Refused, match="这次提供已答复：接受"):
        offer_answer(offer=offer, accepts=False, reason="改主意", actor=own, on=TODAY)


# --- letters ---


def test_person_signs_the_own_letter_after_the_tick(letter, own):
    with pytest.raises(Refused, match="请先勾选已阅读聘书内容并同意签订"):
        letter_sign(appointment=letter, is_confirmed=False, actor=own, on=TODAY)
    letter_sign(appointment=letter, is_confirmed=True, actor=own, on=TODAY)
    letter.refresh_from_db()
    assert (letter.letter_signed_on, letter.duties_signed_on) == (TODAY, None)
    event = AuditEvent.objects.get(action="签订聘书")
    assert (event.actor, event.details) == (own, {"by": "本人办理"})
    with pytest.raises(Refused, match=f"聘书已于{TODAY}签订"):
        letter_sign(appointment=letter, is_confirmed=True, actor=own, on=TODAY + DAY)


def test_a_letter_without_a_number_or_of_the_past_is_not_signed(round_, posts, person, own):
    unnumbered = a_letter(round_, posts[0], person, letter_no="")
    with pytest.raises(Refused, match="聘书还没有编号"):
        letter_sign(appointment=unnumbered, is_confirmed=True, actor=own, on=TODAY)
    Appointment.objects.update(state="TERMINATED", letter_no="聘书1号")
    with pytest.raises(Refused, match="聘任是“已解聘”，不再签订聘书"):
        letter_sign(appointment=unnumbered, is_confirmed=True, actor=own, on=TODAY)


def test_nobody_signs_for_another_but_the_office_in_its_own_way(letter, round_, office):
    said = {"appointment": letter, "is_confirmed": True, "on": TODAY}
    with pytest.raises(Refused, match="只能由本人办理"):
        letter_sign(**said, actor=account_of(make.a_person(round_.zone, "王五")))
    for role in ("领导", "监督组", "单位负责人"):
        with pytest.raises(Refused, match="“签订聘书”由本人办理"):
            letter_sign(**said, actor=make.a_user(round_.zone, role))
    with pytest.raises(Refused, match="聘书由本人签订"):
        letter_sign(**said, actor=office)
    letters_sign(appointments=[letter], actor=office, letter_signed_on=TODAY)
    assert AuditEvent.objects.get(action="登记聘书和责任书").details == {"by": "聘任办公室代本人登记"}


def test_a_person_signs_by_no_other_way(letter, own):
    with pytest.raises(Refused, match="“登记签订”由聘任办公室办理"):
        letters_sign(appointments=[letter], actor=own, letter_signed_on=TODAY)


# --- the pages ---


def test_offer_is_accepted_on_the_page(offer, person):
    client = a_login(person)
    assert "接受这个岗位" in text(client.get("/my/offers/"))
    answer = client.post(f"/my/offers/{offer.pk}/answer/", {"word": "accept"}, follow=True)
    assert "已接受“招商局·四科科长”" in text(answer)
    assert "接受这个岗位" not in text(answer)
    assert "请答复" not in text(client.get("/my/"))
    offer.refresh_from_db()
    assert offer.reply == "ACCEPTED"


def test_offer_is_declined_on_the_page_with_a_reason(offer, person):
    client = a_login(person)
    page = f"/my/offers/{offer.pk}/answer/"
    assert "须写明理由" in text(client.post(page, {"word": "decline", "reason": " "}, follow=True))
    assert "已拒绝" in text(client.post(page, {"word": "decline", "reason": "路远"}, follow=True))
    offer.refresh_from_db()
    assert (offer.reply, offer.reason) == ("REFUSED", "路远")
    assert client.post(page, {"word": "perhaps"}).status_code == 404
    assert client.get(page).status_code == 405


def test_letter_is_signed_on_the_page(letter, person):
    client = a_login(person)
    assert "的聘书、责任书待签订" in text(client.get("/my/"))
    page = f"/my/letters/{letter.pk}/"
    assert "我已阅读聘书（聘书1号）" in text(client.get(page))
    assert "请先勾选" in text(client.post(f"{page}sign/", follow=True))
    answer = text(client.post(f"{page}sign/", {"confirmed": "1"}, follow=True))
    assert "聘书已签订" in answer
    assert "我已阅读聘书" not in answer
    assert "的责任书待签订" in text(client.get("/my/"))
    letter.refresh_from_db()
    assert letter.letter_signed_on == TODAY


def test_pages_of_another_are_not_found(offer, letter, round_):
    other = a_login(make.a_person(round_.zone, "王五"))
    assert other.post(f"/my/offers/{offer.pk}/answer/", {"word": "accept"}).status_code == 404
    assert other.post(f"/my/letters/{letter.pk}/sign/", {"confirmed": "1"}).status_code == 404
    offer.refresh_from_db()
    letter.refresh_from_db()
    assert (offer.reply, letter.letter_signed_on) == ("", None)
