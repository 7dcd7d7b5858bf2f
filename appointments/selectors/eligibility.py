"""What the qualification rules need to know of many persons, as of a day: a fixed number of statements."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from appointments.models import Application, Appointment, Baseline, Batch, BatchStep, Round, Waiver
from appointments.rules.eligibility import Block, LevelSpell, PersonFacts, RuleKind
from appointments.rules.waivers import WaiverFacts
from appointments.states import AppointmentState
from reform.codes import EDUCATION, IDENTITY, POLITICAL_STATUS, education_rank
from reform.ladder import Ladder, Policy
from reform.models import (
    AnnualGrade,
    ArchivedStatus,
    Honour,
    Person,
    PromotionLock,
    Sanction,
    Tenure,
    TenureKind,
)
from reform.sanctions import sanction_end
from reform.selectors import policy_of

from .applications import waivers_standing

_FIELDS = (
    "id",
    "birth_on",
    "education",
    "fulltime_education",
    "onjob_education",
    "fulltime_school",
    "onjob_school",
    "political_status",
    "work_started_on",
    "technical_title",
    "recent_appraisals",
)
_IN_TEXT = re.compile(
    r"(?P<year>20\d{2})\s*年?(?:度)?[^0-9]{0,6}?(?P<grade>优秀|不称职|不合格|基本称职|基本合格|称职|合格|不定等次)"
)
_GRADE_OF = {
    "优秀": "A",
    "称职": "B",
    "合格": "B",
    "基本称职": "C",
    "基本合格": "C",
    "不称职": "D",
    "不合格": "D",
    "不定等次": "N",
}


def screening_day(batch: Batch, on: date) -> date:
    """报名截止日, on which conditions are looked at; without a calendar the day given."""
    window = BatchStep.objects.filter(batch=batch, kind=BatchStep.Kind.APPLY).first()
    return window.last_on if window else on


def person_facts(round_: Round, people: Collection[int], on: date, policy: Policy) -> dict[int, PersonFacts]:
    """Person id → facts as of a day. Seven statements, however many people.

    The level is that of the baseline, else of the main post on the day. Grades that are registered go before
    those of the roster's text.
    """
    levels, spells = _holdings(round_, people, on)
    grades = registered_grades(people)
    blocks = _blocks(people, policy)
    identities = dict(
        ArchivedStatus.objects.filter(person__in=people, ends_before=None).values_list(
            "person_id", "identity"
        )
    )
    facts = {}
    for row in Person.objects.filter(pk__in=people).order_by().values(*_FIELDS):
        key = row["id"]
        identity = identities.get(key, "")
        facts[key] = PersonFacts(
            on=on,
            present_level=levels.get(key, ""),
            spells=tuple(spells.get(key, ())),
            grades=grades_in_text(row["recent_appraisals"]) | grades.get(key, {}),
            blocks=tuple(blocks.get(key, ())),
            identity=identity,
            identity_words=IDENTITY.get(identity, ""),
            **_written(row),
        )
    return facts


def grades_in_text(text: str) -> dict[int, str]:
    """Year → grade, from 近三年考核 as offices write it: 2019年称职、2020优秀."""
    return {int(found["year"]): _GRADE_OF[found["grade"]] for found in _IN_TEXT.finditer(text)}


def _written(row: Mapping[str, Any]) -> dict[str, Any]:
    fulltime = row["fulltime_education"]
    highest = row["education"] or max(
        (code for code in (fulltime, row["onjob_education"]) if code), key=education_rank, default=""
    )
    status = row["political_status"]
    return {
        "birth_on": row["birth_on"],
        "education": education_rank(highest) if highest else None,
        "education_words": EDUCATION.get(highest, ""),
        "fulltime_education": education_rank(fulltime) if fulltime else None,
        "fulltime_words": EDUCATION.get(fulltime, ""),
        "political_status": status,
        "political_words": POLITICAL_STATUS.get(status, ""),
        "work_started_on": row["work_started_on"],
        "schools": "；".join(text for text in (row["fulltime_school"], row["onjob_school"]) if text),
        "technical_title": row["technical_title"],
    }


def _holdings(
    round_: Round, people: Collection[int], on: date
) -> tuple[dict[int, str], dict[int, list[LevelSpell]]]:
    """The level before the round, and all main posts begun by the day; a later holding at the same level
    repeats its 始任日期, which the rule counts once."""
    levels: dict[int, str] = {}
    spells: dict[int, list[LevelSpell]] = defaultdict(list)
    rows = (
        Tenure.objects.filter(person__in=people, kind=TenureKind.PRIMARY)
        .order_by("starts_on", "id")
        .values_list("person_id", "held_level", "starts_on", "level_first_held_on", "ends_before")
    )
    for key, level, starts_on, first_on, ends_before in rows:
        if starts_on and starts_on > on:
            continue
        spells[key].append(LevelSpell(level, first_on or starts_on, ends_before))
        if ends_before is None or ends_before > on:
            levels[key] = level
    levels |= dict(Baseline.objects.filter(round=round_, person__in=people).values_list("person_id", "level"))
    return levels, spells


def _blocks(people: Collection[int], policy: Policy) -> dict[int, list[Block]]:
    """处分 last for the months of the policy where no end is registered; an investigation until it is
    closed."""
    months = policy["round.sanction_months"]
    found: dict[int, list[Block]] = defaultdict(list)
    for one in Sanction.objects.filter(person__in=people).order_by("decided_on", "id"):
        ends_before = one.ends_before or sanction_end(one.kind, one.decided_on, months)
        words = f"{one.decided_on:%Y-%m-%d}{one.get_kind_display()}"
        found[one.person_id].append(Block(words, one.decided_on, ends_before))
    for lock in PromotionLock.objects.filter(person__in=people).order_by("starts_on", "id"):
        last = date.fromordinal(lock.ends_before.toordinal() - 1)
        words = f"限制提拔至{last}（{lock.reason}）"
        found[lock.person_id].append(Block(words, lock.starts_on, lock.ends_before))
    return found


def registered_grades(people: Collection[int]) -> dict[int, dict[int, str]]:
    """Person id → year → final annual grade. One statement."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = AnnualGrade.objects.filter(person__in=people).order_by()
    for key, year, grade in rows.values_list("person_id", "year", "grade"):
        found[key][year] = grade
    return found


def honours_counted(people: Collection[int], on: date) -> dict[int, int]:
    """Person id → how many honours of a county and above were granted by a day; a person without one is
    left out. One statement."""
    rows = Honour.objects.filter(person__in=people, granted_on__lte=on).exclude(level=Honour.Level.BELOW)
    return Counter(rows.values_list("person_id", flat=True))


def last_promotion(person_id: int, on: date, ladder: Ladder) -> date | None:
    """The day on which a person last came to a higher level in a main post; None where no rise is known."""
    risen, rank = None, None
    rows = Tenure.objects.filter(person=person_id, kind=TenureKind.PRIMARY, starts_on__lte=on)
    for level, starts_on in rows.order_by("starts_on", "id").values_list("held_level", "starts_on"):
        found = ladder.by_code.get(level)
        if found is None or found.is_outside:
            continue
        if rank is not None and found.rank_order > rank:
            risen = starts_on
        rank = found.rank_order
    return risen


def waiver_facts(application: Application, rule: str, failed: Sequence[str], on: date) -> WaiverFacts:
    """What limits a waiver for one application."""
    person, round_ = application.candidacy.person, application.candidacy.round
    policy = policy_of(round_.policy)
    ladder = policy.ladder
    level = person_facts(round_, [person.pk], on, policy)[person.pk].present_level
    target = application.position.level
    promoted_on = last_promotion(person.pk, on, ladder)
    waived_before = (
        promoted_on is not None
        and Waiver.objects.filter(
            application__candidacy__person=person,
            application__appointment__starts_on=promoted_on,
            approved_by__isnull=False,
            rule__startswith=RuleKind.MIN_LEVEL_TENURE.value,
        ).exists()
    )
    other = waivers_standing(application).exclude(rule=rule).first()
    return WaiverFacts(
        name=person.name,
        rule=rule,
        failed=failed,
        steps=ladder.steps(level, target) if {level, target} <= ladder.by_code.keys() else None,
        on_probation=Appointment.objects.filter(
            person=person,
            kind=TenureKind.PRIMARY,
            state=AppointmentState.PROBATION,
            starts_on__lte=on,
        ).exists(),
        promoted_on=promoted_on,
        gap_months=policy["round.waiver_gap_months"],
        tenure_waived_before=waived_before,
        waived=other.rule if other else "",
    )
