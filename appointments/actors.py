"""Who takes the steps of the machines, and what their states have in common."""

from reform.actors import ACTOR_LABELS as ALL_LABELS
from reform.workflow import Labelled as Labelled

# Who acts, as permissions; the roles that have them stand in fixtures/roles.json.
OFFICE = "appointments.run_round"
LEADERS = "appointments.decide_round"
SUPERVISORS = "appointments.supervise_round"
PANEL = "appointments.score_people"
INSPECTORS = "appointments.inspect_people"
UNIT_HEADS = "appointments.choose_people"
PERSON = "appointments.apply_for_post"
SYSTEM = ""

ACTOR_LABELS = {
    one: ALL_LABELS[one]
    for one in (OFFICE, LEADERS, SUPERVISORS, PANEL, INSPECTORS, UNIT_HEADS, PERSON, SYSTEM)
}
