"""双向选择意向 (layout 16): what person and unit say of one application in the first or second pass."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, Batch, Intention
from appointments.states import OFFICE, PERSON, UNIT_HEADS, ApplicationState, BatchState
from reform.access import Bounds, bounds_of
from reform.errors import Refused
from reform.models import Upload
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal

from .locks import lock_batch

_S = ApplicationState
_OPEN = (_S.SHORTLISTED, _S.QUALIFIED)


@dataclass(frozen=True)
class IntentionEntry:
    """What is said of one application in one pass; None leaves what is recorded."""

    application: Application
    pass_no: int = 1
    person_agrees: bool | None = None
    unit_agrees: bool | None = None
    remark: str | None = None


@dataclass(frozen=True)
class _Right:
    """Whose word an actor may record."""

    office: bool
    units: frozenset[int]
    person_id: int | None

    def faults(self, entry: IntentionEntry, application: Application) -> list[str]:
        faults = []
        if entry.person_agrees is not None and not (
            self.office or application.candidacy.person_id == self.person_id
        ):
            faults.append("本人意向由本人填写，或由聘任办公室按书面意见登记")
        if entry.unit_agrees is not None and not (self.office or application.position.unit_id in self.units):
            faults.append("用人单位意见由该单位负责人填写，或由聘任办公室按书面意见登记")
        return faults


def _right_of(actor: AbstractBaseUser) -> _Right:
    may = getattr(actor, "has_perm", lambda _: False)
    office = may(OFFICE)
    bounds = Bounds() if office else bounds_of(actor)
    units = bounds.unit_ids if may(UNIT_HEADS) and bounds.unit_ids else frozenset()
    return _Right(office, units, bounds.person_id if may(PERSON) else None)


def intention_record(
    *,
    application: Application,
    actor: AbstractBaseUser,
    pass_no: int = 1,
    person_agrees: bool | None = None,
    unit_agrees: bool | None = None,
    remark: str | None = None,
) -> Intention:
    """Record what one side, or both, say of one application. Raises Refused with all reasons."""
    entry = IntentionEntry(application, pass_no, person_agrees, unit_agrees, remark)
    with transaction.atomic():
        refused = intentions_record(batch=_batch_of(application), entries=[entry], actor=actor)
        if refused:
            raise Refused(refused[0].reasons)
        return Intention.objects.get(application=application, pass_no=pass_no)


def _batch_of(application: Application) -> Batch:
    batch = application.candidacy.batch
    if batch is None:
        raise Refused([f"{application.candidacy.person}的报名表还没有编入批次"])
    return batch


@transaction.atomic
def intentions_record(
    *,
    batch: Batch,
    entries: Sequence[IntentionEntry],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
) -> list[Refusal]:
    """Record intentions of one batch; those that may not be recorded are reported, each with its reasons. The
    same entries a second time change nothing; a fixed number of statements."""
    batch = lock_batch(batch)
    state = batch.state
    keys = [entry.application.pk for entry in entries]
    applications = {
        one.pk: one
        for one in Application.objects.filter(candidacy__batch=batch)
        .select_related("candidacy__person", "position__unit__parent")
        .filter(pk__in=keys)
    }
    known = {
        (row.application_id, row.pass_no): row
        for row in Intention.objects.filter(application__candidacy__batch=batch)
    }
    freed = _freed_posts(batch) if state == BatchState.PUBLICITY else frozenset()
    # Who may bring workbooks is asked where they are handed in; they stand for the papers of both sides.
    right = _Right(True, frozenset(), None) if upload else _right_of(actor)
    refused: list[Refusal] = []
    created: dict[tuple[int, int], Intention] = {}
    changed: list[Edit | None] = []
    for entry in entries:
        application = applications.get(entry.application.pk)
        faults = (
            ["不在本批次中"]
            if application is None
            else [*_obstacles(entry, application, state, freed, known), *right.faults(entry, application)]
        )
        if faults:
            refused.append(Refusal(application or entry.application, tuple(faults)))
            continue
        key = entry.application.pk, entry.pass_no
        if key in known:
            changed.append(edit(known[key], **_said(entry)))
        else:
            created[key] = Intention(application_id=key[0], pass_no=key[1], **_said(entry))
    if created or any(changed):
        event = audit_record(
            actor=actor,
            action="登记双向选择意向",
            zone=batch.round.zone,
            subject=f"{batch} {len(created) + sum(1 for one in changed if one)}条",
            upload=upload,
        )
        save_all(event, changed=changed, created=list(created.values()))
    return refused


def _said(entry: IntentionEntry) -> dict[str, bool | str]:
    values = {"person_agrees": entry.person_agrees, "unit_agrees": entry.unit_agrees, "remark": entry.remark}
    return {name: value for name, value in values.items() if value is not None}


def _obstacles(
    entry: IntentionEntry,
    application: Application,
    state: str,
    freed: frozenset[int],
    known: dict[tuple[int, int], Intention],
) -> list[str]:
    faults = []
    if state == BatchState.PUBLICITY:
        if application.position_id not in freed:
            faults.append("公示期间只有因异议成立而空出的岗位可以登记意向")
    elif state != BatchState.MATCHING:
        faults.append("批次不在双向选择阶段")
    may_follow = (*_OPEN, _S.SCORED) if freed else _OPEN
    if application.state not in may_follow:
        faults.append(f"志愿是“{_S(application.state).label}”，不能再登记意向")
    if entry.pass_no not in (1, 2):
        faults.append("双向选择最多两轮")
    elif entry.pass_no == 1 and (application.pk, 2) in known:
        faults.append("已有第二轮意向，第一轮不能再改")
    return faults


def _freed_posts(batch: Batch) -> frozenset[int]:
    """Posts from which somebody was taken off after an objection."""
    dropped = Application.objects.filter(candidacy__batch=batch, state=_S.DROPPED)
    return frozenset(dropped.values_list("position_id", flat=True))
