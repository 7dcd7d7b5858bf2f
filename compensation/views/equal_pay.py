"""打破平均主义: the spread of pay within each level before the reform and now."""

from dataclasses import dataclass
from datetime import date

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from compensation.rules.spread import QUARTILE_METHOD, Spread, SpreadChange
from compensation.selectors import equal_pay_proof
from compensation.selectors.equal_pay import FEWEST, EqualPayProof
from compensation.services import pay_lines_view_record
from reform.admin.pages import actor_of, render_page, tell_reasons
from reform.errors import PolicyMissing
from reform.models import Zone

from .access import sees_zone


@dataclass(frozen=True)
class LevelRow:
    """A level on both sides; a side of fewer than three people is hidden from who does not see all pay.

    ends: whether highest and lowest are shown; of all levels together they would give a hidden one away.
    """

    name: str
    change: SpreadChange
    before: Spread | None
    after: Spread | None
    before_hidden: bool
    after_hidden: bool
    ends: bool = True

    @property
    def is_whole(self) -> bool:
        return not (self.before_hidden or self.after_hidden)


def level_row(name: str, change: SpreadChange, sees_all: bool, *, ends: bool = True) -> LevelRow:
    """A row as the user may read it."""

    def hidden(side: Spread | None) -> bool:
        return side is not None and side.count < FEWEST and not sees_all

    before, after = hidden(change.before), hidden(change.after)
    return LevelRow(
        name,
        change,
        None if before else change.before,
        None if after else change.after,
        before,
        after,
        ends,
    )


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """The proof as of a day, by default today; where small cells are shown, the look leaves an event."""
    on, sees_all = _day(request.GET.get("on", "")), sees_zone(request)
    try:
        found = equal_pay_proof(zone, on)
    except PolicyMissing as fault:
        tell_reasons(request, [str(fault)])
        return render_page(
            request, site, "compensation/equal_pay.html", "打破平均主义", on=on, lead="那时还没有政策版本"
        )
    if sees_all and found.told:
        pay_lines_view_record(zone=zone, actor=actor_of(request), what="打破平均主义", people=found.told)
    rows = [level_row(found.ladder.name_of(one.level) or "没有层级", one, sees_all) for one in found.levels]
    hidden = any(not one.is_whole for one in rows)
    return render_page(
        request,
        site,
        "compensation/equal_pay.html",
        "打破平均主义",
        found=found,
        on=on,
        lead=_lead(found),
        rows=rows,
        whole=level_row("全部", found.whole, sees_all, ends=not hidden),
        widest=max([one.after.highest for one in rows if one.after], default=None),
        hidden=hidden,
        fewest=FEWEST,
        method=QUARTILE_METHOD,
        sources=sorted({one.source for one in found.people if one.source}),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


def _lead(found: EqualPayProof) -> str:
    """The page's first sentence."""
    if found.run is None:
        return "还没有计算过的月度工资"
    compared = [one for one in found.levels if one.is_wider is not None]
    if not compared:
        return "没有改革前的工资可以比较"
    wider = sum(1 for one in compared if one.is_wider)
    if wider == len(compared):
        return f"{len(compared)}个层级的同级差距都拉开了"
    return f"{len(compared)}个可比的层级中，{wider}个拉开了差距，{len(compared) - wider}个没有"
