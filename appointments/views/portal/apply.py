"""报名: choose posts of a batch and fill in the form; change, withdraw, object to the 资格审查."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from appointments.models import Application, BatchPost
from appointments.selectors.own import (
    OpenBatch,
    OwnSheet,
    may_object,
    open_batches,
    own_sheets,
    posts_to_apply_for,
)
from appointments.selectors.post_groups import groups_told
from appointments.services.applications import application_change, application_submit, application_withdraw
from appointments.services.screening_appeals import objection_file_screening
from appointments.states import LIVE, ApplicationState
from reform.errors import Refused
from reform.models import Position
from reform.portal import Person, actor_of, attempted, own_page

NOTHING = "无"
LONGEST = {"achievements": 4000, "rewards": 500, "remark": 200}


@dataclass(frozen=True)
class Filled:
    """The form as it is filled in: from what was sent, else from the sheet there is."""

    choices: Sequence[int]
    accepts_adjustment: bool
    declares_kin: bool | None
    achievements: str
    rewards: str
    remark: str

    @property
    def fields(self) -> dict[str, Any]:
        names = ("accepts_adjustment", "declares_kin", "achievements", "rewards", "remark")
        return {name: getattr(self, name) for name in names}


@own_page
def batches(request: HttpRequest, person: Person) -> HttpResponse:
    """What can be applied for, and what was handed in."""
    on = timezone.localdate()
    context = {
        "current": "apply",
        "person": person,
        "today": on,
        "batches": open_batches(person, on),
        "sheets": own_sheets(person, on),
    }
    return render(request, "portal/batches.html", context)


@own_page
def apply(request: HttpRequest, person: Person, batch_id: int) -> HttpResponse:
    """The 报名表 of one batch: a new one, or the choices of the one there is."""
    on = timezone.localdate()
    found = next((one for one in open_batches(person, on) if one.batch.pk == batch_id), None)
    if found is None:
        raise Http404("没有这个批次，或不在报名期。")
    posts = posts_to_apply_for(found.batch)
    filled = _sent(request, found) if request.method == "POST" else _known(found)
    if request.method == "POST" and attempted(
        request, lambda: _hand_in(request, person, found, posts, filled), "已提交报名。"
    ):
        return redirect("portal:batches")
    slots = [
        (number, filled.choices[number - 1] if len(filled.choices) >= number else 0)
        for number in range(1, found.batch.max_choices + 1)
    ]
    context = {
        "current": "apply",
        "person": person,
        "open": found,
        "slots": slots,
        "groups": _grouped(posts),
        "posts": posts,
        "told": groups_told(found.batch.round, found.batch),
        "filled": filled,
        "nothing": NOTHING,
    }
    return render(request, "portal/apply.html", context)


def _grouped(posts: Sequence[BatchPost]) -> list[tuple[str, list[BatchPost]]]:
    """Posts by unit, as the choice shows them."""
    ordered = sorted(posts, key=lambda one: one.position.unit.owner.pk)
    groups = [
        (name, list(some)) for name, some in groupby(ordered, key=lambda one: one.position.unit.owner.name)
    ]
    return sorted(groups, key=lambda one: one[1][0].position.sort_no)


def _sent(request: HttpRequest, found: OpenBatch) -> Filled:
    numbers = [request.POST.get(f"choice_{number}", "") for number in range(1, found.batch.max_choices + 1)]
    texts = {}
    for name, longest in LONGEST.items():
        text = request.POST.get(name, "").strip()[:longest]
        texts[name] = NOTHING if not text and request.POST.get(f"no_{name}") else text
    kin = request.POST.get("declares_kin", "")
    return Filled(
        choices=[int(key) for key in numbers if key.isdecimal()],
        accepts_adjustment=request.POST.get("accepts_adjustment") == "yes",
        declares_kin={"yes": True, "no": False}.get(kin),
        **texts,
    )


def _known(found: OpenBatch) -> Filled:
    sheet = found.sheet
    if sheet is None:
        return Filled((), False, None, "", "", "")
    live = Application.objects.filter(candidacy=sheet, state__in=LIVE).order_by("choice_no", "id")
    return Filled(
        choices=list(live.values_list("position_id", flat=True)),
        accepts_adjustment=sheet.accepts_adjustment,
        declares_kin=sheet.declares_kin,
        achievements=sheet.achievements,
        rewards=sheet.rewards,
        remark=sheet.remark,
    )


def _hand_in(
    request: HttpRequest, person: Person, found: OpenBatch, posts: Sequence[BatchPost], filled: Filled
) -> None:
    by_key: dict[int, Position] = {one.position_id: one.position for one in posts}
    reasons = [] if filled.choices else ["没有填写志愿"]
    if not set(filled.choices) <= by_key.keys():
        reasons.append("所选的岗位不在本批次，或已取消")
    reasons += _unanswered(filled)
    if reasons:
        raise Refused(reasons)
    positions = [by_key[key] for key in filled.choices]
    on = timezone.localdate()
    if found.sheet is not None and found.live:
        application_change(
            candidacy=found.sheet, positions=positions, actor=actor_of(request), on=on, **filled.fields
        )
    else:
        application_submit(
            batch=found.batch,
            person=person,
            positions=positions,
            actor=actor_of(request),
            on=on,
            **filled.fields,
        )


def _unanswered(filled: Filled) -> list[str]:
    """Everything is answered, 无 included, whoever the account is besides."""
    reasons = [] if filled.declares_kin is not None else ["须填写有无回避关系（没有的填“无”）"]
    reasons += [] if filled.achievements else ["须填写主要工作实绩（没有的填“无”）"]
    return reasons + ([] if filled.rewards else ["须填写奖惩情况（没有的填“无”）"])


def _own_sheet(person: Person, number: int) -> OwnSheet:
    sheets = own_sheets(person, timezone.localdate())
    found = next((one for one in sheets if one.candidacy.pk == number), None)
    if found is None:
        raise Http404("没有这份报名表。")
    return found


@own_page
def sheet(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One 报名表: the choices with their state, the result of the 资格审查, scores once they are out."""
    on = timezone.localdate()
    own = _own_sheet(person, number)
    rows = [
        (
            row,
            row.application.state not in (ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN),
            may_object(row, on),
        )
        for row in own.rows
    ]
    return render(
        request, "portal/sheet.html", {"current": "apply", "person": person, "own": own, "rows": rows}
    )


@require_POST
@own_page
def withdraw(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Take back one choice, or with it the whole sheet."""
    own = _own_sheet(person, number)
    wanted = request.POST.get("application", "")
    rows = [row.application for row in own.live if not wanted or str(row.application.pk) == wanted]
    if not rows:
        raise Http404("没有这个志愿。")

    def take_back() -> None:
        refused = application_withdraw(
            applications=rows, actor=actor_of(request), on=timezone.localdate(), reason="本人撤回"
        )
        if refused:
            raise Refused([reason for one in refused for reason in one.reasons])

    attempted(request, take_back, "已撤回。")
    return redirect("portal:sheet", number=number)


@require_POST
@own_page
def object_to(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Object to a rejection, within the days."""
    application = get_object_or_404(
        Application.objects.select_related("candidacy"), pk=number, candidacy__person=person
    )
    attempted(
        request,
        lambda: objection_file_screening(
            application=application,
            facts=request.POST.get("facts", "")[:2000],
            actor=actor_of(request),
            on=timezone.localdate(),
        ),
        "已提出异议，监督组会答复您。",
    )
    return redirect("portal:sheet", number=application.candidacy_id)
