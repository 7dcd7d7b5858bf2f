"""Act three of the second round: 双向选择, 组织考察, the decision and the 公示, batch after batch."""

from collections.abc import Iterable, Sequence
from datetime import date

from appointments.models import Application, Batch, ProposalRow
from appointments.selectors.proposals import matched_of
from appointments.selectors.selection import open_for_matching
from appointments.services.batch_steps import batch_step
from appointments.services.inspections import InspectionEntry, inspections_record
from appointments.services.intentions import IntentionEntry, intentions_record
from appointments.services.losers import losers_take_over
from appointments.services.matching import applications_match
from appointments.services.nominations import nominate
from appointments.services.proposals import (
    VoteEntry,
    meeting_record,
    proposal_approve,
    proposal_freeze,
)
from appointments.services.publicity import publicity_open

from .second_apply import direct_position
from .stage import Stage, must

# Batch → the day of its matching, inspection and decision.
DECIDED_ON = {"1": date(2022, 1, 15), "2": date(2022, 1, 16), "3": date(2022, 1, 16)}
MINUTES = {"1": "云溪党会纪〔2022〕1号", "2": "云溪党会纪〔2022〕2号", "3": "云溪党会纪〔2022〕3号"}
PUBLIC_FROM = date(2022, 1, 17)
MEMBERS = 8  # the 班子 as it was when it decided
INSPECTORS = ("陈组工", "黄纪检")
OFFICE = {
    "phone": "0375-0000000",
    "address": "云溪高新区管委会3楼聘任办公室",
    "office": "全员聘任工作监督组",
}


def select(stage: Stage, code: str) -> list[str]:
    """From MATCHING to the 公示; what the rule of avoidance stood against, in words."""
    cast, on = stage.cast, DECIDED_ON[code]
    batch = stage.batch(code)
    _take_over(stage, batch, on)
    if code == "2":
        _nominate(stage, batch, on)
    avoided = _try_relatives(stage, batch, on) if batch.method == "SX" else []
    _match(stage, batch, on)
    if batch.method == "SX":
        proposal_freeze(batch=batch, actor=cast.office, on=on)
        batch_step(batch=batch, event="matched", actor=cast.office, on=on)
    else:
        _inspect(stage, batch, on)
        batch_step(batch=batch, event="inspect", actor=cast.office, on=on)
        proposal_freeze(batch=batch, actor=cast.office, on=on)
        batch_step(batch=batch, event="decide", actor=cast.inspector, on=on)
    decide(stage, stage.batch(code), on, MINUTES[code], PUBLIC_FROM)
    return avoided


def decide(stage: Stage, batch: Batch, on: date, minutes_no: str, public_from: date) -> None:
    """The list is approved and voted on, and the 公示 opened."""
    cast = stage.cast
    proposal = proposal_freeze(batch=batch, actor=cast.office, on=on)
    proposal_approve(proposal=proposal, actor=cast.leader, on=on)
    rows = ProposalRow.objects.filter(list=proposal).order_by("id")
    meeting_record(
        proposal=proposal,
        held_on=on,
        minutes_no=minutes_no,
        members=MEMBERS,
        present=MEMBERS,
        votes=list(_votes(rows)),
        actor=cast.office,
        on=on,
    )
    batch_step(batch=batch, event="publicize", actor=cast.leader, on=on, document_no=minutes_no)
    proposal.refresh_from_db()
    publicity_open(proposal=proposal, starts_on=public_from, actor=cast.office, on=on, **OFFICE)


def _votes(rows: Iterable[ProposalRow]) -> Iterable[VoteEntry]:
    """Not everybody is for everybody."""
    for number, row in enumerate(rows):
        doubtful = number % 11 == 3
        yield VoteEntry(row, in_favour=MEMBERS - doubtful, abstained=int(doubtful))


def _take_over(stage: Stage, batch: Batch, on: date) -> None:
    """Who lost in an earlier batch and did not apply here comes in at a lower level."""
    applied = set(batch.candidacies.values_list("person_id", "applications__position"))
    choices = [
        (stage.people[person], stage.positions[position])
        for person, position in stage.wanted.items()
        if position in _posts(batch)
        and (person, position) not in applied
        and _lost_before(stage, batch, person)
    ]
    if choices:
        taken = losers_take_over(
            batch=batch, choices=choices, actor=stage.cast.office, on=on, reason="前批落聘，按降一级安排"
        )
        must(taken.refused, "转入落聘人员")


def _posts(batch: Batch) -> set[int]:
    return set(batch.posts.values_list("position_id", flat=True))


def _lost_before(stage: Stage, batch: Batch, person: int) -> bool:
    return Application.objects.filter(
        candidacy__round=stage.round,
        candidacy__person=person,
        candidacy__batch__sort_no__lt=batch.sort_no,
    ).exists()


def _nominate(stage: Stage, batch: Batch, on: date) -> None:
    position = direct_position(stage)
    person = next(key for key, wanted in stage.wanted.items() if wanted == position.pk)
    nominate(
        batch=batch,
        position=position,
        person=stage.people[person],
        reason="本岗位报名1人，改为直接聘任；该同志任现职满3年，年度考核均为称职以上",
        actor=stage.cast.office,
        on=on,
    )


def _try_relatives(stage: Stage, batch: Batch, on: date) -> list[str]:
    """Units that do not know of a relative say yes to a first wish under that relative; it is refused, and
    they take their word back when all speak."""
    office = stage.cast.office
    first = {one.candidacy_id: one for one in reversed(open_for_matching(batch))}
    entries = [
        IntentionEntry(one, 1, person_agrees=True, unit_agrees=True)
        for one in first.values()
        if one.candidacy.person_id in stage.kin and stage.wanted[one.candidacy.person_id] != one.position_id
    ]
    if not entries:
        return []
    must(intentions_record(batch=batch, entries=entries, actor=office), "登记意向")
    tried = applications_match(batch=batch, actor=office, on=on)
    must(tried.matched, "亲属须回避")
    return [str(one) for one in tried.refused]


def _match(stage: Stage, batch: Batch, on: date) -> None:
    """Two passes: first everybody speaks for the first wish, then those who are left for another one."""
    office = stage.cast.office
    for pass_no in (1, 2):
        rows = [one for one in open_for_matching(batch)]
        entries = list(_intentions(stage, rows, pass_no))
        must(intentions_record(batch=batch, entries=entries, actor=office), "登记意向")
        must(applications_match(batch=batch, actor=office, on=on).refused, "双向选定")


def _intentions(stage: Stage, rows: Sequence[Application], pass_no: int) -> Iterable[IntentionEntry]:
    """The unit says yes to those it is to get; a person first asks for the first wish still open."""
    first: dict[int, int] = {}
    for one in rows:
        person = one.candidacy.person_id
        first[person] = min(first.get(person, one.choice_no), one.choice_no)
    for one in rows:
        person = one.candidacy.person_id
        is_wanted = stage.wanted[person] == one.position_id
        if pass_no == 1:
            yield IntentionEntry(one, 1, one.choice_no == first[person], is_wanted)
        elif is_wanted:
            yield IntentionEntry(one, 2, True, True)


def _inspect(stage: Stage, batch: Batch, on: date) -> None:
    """考察材料, 纪检意见 and the checks of everybody who was matched."""
    entries = [
        InspectionEntry(
            application=one,
            inspectors=INSPECTORS,
            inspected_on=on,
            material=f"{one.candidacy.person.name}同志政治立场坚定，熟悉业务，近三年考核均为称职以上，群众认可。",
            discipline_opinion="没有反映问题的线索，同意",
            discipline_clear=True,
            archive_checked=True,
            matters_checked=True,
        )
        for one in matched_of(batch)
    ]
    must(inspections_record(batch=batch, entries=entries, actor=stage.cast.inspector), "登记考察")
