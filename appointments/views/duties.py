"""岗位目标责任书 of one appointment: the targets of a year, filled in by the office or the head of the unit,
and the signature of the unit."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from appointments.documents.person_papers import duty_lines
from appointments.models import Appointment, DutyContract
from appointments.paper_states import DutyState
from appointments.selectors.duties import OPEN, contracts_of, total_weight, years_of
from appointments.services.duties import (
    ContractEntry,
    TargetEntry,
    duties_offer,
    duty_reopen,
    targets_write,
)
from appointments.states import LEADERS, OFFICE, UNIT_HEADS
from reform.admin.actions import Action, Ask, Done, ReasonForm, action_of, buttons, find, perform
from reform.admin.pages import actor_of, attempt, may, render_page
from reform.errors import Refused
from reform.models import Zone
from reform.services.steps import Refusal

VIEW = ("appointments.view_dutycontract",)
SPARE = 3  # empty lines under the targets
LONGEST = (("content", 300), ("standard", 300), ("due", 40))
FIELDS = ("content", "standard", "weight", "due")


def _offer(ask: Ask) -> Done:
    refused = duties_offer(contracts_=[ask.owner], actor=ask.actor, on=ask.on)
    if refused:
        raise Refused(_reasons(refused))
    return Done("甲方已签字，等本人在个人页面签字。")


def _reasons(refused: Sequence[Refusal]) -> list[str]:
    return [reason for one in refused for reason in one.reasons]


def _reopen(ask: Ask) -> Done:
    duty_reopen(contract=ask.owner, actor=ask.actor, on=ask.on, reason=ask.data["reason"])
    return Done("已退回修订，改好后双方重新签字。")


ACTIONS: tuple[Action, ...] = (
    Action(
        "offer",
        "甲方签字",
        (UNIT_HEADS, LEADERS),
        _offer,
        states=frozenset({DutyState.DRAFT}),
        main=True,
        confirm="签字后目标不能再改，确定签字？",
    ),
    Action(
        "reopen",
        "退回修订",
        (OFFICE,),
        _reopen,
        ReasonForm,
        states=frozenset({DutyState.OFFERED, DutyState.SIGNED}),
    ),
)


def _rows() -> QuerySet[Appointment]:
    return Appointment.objects.select_related("person", "zone", "round__policy", "position__unit__parent")


def _year(request: HttpRequest, years: range) -> int:
    """The year asked for, else this one within the term."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() else timezone.localdate().year
    return min(max(year, years[0]), years[-1])


def page(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """The targets of a year; written back as a whole."""
    appointment: Appointment = find(request, _rows(), pk)
    years = years_of(appointment)
    year = _year(request, years)
    address = f"{reverse('admin:duty', args=[pk])}?year={year}"
    if request.method == "POST":
        if _save(request, appointment, year):
            return redirect(address)
        lines = _sent(request)
    else:
        lines = []
    contract = next((one for one in contracts_of([pk]).get(pk, ()) if one.year == year), None)
    state = DutyState(contract.state) if contract else DutyState.DRAFT
    edits = may(request, OFFICE, UNIT_HEADS) and state == DutyState.DRAFT and appointment.state in OPEN
    rows = lines or _stored(contract) or (_suggested(appointment) if edits else [])
    return render_page(
        request,
        site,
        "admin/rounds/duty.html",
        f"目标责任书：{appointment.person.name}",
        appointment=appointment,
        person=appointment.person,
        years=years,
        year=year,
        contract=contract,
        state=state,
        edits=edits,
        rows=[*rows, *([{} for _ in range(SPARE)] if edits else [])],
        total=total_weight(contract) if contract else None,
        address=address,
        buttons=_buttons(request, contract, state) if contract else [],
    )


def _buttons(request: HttpRequest, contract: DutyContract, state: DutyState) -> list[Any]:
    return buttons(
        request, ACTIONS, contract, lambda key: reverse("admin:duty_do", args=[contract.pk, key]), state
    )


def _stored(contract: DutyContract | None) -> list[dict[str, Any]]:
    if contract is None:
        return []
    return [
        {**{name: getattr(one, name) for name in FIELDS}, "weight": f"{one.weight.normalize():f}"}
        for one in contract.targets.all()
    ]


def _suggested(appointment: Appointment) -> list[dict[str, Any]]:
    """The duties of the post to begin with."""
    return [{"content": text} for text in duty_lines(appointment.position.duties)]


def _sent(request: HttpRequest) -> list[dict[str, Any]]:
    """The lines as they were sent, empty ones left out."""
    columns = {name: request.POST.getlist(name) for name in FIELDS}
    length = max(map(len, columns.values()))
    lines = [
        {name: (values[place].strip() if place < len(values) else "") for name, values in columns.items()}
        for place in range(length)
    ]
    return [line for line in lines if any(line.values())]


def _save(request: HttpRequest, appointment: Appointment, year: int) -> bool:
    def run() -> None:
        targets = [_entry(number, line) for number, line in enumerate(_sent(request), 1)]
        entry = ContractEntry(appointment, year, targets)
        targets_write(entry=entry, actor=actor_of(request), reason=request.POST.get("reason", "").strip())

    return attempt(request, run, "目标已保存。")


def _entry(number: int, line: dict[str, Any]) -> TargetEntry:
    try:
        weight = Decimal(line["weight"].rstrip("%％") or "0")
    except InvalidOperation:
        raise Refused([f"第{number}项的权重“{line['weight']}”不是数字"]) from None
    if weight != round(weight, 2):
        raise Refused([f"第{number}项的权重“{line['weight']}”最多两位小数"])
    if any(len(line[name]) > most for name, most in LONGEST):
        raise Refused([f"第{number}项的文字过长（目标内容、量化标准300字，完成时限40字）"])
    return TargetEntry(number, line["content"], line["standard"], weight, line["due"])


def do(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, key: str) -> HttpResponse:
    """Sign for the unit, or send back to be revised."""
    contract: DutyContract = find(request, DutyContract.objects.select_related("appointment__zone"), pk)
    action = action_of(ACTIONS, key)
    perform(request, action, contract)
    return redirect(f"{reverse('admin:duty', args=[contract.appointment_id])}?year={contract.year}")
