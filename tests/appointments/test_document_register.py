"""文件: numbers, dates, lines, and a review that any change voids (domain.md §3a)."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from appointments.models import Document, DocumentLine
from appointments.selectors.documents import document_lacks, document_lines, is_document_reviewed
from appointments.services.documents import (
    LineEntry,
    appointment_document_draft,
    document_create,
    document_lines_set,
    document_review,
    document_update,
)
from reform.errors import Refused
from reform.models import AuditEvent, RowChange
from tests import factories as make
from tests.appointments.pages_cast import logged_in
from tests.appointments.papers import ON, Cast, a_cast, text_of
from tests.appointments.round_cast import set_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return a_cast()


@pytest.fixture
def document(cast: Cast) -> Document:
    return appointment_document_draft(batch=cast.batch, actor=cast.clerk, on=ON, met_on=date(2022, 1, 16))


def entries(document: Document) -> list[LineEntry]:
    return [
        LineEntry(line.kind, line.person_name, line.post, line.appointment)
        for line in document_lines(document)
    ]


def reviewed(document: Document, cast: Cast) -> Document:
    return document_review(document=document, actor=cast.second, on=ON)


def create(cast: Cast, **facts: Any) -> Document:
    call = {
        "round_": cast.round,
        "kind": "MINUTES",
        "title": "会议纪要",
        "actor": cast.clerk,
        "on": ON,
    } | facts
    return document_create(**call)


def test_draft_lists_who_is_appointed_and_what_they_leave(document: Document):
    assert [(line.kind, line.person_name, line.post) for line in document_lines(document)] == [
        ("APPOINT", "赵一", "经济发展局局长"),
        ("DISMISS", "赵一", "招商局副局长"),
    ]
    assert (document.declared_appointments, document.declared_dismissals) == (1, 1)
    assert (document.title, document.document_no) == ("关于赵一同志聘任的通知", "聘〔2022〕1号")
    assert (document.met_on, document.issued_on, document.effective_on) == (
        date(2022, 1, 16),
        ON,
        date(2022, 1, 23),
    )
    assert document_lacks(document) == []


def test_post_held_on_is_not_left(cast: Cast):
    old = cast.winner.tenures.get().position
    old.lineage = cast.appointment.position.lineage
    old.save()
    document = appointment_document_draft(batch=cast.batch, actor=cast.clerk, on=ON)
    assert [line.kind for line in document_lines(document)] == ["APPOINT"]


def test_nothing_drafted_gives_no_document(cast: Cast):
    cast.appointment.delete()
    with pytest.raises(Refused, match="还没有待生效的聘任"):
        appointment_document_draft(batch=cast.batch, actor=cast.clerk, on=ON)


def test_numbers_run_by_kind_and_year(cast: Cast):
    numbers = [create(cast).number, create(cast).number, create(cast, kind="NOTICE").number]
    assert [*numbers, create(cast, year=2023).number] == [1, 2, 1, 1]
    with pytest.raises(Refused, match="2022年的会议纪要已有第2号"):
        create(cast, number=2)


def test_maker_is_not_reviewer(document: Document, cast: Cast):
    with pytest.raises(Refused, match="须由第二人复核"):
        document_review(document=document, actor=cast.clerk, on=ON)
    assert not is_document_reviewed(document)
    assert is_document_reviewed(reviewed(document, cast))


def test_paper_whose_lines_and_counts_differ_is_not_reviewed(document: Document, cast: Cast):
    document_update(document=document, actor=cast.clerk, declared_appointments=2, met_on=None)
    with pytest.raises(Refused) as refusal:
        reviewed(document, cast)
    assert refusal.value.reasons == ("文件写明聘任2人，已列1人", "缺会议日期")


def test_changed_line_voids_the_review(document: Document, cast: Cast):
    reviewed(document, cast)
    first, second = entries(document)
    changed = LineEntry(first.kind, first.person_name, "经济发展局副局长", first.appointment)
    document_lines_set(document=document, lines=[changed, second], actor=cast.clerk)
    document.refresh_from_db()
    assert document.reviewed_by is None
    assert not is_document_reviewed(document)


def test_whoever_changed_a_line_cannot_review_it(document: Document, cast: Cast):
    first, second = entries(document)
    changed = LineEntry(first.kind, "赵一一", first.post, first.appointment)
    document_lines_set(document=document, lines=[changed, second], actor=cast.second)
    with pytest.raises(Refused, match="须由第二人复核"):
        reviewed(document, cast)


def test_same_lines_change_nothing(document: Document, cast: Cast):
    reviewed(document, cast)
    events = AuditEvent.objects.count()
    document_lines_set(document=document, lines=entries(document), actor=cast.clerk)
    assert AuditEvent.objects.count() == events
    assert is_document_reviewed(document)


def test_changed_date_voids_the_review_and_leaves_an_event(document: Document, cast: Cast):
    reviewed(document, cast)
    document_update(document=document, actor=cast.clerk, issued_on=date(2022, 1, 24), reason="改期")
    document.refresh_from_db()
    assert document.reviewed_by is None
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.reason) == ("修改文件", "改期")
    assert RowChange.objects.filter(event=event).exists()


def test_line_changed_behind_the_services_back_is_noticed(document: Document, cast: Cast):
    reviewed(document, cast)
    DocumentLine.objects.filter(document=document).update(post="别的岗位")
    assert not is_document_reviewed(document)


def test_printed_paper_says_what_was_registered(document: Document, cast: Cast):
    from appointments.documents import document_file

    *_, dismissal = entries(document)
    lines = [*entries(document), LineEntry(DocumentLine.Kind.DISMISS, "钱二", "招商局副局长")]
    document_lines_set(document=document, lines=lines, actor=cast.clerk)
    text = text_of(
        document_file("appointment", round_=cast.round, batch=cast.batch, actor=cast.clerk, on=ON)[1]
    )
    assert "聘〔2022〕1号" in text
    assert "免去钱二招商局副局长职务。" in text
    assert f"免去{dismissal.person_name}{dismissal.post}职务。" in text


def test_others_than_the_office_register_nothing(cast: Cast):
    with pytest.raises(Refused, match="由聘任办公室办理"):
        create(cast, actor=make.a_user(cast.zone, "监督组"))


def test_paper_is_put_right_on_the_batch_page_and_its_review_is_void(document: Document, cast: Cast):
    set_state(cast.batch, "APPOINTING")
    reviewed(document, cast)
    cast.winner.name = "赵一鸣"
    cast.winner.save()
    client, address = logged_in(cast.clerk), reverse("admin:batch_do", args=[cast.batch.pk, "amend_paper"])
    facts = {"document": document.pk, "reason": "姓名更正"}

    def amend(**more: Any) -> str:
        posted = {f"amend_paper-{name}": value for name, value in (facts | more).items()}
        return client.post(address, posted, follow=True).content.decode()

    assert "没有改动。" in amend()
    assert is_document_reviewed(Document.objects.get())
    assert "须由第二人复核" in amend(relist="on", met_on="2022-01-17")
    document.refresh_from_db()
    assert (document.title, document.met_on) == ("关于赵一鸣同志聘任的通知", date(2022, 1, 17))
    assert {line.person_name for line in document_lines(document)} == {"赵一鸣"}
    assert document.reviewed_by is None
    assert "须由第二人复核" in amend(declared_appointments="3")
    assert document_lacks(Document.objects.get()) == ["文件写明聘任3人，已列1人"]
