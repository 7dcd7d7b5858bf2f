"""A round small enough to count by hand, and those who look at it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client

from appointments.models import Baseline, Exit, Round
from appointments.services import round_settle
from reform.access import command_actor
from reform.models import Person, Position, Zone
from tests import factories as make


@dataclass
class Cast:
    """Eight people: 甲 丁 stay, 乙 rises, 丙 falls, 己 moves, 戊 is new, 庚 is unplaced, 辛 retired."""

    zone: Zone
    round: Round
    posts: dict[str, Position]
    people: dict[str, Person]

    def place(self, name: str, before: str | None, after: str | None, **facts: Any) -> Person:
        """One more person with a post before and a post now."""
        person = make.a_person(self.zone, name)
        if before:
            make.a_baseline(self.round, person, self.posts[before])
        if after:
            make.an_appointment(self.round, person, self.posts[after], **facts)
        self.people[name] = person
        return person


@pytest.fixture
def cast(db: None) -> Cast:
    zone = make.a_zone(name="试点区")
    round_ = make.a_round(zone)
    Round.objects.filter(pk=round_.pk).update(kickoff_on=date(2022, 1, 9), is_registered=True)
    round_.refresh_from_db()
    party, economy = make.a_unit(zone, "党群部", staffing_quota=4), make.a_unit(zone, "经发局")
    general = make.a_unit(zone, "综合科", parent=economy)
    former = make.a_unit(zone, "统计局", is_historical=True)
    posts = {
        "部长": make.a_position(party, "部长", "L70", round_.setup, sort_no=1),
        "副部长": make.a_position(party, "副部长", "L60", round_.setup, headcount=2, sort_no=2),
        "局长": make.a_position(economy, "局长", "L70", round_.setup, sort_no=3),
        "科长": make.a_position(general, "科长", "L50", round_.setup, sort_no=4),
        "主办": make.a_position(general, "主办", "L30", round_.setup, headcount=2, sort_no=5),
        "统计局局长": make.a_position(former, "局长", "L70"),
        "统计局主办": make.a_position(former, "主办", "L30"),
    }
    cast = Cast(zone, round_, posts, {})
    cast.place("甲", "部长", "部长", sort_no=1)
    cast.place(
        "乙",
        "科长",
        "副部长",
        sort_no=2,
        state="PROBATION",
        probation_ends_before=date(2023, 1, 23),
        method="JP",
    )
    cast.place("己", "统计局局长", "局长", sort_no=3)
    cast.place("丙", "副部长", "科长", sort_no=4)
    cast.place("丁", "主办", "主办", sort_no=5)
    cast.place("戊", None, "主办", sort_no=6)
    cast.place("庚", "统计局主办", None)
    cast.place("辛", "统计局主办", None)
    Exit.objects.create(round=round_, person=cast.people["辛"], left_on=date(2022, 1, 20), cause="T02")
    round_settle(round_=round_, actor=command_actor(None))
    return cast


@pytest.fixture
def leader(cast: Cast, client: Client) -> Client:
    """A client logged in as a leader of the zone."""
    client.force_login(make.a_user(cast.zone, "领导", "lingdao", is_staff=False))
    return client


@pytest.fixture
def clerk(cast: Cast) -> Client:
    """A client logged in as HR of the zone: sees ID numbers, uploads."""
    client = Client()
    client.force_login(make.a_user(cast.zone, "人事", "renshi"))
    return client


@pytest.fixture
def crowd(cast: Cast) -> Cast:
    """The same round with forty more people."""
    for number in range(40):
        cast.place(f"众{number}", "主办", "主办" if number % 2 else None)
    assert Baseline.objects.count() > 40
    return cast
