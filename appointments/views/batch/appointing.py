"""聘任: drafts, letters, the document with its lines; what takes effect with the batch's last step."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest

from appointments.documents import DOCUMENT_KINDS
from appointments.models import Appointment, Batch, Document
from appointments.selectors.documents import document_lacks, is_document_reviewed
from appointments.selectors.dossier_records import dossier_words
from appointments.services.appointing import LetterNumbers, appointments_draft, letters_sign
from appointments.services.documents import (
    appointment_document_amend,
    appointment_document_draft,
    document_review,
)
from appointments.states import OFFICE, AppointmentState, BatchState
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    check_field,
    choice_field,
    day_field,
    find,
    named,
    number_field,
    text_field,
)
from reform.admin.display import last_day_of
from reform.documents.kinds import Scope

from .tab import Tab

_S = BatchState
HERE = frozenset({_S.APPOINTING})


class DraftForm(ActionForm):
    """From when everybody proposed is appointed."""

    starts_on = day_field("聘期起始日期")
    document_no = text_field("聘任文号", required=False, longest=80)
    letter_prefix = text_field("聘书编号前缀", required=False, longest=40, help_text="如 聘2022-；空着不编号")
    first = number_field("聘书起始号", required=False, least=1, most=99999999)
    pay_starts_on = day_field("起薪日期", required=False, help_text="空着按政策")


class SignForm(ActionForm):
    """When the papers were signed."""

    letter_signed_on = day_field("聘书签订日期", required=False)
    duties_signed_on = day_field("目标责任书签订日期", required=False)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not any(self.cleaned_data.values()):
            raise forms.ValidationError("请至少填写一个日期。")
        return cleaned


class PaperForm(ActionForm):
    """The 聘任文件 of the batch."""

    document_no = text_field("文号", required=False, longest=80, help_text="空着按文号规则取下一个")
    met_on = day_field("会议日期", required=False)
    issued_on = day_field("发文日期", required=False)


class AmendForm(ActionForm):
    """What is put right in a drafted 聘任文件; what is left empty stays as it is."""

    document = choice_field("文件", ())
    document_no = text_field("文号", required=False, longest=80)
    met_on = day_field("会议日期", required=False)
    issued_on = day_field("发文日期", required=False)
    effective_on = day_field("任免日期", required=False)
    declared_appointments = number_field("写明的聘任人数", required=False)
    declared_dismissals = number_field("写明的免职（解聘）人数", required=False)
    relist = check_field("按现在的聘任重列名单", help_text="标题和写明的人数随名单改")
    reason = text_field("理由", longest=300)

    def prepare(self) -> None:
        self.fields["document"].choices = named(_papers(self.owner))  # type: ignore[attr-defined]


def _papers(batch: Batch) -> Any:
    return Document.objects.filter(batch=batch, kind=Document.Kind.APPOINTMENT).select_related(
        "zone", "batch"
    )


def _appointments(batch: Batch) -> Any:
    rows = Appointment.objects.filter(application__candidacy__batch=batch)
    return rows.select_related("person", "position__unit__parent", "zone", "round").order_by("sort_no", "id")


def _draft(ask: Ask) -> Done:
    data = dict(ask.data)
    prefix, first = data.pop("letter_prefix"), data.pop("first")
    letters = LetterNumbers(prefix, first or 1) if prefix else None
    rows = appointments_draft(batch=ask.owner, actor=ask.actor, letters=letters, **data)
    return Done(f"已拟订{len(rows)}人的聘任。")


def _sign(ask: Ask) -> Done:
    changed = letters_sign(appointments=ask.pick(_appointments(ask.owner)), actor=ask.actor, **ask.data)
    return Done(f"已登记{changed}人。" if changed else "没有改动。")


def _paper(ask: Ask) -> Done:
    made = appointment_document_draft(batch=ask.owner, actor=ask.actor, on=ask.on, **ask.data)
    return Done(f"已拟稿：{made}。须由第二人复核。")


def _amend(ask: Ask) -> Done:
    data = dict(ask.data)
    document = find(ask.request, _papers(ask.owner), int(data.pop("document")))
    given = {name: value for name, value in data.items() if value not in (None, "")}
    if not appointment_document_amend(document=document, actor=ask.actor, **given):
        return Done("没有改动。")
    return Done(f"已更正：{document}。须由第二人复核。")


def _review(ask: Ask) -> Done:
    reviewed = []
    for one in Document.objects.filter(batch=ask.owner).select_related("zone", "made_by"):
        if not is_document_reviewed(one):
            document_review(document=one, actor=ask.actor, on=ask.on)
            reviewed.append(str(one))
    return Done(f"已复核：{'、'.join(reviewed)}。" if reviewed else "没有待复核的文件。")


def _has_papers(batch: Batch) -> bool:
    return Document.objects.filter(batch=batch).exists()


def context(request: HttpRequest, batch: Batch, on: date) -> Mapping[str, Any]:
    """The appointments with what is signed, and the documents with what they lack."""
    levels = dict(batch.round.policy.levels.values_list("code", "name"))
    rows = list(scoped(_appointments(batch), request.user))
    words = dossier_words(one.application_id for one in rows if one.application_id)
    documents = Document.objects.filter(batch=batch).select_related("made_by", "reviewed_by")
    return {
        "rows": [
            {
                "row": one,
                "dossier": words.get(one.application_id or 0, ""),
                "level": levels.get(one.held_level, one.held_level),
                "state": AppointmentState(one.state).label,
                "last": last_day_of(one.ends_before),
                "probation": last_day_of(one.probation_ends_before),
            }
            for one in rows
        ],
        "unsigned": sum(1 for one in rows if not (one.letter_signed_on and one.duties_signed_on)),
        "documents": [
            {"row": one, "lacks": document_lacks(one), "reviewed": is_document_reviewed(one)}
            for one in scoped(documents, request.user)
        ],
        "papers": [one for one in DOCUMENT_KINDS.values() if one.scope != Scope.ROUND],
    }


TAB = Tab(
    "appointing",
    "聘任",
    ("appointments.view_appointment",),
    context,
    (
        Action("sign", "登记签订", (OFFICE,), _sign, SignForm, bulk=True, states=HERE),
        Action("draft", "拟订聘任", (OFFICE,), _draft, DraftForm, states=HERE),
        Action("paper", "起草聘任文件", (OFFICE,), _paper, PaperForm, states=HERE),
        Action("review_paper", "复核文件", (OFFICE,), _review, states=HERE, fits=_has_papers),
        Action("amend_paper", "更正文件", (OFFICE,), _amend, AmendForm, states=HERE, fits=_has_papers),
    ),
)
