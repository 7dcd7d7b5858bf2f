"""报名: who applied for what; entered by the office, withdrawn, taken over from earlier batches."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest

from appointments.models import Application, Batch, BatchPost
from appointments.selectors.applications import applications_of
from appointments.selectors.losers import losers_for
from appointments.services.applications import application_submit, application_withdraw
from appointments.services.losers import losers_take_over
from appointments.services.nominations import nominate
from appointments.states import OFFICE, ApplicationState, BatchState
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    NoteForm,
    check_field,
    choice_field,
    count_done,
    text_field,
)
from reform.models import Person, Position

from .tab import Tab

_S = BatchState


def open_positions(batch: Batch) -> Any:
    """The posts that a batch still fills."""
    posts = BatchPost.objects.filter(batch=batch, state=BatchPost.State.OPEN).values("position")
    return Position.objects.filter(pk__in=posts).select_related("unit__parent").order_by("sort_no", "id")


def position_field(label: str, *, required: bool = True) -> forms.ModelChoiceField:
    """A post, chosen from a list that the form fills."""
    return forms.ModelChoiceField(
        label=label,
        queryset=Position.objects.none(),
        required=required,
        empty_label="请选择",
        error_messages={"required": "请选择岗位。"},
    )


def person_field(label: str = "人员") -> forms.ModelChoiceField:
    """A person, chosen from a list that the form fills."""
    return forms.ModelChoiceField(
        label=label,
        queryset=Person.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择人员。"},
    )


class SubmitForm(ActionForm):
    """One 报名表 on paper, with as many choices as the batch allows."""

    person = person_field()
    declares_kin = choice_field("声明有回避关系", (("no", "没有"), ("yes", "有")))
    accepts_adjustment = check_field("服从调剂")
    achievements = text_field("主要工作实绩", required=False, longest=2000, wide=True)
    rewards = text_field("奖惩情况", required=False, longest=1000, wide=True)
    late_reason = text_field("补报原因", required=False, help_text="报名截止后才填")

    def prepare(self) -> None:
        people = scoped(Person.objects.all(), self.user).order_by("sort_no", "id")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        posts = open_positions(self.owner)
        for number in range(1, max(1, min(self.owner.max_choices, posts.count())) + 1):
            choice = position_field(f"第{number}志愿", required=number == 1)
            choice.queryset = posts
            self.fields[f"choice_{number}"] = choice
        self.order_fields(["person", *self.choice_names])

    @property
    def choice_names(self) -> list[str]:
        """The fields of the choices, in their order."""
        return [name for name in self.fields if name.startswith("choice_")]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        data = self.cleaned_data
        data["positions"] = [one for name in self.choice_names if (one := data.pop(name, None))]
        return cleaned


class LoserForm(ActionForm):
    """One person whom earlier batches left without a post, for a post of this one."""

    person = person_field("前批落聘人员")
    position = position_field("岗位")
    reason = text_field("说明", required=False)

    def prepare(self) -> None:
        keys = [one.person_id for one in losers_for(self.owner)]
        people = scoped(Person.objects.filter(pk__in=keys), self.user).order_by("sort_no", "id")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["position"].queryset = open_positions(self.owner)  # type: ignore[attr-defined]


class NominateForm(ActionForm):
    """动议: one person for a post that is filled by 直接聘任 or 组织调配."""

    person = person_field()
    position = position_field("岗位")
    reason = text_field("提名理由（动议）", longest=300, wide=True)
    exception_reason = text_field("破格或越级理由", required=False, longest=300)
    superior_document_no = text_field("上级批准文号", required=False, longest=80)

    def prepare(self) -> None:
        people = scoped(Person.objects.all(), self.user).order_by("sort_no", "id")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        direct = BatchPost.objects.filter(
            batch=self.owner, state=BatchPost.State.OPEN, method__in=("ZP", "ZZ")
        ).values("position")
        self.fields["position"].queryset = open_positions(self.owner).filter(pk__in=direct)  # type: ignore[attr-defined]


def _submit(ask: Ask) -> Done:
    data = dict(ask.data)
    data["declares_kin"] = data["declares_kin"] == "yes"
    made = application_submit(batch=ask.owner, actor=ask.actor, on=ask.on, **data)
    return Done(f"已登记{made}的报名。")


def picked(ask: Ask) -> list[Application]:
    """The selected applications of the batch."""
    return ask.pick(applications_of(ask.owner))


def _withdraw(ask: Ask) -> Done:
    rows = picked(ask)
    refused = application_withdraw(applications=rows, actor=ask.actor, on=ask.on, reason=ask.data["reason"])
    return count_done(len(rows), refused, "已撤回", "个志愿")


def _take_over(ask: Ask) -> Done:
    taken = losers_take_over(
        batch=ask.owner,
        choices=[(ask.data["person"], ask.data["position"])],
        actor=ask.actor,
        on=ask.on,
        reason=ask.data["reason"],
    )
    return Done("已转入，双方意见在“双向选择”中登记。" if taken.applications else "", taken.refused)


def _nominate(ask: Ask) -> Done:
    made = nominate(batch=ask.owner, actor=ask.actor, on=ask.on, **ask.data)
    return Done(f"已提名：{made}。")


def context(request: HttpRequest, batch: Batch, on: date) -> Mapping[str, Any]:
    """Everybody who applied."""
    rows = list(scoped(applications_of(batch), request.user))
    return {
        "rows": [{"row": one, "state": ApplicationState(one.state).label} for one in rows],
        "people": len({one.candidacy.person_id for one in rows}),
    }


EARLY = frozenset({_S.PUBLISHED, _S.APPLYING, _S.SCREENING})
TAB = Tab(
    "applications",
    "报名",
    ("appointments.view_application",),
    context,
    (
        Action("withdraw", "撤回报名", (OFFICE,), _withdraw, NoteForm, bulk=True, states=EARLY),
        Action(
            "submit",
            "登记报名",
            (OFFICE,),
            _submit,
            SubmitForm,
            states=frozenset({_S.APPLYING, _S.SCREENING}),
            hint="办公室按纸质报名表登记；多人的用工作簿上传。",
        ),
        Action(
            "take_over",
            "转入前批落聘人员",
            (OFFICE,),
            _take_over,
            LoserForm,
            states=frozenset({_S.MATCHING}),
        ),
        Action(
            "nominate",
            "提名",
            (OFFICE,),
            _nominate,
            NominateForm,
            states=frozenset({_S.PUBLISHED, _S.MATCHING, _S.INSPECTING, _S.PLANNED}),
        ),
    ),
)
