"""What the reports on the appraisal share: the cycle they speak of, and links to the lists behind figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet

from kpi.models import Cycle, UnitResult
from kpi.rules.unit_coefficients import unit_coefficients
from kpi.selectors.results import CycleResults, PersonLine
from kpi.selectors.schemes import cycles_of
from kpi.selectors.unit_inputs import PUBLIC
from kpi.states import CycleState
from reform.models import Upload, Zone
from reform.rounding import to_coefficient
from reform.selectors import policy_of
from reports.words import day_word

from .common import Source, sources_of
from .listing import Link, ListCell

NONE = "N"  # 不定等次, in an address
GRADES = (("A", "优秀"), ("B", "称职、合格"), ("C", "基本称职、基本合格"), ("D", "不称职、不合格"))


@dataclass(frozen=True)
class CycleHead:
    """The cycle a report speaks of, with what every page of the leaders shows; `others`: (code, name)."""

    zone: str
    code: str
    name: str
    state: str
    is_public: bool
    timing: str
    sources: tuple[Source, ...]
    others: tuple[tuple[str, str], ...]
    asked: None = None

    @property
    def subtitle(self) -> str:
        return " · ".join(part for part in (self.name, self.state, self.timing) if part)

    @property
    def source_words(self) -> str:
        return "；".join(one.words for one in self.sources)

    @property
    def file_suffix(self) -> str:
        return "" if self.is_public else f"（{self.state}）"


def cycles_shown(zone: Zone) -> list[Cycle]:
    """The cycles that have results, latest first."""
    scored = UnitResult.objects.filter(cycle=OuterRef("pk"), current=True)
    return list(cycles_of(zone).filter(Exists(scored)))


def cycle_shown(zone: Zone) -> Cycle | None:
    """What leaders see first: the latest results that are public, else the latest there are."""
    # of those that end on the same day the longest first: the year before its last quarter
    cycles = sorted(
        cycles_shown(zone), key=lambda one: (one.ends_before, -one.starts_on.toordinal()), reverse=True
    )
    return next((one for one in cycles if one.state in PUBLIC), cycles[0] if cycles else None)


def cycle_head(cycle: Cycle) -> CycleHead:
    """The cycle's state, dates, sources and neighbours: two statements."""
    final = cycle.state == CycleState.FINAL
    published = f"{day_word(cycle.published_on)}公布" if cycle.published_on else "结果未公布"
    return CycleHead(
        zone=cycle.zone.name,
        code=cycle.code,
        name=str(cycle),
        state=CycleState(cycle.state).label,
        is_public=cycle.state in PUBLIC,
        timing=published if not final or cycle.published_on else "",
        sources=sources_of(_uploads(cycle)),
        others=tuple((one.code, str(one)) for one in cycles_shown(cycle.zone) if one.pk != cycle.pk),
    )


def _uploads(cycle: Cycle) -> QuerySet[Upload]:
    """The uploads that wrote figures of a cycle: their events name it."""
    written = Upload.objects.filter(
        zone=cycle.zone_id, undone_at=None, events__subject__startswith=str(cycle)
    )
    return written.distinct()


def products_of(cycle: Cycle, results: CycleResults) -> dict[int, Decimal]:
    """Person → K_u × K_p to four places, of those who have both."""
    policy = policy_of(cycle.policy)
    totals = {one.unit_id: one.total for one in results.units}
    by_unit = unit_coefficients(totals, policy["pay.reference_rule"], policy["pay.unit_coefficient"])
    found = {}
    for one in results.people:
        unit = by_unit.get(one.unit_id) if one.unit_id else None
        if unit is not None and one.coefficient is not None:
            found[one.person_id] = to_coefficient(unit * one.coefficient)
    return found


def people_link(**query: object) -> Link:
    """The list of persons that a figure counts."""
    return Link("kpi_people", urlencode({name: str(value) for name, value in query.items()}))


def people_figure(number: int, tone: str = "", **query: object) -> ListCell:
    """A number of persons, one click from its list."""
    return ListCell(number, tone, people_link(**query))


def grade_key(one: PersonLine) -> str:
    """A–D, or N."""
    return one.grade or NONE


def grade_names() -> Mapping[str, str]:
    """Column headers: each grade in the words of both label sets."""
    return {key: f"{key} {label}" for key, label in GRADES} | {NONE: "不定等次"}


def unit_link(unit_id: int) -> Link:
    """The leaves of a unit."""
    return Link("kpi_items", urlencode({"unit": unit_id}))


def change_words(change: int | None) -> str:
    """↑2, ↓1, →: places won or lost since the last cycle."""
    if change is None:
        return "—"
    return f"↑{change}" if change > 0 else f"↓{-change}" if change < 0 else "不变"
