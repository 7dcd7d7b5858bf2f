"""Report 13, 待岗与申诉台账: who was not selected and where they went, who waits, what is contested."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Q

from appointments.models import Appeal, Demotion, Offer, Placement, Round
from appointments.states import PlacementState
from reform.dated import add_months
from reform.selectors import policy_of
from reports.words import number_word

from .common import RoundHead, head_of
from .listing import Link, ListCell, ListColumn, Listing, listing
from .progress import position_words


@dataclass(frozen=True)
class LedgerReport:
    """The ledger on a day; what came after it is left out."""

    head: RoundHead
    on: date
    title: str
    waiting: Listing
    placements: Listing
    appeals: Listing
    demotions: Listing
    late_appeals: int
    open_appeals: int

    @property
    def lists(self) -> tuple[Listing, ...]:
        return self.waiting, self.placements, self.appeals, self.demotions


def ledger_report(round_: Round, on: date, asked: date | None) -> LedgerReport:
    """待岗, 落聘安置, 申诉 and 降职手续 of a round on a day; a fixed number of statements."""
    placements = list(
        Placement.objects.filter(round=round_)
        .select_related("person", "position__unit__parent")
        .prefetch_related("offers__position__unit__parent")
        .order_by("id")
    )
    appeals = list(
        Appeal.objects.filter(zone=round_.zone, filed_on__lte=on)
        .filter(Q(appointment__round=round_) | Q(appointment=None, filed_on__gte=_opened(round_)))
        .select_related("person", "appointment__position__unit__parent")
        .order_by("filed_on", "id")
    )
    demotions = Demotion.objects.filter(round=round_, talk_on__lte=on).select_related("person").order_by("id")
    open_ = [one for one in appeals if _is_open(one, on)]
    late = sum(1 for one in open_ if one.due_on < on)
    months = policy_of(round_.policy)["round.waiting_months"]
    states = {one.pk: _state_on(one, on) for one in placements}
    waiting = [one for one in placements if states[one.pk] == PlacementState.WAITING]
    return LedgerReport(
        head=head_of(round_, asked),
        on=on,
        title=_title(list(states.values()), len(waiting), len(open_), late),
        waiting=_waiting(waiting, months, on),
        placements=_placements(placements, states, on),
        appeals=_appeals(appeals, on),
        demotions=_demotions(demotions),
        late_appeals=late,
        open_appeals=len(open_),
    )


def _opened(round_: Round) -> date:
    return round_.opens_on or date.max


def _is_open(appeal: Appeal, on: date) -> bool:
    return appeal.state == Appeal.State.OPEN or bool(appeal.decided_on and appeal.decided_on > on)


def _state_on(one: Placement, on: date) -> PlacementState:
    """Where a placement stood on a day: what is dated later has not happened yet."""
    state = PlacementState(one.state)
    is_later = {PlacementState.PLACED: one.placed_on, PlacementState.WAITING: one.waiting_from}.get(state)
    if not (is_later and is_later > on):
        return state
    offers = [offer for offer in one.offers.all() if offer.offered_on <= on]
    if any(not offer.replied_on or offer.replied_on > on for offer in offers):
        return PlacementState.OFFERED
    waited = one.waiting_from and one.waiting_from <= on
    return PlacementState.WAITING if waited else PlacementState.UNPLACED


def _title(states: Sequence[PlacementState], waiting: int, open_: int, late: int) -> str:
    """落聘安置3人，没有人待岗；申诉2件在办，1件超过期限."""
    if states:
        placed = Counter(states)[PlacementState.PLACED]
        words = f"落聘安置{len(states)}人，已安置{placed}人"
        words += f"，待岗{waiting}人" if waiting else "，没有人待岗"
    else:
        words = "没有落聘待安置的人"
    if not open_:
        return f"{words}；没有在办的申诉"
    return f"{words}；申诉{number_word(open_)}件在办" + (f"，{number_word(late)}件超过期限" if late else "")


def _person(name: str) -> ListCell:
    return ListCell(name, link=Link("people", urlencode({"q": name})))


def _waiting(found: Iterable[Placement], months: int, on: date) -> Listing:
    rows = []
    for one in found:
        limit = add_months(one.waiting_from, months) if one.waiting_from else None
        left = (limit - on).days if limit else None
        tone = "alert" if left is not None and left <= 0 else ""
        rows.append(
            (
                _person(one.person.name),
                one.lost_in,
                one.waiting_from,
                ListCell(left, tone),
                one.training,
                one.remark,
            )
        )
    columns = (
        ListColumn("姓名", 10),
        ListColumn("落聘批次", 18),
        ListColumn("待岗起", 12),
        ListColumn("剩余天数", 10, "number"),
        ListColumn("培训", 26, "text"),
        ListColumn("备注", 26, "text", minor=True),
    )
    note = f"待岗最长{months}个月，期间培训并再次提供岗位"
    return listing("waiting", "待岗人员", columns, rows, empty="没有人待岗。", note=note)


def _placements(found: Iterable[Placement], states: Mapping[int, PlacementState], on: date) -> Listing:
    tones = {
        PlacementState.UNPLACED: "alert",
        PlacementState.WAITING: "alert",
        PlacementState.OFFERED: "",
        PlacementState.PLACED: "up",
        PlacementState.LEFT: "zero",
    }
    rows = []
    for one in found:
        state = states[one.pk]
        is_placed = state == PlacementState.PLACED
        offers = [offer for offer in one.offers.all() if offer.offered_on <= on]
        rows.append(
            (
                _person(one.person.name),
                one.lost_in,
                ListCell(state.label, tones[state]),
                _offer(offers, 1, on),
                _offer(offers, 2, on),
                position_words(one.position) if is_placed and one.position else "",
                one.get_way_display() if is_placed else "",
                one.placed_on if is_placed else None,
                one.minutes_no,
            )
        )
    columns = (
        ListColumn("姓名", 10),
        ListColumn("落聘批次", 18),
        ListColumn("状态", 10),
        ListColumn("第一次岗位提供及答复", 36, "place", minor=True),
        ListColumn("第二次岗位提供及答复", 36, "place", minor=True),
        ListColumn("安置岗位", 32, "place"),
        ListColumn("安置方式", 16, minor=True),
        ListColumn("安置日期", 12),
        ListColumn("会议纪要", 20, minor=True),
    )
    return listing("placements", "落聘安置", columns, rows, empty="没有落聘待安置的人。")


def _offer(offers: Iterable[Offer], number: int, on: date) -> str:
    one = next((offer for offer in offers if offer.number == number), None)
    if one is None:
        return ""
    has_replied = one.replied_on is None or one.replied_on <= on
    reply = (one.get_reply_display() if has_replied else "") or "未答复"
    return f"{position_words(one.position)}（{one.offered_on:%Y-%m-%d}，{reply}）"


def _appeals(found: Iterable[Appeal], on: date) -> Listing:
    rows = []
    for one in found:
        if _is_open(one, on):
            late = one.due_on < on
            state = ListCell("超过期限" if late else "办理中", "alert" if late else "")
        else:
            state = ListCell(one.get_state_display(), "zero" if one.state == Appeal.State.WITHDRAWN else "")
        decided = one.decided_on if one.decided_on and one.decided_on <= on else None
        rows.append(
            (
                _person(one.person.name),
                one.get_kind_display(),
                one.about,
                one.filed_on,
                one.due_on,
                state,
                decided,
                one.decision if decided else "",
                one.document_no if decided else "",
            )
        )
    columns = (
        ListColumn("姓名", 10),
        ListColumn("种类", 10),
        ListColumn("所涉决定", 30, "text"),
        ListColumn("提出日期", 12),
        ListColumn("应决定日期", 12),
        ListColumn("状态", 12),
        ListColumn("决定日期", 12, minor=True),
        ListColumn("决定", 30, "text", minor=True),
        ListColumn("文号", 18, minor=True),
    )
    note = "复核、申诉期间不停止原决定的执行"
    return listing("appeals", "复核、申诉与仲裁", columns, rows, empty="没有人申请复核或申诉。", note=note)


def _demotions(found: Iterable[Demotion]) -> Listing:
    rows = [
        (
            _person(one.person.name),
            one.get_reason_code_display(),
            one.talk_on,
            one.talk_by,
            one.notice_no,
            one.notice_on,
            "已告知" if one.appeal_rights_told else ListCell("未告知", "alert"),
        )
        for one in found
    ]
    columns = (
        ListColumn("姓名", 10),
        ListColumn("原因", 18),
        ListColumn("谈话日期", 12),
        ListColumn("谈话人", 12, minor=True),
        ListColumn("告知书文号", 22),
        ListColumn("告知日期", 12, minor=True),
        ListColumn("复核申诉权利", 14),
    )
    return listing("demotions", "降职手续", columns, rows, empty="本轮没有降职手续的记录。")
