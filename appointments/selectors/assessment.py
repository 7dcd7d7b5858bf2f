"""Everything that the assessment of a batch rests on, read once; the score table; what B5 looks at."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Q

from appointments.models import (
    Application,
    BallotCount,
    Batch,
    BatchPost,
    ItemScore,
    PanelMember,
    ScoreEntry,
    ScoreItem,
    ScoreSheet,
)
from appointments.rules.assessment import (
    ITEM_WORDS,
    Ballots,
    Scored,
    ballot_score,
    grade_score,
    missing_items,
    trimmed_mean,
    weighted_total,
    weights_for,
)
from appointments.rules.guards import ScoreFacts
from appointments.rules.qualification_checks import appraisal_window
from appointments.states import LIVE, ApplicationState
from reform.avoidance import avoidance_class, conflicts
from reform.ladder import Policy
from reform.models import Kinship, Position
from reform.selectors import kinship_relations, policy_of

from .applications import applications_of
from .eligibility import registered_grades, screening_day
from .round_facts import weights_of

REGISTERED = "工作簿登记"  # ItemScore.steps of a score that a workbook brought
COMPETITIVE = (Position.Method.JP, Position.Method.GX)
TO_SCORE = (ApplicationState.QUALIFIED, ApplicationState.SCORED)
_COUNTS = (
    *("expected", "present", "issued", "returned"),
    *("good", "better", "fair", "poor", "abstained", "void"),
)


class Material:
    """The panel, sheets, ballots and scores of one batch with those to be scored; a fixed number of
    statements."""

    def __init__(self, batch: Batch, on: date, policy: Policy | None = None) -> None:
        self.batch = batch
        self.policy = policy or policy_of(batch.round.policy)
        self.weights = weights_of(batch.round, self.policy)
        competed = BatchPost.objects.filter(batch=batch, method__in=COMPETITIVE).values("position")
        self.applications = list(applications_of(batch).filter(state__in=TO_SCORE, position__in=competed))
        self.panel = list(
            PanelMember.objects.filter(batch=batch).select_related("user__membership").order_by("id")
        )
        self.sheets = list(ScoreSheet.objects.filter(batch=batch).select_related("member").order_by("id"))
        self.entries: dict[int, dict[int, Decimal]] = defaultdict(dict)
        for entry in ScoreEntry.objects.filter(sheet__batch=batch):
            self.entries[entry.sheet_id][entry.candidacy_id] = entry.score
        self.ballots: dict[int, dict[str, Ballots]] = defaultdict(dict)
        for row in BallotCount.objects.filter(candidacy__batch=batch):
            self.ballots[row.candidacy_id][row.voters] = ballots_of(row)
        self.stored: dict[int, dict[str, ItemScore]] = defaultdict(dict)
        for score in ItemScore.objects.filter(candidacy__batch=batch):
            self.stored[score.candidacy_id][score.item] = score
        self.day = screening_day(batch, on)

    @cached_property
    def people(self) -> Mapping[int, int]:
        """Candidacy id → person id of those to be scored."""
        return {one.candidacy_id: one.candidacy.person_id for one in self.applications}

    @cached_property
    def names(self) -> Mapping[int, str]:
        return {one.candidacy_id: one.candidacy.person.name for one in self.applications}

    @cached_property
    def avoided(self) -> Mapping[int, Mapping[int, str]]:
        """履职回避: member id → candidacy id → 本人 or the relation."""
        return avoided_by(self.batch, self.panel, self.people)

    @cached_property
    def grades(self) -> Mapping[int, Mapping[int, str]]:
        """Person id → the annual grades that count for 业绩."""
        found = registered_grades(set(self.people.values()))
        years = self.policy["round.appraisal_years"]
        return {
            key: {year: known[year] for year in appraisal_window(known, self.day, years) if year in known}
            for key, known in found.items()
        }

    def weights_of(self, application: Application) -> Mapping[str, object]:
        """Item → per cent for the level of the post; {} where the zone scores nothing there."""
        return weights_for(application.position.level, self.weights, self.policy.ladder) or {}

    @cached_property
    def items_of(self) -> Mapping[int, set[str]]:
        """Candidacy id → items that weigh something for any of its posts."""
        found: dict[int, set[str]] = defaultdict(set)
        for one in self.applications:
            found[one.candidacy_id] |= set(self.weights_of(one))
        return found

    def sheets_of(self, item: str) -> list[ScoreSheet]:
        return [one for one in self.sheets if one.item == item]

    @property
    def unlocked(self) -> list[ScoreSheet]:
        return [one for one in self.sheets if one.locked_on is None]

    def absent(self, sheet: ScoreSheet) -> list[int]:
        """Candidacies that a sheet has to score and does not; who must stand back scores nobody near."""
        near = self.avoided.get(sheet.member_id or 0, {})
        known: Iterable[int] = self.ballots if sheet.item == ScoreItem.PEER_VOTE else self.entries[sheet.pk]
        return [
            key
            for key, items in self.items_of.items()
            if sheet.item in items and key not in near and key not in known
        ]

    def score(self, candidacy_id: int, item: str) -> Scored | None:
        """The score in one item from locked sheets or ballots, else from a workbook, else (业绩) from annual
        grades; None where something is missing yet."""
        sheets = self.sheets_of(item)
        if item == ScoreItem.PEER_VOTE and sheets:
            return self._vote(candidacy_id) if sheets[0].locked_on else None
        if any(one.member_id for one in sheets):
            return self._panel_score(candidacy_id, sheets)
        if sheets:
            score = self.entries[sheets[0].pk].get(candidacy_id)
            return Scored(score, "评分表") if score is not None and sheets[0].locked_on else None
        stored = self.stored[candidacy_id].get(item)
        if stored is not None and stored.steps == REGISTERED:
            return Scored(stored.score, REGISTERED)
        return self._from_grades(candidacy_id) if item == ScoreItem.RESULTS else None

    def _vote(self, candidacy_id: int) -> Scored | None:
        groups = self.ballots.get(candidacy_id, {})
        if not any(one.valid for one in groups.values()):
            return None
        return ballot_score(groups, self.policy["round.vote_weights"], self.policy["round.vote_values"])

    def _panel_score(self, candidacy_id: int, sheets: Sequence[ScoreSheet]) -> Scored | None:
        """Every member of the panel has scored, but for those who stand back."""
        by_member = {one.member_id: one for one in sheets}
        scores = []
        for member in self.panel:
            sheet = by_member.get(member.pk)
            if candidacy_id in self.avoided.get(member.pk, {}):
                continue
            score = self.entries[sheet.pk].get(candidacy_id) if sheet and sheet.locked_on else None
            if score is None:
                return None
            scores.append(score)
        if not scores:
            return None
        return trimmed_mean(scores, panel=len(self.panel), panel_min=self.policy["round.panel_min"])

    def _from_grades(self, candidacy_id: int) -> Scored | None:
        values = self.policy["round.grade_values"]
        grades = self.grades.get(self.people[candidacy_id], {})
        return grade_score(grades, values) if any(one in values for one in grades.values()) else None

    def scores(self, candidacy_id: int) -> dict[str, Scored]:
        """Item → score, of the items that weigh something and are complete."""
        found = {item: self.score(candidacy_id, item) for item in sorted(self.items_of[candidacy_id])}
        return {item: one for item, one in found.items() if one is not None}

    @property
    def breaches(self) -> list[str]:
        """Entries by members who should have stood back, as when a relation became known later."""
        names = {one.pk: one.name for one in self.panel}
        return [
            f"{names[sheet.member_id]}给{self.names[key]}（{word}）评了分，须回避"
            for sheet in self.sheets
            if sheet.member_id
            for key, word in self.avoided.get(sheet.member_id, {}).items()
            if key in self.entries[sheet.pk]
        ]


def ballots_of(row: BallotCount) -> Ballots:
    """The counted votes of a row as the rules take them."""
    return Ballots(**{name: getattr(row, name) for name in _COUNTS})


def avoided_by(
    batch: Batch, panel: Iterable[PanelMember], people: Mapping[int, int]
) -> dict[int, dict[int, str]]:
    """履职回避 of a panel: member id → candidacy id → 本人 or the relation.

    people: candidacy id → person id.  A member from outside is known by name and workplace, as 亲属关系表 has
    relatives from outside.
    """
    relations = kinship_relations(batch.round.zone)
    outside = _outside_relatives(set(people.values()))
    found: dict[int, dict[int, str]] = {}
    for member in panel:
        person_id = member.person_id
        if person_id is None and member.user_id:
            membership = getattr(member.user, "membership", None)
            person_id = membership.person_id if membership else None
        near = dict(conflicts(person_id, set(people.values()), relations))
        if person_id is None:
            near |= {
                key: word
                for key, name, workplace, word in outside
                if name == member.name and _same_workplace(workplace, member.workplace)
            }
        found[member.pk] = {key: near[one] for key, one in people.items() if one in near}
    return found


def _outside_relatives(people: set[int]) -> list[tuple[int, str, str, str]]:
    rows = Kinship.objects.filter(person__in=people, relative=None).order_by("id")
    values = rows.values_list("person_id", "relative_name", "workplace", "relation")
    return [
        (key, name, workplace, avoidance_class(relation).label)
        for key, name, workplace, relation in values
        if avoidance_class(relation).is_avoided
    ]


def _same_workplace(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


@dataclass(frozen=True)
class ScoreRow:
    """One applicant in the table of a post. scores: item → score as stored; steps: how each was reached.
    total_steps: how the total was reached, '' before it is."""

    application: Application
    scores: Mapping[str, Decimal]
    steps: Mapping[str, str]
    total_steps: str

    @property
    def is_tied(self) -> bool:
        return bool(self.application.tie_decided_by)


@dataclass(frozen=True)
class PostScores:
    """The score table of one post, in the order of rank. items: (item, its word, per cent); cut: the last
    rank that gets on the short list."""

    position: Position
    seats: int
    cut: int
    items: tuple[tuple[str, str, object], ...]
    rows: tuple[ScoreRow, ...]


def score_table(batch: Batch) -> list[PostScores]:
    """成绩汇总表 (layout 15) of a batch, post by post: a fixed number of statements."""
    policy = policy_of(batch.round.policy)
    weights = weights_of(batch.round, policy)
    posts = list(
        BatchPost.objects.filter(batch=batch, method__in=COMPETITIVE)
        .select_related("position__unit__parent")
        .order_by("position__sort_no", "id")
    )
    rows: dict[int, list[Application]] = defaultdict(list)
    # Who has been withdrawn since because of another post took part all the same.
    took_part = Q(state__in=[*LIVE, *_SCORED_ONCE]) | Q(state=ApplicationState.WITHDRAWN, total__isnull=False)
    for one in applications_of(batch).filter(took_part).exclude(state=ApplicationState.SUBMITTED):
        rows[one.position_id].append(one)
    scores: dict[int, dict[str, ItemScore]] = defaultdict(dict)
    for score in ItemScore.objects.filter(candidacy__batch=batch):
        scores[score.candidacy_id][score.item] = score
    table = []
    for post in posts:
        items = weights_for(post.position.level, weights, policy.ladder) or {}
        found = [_score_row(one, scores[one.candidacy_id], items) for one in rows[post.position_id]]
        found.sort(key=lambda one: (one.application.rank is None, one.application.rank or 0))
        table.append(
            PostScores(
                position=post.position,
                seats=post.seats,
                cut=policy["round.inspection_ratio"] * post.seats,
                items=tuple((item, ITEM_WORDS[item], weight) for item, weight in items.items()),
                rows=tuple(found),
            )
        )
    return table


_SCORED_ONCE = (ApplicationState.APPOINTED, ApplicationState.DROPPED, ApplicationState.NOT_SELECTED)


def _score_row(
    application: Application, scores: Mapping[str, ItemScore], weights: Mapping[str, object]
) -> ScoreRow:
    known = {item: one.score for item, one in scores.items()}
    steps = {item: one.steps for item, one in scores.items()}
    is_whole = application.total is not None and weights and not missing_items(known, weights)
    total = weighted_total(known, weights).steps if is_whole else ""
    return ScoreRow(application, known, steps, total)


def score_facts(batch: Batch, on: date) -> ScoreFacts:
    """B5: panel, sheets, what is missing, 履职回避, publication."""
    material = Material(batch, on)
    missing = []
    for key, name in material.names.items():
        items = [item for item in ITEM_WORDS if item in material.items_of[key]]
        known = {item: one.score for item, one in material.scores(key).items()}
        missing += [f"{name}{word}" for word in missing_items(known, dict.fromkeys(items, 1))]
    waiting = [
        f"{one.candidacy.person.name}综合成绩"
        for one in material.applications
        if one.state == ApplicationState.QUALIFIED
    ]
    return ScoreFacts(
        competed=BatchPost.objects.filter(
            batch=batch, method__in=COMPETITIVE, state=BatchPost.State.OPEN
        ).count(),
        panel=len(material.panel),
        panel_min=material.policy["round.panel_min"],
        unlocked=[str(one) for one in material.unlocked],
        missing=missing or waiting,
        breaches=material.breaches,
        published_on=batch.scores_published_on,
    )
