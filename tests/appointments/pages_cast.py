"""A running round with a row behind every tab, for tests of the pages on which it is run."""

from datetime import date
from typing import Any

from django.test import Client

from appointments.models import BatchStep, PanelMember, Placement
from appointments.states import BatchState
from reform.models import Membership
from tests import factories as make

from .round_cast import set_state

BACKEND = "django.contrib.auth.backends.ModelBackend"


def logged_in(user: Any, **how: Any) -> Client:
    """A client of this user."""
    client = Client(**how)
    client.force_login(user, BACKEND)
    return client


class Office:
    """Two units with a post and two applicants each, one batch, and everybody who acts."""

    def __init__(self, state: str = BatchState.SCREENING) -> None:
        self.zone = make.a_zone()
        self.round = make.a_round(self.zone)
        set_state(self.round, "RUNNING")
        self.batch = make.a_batch(self.round, state=state)
        self.units, self.posts, self.applications = [], [], []
        for number, name in enumerate(("经济发展局", "规划建设局")):
            unit = make.a_unit(self.zone, name)
            post = make.a_position(
                unit, f"科长{number}", setup=self.round.setup, conditions="大专以上", duties="主持工作"
            )
            make.a_batch_post(self.batch, post)
            self.units.append(unit)
            self.posts.append(post)
            for person in (f"甲{number}人", f"乙{number}人"):
                row = make.an_application(self.batch, make.a_person(self.zone, person), post)
                make.a_tenure(row.candidacy.person, make.a_position(unit, f"原岗{person}"), date(2020, 1, 1))
                self.applications.append(row)
        for kind, first, last in (("NOTICE", 10, 15), ("APPLY", 10, 15), ("PUBLICITY", 17, 22)):
            BatchStep.objects.create(
                batch=self.batch,
                kind=kind,
                starts_on=date(2022, 1, first),
                ends_before=date(2022, 1, last),
            )
        Placement.objects.create(round=self.round, person=self.applications[0].candidacy.person)
        self.head = make.a_user(self.zone, "单位负责人")
        Membership.objects.filter(user=self.head).update(unit=self.units[0])
        self.judge = make.a_user(self.zone, "考评组")
        PanelMember.objects.create(batch=self.batch, name="评委", user=self.judge)

    def user(self, role: str) -> Any:
        """A user with a role; the unit head is that of the first unit."""
        if role == "单位负责人":
            return self.head
        return self.judge if role == "考评组" else make.a_user(self.zone, role)

    def client(self, role: str) -> Client:
        return logged_in(self.user(role))
