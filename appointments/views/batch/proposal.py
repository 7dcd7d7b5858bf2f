"""拟聘名单: made by the office, approved by somebody else, voted on by the meeting."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest

from appointments.models import Application, Batch, Meeting, ProposalList, ProposalRow
from appointments.rules.change import ChangeKind
from appointments.selectors.dossier_records import dossier_words
from appointments.selectors.proposals import latest_list, list_check, matched_of, proposal_facts
from appointments.selectors.selection import split_names
from appointments.services.decisions import proposal_decide
from appointments.services.proposals import (
    VoteEntry,
    application_terms_set,
    meeting_record,
    proposal_approve,
    proposal_freeze,
    proposal_makers,
)
from appointments.states import LEADERS, OFFICE, ApplicationState, BatchState
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    count_done,
    day_field,
    number_field,
    text_field,
)
from reform.admin.pages import actor_of
from reform.errors import Refused
from reform.services.steps import Refusal

from .tab import Tab

_S = BatchState
BEFORE = frozenset({_S.PLANNED, _S.MATCHING, _S.INSPECTING, _S.DECIDING, _S.PUBLICITY})
VOTING = frozenset({_S.DECIDING, _S.PUBLICITY})
COUNTS = ("in_favour", "against", "abstained")
LONGEST_COUNT = 4
TONES = {"PROMOTION": "up", "DEMOTION": "down"}


class TermsForm(ActionForm):
    """What is proposed otherwise than the post says."""

    held_level = forms.ChoiceField(label="拟任层级", required=False)
    held_level_reason = text_field("层级与岗位不同的原因", required=False)
    exception_reason = text_field("破格或越级理由", required=False, longest=300)
    superior_document_no = text_field("上级批准文号", required=False, longest=80)
    reason = text_field("修改原因", required=False, longest=300)

    def prepare(self) -> None:
        levels = self.owner.round.policy.levels.order_by("is_outside", "-rank_order").values_list(
            "code", "name"
        )
        self.fields["held_level"].choices = [("", "不改"), *levels]  # type: ignore[attr-defined]


def _applications(batch: Batch) -> Any:
    rows = Application.objects.filter(candidacy__batch=batch)
    return rows.select_related("candidacy__person", "candidacy__round__zone", "position__unit__parent")


def _terms(ask: Ask) -> Done:
    data = dict(ask.data)
    reason = data.pop("reason")
    values = {name: value for name, value in data.items() if value}
    rows, refused = ask.pick(_applications(ask.owner)), []
    for one in rows:
        try:
            application_terms_set(application=one, actor=ask.actor, reason=reason, **values)
        except Refused as fault:
            refused.append(Refusal(one, fault.reasons))
    return count_done(len(rows), refused, "已设定", "人的拟任内容")


def _freeze(ask: Ask) -> Done:
    made = proposal_freeze(batch=ask.owner, actor=ask.actor, on=ask.on)
    return Done(f"已编制：{made}，{made.rows.count()}人。等待审批。")


def _latest(batch: Batch) -> ProposalList:
    found = latest_list(batch)
    if found is None:
        raise Refused(["还没有拟聘名单"])
    return found


def _approve(ask: Ask) -> Done:
    proposal = _latest(ask.owner)
    proposal_approve(proposal=proposal, actor=ask.actor, on=ask.on)
    return Done(f"已审批：{proposal}。")


class MeetingForm(ActionForm):
    """Attendance; the votes on each person stand in the table, or are the same for all."""

    held_on = day_field("会议日期")
    minutes_no = text_field("会议纪要文号", longest=80)
    members = number_field("应到", least=1)
    present = number_field("实到")
    absent = text_field("缺席人员", required=False, help_text="用顿号分开")
    in_favour = number_field("每人同意", required=False)
    against = number_field("每人反对", required=False)
    abstained = number_field("每人弃权", required=False)


def _meeting(ask: Ask) -> Done:
    proposal, data = _latest(ask.owner), dict(ask.data)
    common = {name: data.pop(name) or 0 for name in COUNTS}
    absent = split_names(data.pop("absent"))
    rows = list(proposal.rows.select_related("application__candidacy__person").order_by("id"))
    meeting_record(
        proposal=proposal,
        votes=[_vote(ask.request, row, common) for row in rows],
        absent=absent,
        actor=ask.actor,
        on=ask.on,
        **data,
    )
    return Done(f"已登记会议和{len(rows)}人的表决。")


def _vote(request: HttpRequest, row: ProposalRow, common: Mapping[str, int]) -> VoteEntry:
    """The vote typed in the row; what is left open is as for everybody, and who stood back is not counted in
    favour."""
    recused = split_names(request.POST.get(f"recused~{row.pk}", ""))
    counts = {}
    for name in COUNTS:
        text = request.POST.get(f"{name}~{row.pk}", "").strip()
        if text and not (text.isdecimal() and len(text) <= LONGEST_COUNT):
            raise Refused([f"{row.application.candidacy.person}：票数“{text}”不是人数"])
        counts[name] = int(text) if text else common[name]
    if recused and not request.POST.get(f"in_favour~{row.pk}", "").strip():
        counts["in_favour"] = max(0, counts["in_favour"] - len(recused))
    return VoteEntry(row=row, recused=recused, **counts)


def _decide(ask: Ask) -> Done:
    proposal = _latest(ask.owner)
    proposal_decide(proposal=proposal, actor=ask.actor, on=ask.on)
    return Done(f"{proposal}已研究通过，可以公示。")


def context(request: HttpRequest, batch: Batch, on: date) -> Mapping[str, Any]:
    """The latest list with changes and votes; before there is one, who would be on it."""
    levels = dict(batch.round.policy.levels.values_list("code", "name"))
    proposal = latest_list(batch)
    check = list_check(proposal) if proposal else None
    meeting = Meeting.objects.filter(proposal=proposal).first() if proposal else None
    waiting = [] if proposal else list(scoped(matched_of(batch), request.user))
    rows = _rows(request, proposal, levels) if proposal else _drafted(batch, waiting, levels)
    words = dossier_words(one["key"] for one in rows)
    waits = any(one["application"].state == ApplicationState.MATCHED for one in rows)
    voting = proposal is not None and waits and (meeting is None or "correct" in request.GET)
    return {
        "proposal": proposal,
        "check": check,
        "meeting": meeting,
        "rows": [{**one, "dossier": words.get(one["key"], "")} for one in rows],
        "lists": ProposalList.objects.filter(batch=batch).select_related("frozen_by", "approved_by"),
        "own_work": proposal is not None and actor_of(request).pk in proposal_makers(proposal),
        "voting": voting,
        "may_correct": waits and meeting is not None,
        "meeting_form": MeetingForm(
            owner=batch, user=request.user, prefix="meeting", initial=_attendance(meeting)
        ),
        "up": sum(1 for one in rows if one["tone"] == "up"),
        "down": sum(1 for one in rows if one["tone"] == "down"),
    }


def _attendance(meeting: Meeting | None) -> dict[str, Any]:
    """What was registered, to be corrected."""
    if meeting is None:
        return {}
    facts = {name: getattr(meeting, name) for name in ("held_on", "minutes_no", "members", "present")}
    return {**facts, "absent": meeting.absent_names}


def _rows(request: HttpRequest, proposal: ProposalList, levels: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = scoped(ProposalRow.objects.filter(list=proposal), request.user).select_related(
        "application__candidacy__person", "application__position__unit__parent", "vote"
    )
    return [
        {
            "key": one.application_id,
            "row": one,
            "application": one.application,
            "level": levels.get(one.held_level, one.held_level),
            "former": one.former_post or "（本轮新进）",
            "change": change_word(one.change, one.steps),
            "tone": TONES.get(one.change, ""),
            "vote": getattr(one, "vote", None),
        }
        for one in rows.order_by("id")
    ]


def _drafted(batch: Batch, waiting: list[Application], levels: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "key": fact.application.pk,
            "application": fact.application,
            "level": levels.get(fact.row.held_level, fact.row.held_level),
            "former": fact.row.former_post or "（本轮新进）",
            "change": change_word(fact.row.change, fact.row.steps),
            "tone": TONES.get(fact.row.change, ""),
        }
        for fact in proposal_facts(batch.round, waiting)
    ]


def change_word(change: str, steps: int | None) -> str:
    """提拔, 降职2级 …"""
    word = ChangeKind(change).label if change in set(ChangeKind) else change
    return f"{word}{steps}级" if steps and steps > 1 else word


TAB = Tab(
    "proposal",
    "拟聘名单",
    ("appointments.view_proposallist",),
    context,
    (
        Action("terms", "设定拟任内容", (OFFICE,), _terms, TermsForm, bulk=True, states=BEFORE),
        Action("freeze", "编制拟聘名单", (OFFICE,), _freeze, states=BEFORE),
        Action("approve_list", "审批名单", (LEADERS,), _approve, states=BEFORE, main=True),
        Action("meeting", "登记研究会议", (OFFICE,), _meeting, MeetingForm, states=VOTING, grid=True),
        Action(
            "decide_list",
            "递补名单研究通过",
            (LEADERS,),
            _decide,
            states=frozenset({_S.PUBLICITY}),
            hint="公示期间递补的名单单独研究；批次的名单在“研究通过，公示”一步办理。",
        ),
    ),
)
