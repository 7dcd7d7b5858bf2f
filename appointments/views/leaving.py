"""离开 and 解聘 as they are asked for: the grounds that the law asks for a cause, and the leaders' page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from appointments.models import ExitProposal
from appointments.rules.termination import PROTECTIONS, Protection
from appointments.selectors.exit_proposals import exit_proposal_row, exit_proposals_of, exit_proposals_open
from appointments.selectors.terms import Grounds
from appointments.services.exit_proposals import exit_approve, exit_proposal_withdraw, exit_refuse
from appointments.states import LEADERS, OFFICE
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    ReasonForm,
    check_field,
    choice_field,
    count_done,
    day_field,
    text_field,
)
from reform.errors import Refused, RuleError
from reform.models import Zone
from reform.services.steps import Refusal

VIEW = "appointments.view_exitproposal"
SHOWN_DECIDED = 50
_GROUNDS = (
    "asked_on",
    "both_agree",
    "details",
    "is_early",
    "notified_on",
    "protection",
    "finding",
    "refused_post",
)


class GroundsForm(ActionForm):
    """What the law asks to be said for a cause; only what the cause needs is filled in."""

    protection = choice_field(
        "不得解聘的情形",
        [(one.value, text) for one, text in PROTECTIONS.items()],
        required=False,
        blank="未核对",
    )
    notified_on = day_field("书面通知本人的日期", required=False)
    finding = text_field("不胜任的认定依据", required=False)
    refused_post = text_field("本人不接受的其他安排", required=False)
    absent_from = day_field("旷工第一天", required=False)
    absent_to = day_field("旷工最后一天", required=False)
    details = text_field("调往单位或合同条款", required=False)
    asked_on = day_field("辞职申请日期", required=False)
    both_agree = check_field("双方协商一致（辞职）")
    is_early = check_field("经批准提前退休")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("absent_from"), cleaned.get("absent_to")
        if bool(first) != bool(last) or (first and last and last < first):
            self.add_error("absent_to", "旷工须有第一天和最后一天，最后一天不早于第一天。")
        return cleaned


def with_grounds(data: Mapping[str, Any]) -> tuple[dict[str, Any], Grounds]:
    """The words of a form apart from its grounds, and the grounds."""
    rest = dict(data)
    said = {name: rest.pop(name, None) for name in _GROUNDS}
    first, last = rest.pop("absent_from", None), rest.pop("absent_to", None)
    protection = said.pop("protection")
    return rest, Grounds(
        **said,
        absences=[(first, last)] if first and last else [],
        protection=Protection(protection) if protection else None,
    )


def _each(ask: Ask, one: Any, what: str) -> Done:
    rows, refused = ask.pick(exit_proposals_open(ask.owner)), []
    for row in rows:
        try:
            one(row)
        except Refused as fault:
            refused.append(Refusal(row, fault.reasons))
        except RuleError as fault:
            refused.append(Refusal(row, (str(fault),)))
    return count_done(len(rows), refused, what, "人")


def _approve(ask: Ask) -> Done:
    return _each(
        ask,
        lambda row: exit_approve(proposal=row, actor=ask.actor, on=ask.on),
        "已同意，岗位、报名和聘任已结束",
    )


def _refuse(ask: Ask) -> Done:
    return _each(
        ask, lambda row: exit_refuse(proposal=row, actor=ask.actor, on=ask.on, **ask.data), "已记载不同意"
    )


def _withdraw(ask: Ask) -> Done:
    return _each(
        ask,
        lambda row: exit_proposal_withdraw(proposal=row, actor=ask.actor, on=ask.on, **ask.data),
        "已撤回呈批",
    )


ACTIONS: tuple[Action, ...] = (
    Action(
        "approve_exit",
        "同意",
        (LEADERS,),
        _approve,
        bulk=True,
        main=True,
        confirm="同意后此人的岗位、报名和聘任随即结束，不能撤回。",
    ),
    Action("refuse_exit", "不同意", (LEADERS,), _refuse, ReasonForm, bulk=True),
    Action("withdraw_exit", "撤回呈批", (OFFICE,), _withdraw, ReasonForm, bulk=True),
)


def context(request: HttpRequest, zone: Zone, on: Any) -> dict[str, Any]:
    """What waits with its grounds and what stands against it today, and the latest decisions."""
    mine = scoped(ExitProposal.objects.all(), request.user)
    waiting = exit_proposals_open(zone).filter(pk__in=mine).order_by("proposed_on", "id")
    decided = exit_proposals_of(zone).filter(pk__in=mine).exclude(pk__in=waiting)
    return {
        "waiting": [exit_proposal_row(one, on) for one in waiting],
        "decided": [exit_proposal_row(one, on) for one in decided[:SHOWN_DECIDED]],
    }
