"""Posts that a round would give before it is approved: what a what-if puts in place of the present ones."""

from appointments.models import Appointment, ProposalRow, Round
from appointments.states import ApplicationState, AppointmentState
from compensation.rules.changes import Holding
from reform.models import TenureKind

from .holdings import Held, LevelValues, posts_of

_PROPOSED = (ApplicationState.PROPOSED, ApplicationState.OBJECTED)


def proposed_posts(round_: Round) -> dict[int, tuple[int, str]]:
    """Person → (position, level held) of appointments that wait for their day and of those proposed before
    them. Two statements."""
    rows = ProposalRow.objects.filter(list__batch__round=round_, application__state__in=_PROPOSED).order_by(
        "list__number", "id"
    )
    found = {
        person: (position, level)
        for person, position, level in rows.values_list(
            "application__candidacy__person_id", "application__position_id", "held_level"
        )
    }
    pending = Appointment.objects.filter(
        round=round_, state=AppointmentState.PENDING, kind=TenureKind.PRIMARY
    ).order_by("id")
    for person, position, level in pending.values_list("person_id", "position_id", "held_level"):
        found[person] = (position, level)
    return found


def with_round(held: Held, round_: Round, values: LevelValues) -> Held:
    """As if everybody held the post that the round would give, for the whole month; all others as they
    are."""
    posts = posts_of(round_.zone)
    changed = Held(dict(held.holdings), dict(held.posts), dict(held.levels), list(held.faults))
    for person, (position, level) in proposed_posts(round_).items():
        post = posts[position]
        coefficient = values.coefficient(level, post)
        holding = Holding(None, None, coefficient, values.ranks.get(level, 0), post.name)
        changed.holdings[person], changed.posts[person], changed.levels[person] = [holding], [post], [level]
    return changed
