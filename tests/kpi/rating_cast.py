"""A quarter that is being collected in the small zone, with a 班子 above the units, and whole sheets of
ballots."""

from datetime import date
from decimal import Decimal
from typing import Any

from kpi.models import Cycle, RatingTask
from kpi.services.ratings import rating_submit, rating_tasks_make
from reform.models import Person
from tests import factories as make
from tests.kpi import casts

ON = date(2022, 3, 25)
FACTORS = ("virtue", "ability", "diligence", "results", "integrity")


def a_quarter(staff: int = 2) -> casts.Cast:
    """The first quarter, reporting open; 主任 and 副主任 stand above the units."""
    cast = casts.a_cast(staff=staff)
    team = make.a_unit(cast.zone, "管委会", kind="COMMITTEE", sort_no=9)
    for name, title, level in (("主任", "主任", "L90"), ("副主任", "副主任", "L80")):
        person = cast.people[name] = make.a_person(cast.zone, name, sort_no=90 + len(cast.people))
        make.a_tenure(person, make.a_position(team, title, level), date(2021, 1, 1))
    entries = [one for unit in cast.units for one in casts.leaves_of(unit, "QUARTER")]
    casts.a_scheme(cast, entries=entries)
    casts.a_cycle(cast, "2022Q1")
    casts.collecting(cast)
    return cast


def asked(cast: casts.Cast) -> Cycle:
    """A quarter whose raters have been asked."""
    assert cast.cycle is not None
    rating_tasks_make(cycle=cast.cycle, actor=cast.office, on=ON)
    return cast.cycle


def marks(score: Any) -> dict[str, Decimal]:
    return dict.fromkeys(FACTORS, Decimal(score))


def submit(cycle: Cycle, rater: Person, score: Any = 85, **more: Any) -> int:
    """The rater's whole sheet with one score for all; more: by the ratee's name."""
    ballots = {
        one.ratee_id: marks(more.get(one.ratee.name, score))
        for one in RatingTask.objects.filter(cycle=cycle, rater=rater, done=False).select_related("ratee")
    }
    return rating_submit(cycle=cycle, rater=rater, ballots=ballots, on=ON)
