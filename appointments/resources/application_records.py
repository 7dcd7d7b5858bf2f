"""What the system has of 报名表: to compare a sheet with, and to write layout 2."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from appointments.models import Application, Baseline, Candidacy, ItemScore, Round
from appointments.states import ApplicationState
from reform.access import sees_id_numbers
from reform.codes import DEGREE, EDUCATION, POST_RANK
from reform.exchange.cells import mask_id
from reform.exchange.context import Context
from reform.models import AnnualGrade, ArchivedStatus, Person, Tenure, TenureKind
from reform.resources.lookups import PositionIndex

from .post_finder import written_in_one_cell
from .roster import mask_phone

FORM = ("accepts_adjustment", "declares_kin", "achievements", "rewards", "remark")
GRADES_SHOWN = 3


class KnownSheets:
    """The 报名表 of a round by person: what people handed in themselves or through the office."""

    def __init__(self, round_: Round) -> None:
        own = Candidacy.objects.filter(round=round_).exclude(
            source__in=[Candidacy.Source.TAKEN_OVER, Candidacy.Source.NOMINATED]
        )
        self.forms: dict[int, dict[str, Any]] = {}
        self.choices: dict[int, list[int]] = defaultdict(list)
        self.scores: dict[int, dict[str, Decimal]] = defaultdict(dict)
        for person_id, *facts in own.order_by("-id").values_list("person_id", *FORM):
            self.forms[person_id] = dict(zip(FORM, facts, strict=True))
        applications = Application.objects.filter(candidacy__in=own).exclude(state=ApplicationState.WITHDRAWN)
        for person_id, position_id in applications.order_by("choice_no", "id").values_list(
            "candidacy__person_id", "position_id"
        ):
            self.choices[person_id].append(position_id)
        self.shown = {
            person_id: [one.position_id for one in some] for person_id, some in valid_choices(round_).items()
        }
        scores = ItemScore.objects.filter(candidacy__in=own)
        for person_id, item, score in scores.values_list("candidacy__person_id", "item", "score"):
            self.scores[person_id][item] = score

    def completed(self, person_id: int, said: Sequence[int]) -> tuple[int, ...]:
        """The choices of a row, and behind them those registered: an empty cell clears nothing.

        A row that says what the export shows, in which later batches stand too, leaves the sheet as it is.
        """
        present = self.choices.get(person_id, [])
        if said and list(said) == self.shown.get(person_id, [])[: len(said)]:
            return tuple(present)
        rest = [key for key in present[len(said) :] if key not in said]
        return (*said, *rest)


def valid_choices(round_: Round) -> dict[int, list[Application]]:
    """Person id → what the person's 报名表 shows: the choices that were not withdrawn, each post once, those
    of later batches behind. One statement."""
    rows = Application.objects.filter(candidacy__round=round_).exclude(state=ApplicationState.WITHDRAWN)
    found: dict[int, dict[int, Application]] = defaultdict(dict)
    for one in rows.select_related("candidacy", "position__unit__parent").order_by("choice_no", "id"):
        found[one.candidacy.person_id].setdefault(one.position_id, one)
    return {person_id: list(some.values()) for person_id, some in found.items()}


def application_records(context: Context, index: PositionIndex) -> Iterable[dict[str, Any]]:
    """The rows of layout 2, of everybody who has a valid choice; a fixed number of statements."""
    clear = sees_id_numbers(context.actor)
    facts = _Facts(context)
    sheets = (
        Candidacy.objects.filter(round=context.round)
        .exclude(source__in=[Candidacy.Source.TAKEN_OVER, Candidacy.Source.NOMINATED])
        .select_related("person")
        .order_by("sort_no", "id")
    )
    applications = valid_choices(context.round)
    first: dict[int, Candidacy] = {}
    for sheet in sheets:
        if sheet.person_id in applications:
            first.setdefault(sheet.person_id, sheet)  # one line for a person, whatever the batches
    for number, sheet in enumerate(first.values(), 1):
        chosen = applications[sheet.person_id]
        record = facts.of(sheet.person, clear)
        record |= {name: getattr(sheet, name) for name in FORM}
        record |= {
            f"title_{place}": written_in_one_cell(one.position, index) for place, one in enumerate(chosen, 1)
        }
        yield record | {"number": number, "opinion": _opinion(chosen)}


def _opinion(chosen: Sequence[Application]) -> str:
    """资格审查意见: 合格 where it is so for all, else choice by choice."""
    decided = [one for one in chosen if one.conclusion]
    words = [one.get_conclusion_display() for one in decided]
    if decided and len(decided) == len(chosen) and set(words) == {"合格"}:
        return "合格"
    return "；".join(
        f"第{one.choice_no}志愿{word}" + (f"（{one.conclusion_reason}）" if one.conclusion_reason else "")
        for one, word in zip(decided, words, strict=True)
    )


class _Facts:
    """The facts of persons that layout 2 shows, loaded once."""

    def __init__(self, context: Context) -> None:
        zone = context.zone
        self.baselines = {one.person_id: one for one in Baseline.objects.filter(round=context.round)}
        self.statuses = {
            one.person_id: one for one in ArchivedStatus.objects.filter(person__zone=zone, ends_before=None)
        }
        self.tenures: dict[int, list[Tenure]] = defaultdict(list)
        tenures = Tenure.objects.filter(zone=zone, kind=TenureKind.PRIMARY)
        for one in tenures.select_related("position__unit__parent").order_by("-ends_before", "-id"):
            self.tenures[one.person_id].append(one)
        self.grades: dict[int, list[str]] = defaultdict(list)
        for grade in AnnualGrade.objects.filter(person__zone=zone).order_by("-year"):
            label = grade.get_grade_display().split("（")[0]
            self.grades[grade.person_id].append(f"{grade.year}年{label}")

    def of(self, person: Person, clear: bool) -> dict[str, Any]:
        status = self.statuses.get(person.pk)
        grades = self.grades.get(person.pk, [])[:GRADES_SHOWN]
        rank = [POST_RANK.get(status.post_rank, ""), status.rank] if status else []
        return {
            **{
                name: getattr(person, name)
                for name in (
                    *("name", "sex", "ethnicity", "native_place", "political_status", "party_joined_on"),
                    *("work_started_on", "fulltime_school", "onjob_school"),
                )
            },
            "birth": person.birth_on,
            "fulltime_education": _taught(person.fulltime_education, person.fulltime_degree),
            "onjob_education": _taught(person.onjob_education, person.onjob_degree),
            "identity": status.identity if status else "",
            "archived_rank": "、".join(part for part in rank if part),
            "appraisals": "、".join(grades) or person.recent_appraisals,
            "phone": person.phone if clear else mask_phone(person.phone),
            "id_number": person.id_number if clear else mask_id(person.id_number),
            **self._post(person.pk),
        }

    def _post(self, key: int) -> dict[str, Any]:
        """The post before the round; without a baseline the present one."""
        baseline = self.baselines.get(key)
        tenures = self.tenures.get(key, [])
        if baseline is not None:
            same = next((one for one in tenures if one.position_id == baseline.position_id), None)
            return {
                "present_post": str(baseline),
                "present_level": baseline.level,
                "level_since": same.level_first_held_on if same else None,
            }
        present = next((one for one in tenures if one.ends_before is None), None)
        if present is None:
            return {}
        return {
            "present_post": str(present.position).replace("·", " "),
            "present_level": present.held_level,
            "level_since": present.level_first_held_on,
        }


def _taught(education: str, degree: str) -> str:
    """全日制学历学位 in one cell."""
    return " ".join(part for part in (EDUCATION.get(education, ""), DEGREE.get(degree, "")) if part)
