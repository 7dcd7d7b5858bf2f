"""A zone with an open batch, and persons who are logged in as themselves."""

import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

import tests.factories as make
from appointments.models import Application, BatchStep
from reform.models import Membership

TODAY = timezone.localdate()
DAY = timedelta(days=1)


def an_open_batch(round_):
    """A batch that takes applications for two more days."""
    batch = make.a_batch(round_, method="JP", state="APPLYING", name="科室正职")
    BatchStep.objects.create(batch=batch, kind="APPLY", starts_on=TODAY - DAY, ends_before=TODAY + 3 * DAY)
    return batch


def its_posts(batch):
    """Four posts of one unit."""
    unit = make.a_unit(batch.zone, "招商局")
    found = [
        make.a_position(unit, title, setup=batch.round.setup, conditions="本科及以上", duties="负责招商")
        for title in ("一科科长", "二科科长", "三科科长", "四科科长")
    ]
    for one in found:
        make.a_batch_post(batch, one)
    return found


def a_login(person):
    """A client as which the person is logged in with an own account."""
    user = make.a_user(person.zone, "个人", is_staff=False, first_name=person.name)
    Membership.objects.filter(user=user).update(person=person)
    client = Client()
    client.force_login(user)
    return client


def form(*posts, **more):
    chosen = {f"choice_{number}": one.pk for number, one in enumerate(posts, 1)}
    filled = {
        "declares_kin": "no",
        "accepts_adjustment": "yes",
        "achievements": "引进项目三个",
        "no_rewards": "1",
    }
    return {name: value for name, value in (chosen | filled | more).items() if value is not None}


def hand_in(client, batch, *posts, **more):
    return client.post(f"/my/batches/{batch.pk}/", form(*posts, **more), follow=True)


def text(answer):
    """What stands on a page, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def choices_of(person):
    found = Application.objects.filter(candidacy__person=person, state="SUBMITTED").order_by("choice_no")
    return [one.position.title for one in found]
