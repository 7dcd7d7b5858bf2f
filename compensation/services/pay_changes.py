"""薪酬变动通知 leaves for finance: the file, and the event that says who took it."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Document
from appointments.selectors.documents import document_lacks, is_document_reviewed
from compensation.documents.changes import changes_file
from compensation.documents.kinds import CHANGES, PAPERS
from compensation.selectors.pay_changes import pay_changes
from reform.errors import Refused

from .papers import File, require_whole_zone
from .viewing import pay_export_record


@transaction.atomic
def pay_changes_export(*, document: Document, actor: AbstractBaseUser, on: date, fmt: str = "docx") -> File:
    """The notice of a reviewed 聘任文件: name, content, type.  Raises Refused: not reviewed as it stands, or
    nobody's pay changes."""
    known = PAPERS[CHANGES]
    require_whole_zone(actor, known.label)
    if fmt not in known.formats or document.kind != Document.Kind.APPOINTMENT:
        raise Refused([f"{known.label}由聘任文件出，Word 或 Excel"])
    if not is_document_reviewed(document):
        lacks = document_lacks(document)
        raise Refused(lacks or [f"“{document}”还没有由第二人复核，复核后才能通知财务"])
    found = pay_changes(document)
    if not found.people:
        raise Refused([f"没有人的薪酬因“{document}”变动，不用通知财务"])
    made = changes_file(found, on=on, fmt=fmt)
    pay_export_record(
        zone=document.zone,
        actor=actor,
        what=f"{known.label} {document.document_no}",
        people=len(found.people),
    )
    return made
