"""Sheets that came in before the batches were planned go into them; and the weights of a round's scores."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments import states
from appointments.models import Application, Batch, BatchPost, Candidacy, ItemScore, Round
from appointments.rules.assessment import weights_reasons
from appointments.selectors.round_facts import weights_of
from appointments.states import LIVE, BatchState, RoundState
from reform.errors import Refused
from reform.models import Upload
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import require_permission

from .applications import APPLIED_FOR

_OPEN = (BatchState.PLANNED, BatchState.PUBLISHED, BatchState.APPLYING)
_COPIED = (
    "source",
    "accepts_adjustment",
    "declares_kin",
    "achievements",
    "rewards",
    "remark",
    "late_reason",
    "applied_on",
    "sort_no",
)


@dataclass
class Attached:
    """attached: choices that went into a batch; left: choices that stay outside, in words with the reason."""

    attached: int = 0
    left: list[str] = field(default_factory=list)


@transaction.atomic
def applications_attach_to_batches(*, round_: Round, actor: AbstractBaseUser) -> Attached:
    """Split the sheets without a batch by the batch of each post; a choice keeps its number, so that the
    person's order stays known across batches. A fixed number of statements.

    Only batches that still take applications; a person who has a sheet in the batch already keeps that one.
    """
    require_permission(actor, states.OFFICE, "编入批次")
    batch_of = _batch_by_post(round_)
    taken: set[tuple[int | None, int]] = set(
        Candidacy.objects.filter(round=round_, batch__isnull=False).values_list("batch_id", "person_id")
    )
    sheets = list(Candidacy.objects.filter(round=round_, batch=None).select_related("person").order_by("id"))
    choices: dict[int, list[Application]] = defaultdict(list)
    rows = Application.objects.filter(candidacy__in=sheets, state__in=LIVE)
    for row in rows.select_related("position__unit__parent").order_by("choice_no", "id"):
        choices[row.candidacy_id].append(row)
    scores: dict[int, list[ItemScore]] = defaultdict(list)
    for score in ItemScore.objects.filter(candidacy__in=sheets):
        scores[score.candidacy_id].append(score)
    result = Attached()
    edits: list[Edit | None] = []
    made: list[tuple[Candidacy, Candidacy, list[Application]]] = []
    for sheet in sheets:
        groups, left = _grouped(sheet, choices[sheet.pk], batch_of, taken)
        result.left += left
        result.attached += sum(len(group) for group in groups.values())
        remaining = list(groups.items())
        if remaining and not left:  # nothing stays outside: the sheet itself goes into the first batch
            batch_id, _ = remaining.pop(0)
            edits.append(edit(sheet, batch_id=batch_id))
        for batch_id, group in remaining:
            made.append((sheet, _copy(sheet, batch_id), group))
    if not result.attached:
        return result
    subject = f"{round_}：{result.attached}个志愿"
    event = audit_record(actor=actor, action="编入批次", zone=round_.zone, subject=subject)
    save_all(event, changed=edits, created=[copy for _, copy, _ in made])
    save_all(
        event,
        changed=[edit(row, candidacy_id=copy.pk) for _, copy, group in made for row in group],
        created=[
            ItemScore(candidacy_id=copy.pk, item=one.item, score=one.score, steps=one.steps)
            for sheet, copy, _ in made
            for one in scores[sheet.pk]
        ],
    )
    return result


def _batch_by_post(round_: Round) -> dict[int, Batch]:
    """Position id → the first batch that takes applications for it."""
    posts = BatchPost.objects.filter(
        batch__round=round_, batch__state__in=_OPEN, state=BatchPost.State.OPEN, method__in=APPLIED_FOR
    )
    found: dict[int, Batch] = {}
    for post in posts.select_related("batch").order_by("batch__sort_no", "batch__code"):
        found.setdefault(post.position_id, post.batch)
    return found


def _grouped(
    sheet: Candidacy,
    choices: Sequence[Application],
    batch_of: Mapping[int, Batch],
    taken: set[tuple[int | None, int]],
) -> tuple[dict[int, list[Application]], list[str]]:
    groups: dict[int, list[Application]] = defaultdict(list)
    left = []
    for row in choices:
        batch = batch_of.get(row.position_id)
        if batch is None:
            left.append(f"{sheet.person}：“{row.position}”还没有编入接受报名的批次")
        elif (batch.pk, sheet.person_id) in taken:
            left.append(f"{sheet.person}：在{batch}另有报名表，“{row.position}”请在那里登记")
        elif len(groups[batch.pk]) >= batch.max_choices:
            left.append(f"{sheet.person}：{batch}最多{batch.max_choices}个志愿，“{row.position}”未编入")
        else:
            groups[batch.pk].append(row)
    ordered = sorted(
        ((key, group) for key, group in groups.items() if group), key=lambda one: one[1][0].choice_no
    )
    return dict(ordered), left


def _copy(sheet: Candidacy, batch_id: int) -> Candidacy:
    return Candidacy(
        round_id=sheet.round_id,
        batch_id=batch_id,
        person_id=sheet.person_id,
        **{name: getattr(sheet, name) for name in _COPIED},
    )


@transaction.atomic
def round_weights_set(
    *,
    round_: Round,
    weights: Mapping[str, Mapping[str, Decimal | int]],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> bool:
    """Store the weights of a round (range of levels, or *, → item → per cent); returns whether it changed.

    They are part of the plan: once it is approved, only the same ones may come again. A registered round has
    no plan to keep.  Raises Refused for unknown items and sums other than 100.
    """
    if upload is None:  # who may bring workbooks is asked where they are handed in
        require_permission(actor, states.OFFICE, "设定考评权重")
    reasons = weights_reasons(weights)
    plain = {levels: {item: _plain(one) for item, one in items.items()} for levels, items in weights.items()}
    now = weights_of(round_, policy_of(round_.policy))
    is_kept = round_.state != RoundState.DRAFT and not round_.is_registered
    if is_kept and _comparable(now) != _comparable(plain):
        reasons.append("方案已经批准，考评权重不能再改")
    if reasons:
        raise Refused(reasons)
    if _comparable(round_.weights) == _comparable(plain):
        return False
    event = audit_record(
        actor=actor,
        action="设定考评权重",
        zone=round_.zone,
        subject=str(round_),
        details=dict(plain),
        upload=upload,
    )
    save_all(event, changed=[edit(round_, weights=plain)])
    return True


def _plain(percent: Decimal | int) -> int | str:
    """As JSON keeps it exactly."""
    number = Decimal(str(percent))
    return int(number) if number == number.to_integral_value() else str(number.normalize())


def _comparable(weights: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Decimal]]:
    return {
        levels: {item: Decimal(str(one)) for item, one in items.items() if Decimal(str(one))}
        for levels, items in weights.items()
    }
