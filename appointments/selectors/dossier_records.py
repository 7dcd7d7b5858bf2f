"""Where the dossiers stand: open, suspended, archived; and what an archived one holds back."""

from collections.abc import Collection, Iterable
from datetime import date

from appointments.models import Application, DossierRecord
from appointments.paper_states import DossierState
from appointments.states import PROPOSED_OR_APPOINTED, ApplicationState

from .dossier_parts import Dossier, DossierItem, Standing

KEPT = (*PROPOSED_OR_APPOINTED, ApplicationState.DROPPED)


def dossier_words(applications: Iterable[int]) -> dict[int, str]:
    """Application id → 已暂停 or 已归档, for lists; an open dossier is left out. One statement."""
    rows = DossierRecord.objects.filter(application__in=list(applications)).exclude(state=DossierState.OPEN)
    return {key: DossierState(state).label for key, state in rows.values_list("application_id", "state")}


def suspended_words(applications: Iterable[int]) -> dict[int, str]:
    """Application id → why its procedure may not go on: the dossier is suspended. One statement."""
    keys = list(applications)
    rows = DossierRecord.objects.filter(application__in=keys, state=DossierState.SUSPENDED).order_by("id")
    return {
        key: f"选任纪实已暂停（{reason}），须先恢复"
        for key, reason in rows.values_list("application_id", "reason")
    }


def archived_among(applications: Collection[int]) -> set[int]:
    """Of these applications those whose dossier is archived. One statement."""
    rows = DossierRecord.objects.filter(application__in=applications, state=DossierState.ARCHIVED)
    return set(rows.values_list("application_id", flat=True))


def file_is_archived(person_id: int) -> DossierRecord | None:
    """The archived dossier that a person's .lrmx belongs to: that of the latest proposed appointment. A
    dossier that is open again in a later round frees the file; the archived one keeps its own copy."""
    latest = (
        Application.objects.filter(candidacy__person=person_id, state__in=KEPT)
        .order_by("-candidacy__round__code", "-id")
        .first()
    )
    if latest is None:
        return None
    record = DossierRecord.objects.filter(application=latest).first()
    return record if record is not None and record.state == DossierState.ARCHIVED else None


def frozen(items: Iterable[DossierItem]) -> list[dict[str, str]]:
    """The parts of a dossier as they are kept when it is archived."""
    return [
        {
            "code": one.code,
            "name": one.name,
            "standing": one.standing.value,
            "document": one.document,
            "on": one.on.isoformat() if one.on else "",
            "detail": one.detail,
        }
        for one in items
    ]


def as_archived(found: Dossier, record: DossierRecord) -> Dossier:
    """The dossier as it stood when it was archived, whatever has been changed since."""
    parts = [
        DossierItem(
            one["code"],
            one["name"],
            Standing(one["standing"]),
            one["document"],
            date.fromisoformat(one["on"]) if one["on"] else None,
            one["detail"],
        )
        for one in record.contents
    ]
    return Dossier(found.application, found.method, parts)
