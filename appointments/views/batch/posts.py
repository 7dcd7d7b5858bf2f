"""岗位 and 日程 of a batch."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest

from appointments.models import Application, Batch, BatchPost, BatchStep, PostGroup
from appointments.selectors.free_seats import seats_free
from appointments.selectors.post_groups import groups_told
from appointments.services.batch_posts import batch_post_cancel, batch_post_switch, batch_posts_add
from appointments.services.batches import batch_resume, batch_set_steps, batch_suspend, batch_update
from appointments.services.post_groups import post_group_save
from appointments.states import OFFICE, BatchState
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    ReasonForm,
    choice_field,
    count_done,
    day_field,
    number_field,
    text_field,
)
from reform.admin.pages import may
from reform.errors import Refused
from reform.models import Position
from reform.services.steps import Refusal

from .tab import Tab

_S = BatchState
OPEN = frozenset(one.value for one in _S if one not in (_S.CLOSED, _S.CANCELLED))
BATCH_FIELDS = ("name", "sort_no", "max_choices", "ratio_document_no", "notice_document_no")
SWITCHES = (("ZP", "直接聘任"), ("ZZ", "组织调配"))


class HeadForm(ActionForm):
    """What describes a batch."""

    name = text_field("名称", longest=80)
    sort_no = number_field("先后")
    max_choices = number_field("志愿数上限", least=1)
    ratio_document_no = text_field(
        "降低开考比例批准文号", required=False, longest=80, help_text="低于3:1、不低于2:1的须经批准"
    )
    notice_document_no = text_field("公告文号", required=False, longest=80)

    def prepare(self) -> None:
        for name in BATCH_FIELDS:
            self.fields[name].initial = getattr(self.owner, name)


class DaysForm(ActionForm):
    """First and last day of each step; both empty: the step is left out."""

    def prepare(self) -> None:
        present = {one.kind: one for one in BatchStep.objects.filter(batch=self.owner)}
        for kind, label in BatchStep.Kind.choices:
            row = present.get(kind)
            for edge, word in (("from", "起"), ("to", "止")):
                field = day_field(f"{label}{word}", required=False)
                if row is not None:
                    field.initial = row.starts_on if edge == "from" else row.last_on
                self.fields[f"{kind}~{edge}"] = field

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for kind, label in BatchStep.Kind.choices:
            start, end = (self.cleaned_data.get(f"{kind}~{edge}") for edge in ("from", "to"))
            if (start is None) != (end is None):
                raise forms.ValidationError(f"“{label}”的起止日期须都填或都不填。")
            if start and end and end < start:
                raise forms.ValidationError(f"“{label}”的止日{end}早于起日{start}。")
        return cleaned

    @staticmethod
    def steps(data: Mapping[str, Any]) -> dict[str, tuple[date, date] | None]:
        """Kind → (first day, day after the last)."""
        found: dict[str, tuple[date, date] | None] = {}
        for kind in BatchStep.Kind.values:
            start, end = data.get(f"{kind}~from"), data.get(f"{kind}~to")
            found[kind] = (start, end + timedelta(days=1)) if start and end else None
        return found


class AddForm(ActionForm):
    """Posts of the round's setup that still have free seats."""

    positions = forms.ModelMultipleChoiceField(
        label="岗位（可多选）",
        queryset=Position.objects.none(),
        widget=forms.SelectMultiple(attrs={"size": 12, "rows": 12}),
        error_messages={"required": "请选择岗位。"},
    )
    method = choice_field(
        "任用方式",
        [one for one in Position.Method.choices if one[0] != "SJ"],
        required=False,
        blank="按岗位设置；没有填的同批次",
    )
    seats = number_field("每个岗位招聘人数", required=False, least=1, help_text="空着按空缺的职数")

    def prepare(self) -> None:
        free = {key for key, left in seats_free(self.owner.round).items() if left > 0}
        here = BatchPost.objects.filter(batch=self.owner, state=BatchPost.State.OPEN).values("position")
        posts = Position.objects.filter(setup=self.owner.round.setup, ends_before=None, pk__in=free)
        self.fields["positions"].queryset = (  # type: ignore[attr-defined]
            posts.exclude(pk__in=here).select_related("unit__parent").order_by("sort_no", "id")
        )


class SwitchForm(ActionForm):
    """To 直接聘任 or 组织调配, for want of applicants."""

    method = choice_field("改为", SWITCHES)
    reason = text_field("理由", longest=200)


class GroupForm(ActionForm):
    """How many of the selected posts one person may apply for."""

    name = text_field("组名", longest=60)
    maximum = number_field("最多可报", least=1)


def _update(ask: Ask) -> Done:
    values = {name: value for name, value in ask.data.items() if getattr(ask.owner, name) != value}
    changed = batch_update(batch=ask.owner, actor=ask.actor, **values)
    return Done("批次已保存。" if changed else "批次没有改动。")


def _days(ask: Ask) -> Done:
    batch_set_steps(batch=ask.owner, steps=DaysForm.steps(ask.data), actor=ask.actor)
    return Done("日程已保存。")


def _add(ask: Ask) -> Done:
    made = batch_posts_add(
        batch=ask.owner,
        positions=list(ask.data["positions"]),
        method=ask.data["method"],
        seats=ask.data["seats"],
        actor=ask.actor,
    )
    return Done(f"编入{len(made)}个岗位。")


def _posts(ask: Ask) -> list[BatchPost]:
    rows = BatchPost.objects.filter(batch=ask.owner).select_related("position__unit__parent", "batch__round")
    return ask.pick(rows)


def _each(ask: Ask, rows: list[BatchPost], one: Any, what: str) -> Done:
    refused = []
    for post in rows:
        try:
            one(post)
        except Refused as fault:
            refused.append(Refusal(post, fault.reasons))
    return count_done(len(rows), refused, what, "个岗位")


def _cancel(ask: Ask) -> Done:
    said = {"actor": ask.actor, "on": ask.on, "reason": ask.data["reason"]}
    return _each(ask, _posts(ask), lambda post: batch_post_cancel(post=post, **said), "已取消")


def _switch(ask: Ask) -> Done:
    said = {"actor": ask.actor, "on": ask.on, **ask.data}
    return _each(ask, _posts(ask), lambda post: batch_post_switch(post=post, **said), "已改变方式")


def _group(ask: Ask) -> Done:
    group = PostGroup(round=ask.owner.round, batch=ask.owner, **ask.data)
    positions = [one.position for one in _posts(ask)]
    post_group_save(group=group, positions=positions, actor=ask.actor, on=ask.on)
    return Done(f"{len(positions)}个岗位最多报{group.maximum}个：{group}。")


def _suspend(ask: Ask) -> Done:
    batch_suspend(batch=ask.owner, actor=ask.actor, reason=ask.data["reason"])
    return Done("批次已暂停。")


def _resume(ask: Ask) -> Done:
    batch_resume(batch=ask.owner, actor=ask.actor)
    return Done("批次已恢复。")


def context(request: HttpRequest, batch: Batch, on: date) -> Mapping[str, Any]:
    """The posts with how many applied and how many are qualified, and the days."""
    applied = {
        one["position"]: one
        for one in Application.objects.filter(candidacy__batch=batch)
        .exclude(state="WITHDRAWN")
        .order_by()
        .values("position")
        .annotate(
            applied=Count("pk"),
            qualified=Count("pk", filter=~Q(state__in=("SUBMITTED", "REJECTED"))),
            chosen=Count("pk", filter=Q(state__in=("MATCHED", "PROPOSED", "OBJECTED", "APPOINTED"))),
        )
    }
    levels = dict(batch.round.policy.levels.values_list("code", "name"))
    posts = BatchPost.objects.filter(batch=batch).select_related("position__unit__parent")
    return {
        "rows": [
            {
                "post": one,
                "level": levels.get(one.position.level, one.position.level),
                "counts": applied.get(one.position_id, {}),
                "missing": _missing(one.position),
            }
            for one in posts.order_by("position__sort_no", "id")
        ],
        "groups": groups_told(batch.round, batch),
        "days": BatchStep.objects.filter(batch=batch).order_by("starts_on", "id"),
        "may_office": may(request, OFFICE),
    }


def _missing(position: Position) -> list[str]:
    labels = (("conditions", "任职条件"), ("duties", "岗位职责"))
    return [label for name, label in labels if not getattr(position, name).strip()]


def _is_suspended(batch: Batch) -> bool:
    return batch.is_suspended


def _runs(batch: Batch) -> bool:
    return not batch.is_suspended


TAB = Tab(
    "posts",
    "岗位和日程",
    ("appointments.view_batchpost",),
    context,
    (
        Action("cancel_posts", "取消岗位", (OFFICE,), _cancel, ReasonForm, bulk=True, states=OPEN),
        Action(
            "switch_posts",
            "改变任用方式",
            (OFFICE,),
            _switch,
            SwitchForm,
            bulk=True,
            states=OPEN,
            hint="报名人数不足时改为直接聘任或组织调配；已有的报名转为落聘，由办公室提名。",
        ),
        Action(
            "group_posts",
            "设岗位组限额",
            (OFFICE,),
            _group,
            GroupForm,
            bulk=True,
            states=frozenset({_S.PLANNED}),
            hint="选中的岗位里一人最多报几个；公布岗位以后不能再改。",
        ),
        Action("add_posts", "加入岗位", (OFFICE,), _add, AddForm, states=frozenset({_S.PLANNED})),
        Action("days", "排定日程", (OFFICE,), _days, DaysForm, states=OPEN),
        Action("head", "修改批次", (OFFICE,), _update, HeadForm, states=OPEN),
        Action("suspend", "暂停", (OFFICE,), _suspend, ReasonForm, states=OPEN, fits=_runs),
        Action("resume", "恢复", (OFFICE,), _resume, states=OPEN, fits=_is_suspended),
    ),
)
