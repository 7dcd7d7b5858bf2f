"""Applications in bulk: from a workbook, into the batches once they are planned, and the weights of
scores."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments import states
from appointments.models import Application, Batch, BatchPost, Candidacy, ItemScore, Round
from appointments.rules.post_groups import set_reasons
from appointments.selectors.assessment import REGISTERED
from appointments.selectors.post_groups import chosen_elsewhere, post_sets
from appointments.states import ApplicationState, BatchState, RoundState
from reform.errors import Refused
from reform.models import Position, Upload
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all, set_states
from reform.services.steps import require_permission

from .applications import APPLIED_FOR

_OVER = (RoundState.COMPLETED, RoundState.TERMINATED)
_CHOOSING = (BatchState.PLANNED, BatchState.PUBLISHED, BatchState.APPLYING, BatchState.SCREENING)
_SCORING = (*_CHOOSING, BatchState.ASSESSING)
_FORM = ("accepts_adjustment", "declares_kin", "achievements", "rewards", "remark", "sort_no")


@dataclass(frozen=True)
class ApplicationEntry:
    """One line of a workbook: `choices` are position ids in order; `scores` item → score. What the sheet has
    no column for is None and left as it is."""

    person_id: int
    name: str
    choices: tuple[int, ...]
    scores: Mapping[str, Decimal] = field(default_factory=dict)
    accepts_adjustment: bool | None = None
    declares_kin: bool | None = None
    achievements: str | None = None
    rewards: str | None = None
    remark: str | None = None
    sort_no: int | None = None

    @property
    def form(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in _FORM}
        return {name: value for name, value in values.items() if value is not None}


@dataclass
class Registered:
    """What became of the entries: `outcomes` in their order ('created', 'changed', 'unchanged', 'refused'),
    `reasons` by the person of a refused one."""

    outcomes: list[str] = field(default_factory=list)
    reasons: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def count(self, outcome: str) -> int:
        return self.outcomes.count(outcome)

    @property
    def created(self) -> int:
        return self.count("created")

    @property
    def changed(self) -> int:
        return self.count("changed")

    @property
    def unchanged(self) -> int:
        return self.count("unchanged")


@transaction.atomic
def applications_register(
    *,
    round_: Round,
    entries: Sequence[ApplicationEntry],
    actor: AbstractBaseUser,
    on: date,
    batch: Batch | None = None,
    late_reason: str = "",
    upload: Upload | None = None,
) -> Registered:
    """Write many 报名表 with their choices and scores; the same sheet twice changes nothing. A fixed number
    of statements.

    batch None: the sheets stand outside the batches until `applications_attach_to_batches`; those that are
    in batches already are compared there.  Choices change only while all of a person's are SUBMITTED and
    nobody has screened them; scores until the totals are computed. A refused entry is left as it was.
    """
    if upload is None:  # who may bring workbooks is asked where they are handed in
        require_permission(actor, states.OFFICE, "登记报名")
    people = [entry.person_id for entry in entries]
    writer = _Writer(round_, batch, on, late_reason, chosen_elsewhere(round_, people, batch=batch))
    result = Registered()
    for entry in entries:
        outcome, reasons = writer.take(entry)
        result.outcomes.append(outcome)
        if reasons:
            result.reasons[entry.person_id] = tuple(reasons)
    if result.created or result.changed:
        _require_open(round_, batch)
        event = audit_record(
            actor=actor,
            action="登记报名",
            zone=round_.zone,
            subject=f"{batch or round_}：新增{result.created}人，变更{result.changed}人",
            reason=late_reason,
            upload=upload,
        )
        writer.write(event, actor)
    return result


def _require_open(round_: Round, batch: Batch | None) -> None:
    reasons = []
    if not round_.is_registered and round_.state in _OVER:
        reasons.append(f"轮次{RoundState(round_.state).label}，不能再登记报名")
    if batch is not None and batch.state not in _SCORING:
        reasons.append(f"批次在“{BatchState(batch.state).label}”，不能再登记报名和成绩")
    if reasons:
        raise Refused(reasons)


class _Writer:
    """The sheets of a round as they are, and what the entries make of them; written at the end."""

    def __init__(
        self,
        round_: Round,
        batch: Batch | None,
        on: date,
        late_reason: str,
        elsewhere: Mapping[int, Sequence[int]],
    ) -> None:
        self.round, self.batch, self.on, self.late_reason = round_, batch, on, late_reason
        self.sets, self.elsewhere = post_sets(round_, batch), elsewhere
        self.limit = batch.max_choices if batch else policy_of(round_.policy)["round.max_choices"]
        self.posts = _posts(round_, batch)
        self.sheets: dict[int, list[Candidacy]] = defaultdict(list)
        self.choices: dict[int, list[Application]] = defaultdict(list)
        self.scores: dict[int, dict[str, ItemScore]] = defaultdict(dict)
        self._load()
        self.created: list[Candidacy] = []
        self.new_choices: list[tuple[Candidacy, int, int]] = []
        self.new_scores: list[tuple[Candidacy, str, Decimal]] = []
        self.edits: list[Edit | None] = []
        self.removed: list[Application] = []

    def _load(self) -> None:
        own = Candidacy.objects.filter(round=self.round).exclude(
            source__in=[Candidacy.Source.TAKEN_OVER, Candidacy.Source.NOMINATED]
        )
        if self.batch is not None:
            own = own.filter(batch=self.batch)
        sheets = list(own.select_related("batch").order_by("id"))
        for sheet in sheets:
            self.sheets[sheet.person_id].append(sheet)
        rows = Application.objects.filter(candidacy__in=own).select_related(
            "candidacy__round__zone", "candidacy__person", "position__unit__parent"
        )
        for row in rows.order_by("choice_no", "id"):
            if row.state != ApplicationState.WITHDRAWN:
                self.choices[row.candidacy_id].append(row)
        for score in ItemScore.objects.filter(candidacy__in=own):
            self.scores[score.candidacy_id][score.item] = score

    def take(self, entry: ApplicationEntry) -> tuple[str, list[str]]:
        sheets = self.sheets[entry.person_id]
        is_same = bool(sheets) and self._choices_of(sheets) == list(entry.choices)
        reasons = [] if is_same else self._choice_reasons(entry)
        reasons += self._change_reasons(entry, sheets)
        if reasons:
            return "refused", reasons
        if not sheets:
            sheet = self._new_sheet(entry)
            self.sheets[entry.person_id].append(sheet)
            return "created", []
        edits = [edit(sheet, **entry.form) for sheet in sheets]
        changed = any(edits)
        self.edits += edits
        if self._choices_of(sheets) != list(entry.choices):
            self._rechoose(sheets[0], entry.choices)
            changed = True
        for sheet in sheets:
            changed |= self._rescore(sheet, entry.scores)
        return ("changed" if changed else "unchanged"), []

    def _choices_of(self, sheets: Iterable[Candidacy]) -> list[int]:
        rows = [row for sheet in sheets for row in self.choices[sheet.pk]]
        return [row.position_id for row in sorted(rows, key=lambda one: (one.choice_no, one.pk))]

    def _choice_reasons(self, entry: ApplicationEntry) -> list[str]:
        reasons = [] if entry.choices else ["没有填写志愿"]
        if len(entry.choices) > self.limit:
            reasons.append(f"填了{len(entry.choices)}个志愿，最多{self.limit}个")
        if len(set(entry.choices)) < len(entry.choices):
            reasons.append("同一岗位只能填一次")
        if not set(entry.choices) <= self.posts:
            where = f"本批次（{self.batch}）" if self.batch else "本轮的岗位设置"
            reasons.append(f"有志愿岗位不在{where}，或不接受报名")
        before = self.elsewhere.get(entry.person_id, ())
        if set(before) & set(entry.choices):
            reasons.append("有志愿岗位已在本轮其他批次报名，志愿还有效")
        return reasons + set_reasons(self.sets, [*before, *entry.choices])

    def _change_reasons(self, entry: ApplicationEntry, sheets: Sequence[Candidacy]) -> list[str]:
        """Why an existing sheet may not become what the entry says; none where it says the same."""
        reasons = []
        if self._choices_of(sheets) != list(entry.choices):
            states_ = {BatchState(sheet.batch.state) for sheet in sheets if sheet.batch}
            if self.batch:
                states_.add(BatchState(self.batch.state))
            elif states_:
                reasons.append("报名表已编入批次，志愿不同的请按批次登记或更改")
            if any(state not in _CHOOSING for state in states_):
                reasons.append("资格审查已经结束，志愿不能再更改")
            if BatchState.SCREENING in states_ and not self.late_reason.strip():
                reasons.append("报名已经截止，补报须写明原因")
            rows = [row for sheet in sheets for row in self.choices[sheet.pk]]
            if any(row.state != ApplicationState.SUBMITTED or row.conclusion for row in rows):
                reasons.append("志愿已经审查，不能再更改")
        if self._scores_differ(entry, sheets) and any(
            row.total is not None for sheet in sheets for row in self.choices[sheet.pk]
        ):
            reasons.append("综合成绩已经汇总，单项成绩不能再更改")
        return reasons

    def _scores_differ(self, entry: ApplicationEntry, sheets: Sequence[Candidacy]) -> bool:
        return any(
            item not in self.scores[sheet.pk] or self.scores[sheet.pk][item].score != score
            for sheet in sheets
            for item, score in entry.scores.items()
        )

    def _new_sheet(self, entry: ApplicationEntry) -> Candidacy:
        is_late = self.batch is not None and self.batch.state == BatchState.SCREENING
        sheet = Candidacy(
            round_id=self.round.pk,
            batch_id=self.batch.pk if self.batch else None,
            person_id=entry.person_id,
            source=Candidacy.Source.WORKBOOK.value,
            applied_on=self.on,
            late_reason=self.late_reason if is_late else "",
            **entry.form,
        )
        self.created.append(sheet)
        self.new_choices += [(sheet, key, number) for number, key in enumerate(entry.choices, 1)]
        self.new_scores += [(sheet, item, score) for item, score in entry.scores.items()]
        return sheet

    def _rechoose(self, sheet: Candidacy, choices: Sequence[int]) -> None:
        """All choices of the person stand on one sheet here: others were refused."""
        present = {row.position_id: row for row in self.choices[sheet.pk]}
        for number, key in enumerate(choices, 1):
            if key in present:
                self.edits.append(edit(present[key], choice_no=number))
            else:
                self.new_choices.append((sheet, key, number))
        self.removed += [row for key, row in present.items() if key not in choices]

    def _rescore(self, sheet: Candidacy, scores: Mapping[str, Decimal]) -> bool:
        changed = False
        for item, score in scores.items():
            old = self.scores[sheet.pk].get(item)
            if old is None:
                self.new_scores.append((sheet, item, score))
                changed = True
            elif old.score != score:
                self.edits.append(edit(old, score=score, steps=REGISTERED))
                changed = True
        return changed

    def write(self, event: Any, actor: AbstractBaseUser) -> None:
        set_states(
            self.removed,
            source=ApplicationState.SUBMITTED.value,
            target=ApplicationState.WITHDRAWN.value,
            event="撤回报名",
            actor=actor,
            reason="工作簿更改志愿",
        )
        save_all(event, created=self.created)
        save_all(
            event,
            changed=self.edits,
            created=[
                *(
                    Application(candidacy_id=sheet.pk, position_id=key, choice_no=number)
                    for sheet, key, number in self.new_choices
                ),
                *(
                    ItemScore(candidacy_id=sheet.pk, item=item, score=score, steps=REGISTERED)
                    for sheet, item, score in self.new_scores
                ),
            ],
        )


def _posts(round_: Round, batch: Batch | None) -> set[int]:
    """Posts that may be chosen: those of the batch that are open to applications, else all of the round."""
    if batch is None:
        return set(
            Position.objects.filter(setup=round_.setup_id, ends_before=None).values_list("id", flat=True)
        )
    return set(
        BatchPost.objects.filter(batch=batch, state=BatchPost.State.OPEN, method__in=APPLIED_FOR).values_list(
            "position_id", flat=True
        )
    )
