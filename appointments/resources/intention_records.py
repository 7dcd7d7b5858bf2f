"""What the system has of 双向选择: the lines of layout 16."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from appointments.models import Application, Baseline, Intention
from appointments.states import ApplicationState
from reform.access import sees_id_numbers
from reform.exchange.context import Context
from reform.resources.lookups import PositionIndex
from reform.resources.person_finder import number_of
from reform.selectors import primary_tenures_open

from .post_finder import written_in_one_cell

_OPEN = (ApplicationState.SHORTLISTED, ApplicationState.QUALIFIED, ApplicationState.MATCHED)
SHOWN_WISHES = 3


def present_units(context: Context) -> Mapping[int, str]:
    """Person id → the unit before the round; without a baseline the present one. Two statements."""
    units = {
        one.person_id: one.position.unit.owner.name
        for one in primary_tenures_open(context.zone).select_related("position__unit__parent")
    }
    baselines = Baseline.objects.filter(round=context.round).values_list("person_id", "unit_name")
    return units | dict(baselines)


def intention_records(
    context: Context, index: PositionIndex, numbered: Collection[int] = ()
) -> Iterable[dict[str, Any]]:
    """One line for each application and pass; a fixed number of statements.

    numbered: persons whose ID number is given, masked for who may not see it.
    """
    clear = sees_id_numbers(context.actor)
    units = present_units(context)
    spoken: dict[int, list[Intention]] = defaultdict(list)
    wishes: dict[tuple[int, int], list[str]] = defaultdict(list)
    intentions = Intention.objects.filter(application__candidacy__round=context.round).select_related(
        "application__candidacy", "application__position__unit__parent"
    )
    for said in intentions.order_by("pass_no", "application__choice_no", "id"):
        spoken[said.application_id].append(said)
        if said.person_agrees:
            key = said.application.candidacy.person_id, said.pass_no
            wishes[key].append(written_in_one_cell(said.application.position, index))
    applications = Application.objects.filter(
        candidacy__round=context.round, candidacy__batch__isnull=False
    ).select_related("candidacy__person", "position__unit__parent")
    order = ("candidacy__batch__sort_no", "candidacy__sort_no", "candidacy_id", "choice_no", "id")
    for one in applications.order_by(*order):
        if one.pk not in spoken and one.state not in _OPEN:
            continue
        person = one.candidacy.person
        for said in spoken.get(one.pk) or [Intention(application=one)]:
            wanted = wishes[person.pk, said.pass_no][:SHOWN_WISHES]
            yield {
                "name": person.name,
                "present_unit": units.get(person.pk, ""),
                **{f"title_{place}": post for place, post in enumerate(wanted, 1)},
                "unit": one.position.unit.owner.name,
                "answer": said.unit_agrees,
                "post": written_in_one_cell(one.position, index),
                "pass_no": said.pass_no,
                "id_number": number_of(person, clear) if person.pk in numbered else "",
            }
