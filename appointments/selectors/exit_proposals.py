"""离开呈批: what waits for the leaders' decision, and what the office found for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from appointments.models import ExitProposal
from appointments.rules.termination import PROTECTIONS, Protection
from appointments.states import ExitProposalState
from reform.models import Zone

from .terms import Grounds, leaving_against

_DAYS = ("asked_on", "notified_on")
_LABELS = {
    "asked_on": "申请日期",
    "both_agree": "双方协商一致",
    "is_early": "经批准提前退休",
    "notified_on": "书面通知本人",
    "refused_post": "本人不接受的其他安排",
    "finding": "不胜任的认定依据",
    "absences": "旷工",
    "details": "合同条款",
    "protection": "不得解聘的情形",
}


@dataclass(frozen=True)
class ExitProposalRow:
    """One line of the page. grounds: (label, text); against: what stands against it on the day."""

    proposal: ExitProposal
    grounds: tuple[tuple[str, str], ...]
    against: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return self.proposal.state == ExitProposalState.PROPOSED


def exit_proposals_of(zone: Zone) -> QuerySet[ExitProposal]:
    """The zone's proposals, the latest first, with all that a page names."""
    return ExitProposal.objects.filter(zone=zone).select_related(
        "zone",
        "person__zone",
        "appointment__position__unit__parent",
        "appointment__round__policy",
        "placement__round",
        "proposed_by",
        "decided_by",
    )


def exit_proposals_open(zone: Zone) -> QuerySet[ExitProposal]:
    """Those that nobody has decided on."""
    return exit_proposals_of(zone).filter(state=ExitProposalState.PROPOSED)


def exit_proposal_row(proposal: ExitProposal, on: date) -> ExitProposalRow:
    """A proposal with its grounds in words and, while it waits, what stands against it today."""
    grounds = grounds_from(proposal.grounds)
    against: list[str] = []
    if proposal.state == ExitProposalState.PROPOSED:
        against = leaving_against(
            proposal.person, proposal.appointment, proposal.cause, proposal.left_on, grounds, on
        )
    return ExitProposalRow(proposal, grounds_words(grounds), tuple(against))


def grounds_stored(grounds: Grounds) -> dict[str, Any]:
    """Grounds as a row keeps them: only what was said."""
    stored: dict[str, Any] = {
        name: value.isoformat() for name in _DAYS if (value := getattr(grounds, name)) is not None
    }
    for name in ("both_agree", "is_early", "refused_post", "finding", "details"):
        if value := getattr(grounds, name):
            stored[name] = value
    if grounds.absences:
        stored["absences"] = [[first.isoformat(), last.isoformat()] for first, last in grounds.absences]
    if grounds.protection is not None:
        stored["protection"] = grounds.protection.value
    return stored


def grounds_from(stored: Mapping[str, Any]) -> Grounds:
    """The other way round."""
    facts: dict[str, Any] = dict(stored)
    for name in _DAYS:
        if name in facts:
            facts[name] = date.fromisoformat(facts[name])
    if "absences" in facts:
        facts["absences"] = [
            (date.fromisoformat(first), date.fromisoformat(last)) for first, last in facts["absences"]
        ]
    if "protection" in facts:
        facts["protection"] = Protection(facts["protection"])
    return Grounds(**facts)


def grounds_words(grounds: Grounds) -> tuple[tuple[str, str], ...]:
    """(label, text) of everything that was said."""
    stored = grounds_stored(grounds)
    found = []
    for name, label in _LABELS.items():
        if name not in stored:
            continue
        value = stored[name]
        if name == "protection":
            value = PROTECTIONS[Protection(value)]
        elif name == "absences":
            value = "、".join(f"{first}至{last}" for first, last in value)
        elif value is True:
            value = "是"
        found.append((label, str(value)))
    return tuple(found)
