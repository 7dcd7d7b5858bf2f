"""落聘安置: who has no post, two written offers, answers, 待岗."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from appointments.models import Demotion, Exit, Offer, Placement
from appointments.rules.termination import DECIDED_CAUSES
from appointments.selectors.free_seats import seats_free
from appointments.services.demotions import demotion_record
from appointments.services.exit_proposals import exit_propose
from appointments.services.exits import placement_leave
from appointments.services.placements import (
    offer_answer,
    offer_lapse,
    placement_note,
    placement_offer,
    placement_wait,
    placements_settle,
)
from appointments.states import OFFICE, PlacementState
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    ReasonForm,
    action_of,
    buttons,
    check_field,
    choice_field,
    count_done,
    day_field,
    perform,
    text_field,
)
from reform.admin.pages import render_page
from reform.errors import Refused
from reform.models import Person, Position, Zone
from reform.services.steps import Refusal

from .leaving import GroundsForm, with_grounds
from .rows import the_round

_P = PlacementState


class OfferForm(ActionForm):
    """One post, offered in writing."""

    position = forms.ModelChoiceField(
        label="提供的岗位",
        queryset=Position.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择岗位。"},
    )
    way = choice_field("安置方式", Placement.Way.choices)
    document_no = text_field("岗位调配通知书文号", longest=80)
    minutes_no = text_field("党工委会议纪要", required=False, longest=80, help_text="降两级以上或兜底岗须有")

    def prepare(self) -> None:
        free = [key for key, left in seats_free(self.owner).items() if left > 0]
        posts = Position.objects.filter(pk__in=free).select_related("unit__parent")
        self.fields["position"].queryset = posts.order_by("sort_no", "id")  # type: ignore[attr-defined]


class AnswerForm(ActionForm):
    """The answer to the open offers of the selected persons."""

    reply = choice_field("答复", Offer.Reply.choices)
    reason = text_field("拒绝理由", required=False)


class WaitForm(ActionForm):
    """待岗 with its training."""

    reason = text_field("理由", longest=300)
    training = text_field("待岗培训", required=False)


class LeaveForm(GroundsForm):
    """Somebody leaves instead."""

    cause = choice_field("原因", Exit.Cause.choices)
    left_on = day_field("离开日期", help_text="从这一天起不在岗")
    document_no = text_field("文号", longest=80)
    reason = text_field("说明", longest=200)
    field_order = ("cause", "left_on", "document_no", "reason")


class NoteForm(ActionForm):
    """What is kept beside a placement."""

    training = text_field("待岗培训", required=False)
    minutes_no = text_field("党工委会议纪要", required=False, longest=80)
    remark = text_field("备注", required=False)


class DemotionForm(ActionForm):
    """降职手续 (I7) of one person."""

    person = forms.ModelChoiceField(
        label="人员",
        queryset=Person.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择人员。"},
    )
    reason_code = choice_field("原因", Demotion.Reason.choices)
    reason = text_field("说明", required=False, longest=300)
    talk_on = day_field("谈话日期")
    talk_by = text_field("谈话人", longest=80)
    talk_record = text_field("谈话记录", longest=4000, wide=True)
    notice_no = text_field("告知书文号", longest=80)
    notice_on = day_field("告知日期")
    appeal_rights_told = check_field("已告知复核、申诉权利")

    def prepare(self) -> None:
        people = scoped(Person.objects.all(), self.user).order_by("sort_no", "id")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


def _picked(ask: Ask) -> list[Placement]:
    return ask.pick(
        Placement.objects.filter(round=ask.owner).select_related(
            "person__zone", "round__zone", "round__policy"
        )
    )


def _each(ask: Ask, one: Any, what: str) -> Done:
    rows, refused = _picked(ask), []
    for row in rows:
        try:
            one(row)
        except Refused as fault:
            refused.append(Refusal(row, fault.reasons))
    return count_done(len(rows), refused, what, "人")


def _offer(ask: Ask) -> Done:
    rows = _picked(ask)
    if len(rows) != 1:
        return Done("", ["岗位一次提供给一人，请只选一行"])
    offer = placement_offer(placement=rows[0], actor=ask.actor, on=ask.on, **ask.data)
    return Done(f"已提供：{offer}。")


def _answer(ask: Ask) -> Done:
    accepts = ask.data["reply"] == Offer.Reply.ACCEPTED

    def one(row: Placement) -> None:
        offer = row.offers.filter(reply="").first()
        if offer is None:
            raise Refused(["没有等待答复的岗位"])
        offer_answer(offer=offer, accepts=accepts, actor=ask.actor, on=ask.on, reason=ask.data["reason"])

    return _each(ask, one, "已登记答复")


def _lapse(ask: Ask) -> Done:
    def one(row: Placement) -> None:
        offer = row.offers.order_by("-number").first()
        if offer is None:
            raise Refused(["没有提供过岗位"])
        offer_lapse(offer=offer, reason=ask.data["reason"], actor=ask.actor, on=ask.on)

    return _each(ask, one, "已收回提供的岗位")


def _wait(ask: Ask) -> Done:
    return _each(
        ask, lambda row: placement_wait(placement=row, actor=ask.actor, on=ask.on, **ask.data), "已转为待岗"
    )


def _leave(ask: Ask) -> Done:
    data, grounds = with_grounds(ask.data)
    said = {"actor": ask.actor, "on": ask.on, "grounds": grounds, **data}
    if data["cause"] in DECIDED_CAUSES:
        return _each(
            ask,
            lambda row: exit_propose(person=row.person, placement=row, **said),
            "已呈批离开，等待领导小组决定",
        )
    return _each(ask, lambda row: placement_leave(placement=row, **said), "已登记离开")


def _note(ask: Ask) -> Done:
    values = {name: value for name, value in ask.data.items() if value}
    return _each(ask, lambda row: placement_note(placement=row, actor=ask.actor, **values), "已保存")


def _settle(ask: Ask) -> Done:
    settled = placements_settle(round_=ask.owner, actor=ask.actor, on=ask.on)
    return Done(f"已安置{len(settled)}人。" if settled else "没有聘任已生效而未结的安置。")


def _demote(ask: Ask) -> Done:
    made = demotion_record(demotion=Demotion(round=ask.owner, **ask.data), actor=ask.actor, on=ask.on)
    return Done(f"已登记降职手续：{made}。")


ACTIONS: tuple[Action, ...] = (
    Action("offer", "提供岗位", (OFFICE,), _offer, OfferForm, bulk=True, main=True),
    Action("answer", "登记答复", (OFFICE,), _answer, AnswerForm, bulk=True),
    Action("lapse", "收回提供", (OFFICE,), _lapse, ReasonForm, bulk=True),
    Action("wait", "转为待岗", (OFFICE,), _wait, WaitForm, bulk=True),
    Action("leave", "登记离开", (OFFICE,), _leave, LeaveForm, bulk=True),
    Action("note", "补充记录", (OFFICE,), _note, NoteForm, bulk=True),
    Action("settle", "聘任已生效的结为已安置", (OFFICE,), _settle),
    Action("demote", "登记降职手续", (OFFICE,), _demote, DemotionForm),
)


def page(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """The placements of a round."""
    round_ = the_round(request, pk)
    rows = scoped(Placement.objects.filter(round=round_), request.user).select_related(
        "person", "position__unit__parent"
    )
    offers: dict[int, list[Offer]] = {}
    for one in Offer.objects.filter(placement__round=round_).select_related("position__unit__parent"):
        offers.setdefault(one.placement_id, []).append(one)
    listed = list(rows.order_by("id"))
    counts = {state.label: sum(1 for one in listed if one.state == state) for state in _P}
    shown = buttons(
        request,
        ACTIONS,
        round_,
        lambda key: reverse("admin:placement_do", args=[pk, key]),
        round_.state,
    )
    return render_page(
        request,
        site,
        "admin/rounds/placements.html",
        f"落聘安置：{round_.name}",
        round=round_,
        rows=[{"row": one, "state": _P(one.state).label, "offers": offers.get(one.pk, [])} for one in listed],
        counts=[(label, number) for label, number in counts.items() if number],
        open=sum(1 for one in listed if one.state not in (_P.PLACED, _P.LEFT)),
        bulk=[one for one in shown if one.action.bulk],
        buttons=[one for one in shown if not one.action.bulk],
    )


def do(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, key: str) -> HttpResponse:
    """Take an action on placements."""
    round_ = the_round(request, pk)
    action = action_of(ACTIONS, key)
    perform(request, action, round_)
    return redirect("admin:placements", pk=pk)
