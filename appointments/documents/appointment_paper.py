"""聘任文件 (domain.md §8, 4): the sentences of the decision, the list, and who is dismissed from what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from appointments.models import Appointment, Document, DocumentLine
from appointments.selectors.documents import (
    appointment_document,
    document_lines,
    posts_left,
)
from reform.documents.paper import Paper
from reform.documents.wording import long_date, span
from reform.errors import Refused

from . import names
from .paper import Occasion
from .wording import AppointmentWords, appointment_paragraphs, heading, probation


def appointment(occasion: Occasion) -> Paper:
    """The registered 聘任文件 of the batch with its lines; before one is registered, what its appointments
    give.

    Without a batch: the appointments of the round.
    """
    document = appointment_document(occasion.batch) if occasion.batch else None
    lines = _of_document(document) if document else _of_appointments(occasion)
    if not lines:
        raise Refused(["还没有起草聘任，不能出聘任文件"])
    words = [line.words for line in lines]
    rows = [_row(one) for one in words]
    title = document.title if document else heading(one.name for one in words)
    met_on = document.met_on if document else lines[0].decided_on
    issued_on = (document.issued_on if document else None) or occasion.on
    decided = f"{long_date(met_on)}{occasion.setting('decision_body')}"
    values = occasion.head(
        红头=occasion.setting("document_head"),
        文号=document.document_no
        if document
        else (occasion.batch.appoint_document_no if occasion.batch else ""),
        标题=title,
        主送=occasion.setting("document_addressees"),
        段落=[text for text in appointment_paragraphs(words, decided) if text],
        名单=rows,
        人数=len({one.name for one in words}),
        发文日期=long_date(issued_on),
        印发日期=f"{long_date(issued_on)}印发",
        抄送=occasion.setting("document_copies"),
    )
    return Paper(title, values, rows)


@dataclass(frozen=True)
class _Line:
    """The words of one appointment, and the day it was decided."""

    words: AppointmentWords
    decided_on: date | None = None


def _of_appointments(occasion: Occasion) -> list[_Line]:
    found = occasion.appointments
    left = posts_left(found)
    return [
        _Line(
            _words(one, [names.post_name(tenure.position) for tenure in left.get(one.pk, ())]),
            one.decided_on,
        )
        for one in found
    ]


def _of_document(document: Document) -> list[_Line]:
    """By the registered lines: names and posts as they were reviewed, terms from the appointments."""
    lines = document_lines(document)
    left: dict[Any, list[str]] = {}
    for line in lines:
        if line.kind == DocumentLine.Kind.DISMISS:
            left.setdefault(_key(line), []).append(line.post)
    found = [
        _Line(_words(line.appointment, left.pop(_key(line), []), line))
        for line in lines
        if line.kind == DocumentLine.Kind.APPOINT
    ]
    name_of = {_key(line): line.person_name for line in lines}
    only_left = [AppointmentWords(name_of[key], "", left=tuple(posts)) for key, posts in left.items()]
    return found + [_Line(one) for one in only_left]


def _key(line: DocumentLine) -> Any:
    """What ties a dismissal to an appointment: the appointment itself, else the person's name."""
    return line.appointment_id or line.person_name


def _words(
    one: Appointment | None, left: Sequence[str], line: DocumentLine | None = None
) -> AppointmentWords:
    if one is None:
        assert line is not None
        return AppointmentWords(line.person_name, line.post, left=tuple(left))
    return AppointmentWords(
        name=line.person_name if line else one.person.name,
        post=line.post if line else names.post_name(one.position),
        starts_on=one.starts_on,
        ends_before=one.ends_before,
        probation_ends_before=one.probation_ends_before,
        left=tuple(left),
    )


def _row(words: AppointmentWords) -> dict[str, Any]:
    return {
        "姓名": words.name,
        "聘任岗位": words.post,
        "聘期": span(words.starts_on, words.ends_before),
        "试用期": probation(words.starts_on, words.probation_ends_before),
        "同时解聘的原岗位": "、".join(words.left),
    }
