"""What the promotions and demotions of a round cost: by the standards of the posts before and now, at
coefficient 1 (domain.md §11 no. 10)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from appointments.models import Round
from appointments.rules.change import ChangeKind
from appointments.selectors import change_summary, rounds_of
from appointments.selectors.figures import PersonChange, Post, people_with
from compensation.models import PayRun
from compensation.rules.changes import change_start
from compensation.rules.policy import PayPolicy
from compensation.rules.standard import standard
from reform.selectors import policy_of

from .holdings import LevelValues, level_values, posts_of
from .holdings import Post as PayPost
from .outcome import NOTHING
from .policy import pay_policy


@dataclass(frozen=True)
class PersonMove:
    """One person who rose or fell. monthly: the difference of the standards; yearly: in the months of the
    year from the first day of the new pay."""

    person_id: int
    name: str
    level_before: str
    level_after: str
    starts_on: date
    months: int
    monthly: Decimal

    @property
    def yearly(self) -> Decimal:
        return self.monthly * self.months


@dataclass(frozen=True)
class MoveCosts:
    """Those who rose and who fell in a round, and what it comes to in a year."""

    round: Round
    year: int
    risen: tuple[PersonMove, ...]
    fallen: tuple[PersonMove, ...]


def monthly_of(moves: tuple[PersonMove, ...]) -> Decimal:
    """What moves come to in a month, in yuan."""
    return sum((one.monthly for one in moves), NOTHING)


def yearly_of(moves: tuple[PersonMove, ...]) -> Decimal:
    """What moves come to in the run's year, in yuan."""
    return sum((one.yearly for one in moves), NOTHING)


def move_costs(run: PayRun) -> MoveCosts | None:
    """The costs in a run's year of the latest round in force by its end; None where there is none.

    Raises RuleError where the policy has no coefficient of a level. A fixed number of statements.
    """
    rounds = [one for one in rounds_of(run.zone) if one.in_force_on and one.in_force_on < run.ends_before]
    if not rounds:
        return None
    round_ = max(rounds, key=lambda one: one.in_force_on)
    summary = change_summary(round_)
    policy = pay_policy(policy_of(run.policy))
    costing = _Costing(policy, level_values(run.policy, policy), posts_of(run.zone), run.starts_on.year)
    return MoveCosts(
        round_,
        run.starts_on.year,
        costing.moves(people_with(summary.people, ChangeKind.PROMOTION), round_.in_force_on),
        costing.moves(people_with(summary.people, ChangeKind.DEMOTION), round_.in_force_on),
    )


class _Costing:
    """Standards of posts under one policy."""

    def __init__(self, policy: PayPolicy, values: LevelValues, posts: dict[int, PayPost], year: int) -> None:
        self.policy, self.values, self.posts, self.year = policy, values, posts, year

    def moves(self, people: list[PersonChange], in_force_on: date) -> tuple[PersonMove, ...]:
        found = []
        starts_on = change_start(self.policy.effective_rule, in_force_on, None)
        for one in people:
            if one.before is None or one.after is None:
                continue
            found.append(
                PersonMove(
                    one.person_id,
                    one.name,
                    one.before.level,
                    one.after.level,
                    starts_on,
                    self._months(starts_on),
                    self._standard(one.after) - self._standard(one.before),
                )
            )
        return tuple(found)

    def _months(self, starts_on: date) -> int:
        """Months of the year from that of the first day on."""
        if starts_on.year == self.year:
            return 12 - starts_on.month + 1
        return 12 if starts_on.year < self.year else 0

    def _standard(self, post: Post) -> Decimal:
        coefficient = self.values.coefficient(post.level, self.posts[post.position_id])
        return standard(self.policy, coefficient).standard
