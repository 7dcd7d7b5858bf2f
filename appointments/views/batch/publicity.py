"""公示: opened for so many working days, objections, the result reported and confirmed, 递补."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from appointments.models import Application, Batch, BatchPost, Objection, ProposalList, Publicity
from appointments.selectors.publicity import publicity_period
from appointments.services.objections import objection_close, objection_receive, substitute
from appointments.services.publicity import (
    publicity_confirm,
    publicity_correct,
    publicity_open,
    publicity_report,
)
from appointments.states import (
    OFFICE,
    PROPOSED_OR_APPOINTED,
    SUPERVISORS,
    ApplicationState,
    BatchState,
)
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    check_field,
    choice_field,
    day_field,
    text_field,
)
from reform.errors import Refused
from reform.selectors import calendar_of
from reform.workdays import count_workdays

from .tab import Tab

_S, _A = BatchState, ApplicationState
HERE = frozenset({_S.PUBLICITY})
LATE = frozenset({_S.PUBLICITY, _S.APPOINTING})


class OpenForm(ActionForm):
    """From when, and where objections are received; the last day follows from the calendar."""

    starts_on = day_field("公示起始日期")
    phone = text_field("受理电话", longest=40)
    office = text_field("受理部门", longest=80)
    address = text_field("受理地址", longest=120)
    document_no = text_field("文号", required=False, longest=80)

    def prepare(self) -> None:
        last = Publicity.objects.filter(proposal__batch__round__zone=self.owner.zone).first()
        for name in ("phone", "office", "address"):
            self.fields[name].initial = getattr(last, name, "")


class CorrectForm(OpenForm):
    """The 公示 of the batch that is mended, as it stands."""

    publicity = forms.ModelChoiceField(
        label="公示",
        queryset=Publicity.objects.none(),
        empty_label=None,
        error_messages={"required": "请选择公示。", "invalid_choice": "请在列出的内容中选择。"},
    )
    field_order = ("publicity",)

    def prepare(self) -> None:
        rows = _correctable(self.owner)
        self.fields["publicity"].queryset = rows  # type: ignore[attr-defined]
        last = rows.last()
        for name in ("starts_on", "phone", "office", "address", "document_no"):
            self.fields[name].initial = getattr(last, name, "")
        self.fields["starts_on"].help_text = "改动起始日期的，公示从新的日期重新计算"


def _correctable(batch: Batch) -> QuerySet[Publicity]:
    return Publicity.objects.filter(proposal__batch=batch, reported_by=None).order_by("proposal__number")


class ReportForm(ActionForm):
    """What the 公示 came to."""

    result = text_field("公示结果", longest=300, wide=True)


class ReceiveForm(ActionForm):
    """An objection against somebody proposed."""

    application = forms.ModelChoiceField(
        label="被反映人",
        queryset=Application.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择被反映人。"},
    )
    received_on = day_field("收到日期")
    from_whom = text_field("提出人", longest=80)
    is_signed = check_field("实名", help_text="不实名的须有具体事实")
    facts = text_field("反映的事实", longest=4000, wide=True)

    def prepare(self) -> None:
        rows = Application.objects.filter(
            candidacy__batch=self.owner, state__in=(_A.PROPOSED, _A.OBJECTED)
        ).select_related("candidacy__person", "position__unit__parent")
        self.fields["application"].queryset = scoped(rows, self.user)  # type: ignore[attr-defined]
        self.fields["is_signed"].initial = True


def _open_objections(batch: Batch) -> QuerySet[Objection]:
    return Objection.objects.filter(
        application__candidacy__batch=batch, kind=Objection.Kind.PUBLICITY, state=Objection.State.OPEN
    )


class CloseForm(ActionForm):
    """What was found on an objection."""

    objection = forms.ModelChoiceField(
        label="异议",
        queryset=Objection.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择异议。"},
    )
    result = choice_field("结论", (("no", "不成立，予以答复"), ("yes", "成立，取消拟聘")))
    investigators = text_field("核查人员", longest=120)
    conclusion = text_field("核查结论", longest=4000, wide=True)
    reply = text_field("答复", required=False, longest=300, help_text="不成立的必填")
    document_no = text_field("党工委决定文号", required=False, longest=80, help_text="成立的必填")

    def prepare(self) -> None:
        rows = _open_objections(self.owner).select_related(
            "application__candidacy__person", "application__position__unit__parent"
        )
        self.fields["objection"].queryset = rows  # type: ignore[attr-defined]


class SubstituteForm(ActionForm):
    """The post whose seat an upheld objection has freed."""

    post = forms.ModelChoiceField(
        label="岗位",
        queryset=BatchPost.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择岗位。"},
    )

    def prepare(self) -> None:
        dropped = Application.objects.filter(candidacy__batch=self.owner, state=_A.DROPPED).values("position")
        rows = BatchPost.objects.filter(batch=self.owner, position__in=dropped)
        self.fields["post"].queryset = rows.select_related("position__unit__parent")  # type: ignore[attr-defined]


def _next_list(batch: Batch) -> ProposalList:
    """The first list that was voted on and is not before the public."""
    found = ProposalList.objects.filter(batch=batch, publicity=None, meeting__isnull=False)
    proposal = found.select_related("batch__round__zone", "batch__round__policy").order_by("number").last()
    if proposal is None:
        raise Refused(["没有研究通过而未公示的拟聘名单"])
    return proposal


def _open(ask: Ask) -> Done:
    opened = publicity_open(proposal=_next_list(ask.owner), actor=ask.actor, on=ask.on, **ask.data)
    last = opened.publicity.last_on
    return Done(f"已公示，到{last:%Y年%-m月%-d日}止。", warning=opened.warning)


def _correct(ask: Ask) -> Done:
    mended = publicity_correct(actor=ask.actor, on=ask.on, **ask.data)
    last = mended.publicity.last_on
    return Done(f"已更正，公示到{last:%Y年%-m月%-d日}止。", warning=mended.warning)


def _publicities(ask: Ask) -> list[Publicity]:
    return ask.pick(
        Publicity.objects.filter(proposal__batch=ask.owner).select_related("proposal__batch__round__zone")
    )


def _report(ask: Ask) -> Done:
    rows = _publicities(ask)
    for one in rows:
        publicity_report(publicity=one, result=ask.data["result"], actor=ask.actor, on=ask.on)
    return Done("已报告公示结果，等待监督组确认。")


def _confirm(ask: Ask) -> Done:
    for one in _publicities(ask):
        publicity_confirm(publicity=one, actor=ask.actor, on=ask.on)
    return Done("已确认公示结果。")


def _receive(ask: Ask) -> Done:
    objection_receive(actor=ask.actor, on=ask.on, **ask.data)
    return Done("已受理异议，此人的聘任暂停办理。")


def _close(ask: Ask) -> Done:
    data = dict(ask.data)
    upheld = data.pop("result") == "yes"
    objection_close(upheld=upheld, actor=ask.actor, on=ask.on, **data)
    return Done("异议成立，已取消拟聘。" if upheld else "异议不成立，已答复。")


def _substitute(ask: Ask) -> Done:
    made = substitute(post=ask.data["post"], actor=ask.actor, on=ask.on)
    return Done(f"已递补，编成{made}：须审批、研究、公示。")


def context(request: HttpRequest, batch: Batch, on: date) -> Mapping[str, Any]:
    """Every 公示 of the batch with its working days, and the objections."""
    calendar = calendar_of()
    # Who was voted out or taken off does not stand on the public page.
    shown = Count("proposal__rows", filter=Q(proposal__rows__application__state__in=PROPOSED_OR_APPOINTED))
    rows = (
        Publicity.objects.filter(proposal__batch=batch)
        .select_related("proposal__batch__round__zone", "reported_by", "confirmed_by")
        .annotate(people=shown)
    )
    objections = Objection.objects.filter(application__candidacy__batch=batch).select_related(
        "application__candidacy__person", "application__position__unit__parent"
    )
    return {
        "rows": [
            {
                "row": one,
                "workdays": count_workdays(one.starts_on, one.last_on, calendar).days,
                "left": max((one.last_on - on).days, 0),
                "running": one.starts_on <= on < one.ends_before,
                "over": on >= one.ends_before,
                "people": one.people,
                "address": public_address(one),
            }
            for one in rows.order_by("starts_on", "id")
        ],
        "objections": scoped(objections, request.user),
        "would_end": publicity_period(batch.round, on).last_on if batch.state in HERE else None,
    }


def public_address(publicity: Publicity) -> str:
    """The page that anybody may open."""
    try:
        return reverse("public:publicity", args=[publicity.zone.code, publicity.pk])
    except NoReverseMatch:
        return ""


def _unpublished(batch: Batch) -> bool:
    return batch.proposal_lists.filter(publicity=None).exists()


def _unreported(batch: Batch) -> bool:
    return Publicity.objects.filter(proposal__batch=batch, reported_by=None).exists()


def _unconfirmed(batch: Batch) -> bool:
    reported = Publicity.objects.filter(proposal__batch=batch).exclude(reported_by=None)
    return reported.filter(confirmed_by=None).exists()


def _is_objected_to(batch: Batch) -> bool:
    return _open_objections(batch).exists()


TAB = Tab(
    "publicity",
    "公示",
    ("appointments.view_publicity",),
    context,
    (
        Action(
            "report", "报告公示结果", (OFFICE,), _report, ReportForm, bulk=True, states=HERE, fits=_unreported
        ),
        Action(
            "confirm",
            "确认公示结果",
            (SUPERVISORS,),
            _confirm,
            bulk=True,
            states=HERE,
            fits=_unconfirmed,
            main=True,
        ),
        Action(
            "open_publicity",
            "开始公示",
            (OFFICE,),
            _open,
            OpenForm,
            states=HERE,
            fits=_unpublished,
            main=True,
        ),
        Action("correct_publicity", "更正公示", (OFFICE,), _correct, CorrectForm, states=HERE),
        Action("receive", "受理异议", (SUPERVISORS,), _receive, ReceiveForm, states=LATE),
        Action(
            "close_objection",
            "办结异议",
            (SUPERVISORS,),
            _close,
            CloseForm,
            states=LATE,
            fits=_is_objected_to,
        ),
        Action("substitute", "递补", (OFFICE,), _substitute, SubstituteForm, states=HERE),
    ),
)
