"""Papers for single people: 聘书, 岗位目标责任书, 不合格告知书, 未聘通知, 岗位调配通知书; and 落聘安置表
(domain.md §8, 5, 17, 18)."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from appointments.models import Application, Appointment, Batch, DutyContract, Offer, Placement
from appointments.selectors.documents import (
    applications_of,
    baselines_by_person,
    placements_of,
)
from appointments.selectors.duties import contract_printed, contracts_of
from appointments.states import ApplicationState, PlacementState
from reform.documents.paper import Paper, numbered
from reform.documents.wording import last_day, long_date
from reform.errors import Refused
from reform.selectors import calendar_of
from reform.workdays import workday_period

from . import names
from .paper import Occasion
from .wording import duration, numeral, probation

_DUTY_ENDS = re.compile(r"[;；。\n\r]+")
_DUTY_NUMBER = re.compile(r"^\s*(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.、．])\s*")
AT_ODDS = (ApplicationState.APPOINTED, ApplicationState.PROPOSED, ApplicationState.OBJECTED)


def letter(occasion: Occasion) -> Paper:
    """聘书 (layout 5), one a person and post; its number is the appointment's, else 文号 and place in the
    list."""
    appointments = occasion.appointments
    rows = [_letter(one, number, occasion) for number, one in enumerate(appointments, 1)]
    title = f"{occasion.round.zone.name}{occasion.round.name}聘书"
    return Paper(title, occasion.head(标题=title, 聘书=rows), rows)


def _letter(one: Appointment, number: int, occasion: Occasion) -> dict[str, Any]:
    return {
        "编号": one.letter_no or f"{one.document_no or occasion.round.code}-{number:04d}",
        "姓名": one.person.name,
        "岗位": names.post_name(one.position),
        "层级": occasion.level(one.held_level),
        "聘期": duration(one.starts_on, one.ends_before),
        "聘期起": long_date(one.starts_on),
        "聘期止": long_date(last_day(one.ends_before)),
        "试用期": probation(one.starts_on, one.probation_ends_before),
        "发证单位": occasion.issuer,
        "日期": long_date(one.letter_signed_on or one.decided_on or one.starts_on),
    }


def duties(occasion: Occasion) -> Paper:
    """岗位目标责任书 (layout 17): the targets agreed for the year with who has signed; where none are
    written, the duties of the post, with standard and weight left to the two parties."""
    appointments = occasion.appointments
    written = contracts_of([one.pk for one in appointments])
    contracts = [
        _contract(one, contract_printed(written.get(one.pk, ()), occasion.on.year), occasion)
        for one in appointments
    ]
    rows = [
        {**{name: value for name, value in one.items() if name != "目标"}, **target}
        for one in contracts
        for target in one["目标"]
    ]
    title = f"{occasion.round.zone.name}{occasion.round.name}岗位目标责任书"
    return Paper(title, occasion.head(标题=title, 责任书=contracts), rows)


def _contract(one: Appointment, signed: DutyContract | None, occasion: Occasion) -> dict[str, Any]:
    day = (signed.person_signed_on or signed.unit_signed_on) if signed else None
    return {
        "单位": one.position.unit.owner.name,
        "岗位": one.position.title,
        "岗位全称": names.post_name(one.position),
        "姓名": one.person.name,
        "聘期": f"{long_date(one.starts_on)}至{long_date(last_day(one.ends_before))}",
        "年度": signed.year if signed else one.starts_on.year,
        "目标": _agreed(signed) if signed else _from_post(one),
        "甲方": occasion.issuer,
        "甲方签字": _signature(_user_name(signed), signed.unit_signed_on) if signed else "",
        "乙方签字": _signature(one.person.name, signed.person_signed_on) if signed else "",
        "日期": long_date(day or one.duties_signed_on or one.decided_on or one.starts_on),
    }


def _agreed(contract: DutyContract) -> list[dict[str, Any]]:
    return [
        {
            "目标序号": target.number,
            "目标内容": target.content,
            "量化标准": target.standard,
            "权重": int(target.weight) if target.weight == int(target.weight) else target.weight,
            "完成时限": target.due,
        }
        for target in contract.targets.all()
    ]


def _from_post(one: Appointment) -> list[dict[str, Any]]:
    year = one.starts_on.year
    due = min(date(year, 12, 31), last_day(one.ends_before) or one.starts_on)
    return [
        {
            "目标序号": number,
            "目标内容": text,
            "量化标准": "",
            "权重": "",
            "完成时限": long_date(due),
        }
        for number, text in enumerate(duty_lines(one.position.duties) or [""], 1)
    ]


def _user_name(contract: DutyContract) -> str:
    user = contract.unit_signed_by
    return (user.get_full_name() or user.get_username()) if user else ""


def _signature(name: str, on: date | None) -> str:
    """Who signed, and when; nothing before."""
    return f"{name}（{on:%Y-%m-%d}）" if on else ""


def duty_lines(duties_text: str) -> list[str]:
    """The duties of a post one by one, without the numbers that the office wrote before them."""
    parts = (_DUTY_NUMBER.sub("", part).strip() for part in _DUTY_ENDS.split(duties_text))
    return [part for part in parts if part]


def rejection(occasion: Occasion) -> Paper:
    """不合格告知书: why, and until when the person may object; the days run from the day after the notice."""
    found = applications_of(_batch_of(occasion), [ApplicationState.REJECTED.value], occasion.people)
    calendar = calendar_of()
    days = occasion.policy["round.objection_workdays"]
    rows = numbered(
        {
            "姓名": one.candidacy.person.name,
            "岗位编号": one.position.code,
            "岗位": names.post_name(one.position),
            "批次": one.candidacy.batch.name if one.candidacy.batch else "",
            "不合格原因": one.conclusion_reason,
            "告知日期": long_date(one.notified_on or occasion.on),
            "异议工作日": days,
            "异议截止": long_date(_objection_last(one.notified_on or occasion.on, days, calendar)),
            "发文单位": occasion.issuer,
        }
        for one in found
    )
    title = f"{occasion.round.zone.name}竞聘资格审查结果告知书"
    return Paper(title, occasion.head(标题=title, 告知书=rows), rows)


def _objection_last(told_on: date, days: int, calendar: Any) -> date:
    return workday_period(date.fromordinal(told_on.toordinal() + 1), days, calendar).last_on


def not_selected(occasion: Occasion) -> Paper:
    """未聘通知: one a person, for who applied in the batch and was neither appointed nor is still
    proposed."""
    batch = _batch_of(occasion)
    found = applications_of(batch, people=occasion.people)
    rows = []
    by_person = sorted(
        found, key=lambda one: (one.candidacy.person.sort_no, one.candidacy.person_id, one.choice_no)
    )
    for _, group in groupby(by_person, key=lambda one: one.candidacy.person_id):
        own = list(group)
        lost = [one for one in own if one.state == ApplicationState.NOT_SELECTED]
        if lost and not any(one.state in AT_ODDS for one in own):
            rows.append(_lost(lost, batch, occasion))
    title = f"{occasion.round.zone.name}竞聘结果通知书"
    rows = numbered(rows)
    return Paper(title, occasion.head(标题=title, 通知书=rows), rows)


def _lost(lost: Sequence[Application], batch: Batch, occasion: Occasion) -> dict[str, Any]:
    best = min((one.rank for one in lost if one.rank), default=None)
    totals = "、".join(f"{one.total}" for one in lost if one.total is not None)
    return {
        "姓名": lost[0].candidacy.person.name,
        "批次": batch.name,
        "岗位": "、".join(names.post_name(one.position) for one in lost),
        "综合成绩": totals,
        "排名": best or "",
        "通知日期": long_date(occasion.on),
        "发文单位": occasion.issuer,
    }


def _batch_of(occasion: Occasion) -> Batch:
    if occasion.batch is None:
        raise Refused(["这份文书按批次出，请先选批次"])
    return occasion.batch


def offer(occasion: Occasion) -> Paper:
    """岗位调配通知书: one for each written offer of a post."""
    offers = [(placement, one) for placement in _placements(occasion) for one in placement.offers.all()]
    people = {placement.person_id for placement, _ in offers}
    before = baselines_by_person(occasion.round, people)
    most = occasion.policy["round.offers"]
    rows = numbered(
        {
            "文号": one.document_no,
            "姓名": placement.person.name,
            "第几次": numeral(one.number),
            "最多次数": numeral(most),
            "原岗位": names.former_name(before.get(placement.person_id)),
            "岗位": names.post_name(one.position),
            "岗位编号": one.position.code,
            "层级": occasion.level(one.position.level),
            "安置方式": one.get_way_display(),
            "提供日期": long_date(one.offered_on),
            "答复": _reply(one),
            "发文单位": occasion.issuer,
        }
        for placement, one in offers
    )
    title = f"{occasion.round.zone.name}岗位调配通知书"
    return Paper(title, occasion.head(标题=title, 通知书=rows), rows)


def placements(occasion: Occasion) -> Paper:
    """落聘安置表 (layout 18): who was not selected, both offers with their answers, where they went."""
    found = _placements(occasion)
    before = baselines_by_person(occasion.round, {one.person_id for one in found})
    rows = numbered(_placement_row(one, before.get(one.person_id), occasion) for one in found)
    title = f"{occasion.round.zone.name}{occasion.round.name}落聘人员安置表"
    placed = sum(1 for one in found if one.state == PlacementState.PLACED)
    return Paper(title, occasion.head(标题=title, 名单=rows, 人数=len(rows), 已安置=placed), rows)


def _placements(occasion: Occasion) -> list[Placement]:
    wanted: Iterable[Placement] = placements_of(occasion.round)
    if occasion.people is not None:
        wanted = (one for one in wanted if one.person_id in occasion.people)
    if occasion.batch is not None:
        wanted = (one for one in wanted if one.lost_in == occasion.batch.name)
    return list(wanted)


def _placement_row(one: Placement, before: Any, occasion: Occasion) -> dict[str, Any]:
    first, second = (*(_offer_text(each) for each in one.offers.all()), "", "")[:2]
    state = "" if one.state == PlacementState.PLACED else PlacementState(one.state).label
    remark = (state, one.remark, f"会议纪要{one.minutes_no}" if one.minutes_no else "")
    return {
        "姓名": one.person.name,
        "基准岗位": names.former_name(before),
        "基准层级": occasion.level(before.level) if before else "",
        "落聘批次": one.lost_in,
        "安置方式": one.get_way_display(),
        "第一次岗位提供及答复": first,
        "第二次岗位提供及答复": second,
        "安置岗位": names.post_name(one.position) if one.position else "",
        "安置日期": f"{one.placed_on:%Y-%m-%d}" if one.placed_on else "",
        "备注": "；".join(part for part in remark if part),
    }


def _offer_text(one: Offer) -> str:
    return f"{one.offered_on:%Y-%m-%d} {names.post_name(one.position)}，{_reply(one)}"


def _reply(one: Offer) -> str:
    if not one.reply:
        return "未答复"
    return one.get_reply_display() + (f"（{one.reason}）" if one.reason else "")
