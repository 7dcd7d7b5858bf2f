"""Report 11, 到期预警: terms, probations, retirements and more that run out, by kind and by how soon."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from appointments.models import Round
from appointments.selectors.warnings import Expiry, ExpiryKind, expiring
from reform.selectors import policy_of, policy_version_as_of
from reports.errors import BadQuery

from .common import RoundHead, head_of
from .listing import Link, ListCell, ListColumn, Listing, listing

OVER = 0
SHOWN = 50  # of what the address has not narrowed down; the workbook has all of it


@dataclass(frozen=True)
class DueReport:
    """Everything of the zone that runs out; `table` counts it, `people` lists what the address asks for."""

    head: RoundHead
    on: date
    title: str
    table: Listing
    people: Listing
    figures: tuple[tuple[ListCell, str], ...]
    query: str
    words: str

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query)

    @property
    def lists(self) -> tuple[Listing, ...]:
        return self.table, self.people


def due_report(
    round_: Round, wanted: Mapping[str, str], on: date, asked: date | None, *, whole: bool = False
) -> DueReport:
    """What runs out in the round's zone on a day; a fixed number of statements.

    whole: list everything where the address asks for no kind or band, not only what is nearest.  Raises
    BadQuery for a kind or a number of days that there is not.
    """
    days = sorted(policy_of(policy_version_as_of(round_.zone, on))["round.warning_days"])
    bands = [OVER, *days]
    kind, band, stands = _asked(wanted, bands)
    found = expiring(round_.zone, on)
    shown = [
        one
        for one in found
        if kind in (None, one.kind) and band in (None, one.band) and (not stands or STANDS[stands][1](one))
    ]
    query = {"kind": kind, "band": band, "stands": stands or None}
    told = (kind.label if kind else "", _band_label(band), STANDS[stands][0] if stands else "")
    words = "、".join(part for part in told if part)
    return DueReport(
        head=head_of(round_, asked),
        on=on,
        title=_title(found, bands),
        table=_table(found, bands),
        people=_people(shown, words, None if whole or words else SHOWN),
        figures=_figures(found, bands),
        query=urlencode({name: value for name, value in query.items() if value is not None}),
        words=words,
    )


def _asked(wanted: Mapping[str, str], bands: Sequence[int]) -> tuple[ExpiryKind | None, int | None, str]:
    kind, band, stands = (wanted.get(name, "") for name in ("kind", "band", "stands"))
    if stands and stands not in STANDS:
        raise BadQuery(f"没有条件“{stands}”。", "请从到期预警点进来。")
    if kind and kind not in ExpiryKind.__members__:
        raise BadQuery(f"没有预警种类“{kind}”。", "请从到期预警点进来。")
    if band and band not in {str(one) for one in bands}:
        raise BadQuery(f"没有期限“{band}”。", "请从到期预警点进来。")
    return (ExpiryKind(kind) if kind else None), (int(band) if band else None), stands


def _band_label(band: int | None) -> str:
    if band is None:
        return ""
    return "已过期" if band == OVER else f"{band}天内"


# What the figures at the head count: the words of their lists, and whether a thing is among them.
STANDS: Mapping[str, tuple[str, Callable[[Expiry], bool]]] = {
    "ahead": ("还没有过期", lambda one: not one.is_overdue),
    "late": ("已过期未办", lambda one: one.is_late),
}


def _ahead(found: Iterable[Expiry], kind: ExpiryKind) -> int:
    return sum(1 for one in found if one.kind == kind and not one.is_overdue)


def _title(found: Sequence[Expiry], bands: Sequence[int]) -> str:
    """90天内聘期到期12人、试用期满3人、退休1人；已过期未办2人."""
    longest = bands[-1]
    parts = [
        f"{word}{number}人"
        for kind, word in (
            (ExpiryKind.TERM, "聘期到期"),
            (ExpiryKind.PROBATION, "试用期满"),
            (ExpiryKind.RETIREMENT, "退休"),
        )
        if (number := _ahead(found, kind))
    ]
    words = f"{longest}天内" + ("、".join(parts) if parts else "没有人聘期到期、试用期满或退休")
    late = sum(one.is_late for one in found)
    return f"{words}；已过期未办{late}件" if late else words


def _figures(found: Sequence[Expiry], bands: Sequence[int]) -> tuple[tuple[ListCell, str], ...]:
    """The four figures at the head: terms, probations, retirements, and what is over."""
    longest = bands[-1]
    figures = []
    for kind, word in (
        (ExpiryKind.TERM, "聘期到期"),
        (ExpiryKind.PROBATION, "试用期满"),
        (ExpiryKind.RETIREMENT, "退休"),
    ):
        link = Link("due", urlencode({"kind": kind.value, "stands": "ahead"}))
        figures.append((ListCell(_ahead(found, kind), link=link), f"人{longest}天内{word}"))
    late = Link("due", urlencode({"stands": "late"}))
    figures.append((ListCell(sum(one.is_late for one in found), "alert", late), "件已过期，没有办理"))
    return tuple(figures)


def _table(found: Sequence[Expiry], bands: Sequence[int]) -> Listing:
    counts = Counter((one.kind, one.band) for one in found)
    rows = [
        (
            ListCell(kind.label),
            *(
                ListCell(
                    counts[kind, band],
                    "alert" if band == OVER and kind != ExpiryKind.LOCK else "",
                    Link("due", urlencode({"kind": kind.value, "band": band})),
                )
                for band in bands
            ),
            ListCell(
                sum(counts[kind, band] for band in bands), link=Link("due", urlencode({"kind": kind.value}))
            ),
        )
        for kind in ExpiryKind
    ]
    total = (
        ListCell("合计"),
        *(
            ListCell(
                sum(counts[kind, band] for kind in ExpiryKind), link=Link("due", urlencode({"band": band}))
            )
            for band in bands
        ),
        ListCell(len(found), link=Link("due")),
    )
    return listing(
        "table",
        "种类和期限",
        (
            ListColumn("种类", 16),
            *(ListColumn(_band_label(band), 10) for band in bands),
            ListColumn("合计", 10),
        ),
        rows if found else [],
        empty=f"{bands[-1]}天内没有到期的事项。",
        note="每件只算在最近的一档。点数字看名单",
        total=total if found else (),
    )


def _people(shown: Sequence[Expiry], words: str, most: int | None) -> Listing:
    rows = [
        (
            ListCell(one.name, link=Link("people", urlencode({"q": one.name}))),
            one.kind.label,
            one.what,
            one.last_on,
            ListCell(one.days_left, "alert" if one.is_late else ""),
            one.note,
        )
        for one in shown[:most]
    ]
    columns = (
        ListColumn("姓名", 10),
        ListColumn("种类", 10),
        ListColumn("岗位或事项", 40, "place"),
        ListColumn("到期日", 12),
        ListColumn("剩余天数", 10, "number"),
        ListColumn("要办的事", 28, "text"),
    )
    title = f"名单：{words}" if words else "名单"
    note = "到期日是最后一天；剩余天数为负数的已经过期"
    if len(rows) < len(shown):
        title, note = f"最近的{len(rows)}件", f"共{len(shown)}件，点上面的数字看其余的。{note}"
    return listing("people", title, columns, rows, empty="没有符合条件的事项。", note=note)
