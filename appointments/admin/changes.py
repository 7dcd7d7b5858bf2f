"""What a round meant for a person, a word with its tone: in lists and on the line of posts."""

from collections.abc import Mapping

from appointments.models import Appointment, Round
from appointments.rules.change import ChangeKind
from appointments.selectors import PersonChange, change_summary
from reform.admin.display import last_day, tag
from reform.admin.timeline import Note, note_sources
from reform.models import Person, TenureKind

TONES = {
    ChangeKind.PROMOTION: "up",
    ChangeKind.DEMOTION: "down",
    ChangeKind.UNPLACED: "accent",
}


def change_tag(change: PersonChange) -> str:
    """提拔, 降职 …; with the levels crossed where there are more than one, and 重用 of a 平级."""
    return tag(*_word(change))


def _word(change: PersonChange) -> tuple[str, str]:
    kind, steps = change.change.kind, change.change.steps
    return change.change.label + (f"{steps}级" if steps and steps > 1 else ""), TONES.get(kind, "plain")


def changes_by_appointment(round_: Round) -> dict[int, PersonChange]:
    """Appointment id → the change of its person in the round."""
    people = change_summary(round_).people
    return {one.decision.appointment_id: one for one in people if one.decision}


def change_notes(person: Person) -> Mapping[int, tuple[Note, ...]]:
    """For the line of a person's posts: what each round's appointment meant, and the term it gave."""
    notes = {}
    found = Appointment.objects.filter(person=person).select_related("round__policy", "round__zone")
    for appointment in found:
        change = changes_by_appointment(appointment.round).get(appointment.pk)
        last = last_day("ends_before", "")(appointment)
        term = f"{appointment.round}，聘期 {appointment.starts_on} 至 {last}"
        if appointment.probation_ends_before:
            term += f"，试用期至 {last_day('probation_ends_before', '')(appointment)}"
        if appointment.kind != TenureKind.PRIMARY and appointment.remark:
            term += f"，{appointment.remark}"
        word, tone = _word(change) if change else ("", "plain")
        if appointment.tenure_id:
            notes[appointment.tenure_id] = (Note(word, tone, term),)
    return notes


note_sources.append(change_notes)
