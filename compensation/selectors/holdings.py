"""What everybody held in a period, as the pay rules take it: tenures with their appointments, 待岗."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db.models import Q

from appointments.models import Appointment, Exit, Placement
from appointments.rules.locks import PROBATION_FAILED
from compensation.rules.changes import Holding, HoldingKind, change_start
from compensation.rules.policy import EffectiveRule, PayPolicy, post_coefficient
from reform.errors import RuleError
from reform.models import LadderLevel, PolicyVersion, Position, PromotionLock, Tenure, Unit, UnitKind, Zone
from reform.selectors import policy_of, policy_version_as_of

from .policy import pay_policy


@dataclass(frozen=True, slots=True)
class Post:
    """A post as a pay line shows it. order: place in the sheet. sub_level: its 档次 within its own level, 1
    the highest, 0 for none."""

    unit_id: int | None
    name: str
    title: str
    level: str
    coefficient: Decimal | None
    order: tuple[int, ...]
    sub_level: int = 0


@dataclass(frozen=True)
class LevelValues:
    """K_post and rank by level, 档次 and title under one policy. sub_levels: level → name (一级主办) → steps
    above the plain one; a post that does not say its 档次 has that of its title. written_by: the rule that
    the first days of pay on the appointments were written down by; another day was set by hand."""

    policy: PayPolicy
    ranks: Mapping[str, int]
    sub_levels: Mapping[str, Mapping[str, int]]
    written_by: EffectiveRule

    def coefficient(self, level: str, post: Post) -> Decimal:
        """A post's own coefficient where it is held at its own level, else the policy's of the level held."""
        if post.coefficient is not None and post.level == level:
            return post.coefficient
        names = self.sub_levels.get(level, {})
        if not post.sub_level or post.level != level:
            return post_coefficient(self.policy, level, names.get(post.title, 0))
        if post.sub_level > len(names):
            raise RuleError(
                f"岗位“{post.name}”是层级“{level}”的第{post.sub_level}档，政策的层级表中该层级有"
                f"{len(names)}个档次。请改正岗位的档次或层级表。"
            )
        return post_coefficient(self.policy, level, len(names) - post.sub_level)


@dataclass(frozen=True)
class Held:
    """Holdings by person, and what cannot be paid as it stands. posts: of each holding, at the same place.
    levels: code of each holding, at the same place."""

    holdings: dict[int, list[Holding]] = field(default_factory=dict)
    posts: dict[int, list[Post]] = field(default_factory=dict)
    levels: dict[int, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, person: int, holding: Holding, post: Post, level: str) -> None:
        self.holdings.setdefault(person, []).append(holding)
        self.posts.setdefault(person, []).append(post)
        self.levels.setdefault(person, []).append(level)

    def place_of(self, person: int, name: str, rank: int) -> tuple[Post, str] | None:
        """The post and the level behind a paid span, by what the span is called."""
        found = None
        rows = zip(self.holdings[person], self.posts[person], self.levels[person], strict=True)
        for holding, post, level in rows:
            if holding.name == name and holding.rank == rank:
                found = (post, level)
        return found


def holdings_of(zone: Zone, first: date, ends_before: date) -> dict[int, list[Holding]]:
    """Person → everything held that pay of the days from `first` to `ends_before` (excluded) depends on,
    under the policy of the first day; a fixed number of statements."""
    version = policy_version_as_of(zone, first)
    policy = pay_policy(policy_of(version))
    return held_in(zone, first, ends_before, level_values(version, policy)).holdings


def level_values(
    version: PolicyVersion, policy: PayPolicy, written_by: EffectiveRule | None = None
) -> LevelValues:
    """The ladder of a version with its 档次, for a policy that may differ from the version's own: then
    written_by is the version's own rule."""
    ranks, subs = {}, {}
    rows = LadderLevel.objects.filter(version=version).order_by("id")
    for code, rank, is_outside, words in rows.values_list("code", "rank_order", "is_outside", "sub_levels"):
        ranks[code] = 0 if is_outside else rank
        # Listed from the highest down; the lowest is the plain one.
        subs[code] = {word: len(words) - 1 - place for place, word in enumerate(words)}
    return LevelValues(policy, ranks, subs, written_by or policy.effective_rule)


def held_in(zone: Zone, first: date, ends_before: date, values: LevelValues) -> Held:
    """As holdings_of, with the posts and with what stands against paying."""
    posts = posts_of(zone)
    terms = _terms(zone)
    failed = _failed_probations(zone)
    rows = Tenure.objects.filter(zone=zone).order_by("person_id", "starts_on", "id")
    held = Held()
    names = _Names(values, held.faults)
    relevant: set[int] = set()
    by_decision = values.policy.effective_rule == EffectiveRule.DECISION_DAY
    for key, person, position, level, kind, starts_on, closes in rows.values_list(
        "id", "person_id", "position_id", "held_level", "kind", "starts_on", "ends_before"
    ):
        decided_on, pays_from, probation = terms.get(key, (None, None, None))
        # Pay may begin before the post does: by a day set by hand, or with the decision.
        early = decided_on if by_decision else None
        if starts_on and min(one for one in (starts_on, pays_from, early) if one) >= ends_before:
            continue
        post = posts[position]
        coefficient, rank = names.of(level, post)
        if closes is None or closes > first:
            relevant.add(person)
        if closes is not None and closes >= ends_before:
            closes = None  # what happens later is nothing to this period
        if starts_on and pays_from == change_start(values.written_by, starts_on, decided_on):
            pays_from = None  # by the rule, which may be another one here
        holding = Holding(
            starts_on,
            closes,
            coefficient,
            rank,
            post.name,
            HoldingKind(kind),
            decided_on,
            pays_from,
            probation,
            (person, starts_on) in failed,
        )
        held.add(person, holding, post, level)
    _add_waiting(zone, first, ends_before, held, relevant)
    for person in [one for one in held.holdings if one not in relevant]:
        del held.holdings[person], held.posts[person], held.levels[person]
    return held


class _Names:
    """Coefficient and rank of each level and post, looked up once; what is missing is told once."""

    def __init__(self, values: LevelValues, faults: list[str]) -> None:
        self.values, self.faults = values, faults
        self.known: dict[tuple[str, str, Decimal | None, int], tuple[Decimal, int]] = {}

    def of(self, level: str, post: Post) -> tuple[Decimal, int]:
        own = (post.coefficient, post.sub_level) if post.level == level else (None, 0)
        key = (level, post.title, *own)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._read(level, post)
        return found

    def _read(self, level: str, post: Post) -> tuple[Decimal, int]:
        rank = self.values.ranks.get(level, 0)
        try:
            return self.values.coefficient(level, post), rank
        except RuleError as fault:
            text = str(fault).rstrip("。")
            if text not in self.faults:
                self.faults.append(text)
            return Decimal(0), rank


def posts_of(zone: Zone) -> dict[int, Post]:
    """Every position of a zone by key: two statements."""
    units = {
        key: (name, kind, parent, sort_no)
        for key, name, kind, parent, sort_no in Unit.objects.filter(zone=zone).values_list(
            "id", "name", "kind", "parent_id", "sort_no"
        )
    }
    posts = {}
    rows = Position.objects.filter(zone=zone).order_by("id")
    for key, unit, title, level, coefficient, sort_no, sub_level in rows.values_list(
        "id", "unit_id", "title", "level", "coefficient", "sort_no", "sub_level"
    ):
        name, kind, parent, place = units[unit]
        order = (place, unit, 0, 0, sort_no)
        if kind == UnitKind.SECTION and parent is not None:
            name = f"{units[parent][0]}·{name}"
            order = (units[parent][3], parent, 1, place, sort_no)
        posts[key] = Post(unit, f"{name}·{title}", title, level, coefficient, order, sub_level)
    return posts


def parents_of(zone: Zone) -> dict[int, int | None]:
    """Unit → the unit above it."""
    return dict(Unit.objects.filter(zone=zone).values_list("id", "parent_id"))


def _terms(zone: Zone) -> dict[int, tuple[date | None, date | None, date | None]]:
    """Tenure → (decided on, first day of pay, end of the probation) of the appointment behind it."""
    rows = Appointment.objects.filter(zone=zone, tenure__isnull=False).filter(
        Q(decided_on__isnull=False) | Q(pay_starts_on__isnull=False) | Q(probation_ends_before__isnull=False)
    )
    return {
        tenure: (decided_on, pays_from, probation)
        for tenure, decided_on, pays_from, probation in rows.order_by("id").values_list(
            "tenure_id", "decided_on", "pay_starts_on", "probation_ends_before"
        )
        if tenure is not None
    }


def _failed_probations(zone: Zone) -> set[tuple[int, date]]:
    """(person, first day in the old level) of everybody who failed a probation: the lock says so."""
    rows = PromotionLock.objects.filter(person__zone=zone, cause=PROBATION_FAILED)
    return set(rows.order_by().values_list("person_id", "starts_on"))


def _add_waiting(zone: Zone, first: date, ends_before: date, held: Held, relevant: set[int]) -> None:
    """待岗 follows the post that was left, at its coefficient, until the next post or the day of leaving."""
    rows = Placement.objects.filter(round__zone=zone, waiting_from__lt=ends_before)
    exits = dict(
        Exit.objects.filter(round__zone=zone).order_by("left_on").values_list("person_id", "left_on")
    )
    for person, since in rows.order_by("waiting_from", "id").values_list("person_id", "waiting_from"):
        former = _former(held, person, since)
        if since is None or former is None:
            continue
        holding, post, level = former
        ends = _waiting_end(held.holdings[person], since, exits.get(person))
        if ends is not None and ends <= since:
            continue
        if ends is None or ends > first:
            relevant.add(person)
        if ends is not None and ends >= ends_before:
            ends = None
        waiting = replace(
            holding,
            starts_on=since,
            ends_before=ends,
            kind=HoldingKind.WAITING,
            name=f"{holding.name}（待岗）",
            decided_on=None,
            pays_from=None,
            probation_ends_before=None,
            after_failed_probation=False,
        )
        held.add(person, waiting, post, level)


def _former(held: Held, person: int, since: date | None) -> tuple[Holding, Post, str] | None:
    """The main post held last before 待岗."""
    found = None
    for one in zip(
        held.holdings.get(person, ()), held.posts.get(person, ()), held.levels.get(person, ()), strict=True
    ):
        if since and one[0].kind == HoldingKind.PRIMARY and one[0].begins_on < since:
            found = one
    return found


def _waiting_end(holdings: Iterable[Holding], since: date, left_on: date | None) -> date | None:
    following = [one.begins_on for one in holdings if one.kind == HoldingKind.PRIMARY]
    ends = [one for one in following if one > since]
    if left_on is not None and left_on > since:
        ends.append(left_on)
    return min(ends, default=None)
