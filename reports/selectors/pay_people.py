"""The list behind the figures of report 10: each person's pay before and now."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from compensation.models import PayLine, PayRun
from compensation.selectors import equal_pay_proof
from compensation.selectors.equal_pay import EqualPayPerson
from compensation.selectors.move_costs import move_costs
from reform.ladder import Ladder
from reform.models import Person
from reports.errors import BadQuery

from .listing import ListCell, ListColumn, Listing, listing
from .pay_common import PayHead, pay_head
from .pay_gap import BEFORE, NOW, signed

REMEDY = "请从报表上的数字点进来。"
CHANGES = {"PROMOTION": "提拔", "DEMOTION": "降职", "all": "提拔和降职"}
_KNOWN = (BEFORE, NOW, "change")


@dataclass(frozen=True)
class PayPeopleReport:
    """A list with what it holds in words."""

    head: PayHead
    title: str
    words: str
    table: Listing
    query: str

    @property
    def lists(self) -> tuple[Listing, ...]:
        return (self.table,)


def pay_people_report(run: PayRun, wanted: Mapping[str, str]) -> PayPeopleReport:
    """Those of a level before or now, or who rose or fell; BadQuery for what cannot be meant. For who sees
    everybody's pay only. A fixed number of statements."""
    proof = equal_pay_proof(run.zone, run.last_day)
    given = {name: wanted.get(name, "").strip() for name in _KNOWN}
    people, words = list(proof.people), []
    for side, noun in ((BEFORE, "改革前"), (NOW, "现在")):
        if given[side]:
            levels = {_level(one, side) for one in people if _amount(one, side) is not None}
            chosen = levels if given[side] == "all" else {_one_of(given[side], levels)}
            people = [one for one in people if _amount(one, side) is not None and _level(one, side) in chosen]
            words.append(noun + ("" if given[side] == "all" else proof.ladder.name_of(given[side])))
    moved: dict[int, Decimal] = {}
    if given["change"]:
        if given["change"] not in CHANGES:
            raise BadQuery(f"没有变动“{given['change']}”。", REMEDY)
        moved = _moved(run, given["change"])
        people = [one for one in people if one.person_id in moved]
        words.append(CHANGES[given["change"]])
    shown = "、".join(words) or "全部人员"
    return PayPeopleReport(
        head=pay_head(run),
        title=f"{shown}：{len(people)}人",
        words=shown,
        table=_table(run, people, proof.ladder, moved),
        query=urlencode({name: value for name, value in given.items() if value}),
    )


def _level(one: EqualPayPerson, side: str) -> str:
    return one.level_before if side == BEFORE else one.level_after


def _amount(one: EqualPayPerson, side: str) -> Decimal | None:
    return one.before if side == BEFORE else one.after


def _one_of(text: str, allowed: set[str]) -> str:
    if text not in allowed:
        raise BadQuery(f"没有层级“{text}”。", REMEDY)
    return text


def _moved(run: PayRun, kind: str) -> dict[int, Decimal]:
    """Person → the difference of the standards, a month."""
    costs = move_costs(run)
    if costs is None:
        return {}
    moves = {"PROMOTION": costs.risen, "DEMOTION": costs.fallen}.get(kind, (*costs.risen, *costs.fallen))
    return {one.person_id: one.monthly for one in moves}


def _table(
    run: PayRun, people: list[EqualPayPerson], ladder: Ladder, moved: Mapping[int, Decimal]
) -> Listing:
    posts = {
        one.person_id: one
        for one in PayLine.objects.filter(run=run).select_related("unit__parent").defer("terms")
    }
    names = dict(Person.objects.filter(zone=run.zone_id).values_list("id", "name"))
    people = sorted(
        people,
        key=lambda one: (posts[one.person_id].sort_no if one.person_id in posts else 1 << 30, one.person_id),
    )
    rows = []
    for one in people:
        line = posts.get(one.person_id)
        difference = None if one.before is None or one.after is None else one.after - one.before
        row: list[ListCell | str | Decimal | None] = [
            names[one.person_id],
            line.unit.owner.name if line and line.unit else "",
            line.post.rpartition("·")[2] if line else "",
            ladder.name_of(one.level_before),
            one.before,
            ladder.name_of(one.level_after),
            one.after,
            _toned(difference),
        ]
        if moved:
            row.append(_toned(moved[one.person_id]))
        rows.append(row)
    columns = [
        ListColumn("姓名", 12),
        ListColumn("单位", 24, "place"),
        ListColumn("岗位", 16, "place"),
        ListColumn("改革前层级", 12),
        ListColumn("改革前月工资", 14),
        ListColumn("现层级", 12),
        ListColumn("现月工资", 14),
        ListColumn("差额", 14),
    ]
    if moved:
        columns.append(ListColumn("标准之差", 14))
    return listing("people", "名单", columns, rows, empty="没有这样的人员。", note="月工资，元")


def _toned(amount: Decimal | None) -> ListCell | None:
    if amount is None:
        return None
    return ListCell(signed(amount), "up" if amount > 0 else "down" if amount < 0 else "")
