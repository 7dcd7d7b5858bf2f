"""民主测评: what is asked of a rater, how far it has come, and the means of groups; never a single ballot."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from kpi.models import Cycle, Period, RaterGroup, RatingBallot, RatingTask
from kpi.rules.personal import (
    FACTORS,
    factor_weights,
    in_order,
    takes_year_end,
)
from kpi.states import CycleState
from reform.models import Person, Tenure, TenureKind
from reform.selectors import policy_of, tenures_as_of

from .raters import GROUP_OF, rating_day

# Ballots are taken until the results are computed for calibration.
RATED_IN = (CycleState.COLLECTING, CycleState.REVIEWING, CycleState.SCORING)


@dataclass(frozen=True)
class Asked:
    """One person on a rater's sheet, with unit and post of the day."""

    task: RatingTask
    unit: str
    post: str

    @property
    def is_peer(self) -> bool:
        """Whether the limit of 优秀 tickets counts this one."""
        return self.task.group in (RaterGroup.UNIT, RaterGroup.PEER)


@dataclass(frozen=True)
class RatingSheet:
    """What a rater is asked in a cycle. factors: key, word and weight.  line: from which a rating is an
    优秀 ticket.  most_excellent: how many of those the sheet may give in all."""

    cycle: Cycle
    asked: tuple[Asked, ...]
    done: int
    factors: tuple[tuple[str, str, Decimal], ...]
    line: Decimal
    share: Decimal

    @property
    def is_open(self) -> bool:
        return self.cycle.state in RATED_IN

    @property
    def peers(self) -> int:
        return sum(1 for one in self.asked if one.is_peer)

    @property
    def most_excellent(self) -> int:
        return int(self.share * self.peers / 100)


@dataclass(frozen=True)
class Progress:
    """How many ballots of a group were asked of a unit's people, and how many are in."""

    unit: str
    group: str
    asked: int
    done: int

    @property
    def left(self) -> int:
        return self.asked - self.done


def takes_ratings(cycle: Cycle) -> bool:
    """Whether ballots make personal scores in a cycle: a quarter, or a year that has a 年终考核; where a
    sheet's formula says how they are made, they do not."""
    if cycle.formula:
        return False
    if cycle.period == Period.YEAR:
        return takes_year_end(policy_of(cycle.policy))
    return bool(cycle.period == Period.QUARTER)


def rating_cycles(person: Person) -> list[tuple[Cycle, int]]:
    """Cycles in which a person has somebody to rate, with how many; the latest first. One statement."""
    open_tasks = Q(rating_tasks__rater=person, rating_tasks__done=False)
    found = Cycle.objects.filter(state__in=RATED_IN).annotate(left=Count("rating_tasks", filter=open_tasks))
    rows = found.filter(left__gt=0).select_related("zone", "policy").order_by("-starts_on")
    return [(one, one.left) for one in rows]


def rating_sheet(cycle: Cycle, rater: Person, on: date) -> RatingSheet:
    """Whom a rater has yet to rate: themselves, then leaders' and colleagues' sheet in the zone's order."""
    policy = policy_of(cycle.policy)
    rows = RatingTask.objects.filter(cycle=cycle, rater=rater)
    tasks = list(rows.filter(done=False).select_related("ratee"))
    posts = _posts(cycle, {one.ratee_id for one in tasks}, on)
    order = list(GROUP_OF.values())
    tasks.sort(
        key=lambda one: (
            one.group != RaterGroup.SELF,
            order.index(RaterGroup(one.group)),
            one.ratee.sort_no,
            one.ratee_id,
        )
    )
    weights = factor_weights(policy)
    return RatingSheet(
        cycle=cycle,
        asked=tuple(Asked(one, *posts.get(one.ratee_id, ("", ""))) for one in tasks),
        done=rows.filter(done=True).count(),
        factors=tuple((key, FACTORS.get(key, key), Decimal(str(one))) for key, one in in_order(weights)),
        line=Decimal(str(policy["kpi.excellent_line"])),
        share=Decimal(str(policy["kpi.personal_year"]["excellent_tickets"])),
    )


def _posts(cycle: Cycle, people: Collection[int], on: date) -> dict[int, tuple[str, str]]:
    """Person → unit and post of the day."""
    rows: list[Tenure] = list(
        tenures_as_of(cycle.zone, rating_day(cycle, on))
        .filter(person__in=people, kind=TenureKind.PRIMARY)
        .select_related("position__unit__parent")
    )
    return {one.person_id: (one.position.unit.owner.name, one.position.title) for one in rows}


def rating_progress(cycle: Cycle, on: date) -> list[Progress]:
    """Asked and done by the raters' unit and group, in the order of the units. Two statements."""
    rows = RatingTask.objects.filter(cycle=cycle).order_by()
    counts = rows.values_list("rater_id", "group").annotate(
        asked=Count("pk"), ready=Count("pk", filter=Q(done=True))
    )
    found = list(counts)
    posts = {
        one.person_id: one.position.unit.owner
        for one in tenures_as_of(cycle.zone, rating_day(cycle, on))
        .filter(kind=TenureKind.PRIMARY)
        .select_related("position__unit__parent")
    }
    sums: dict[tuple[int, int, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for rater, group, asked, ready in found:
        unit = posts.get(rater)
        key = (unit.sort_no, unit.pk, unit.name, group) if unit else (0, 0, "（已离岗）", group)
        sums[key][0] += asked
        sums[key][1] += ready
    order = list(GROUP_OF.values())
    ordered = sorted(sums.items(), key=lambda one: (*one[0][:2], order.index(RaterGroup(one[0][3]))))
    return [
        Progress(unit, RaterGroup(group).label, asked, done) for (_, _, unit, group), (asked, done) in ordered
    ]


def hides_groups(cycle: Cycle, person: Person) -> int:
    """How many ballots a group needs to be shown, where one about this person has fewer; else 0.

    The person's own ballot hides nothing from them, and takes nobody's secret.
    """
    rows = RatingBallot.objects.filter(cycle=cycle, ratee=person).exclude(group=RaterGroup.SELF)
    counts = rows.order_by().values_list("group").annotate(count=Count("pk"))
    smallest = min((count for _, count in counts), default=None)
    if smallest is None:
        return 0
    least = int(policy_of(cycle.policy)["kpi.ballots_shown"])
    return least if smallest < least else 0
