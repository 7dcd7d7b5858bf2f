"""What the reports on pay share: the month they speak of, and who sees whose pay."""

from dataclasses import dataclass
from datetime import date

from compensation.models import PayRun
from compensation.states import PayRunState
from reform.models import Zone
from reports.words import day_word

from .common import Source
from .listing import Link, ListCell


@dataclass(frozen=True)
class PayHead:
    """The month a report speaks of, with what every page of the leaders shows; `others`: (code, name)."""

    zone: str
    code: str
    name: str
    state: str
    on: date
    is_paid: bool
    others: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...] = ()
    asked: None = None

    @property
    def subtitle(self) -> str:
        return f"{self.name} · {self.state} · 截至{day_word(self.on)}"

    @property
    def source_words(self) -> str:
        return ""

    @property
    def file_suffix(self) -> str:
        return "" if self.is_paid else f"（{self.state}）"


def months_shown(zone: Zone) -> list[PayRun]:
    """The latest computed month of each year, the latest first: one statement."""
    runs = PayRun.objects.filter(zone=zone, kind=PayRun.Kind.MONTH).exclude(state=PayRunState.DRAFT)
    found: dict[int, PayRun] = {}
    for one in runs.select_related("zone", "policy").order_by("-starts_on"):
        found.setdefault(one.starts_on.year, one)
    return list(found.values())


def pay_head(run: PayRun) -> PayHead:
    """What stands above a report of a run, with the other months to go to."""
    return PayHead(
        zone=run.zone.name,
        code=run.code,
        name=str(run),
        state=PayRunState(run.state).label,
        on=run.last_day,
        is_paid=run.state == PayRunState.PAID,
        others=tuple((one.code, str(one)) for one in months_shown(run.zone) if one.pk != run.pk),
    )


def people_cell(number: int, query: str, *, sees_all: bool, tone: str = "") -> ListCell:
    """A number of persons; one click from its list for who may read it."""
    return ListCell(number, tone, Link("pay_people", query) if sees_all else None)
