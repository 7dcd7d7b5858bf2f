"""The demo's third round as it stands on the day of the set-up: a batch in every stage."""

from datetime import date

from appointments.models import BatchPost, Candidacy, Round
from appointments.services.round_steps import round_run
from reform.models import Membership, Unit, Zone

from . import third_apply, third_select
from .accounts import Cast, account_bind
from .third_plan import Third, plan_third

HEAD_OF = "智能制造产业园"  # the unit of the account danwei
APPLIED_SO_FAR = 40
UNFIT = 3  # one of them is helped by a waiver


def play_third_round(zone: Zone, source: Round, cast: Cast, today: date) -> Round:
    """Make the round and take every step whose day has come by today."""
    third = plan_third(zone, source, cast, today)
    _first_batch(third)
    _second_batch(third)
    _third_batch(third)
    _fourth_batch(third)
    return third.round


def _first_batch(third: Third) -> None:
    """In 公示, with an objection that is open; one post was cancelled for want of applicants."""
    third_apply.publish(third, "1")
    round_run(round_=third.round, actor=third.cast.office, on=third.first("1", "NOTICE"))
    third_apply.open_batch(third, "1")
    unwanted = _last_post(third, "1")
    third_apply.apply(third, "1", unwanted=[unwanted], unfit=UNFIT)
    third_apply.screen(third, "1")
    third_apply.cancel_unwanted(third, "1", unwanted)
    third_select.set_panel(third, "1")
    third_select.begin_assessment(third, "1")
    sheets = third_select.enter_interviews(third, "1")
    third_select.lock(third, "1", [*sheets, third_select.enter_ballots(third, "1")])
    third_select.publish_scores(third, "1")
    third_select.choose(third, "1")
    third_select.propose(third, "1")
    third_select.object_to_one(third, "1")


def _last_post(third: Third, code: str) -> int:
    found = BatchPost.objects.filter(batch=third.batch(code)).order_by("position__sort_no")
    post = found.last()
    assert post is not None
    return post.position_id


def _second_batch(third: Third) -> None:
    """In 双向选择: one unit has not spoken yet."""
    third_apply.publish(third, "2")
    third_apply.open_batch(third, "2")
    third_apply.apply(third, "2", scores=True)
    third_apply.screen(third, "2")
    third_select.set_panel(third, "2")
    third_select.begin_assessment(third, "2")
    third_select.publish_scores(third, "2")
    unit = Unit.objects.get(zone=third.round.zone, name=HEAD_OF, ends_before=None)
    third_select.choose(third, "2", silent=unit)
    account_bind("danwei", third.cast.office, unit=unit)


def _third_batch(third: Third) -> None:
    """In 考评: some sheets are in, some of them locked."""
    third_apply.publish(third, "3")
    third_apply.open_batch(third, "3")
    third_apply.apply(third, "3")
    third_apply.screen(third, "3")
    third_select.set_panel(third, "3", user_id=third.cast.panel.pk)
    third_select.begin_assessment(third, "3")
    # The first member scores in the system and has not begun.
    sheets = third_select.enter_interviews(third, "3", first=1, sheets=third_select.ENTERED_SHEETS)
    third_select.lock(third, "3", sheets[: third_select.LOCKED_SHEETS])


def _fourth_batch(third: Third) -> None:
    """In 报名: some have handed in, the account geren belongs to one who has not."""
    third_apply.publish(third, "4")
    third_apply.open_batch(third, "4")
    third_apply.apply(third, "4", only=APPLIED_SO_FAR)
    applied = set(Candidacy.objects.filter(round=third.round).values_list("person_id", flat=True))
    bound = set(Membership.objects.exclude(person=None).values_list("person_id", flat=True))
    posts = set(third.batch("4").posts.values_list("position_id", flat=True))
    person = next(
        third.people[key]
        for key, position in third.held.items()
        if position in posts and key not in applied | bound
    )
    account_bind("geren", third.cast.office, person=person)
