"""选任纪实: suspended, resumed, archived (domain.md §3a). What is archived can be changed no more."""

from collections.abc import Collection
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Application, DossierRecord
from appointments.paper_states import DOSSIER_TRANSITIONS
from appointments.rules.guards import DossierFacts
from appointments.selectors.documents import dossier_files
from appointments.selectors.dossier import dossier
from appointments.selectors.dossier_records import KEPT, archived_among, frozen
from appointments.states import OFFICE, ApplicationState
from reform.errors import Refused
from reform.services import audit_record, edit, save_all
from reform.services.steps import require_permission, take_step


@transaction.atomic
def dossier_suspend(
    *, application: Application, actor: AbstractBaseUser, on: date, reason: str
) -> DossierRecord:
    """Suspend the dossier: the appointment is neither proposed nor takes effect until it is resumed."""
    record = _record(application, actor)
    _take(record, "suspend", actor, on, reason)
    return record


@transaction.atomic
def dossier_resume(
    *, application: Application, actor: AbstractBaseUser, on: date, reason: str
) -> DossierRecord:
    """Go on with a suspended dossier, with the reason why."""
    record = _record(application, actor)
    _take(record, "resume", actor, on, reason)
    return record


@transaction.atomic
def dossier_archive(
    *, application: Application, actor: AbstractBaseUser, on: date, reason: str = ""
) -> DossierRecord:
    """Archive a complete dossier, or one that is not with a stated reason; its parts and the person's .lrmx
    are kept as they stand.  Raises Refused where the appointment is not decided yet."""
    record = _record(application, actor)
    state = ApplicationState(application.state)
    if state not in KEPT:
        raise Refused([f"志愿是“{state.label}”，还没有拟聘，不能归档"])
    found = dossier(application)
    missing = tuple(one.name for one in found.missing)
    file = dossier_files([application.candidacy.person_id]).get(application.candidacy.person_id)
    _take(
        record,
        "archive",
        actor,
        on,
        reason,
        DossierFacts(missing),
        percentage=found.percentage,
        contents=frozen(found.items),
        file_name=file.name if file else "",
        file_content=bytes(file.content) if file else None,
    )
    return record


def require_not_archived(applications: Collection[int]) -> None:
    """Refuse a change of what an archived dossier holds."""
    archived = archived_among(applications)
    if archived:
        rows = Application.objects.filter(pk__in=archived).select_related(
            "candidacy__person", "position__unit__parent"
        )
        raise Refused([f"{one}的选任纪实已归档，不能再改" for one in rows.order_by("id")])


def _record(application: Application, actor: AbstractBaseUser) -> DossierRecord:
    """The record under lock; the first event of a dossier makes it."""
    require_permission(actor, OFFICE, "办理选任纪实")
    found = DossierRecord.objects.select_for_update(of=("self",)).filter(application=application).first()
    if found is not None:
        found.application = application
        return found
    made = DossierRecord(application=application)
    event = audit_record(actor=actor, action="建立选任纪实", zone=application.zone, subject=str(made))
    save_all(event, created=[made])
    return made


def _take(
    record: DossierRecord,
    event: str,
    actor: AbstractBaseUser,
    on: date,
    reason: str,
    facts: DossierFacts = DossierFacts(),  # noqa: B008  frozen
    **kept: object,
) -> None:
    step = take_step(
        record, table=DOSSIER_TRANSITIONS, event=event, facts=facts, actor=actor, on=on, reason=reason
    )
    written = audit_record(
        actor=actor, action=f"{step.label}登记", zone=record.zone, subject=str(record), reason=reason
    )
    values = {"reason": reason.strip(), "acted_by_id": actor.pk, "acted_on": on, **kept}
    save_all(written, changed=[edit(record, **values)])
