"""等次分布 vs 名额 (domain.md §11 no. 8): unit by unit how many have which grade, beside the quota they
share."""

from collections.abc import Sequence
from dataclasses import dataclass

from kpi.rules.grading import GRADES, Grading, Participant


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """counts: A–D, in this order.  ungraded: 不定等次 of those who take part.  excluded: who does not count
    in n. group: whose quota the unit shares; quota, used, remaining: of the group, 0 where nobody takes
    part."""

    unit: str
    group: str
    n: int
    counts: tuple[int, ...]
    ungraded: int
    excluded: int
    quota: int = 0
    used: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts) + self.ungraded + self.excluded

    @property
    def remaining(self) -> int:
        return self.quota - self.used


def grade_spread(people: Sequence[Participant], grading: Grading) -> tuple[SpreadRow, ...]:
    """One row for each unit, by name; quotas are of groups, so add them up over `grading.quotas`, not here.

    people: the same as were graded.
    """
    graded = grading.by_key
    quotas = {quota.group: quota for quota in grading.quotas}
    by_unit: dict[str, list[Participant]] = {}
    for one in people:
        by_unit.setdefault(one.unit, []).append(one)
    rows = []
    for unit, members in sorted(by_unit.items()):
        taking_part = [graded[one.key] for one in members if not one.exclusion]
        grades = [one.grade for one in taking_part]
        group = taking_part[0].group if taking_part else ""
        quota = quotas.get(group)
        rows.append(
            SpreadRow(
                unit,
                group,
                len(taking_part),
                tuple(grades.count(grade) for grade in GRADES),
                grades.count(None),
                len(members) - len(taking_part),
                quota.quota if quota else 0,
                quota.used if quota else 0,
            )
        )
    return tuple(rows)
