"""A small zone with everybody who acts in a round, and `by`: a step by the role whose step it is, refused to
all others."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from appointments.models import Application, Batch, BatchPost
from appointments.rules.assessment import Ballots
from appointments.services.assessment import BallotEntry, PanelEntry
from reform.errors import Refused
from reform.models import Membership, Position
from reform.services.steps import Refusal
from tests.factories import a_person, a_position, a_round, a_tenure, a_unit, a_user, a_zone

ROLES = ("人事", "领导", "监督组", "考评组", "考察组", "单位负责人", "个人", "财务")
JUDGES = 7


def day(number: int, month: int = 1) -> date:
    return date(2022, month, number)


class Zone:
    """管委会, 经济局 with 综合科, 招商局 with 招商科; who held what before the round; an account of each
    role."""

    def __init__(self) -> None:
        self.zone = a_zone()
        self.former = a_round(self.zone, "2018", date(2019, 1, 1))
        self.round = a_round(self.zone, effective_on=None)
        self._users()
        self._units()
        self._people()

    def _users(self) -> None:
        self.user = {role: a_user(self.zone, role) for role in ROLES}
        self.second_clerk = a_user(self.zone, "人事")
        self.scorers = [a_user(self.zone, "考评组") for _ in range(2)]

    def _units(self) -> None:
        self.units = {
            "管委会": a_unit(self.zone, "管委会", kind="COMMITTEE"),
            "经济局": a_unit(self.zone, "经济局"),
            "招商局": a_unit(self.zone, "招商局"),
        }
        self.units["综合科"] = a_unit(self.zone, "综合科", self.units["经济局"])
        self.units["招商科"] = a_unit(self.zone, "招商科", self.units["招商局"])
        self.old: dict[str, Any] = {}
        for key, unit, title, level, seats, method in (
            ("副主任", "管委会", "管委会副主任", "L80", 1, "SJ"),
            ("经济局长", "经济局", "局长", "L70", 1, "JP"),
            ("招商局长", "招商局", "局长", "L70", 1, "JP"),
            ("经济副局长", "经济局", "副局长", "L60", 2, "JP"),
            ("综合科长", "综合科", "科长", "L50", 1, "JP"),
            ("招商科长", "招商科", "科长", "L50", 1, "JP"),
            ("综合副科长", "综合科", "副科长", "L40", 1, "JP"),
            ("招商副科长", "招商科", "副科长", "L40", 1, "JP"),
            ("综合主办", "综合科", "主办", "L30", 2, "SX"),
            ("招商主办", "招商科", "主办", "L30", 1, "SX"),
            ("辅助岗", "综合科", "辅助岗", "L20", 1, "ZZ"),
        ):
            self.old[key] = a_position(
                self.units[unit],
                title,
                level,
                self.former.setup,
                headcount=seats,
                method=method,
                category="MANAGEMENT",
                conditions="大专及以上",
                duties=f"{title}职责",
            )

    def _people(self) -> None:
        self.people: dict[str, Any] = {}
        for name, post, born, started, woman in (
            ("赵主任", "副主任", 1970, 1992, False),
            ("钱一", "招商局长", 1975, 1995, False),
            ("孙二", "经济局长", 1976, 1998, False),
            ("李三", "经济副局长", 1978, 2000, False),
            ("周四", "综合科长", 1974, 1996, False),
            ("吴五", "招商科长", 1979, 2001, False),
            ("郑六", "综合副科长", 1982, 2004, False),
            ("王七", "招商副科长", 1982, 2005, True),
            ("冯八", "招商主办", 1988, 2010, False),
            ("陈九", "综合主办", 1990, 2012, False),
            ("褚十", "综合主办", 1991, 2013, False),
        ):
            person = a_person(
                self.zone,
                name,
                sex="2" if woman else "1",
                birth_on=date(born, 6, 1),
                work_started_on=date(started, 7, 1),
                education="21",
                political_status="01",
                recent_appraisals="2019称职、2020称职、2021称职",
            )
            a_tenure(
                person,
                self.old[post],
                date(2019, 1, 1),
                first_held_on=date(2019, 1, 1),
                level_first_held_on=date(2017, 1, 1),
            )
            self.people[name] = person

    def bind(self, name: str) -> Any:
        """The account of a person, as the login makes it."""
        user = a_user(self.zone, "个人", f"person-{name}", is_staff=False)
        Membership.objects.filter(user=user).update(person=self.people[name])
        return user

    def head_of(self, unit: str) -> Any:
        """The account of a unit's head."""
        user = a_user(self.zone, "单位负责人", f"head-{unit}")
        Membership.objects.filter(user=user).update(unit=self.units[unit])
        return user

    def by(self, role: str, call: Callable[..., Any], *, also: tuple[str, ...] = (), **said: Any) -> Any:
        """The call as the role, after every other role was refused; `also`: roles that may as well."""
        for other in ROLES:
            if other != role and other not in also:
                assert is_refused(call, self.user[other], said), f"{other}也能做{call.__name__}"
        return call(actor=self.user[role], **said)

    # --- facts of the present state

    def post(self, key: str) -> Any:
        """The post of this round that goes on from the former one."""
        return Position.objects.get(setup=self.round.setup_id, lineage=self.old[key].lineage)

    def application(self, batch: Batch, name: str, post: str) -> Application:
        return Application.objects.select_related("candidacy__person", "candidacy__batch").get(
            candidacy__batch=batch, candidacy__person=self.people[name], position=self.post(post)
        )

    def batch_post(self, batch: Batch, post: str) -> BatchPost:
        return BatchPost.objects.get(batch=batch, position=self.post(post))

    def steps(self, **days: tuple[date, date]) -> dict[str, tuple[date, date]]:
        """First and inclusive last day of each kind → half-open."""
        return {kind: (first, last + timedelta(days=1)) for kind, (first, last) in days.items()}


def is_refused(call: Callable[..., Any], actor: Any, said: dict[str, Any]) -> bool:
    """Whether an account may not do it: the whole call is refused, or every row of it; nothing stays."""
    try:
        with transaction.atomic():
            done = call(actor=actor, **said)
            transaction.set_rollback(True)
    except Refused:
        return True
    rows = getattr(done, "refused", done)
    return isinstance(rows, list) and all(isinstance(one, Refusal) for one in rows) and bool(rows)


def panel() -> list[PanelEntry]:
    return [PanelEntry(name=f"评委{number}", workplace="市委党校") for number in range(1, JUDGES + 1)]


def ballots(candidacy_id: int, good: int) -> list[BallotEntry]:
    """Ten voters of each group, so many of them for 好, the rest for 较好."""
    return [
        BallotEntry(
            candidacy_id,
            voters,
            Ballots(
                expected=10, present=10, issued=10, returned=10, good=good, better=10 - good, fair=0, poor=0
            ),
        )
        for voters in "ABC"
    ]


def score(number: int) -> Decimal:
    return Decimal(number)
