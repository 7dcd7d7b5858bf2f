"""薪酬变动: whose standard an appointment document changes, from what to what, and from which day (domain.md
§3a, §7 Pay change)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from appointments.models import Appointment, Document, DocumentLine
from appointments.selectors.documents import document_lines
from appointments.states import AppointmentState
from compensation.rules.changes import PAID, Holding, HoldingKind, PaySpan, change_start, pay_spans
from compensation.rules.figures import money_text, number_text, total_of
from compensation.rules.policy import PayPolicy
from compensation.rules.standard import standard
from reform.errors import Refused, RuleError
from reform.ladder import Ladder
from reform.models import PolicyVersion, TenureKind, Zone
from reform.selectors import policy_of, policy_version_as_of

from .holdings import Held, LevelValues, held_in, level_values, posts_of
from .holdings import Post as PayPost
from .outcome import NOTHING
from .policy import pay_policy

_DAY = timedelta(days=1)
_NEW = "新岗位"  # what the span of the new post is called here; no post is called so


@dataclass(frozen=True)
class PayChange:
    """One person whose pay the document changes. before: None for 待岗, which is paid by the month; nothing
    for who joins. starts_on: the first day of the new pay. note: what is paid otherwise for a time."""

    person_id: int
    name: str
    unit: str
    post_before: str
    level_before: str
    before: Decimal | None
    post_after: str
    level_after: str
    after: Decimal
    starts_on: date
    note: str

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None else self.after - self.before


@dataclass(frozen=True)
class PayChanges:
    """The changes of a document in the order of its lines. unchanged: how many keep their standard.
    without: whom it names without an appointment that could be computed."""

    document: Document
    policy: PolicyVersion
    people: tuple[PayChange, ...]
    unchanged: int
    without: tuple[str, ...]

    @property
    def compared(self) -> tuple[PayChange, ...]:
        """Those with a difference: what the totals are of."""
        return tuple(one for one in self.people if one.difference is not None)

    @property
    def before(self) -> Decimal:
        return total_of([one.before or NOTHING for one in self.compared])

    @property
    def after(self) -> Decimal:
        return total_of([one.after for one in self.compared])

    @property
    def difference(self) -> Decimal:
        return self.after - self.before

    @property
    def risen(self) -> int:
        return sum(1 for one in self.compared if (one.difference or NOTHING) > 0)

    @property
    def fallen(self) -> int:
        return sum(1 for one in self.compared if (one.difference or NOTHING) < 0)


def pay_documents(zone: Zone) -> QuerySet[Document]:
    """The 聘任文件 of a zone, latest first, each with how many it appoints."""
    rows = Document.objects.filter(zone=zone, kind=Document.Kind.APPOINTMENT).select_related(
        "zone", "reviewed_by"
    )
    appointed = Count("lines", filter=Q(lines__kind=DocumentLine.Kind.APPOINT))
    return rows.annotate(appointed=appointed).order_by("-year", "-number", "-id")


def pay_changes(document: Document) -> PayChanges:
    """Whose pay a document changes, by the policy in force on the first day of the new pay; a fixed number of
    statements.

    Raises Refused where the policy has no coefficient of a level, or the document names no appointment.
    """
    lines = document_lines(document)
    rows = _appointments(lines)
    if not rows:
        raise Refused([f"“{document}”里没有主任职的聘任，没有薪酬变动"])
    first = min(one.starts_on for one in rows)
    version, policy = _policy(document.zone, document.effective_on or first)
    values = level_values(version, policy)
    last = max(one.starts_on for one in rows)
    held = held_in(document.zone, first - _DAY, last + _DAY, values)
    comparing = _Comparing(policy, values, policy_of(version).ladder, held, posts_of(document.zone))
    found = [comparing.change(one) for one in rows]
    faults = list(dict.fromkeys([*held.faults, *comparing.faults]))
    if faults:
        raise Refused(faults)
    people = tuple(one for one in found if one is not None)
    covered = {one.person_id: one.person.name for one in rows}
    without = [line.person_name for line in lines if line.appointment is None]
    return PayChanges(
        document,
        version,
        people,
        len(rows) - len(people),
        tuple(name for name in dict.fromkeys(without) if name not in covered.values()),
    )


def _appointments(lines: Iterable[DocumentLine]) -> list[Appointment]:
    """The main posts that a document gives, each once; one that ended before it began gives nothing."""
    found: dict[int, Appointment] = {}
    for line in lines:
        one = line.appointment
        if line.kind != DocumentLine.Kind.APPOINT or one is None or one.kind != TenureKind.PRIMARY:
            continue
        if one.state != AppointmentState.TERMINATED or one.tenure_id is not None:
            found.setdefault(one.pk, one)
    return list(found.values())


def _policy(zone: Zone, effective_on: date) -> tuple[PolicyVersion, PayPolicy]:
    """The version that the new pay is computed by: in force on its first day."""
    rule = pay_policy(policy_of(policy_version_as_of(zone, effective_on))).effective_rule
    version = policy_version_as_of(zone, change_start(rule, effective_on, None))
    return version, pay_policy(policy_of(version))


@dataclass(frozen=True)
class _Former:
    """What was held right before."""

    holding: Holding
    post: PayPost
    level: str


class _Comparing:
    """Posts before and after under one policy; what has no coefficient is told once."""

    def __init__(
        self,
        policy: PayPolicy,
        values: LevelValues,
        ladder: Ladder,
        held: Held,
        posts: dict[int, PayPost],
    ) -> None:
        self.policy, self.values, self.ladder, self.held, self.posts = policy, values, ladder, held, posts
        self.faults: list[str] = []

    def change(self, row: Appointment) -> PayChange | None:
        """What an appointment changes; None where the standard stays as it was."""
        former, post = self._former(row), self.posts[row.position_id]
        try:
            new = self._holding(row, post)
            spans = self._spans(row, new)
        except RuleError as fault:
            self.faults.append(f"{row.person.name}：{str(fault).rstrip('。')}")
            return None
        after = self._standard(new.coefficient)
        before: Decimal | None = NOTHING
        if former is not None:
            is_waiting = former.holding.kind == HoldingKind.WAITING
            before = None if is_waiting else self._standard(former.holding.coefficient)
        if before == after and all(span.factor == 1 for span in spans):
            return None
        return PayChange(
            person_id=row.person_id,
            name=row.person.name,
            unit=row.position.unit.owner.name,
            post_before=former.holding.name if former else "",
            level_before=self.ladder.name_of(former.level) if former else "",
            before=before,
            post_after=post.name,
            level_after=self.ladder.name_of(row.held_level),
            after=after,
            starts_on=spans[0].starts_on,
            note=self._note(former, spans),
        )

    def _standard(self, coefficient: Decimal) -> Decimal:
        return standard(self.policy, coefficient).standard

    def _former(self, row: Appointment) -> _Former | None:
        """The main post or 待岗 held right up to the day of an appointment."""
        held, key, found = self.held, row.person_id, None
        parts = (held.holdings.get(key, ()), held.posts.get(key, ()), held.levels.get(key, ()))
        for holding, post, level in zip(*parts, strict=True):
            if holding.kind not in PAID or not holding.begins_on < row.starts_on <= holding.closes_before:
                continue
            if found is None or holding.begins_on >= found.holding.begins_on:
                found = _Former(holding, post, level)
        return found

    def _holding(self, row: Appointment, post: PayPost) -> Holding:
        """The post that the appointment gives, whether it is in force yet or not."""
        pays_from = row.pay_starts_on
        if pays_from == change_start(self.policy.effective_rule, row.starts_on, row.decided_on):
            pays_from = None
        return Holding(
            row.starts_on,
            None,
            self.values.coefficient(row.held_level, post),
            self.values.ranks.get(row.held_level, 0),
            _NEW,
            HoldingKind.PRIMARY,
            row.decided_on,
            pays_from,
            row.probation_ends_before,
        )

    def _spans(self, row: Appointment, new: Holding) -> Sequence[PaySpan]:
        """How the new post is paid after all that was held before it, as a run would pay it."""
        earlier = [
            replace(one, ends_before=min(one.closes_before, row.starts_on))
            for one in self.held.holdings.get(row.person_id, ())
            if one.begins_on < row.starts_on
        ]
        return [span for span in pay_spans(self.policy, [*earlier, new]) if span.name == _NEW]

    def _note(self, former: _Former | None, spans: Sequence[PaySpan]) -> str:
        notes = []
        if former is None:
            notes.append("新进")
        elif former.holding.kind == HoldingKind.WAITING:
            notes.append("原为待岗，待岗工资按月计，不列差额")
        for span in spans:
            until = "" if span.ends_before == date.max else f"至{span.ends_before - _DAY:%Y-%m-%d}"
            paid = standard(self.policy, span.coefficient, span.factor).standard
            if span.factor != 1:
                notes.append(f"试用期系数{number_text(span.factor)}，按{money_text(paid)}元计发{until}")
            if span.protected is not None:
                top_up = max(NOTHING, self._standard(span.protected) - paid)
                notes.append(f"过渡补差每月{money_text(top_up)}元{until}")
        return "；".join(notes)
