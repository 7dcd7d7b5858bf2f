"""A batch from its notice to the printed letter in a real browser: clerk, applicant, second clerk, meeting,
public."""

import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from docx import Document as WordDocument

from appointments.models import Application, Appointment, Batch, Publicity
from appointments.services.appointing import LetterNumbers, appointments_draft
from appointments.services.batch_posts import batch_posts_add
from appointments.services.batch_steps import batch_step, batches_advance
from appointments.services.batches import batch_create, batch_set_steps
from appointments.services.intentions import IntentionEntry, intentions_record
from appointments.services.matching import match_pairs
from appointments.services.plans import round_plan_update
from appointments.services.proposals import VoteEntry, meeting_record, proposal_freeze
from appointments.services.publicity import publicity_confirm, publicity_open, publicity_report
from appointments.services.round_steps import round_approve, round_mobilize
from appointments.services.setups import positions_copy_from
from reform.services.one_time_passwords import one_time_passwords_issue
from tests.appointments.whole_round import Zone, day
from tests.browser.clock import Clock
from tests.browser.pages import page_of, press

pytestmark = pytest.mark.browser


@pytest.fixture
def play(live_server: Any, django_db_serialized_rollback: None, clock: Clock) -> Zone:
    """A round that has been mobilised, with one batch of 双向选择 that is planned."""
    zone = Zone()
    clerk = zone.user["人事"]
    positions_copy_from(round_=zone.round, source=zone.former, actor=clerk)
    round_plan_update(
        round_=zone.round,
        actor=clerk,
        consultation="职工代表大会通过",
        kinship_complete=True,
        caps_document_no="编办〔2021〕9号",
        kickoff_on=day(9),
        effective_on=day(28),
    )
    batch = batch_create(round_=zone.round, code="1", name="主办", method="SX", actor=clerk)
    batch_posts_add(batch=batch, positions=[zone.post("综合主办")], actor=clerk)
    days = zone.steps(
        NOTICE=(day(10), day(12)),
        APPLY=(day(10), day(12)),
        SCREEN=(day(13), day(17)),
        MATCH=(day(18), day(18)),
        DECIDE=(day(19), day(19)),
        PUBLICITY=(day(20), day(26)),
        APPOINT=(day(27), day(28)),
    )
    batch_set_steps(batch=batch, steps=days, actor=clerk)
    round_approve(round_=zone.round, actor=zone.user["领导"], on=day(8), document_no="高新党〔2022〕1号")
    round_mobilize(round_=zone.round, actor=clerk, on=day(9), document_no="会纪〔2022〕1号")
    return zone


def choose_all(page: Any, button: str) -> None:
    """All rows of the table, then the button; its form opens first where it has one."""
    page.locator("input[data-all]").first.check()
    summary = page.locator("summary", has_text=f"{button}…")
    if summary.count():
        summary.first.click()
    press(page, button)


def test_from_the_notice_to_the_printed_letter(context: Any, play: Zone, clock: Clock):
    batch = Batch.objects.get(round=play.round)
    address = f"/admin/batches/{batch.pk}/"
    clerk, person = play.user["人事"], play.people["陈九"]

    page = page_of(context, clerk)
    page.goto(address)
    page.fill("#id_publish_document_no", "高新聘办〔2022〕1号")
    press(page, "公布岗位")
    batch.refresh_from_db()
    assert batch.state == "PUBLISHED"
    page.close()

    batches_advance(zone=play.zone, actor=clerk, on=day(10))
    apply(context, play, clock, batch)
    assert Application.objects.get(candidacy__person=person).state == "SUBMITTED"

    clock.at(day(13))
    batches_advance(zone=play.zone, actor=clerk, on=day(13))
    page = page_of(context, clerk)
    page.goto(f"{address}?tab=screening")
    press(page, "按条件审查全部")
    choose_all(page, "初审")
    page.close()
    page = page_of(context, play.user["监督组"])
    page.goto(f"{address}?tab=screening")
    choose_all(page, "复核")
    page.close()
    assert Application.objects.get(candidacy__person=person).state == "QUALIFIED"

    decide(context, play, clock, batch, address)
    publicity = Publicity.objects.get()
    context.clear_cookies()
    public = context.new_page()
    assert public.goto(f"/public/{play.zone.code}/publicity/{publicity.pk}/").status == 200
    shown = public.content()
    assert "陈九" in shown
    assert "1990年6月" in shown or "1990.06" in shown
    assert person.id_number not in shown
    assert not re.search(r"\d{6}(19|20)\d{9}[\dX]", shown)
    public.close()

    print_letter(context, play, clock, batch, address)


def apply(context: Any, play: Zone, clock: Clock, batch: Batch) -> None:
    """The person comes with the slip of paper, sets a password and applies."""
    person = play.people["陈九"]
    clock.at(day(11))
    slips = one_time_passwords_issue(
        zone=play.zone, people=[person], actor=play.user["人事"], now=timezone.now()
    )
    context.clear_cookies()
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/my/login/")
    page.fill("#id_number", person.id_number)
    page.fill("#id_password", slips[0].password)
    press(page, "登录")
    page.fill("#id_new", "yunxi-2022-own")
    page.fill("#id_again", "yunxi-2022-own")
    press(page, "保存")
    page.goto(f"/my/batches/{batch.pk}/")
    page.select_option("#choice_1", index=1)
    page.locator("input[name=declares_kin][value=no]").check()
    page.fill("#achievements", "三年完成全部任务")
    page.locator("input[name=no_rewards]").check()
    press(page, "提交报名")
    page.close()


def decide(context: Any, play: Zone, clock: Clock, batch: Batch, address: str) -> None:
    """Both sides agree, the list is made and voted on; the leader approves it and puts it to the public."""
    clerk = play.user["人事"]
    clock.at(day(18))
    batch.refresh_from_db()
    batch_step(batch=batch, event="screened", actor=clerk, on=day(18))
    one = Application.objects.select_related("candidacy__person").get()
    intentions_record(batch=batch, entries=[IntentionEntry(one, 1, True, True)], actor=clerk)
    match_pairs(batch=batch, pairs=[(one.candidacy.person_id, one.position_id)], actor=clerk, on=day(18))
    clock.at(day(19))
    batch.refresh_from_db()
    proposal = proposal_freeze(batch=batch, actor=clerk, on=day(19))
    batch_step(batch=batch, event="matched", actor=clerk, on=day(19))
    meeting_record(
        proposal=proposal,
        held_on=day(19),
        minutes_no="党纪〔2022〕3号",
        members=11,
        present=9,
        votes=[VoteEntry(row, in_favour=9) for row in proposal.rows.all()],
        actor=clerk,
        on=day(19),
    )
    page = page_of(context, play.user["领导"])
    page.goto(f"{address}?tab=proposal")
    press(page, "审批名单")
    page.goto(address)
    press(page, "研究通过，公示")
    page.close()
    batch.refresh_from_db()
    assert batch.state == "PUBLICITY"
    clock.at(day(20))
    publicity_open(
        proposal=proposal,
        starts_on=day(20),
        phone="0375-1234567",
        address="管委会三楼",
        office="监督组",
        actor=clerk,
        on=day(20),
    )


def print_letter(context: Any, play: Zone, clock: Clock, batch: Batch, address: str) -> None:
    """After the 公示 the letters are drafted, and the clerk prints them."""
    clerk = play.user["人事"]
    clock.at(day(27))
    publicity = Publicity.objects.get()
    publicity_report(publicity=publicity, result="无异议", actor=clerk, on=day(27))
    publicity_confirm(publicity=publicity, actor=play.user["监督组"], on=day(27))
    batch.refresh_from_db()
    batch_step(batch=batch, event="appoint", actor=clerk, on=day(27))
    batch.refresh_from_db()
    appointments_draft(
        batch=batch,
        starts_on=day(28),
        actor=clerk,
        document_no="高新聘〔2022〕3号",
        letters=LetterNumbers(prefix="聘书2022-"),
    )
    page = page_of(context, clerk)
    page.goto(f"{address}?tab=appointing")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("聘书.*Word")).first.click()
    word = WordDocument(io.BytesIO(Path(download.value.path()).read_bytes()))
    text = "\n".join(one.text for one in word.paragraphs)
    one = Appointment.objects.get(person=play.people["陈九"])
    assert "陈九" in text
    assert one.letter_no in text
    assert one.ends_before - timedelta(days=1) == date(2025, 1, 27)
    page.close()
