"""补发扣回: found by comparison or entered, approved by another, withdrawn with a reason."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from compensation.models import BackPay, PayRun
from compensation.selectors import back_pays_of, runs_of
from compensation.services import (
    back_pay_add,
    back_pay_approve,
    back_pay_withdraw,
    back_pays_propose,
    pay_lines_view_record,
)
from compensation.states import FINANCE, OFFICE, PayRunState
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    ReasonForm,
    action_of,
    buttons,
    choice_field,
    perform,
    text_field,
)
from reform.admin.pages import actor_of, page_of, render_page
from reform.errors import Refused, RuleError
from reform.fields import keyed_hash
from reform.models import Person, Zone
from reform.services.steps import Refusal

from .typed import AmountField

OPEN, APPROVED, PAID = "open", "approved", "paid"
LABELS = {OPEN: "等着审定", APPROVED: "已审定，等着发放", PAID: "已发放"}


def amount_field(label: str, *, help_text: str = "", required: bool = True) -> AmountField:
    """Yuan, two places."""
    return AmountField(
        label=label,
        max_digits=14,
        decimal_places=2,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": "请填写金额。",
            "invalid": "须为数字，如 120.00。",
            "max_decimal_places": "最多两位小数。",
        },
    )


class AddForm(ActionForm):
    """One correction by hand; `owner` is the zone."""

    run = choice_field("更正的批次", ())
    person = text_field("姓名或身份证号", longest=40)
    amount = amount_field("金额（元）", help_text="补发为正，扣回写负数，如 -120.00")
    cause = choice_field("原因类别", BackPay.Cause.choices)
    reason = text_field("理由", longest=300)

    def prepare(self) -> None:
        field: Any = self.fields["run"]
        paid = runs_of(self.owner).filter(state=PayRunState.PAID)
        field.choices = [("", "请选择"), *((one.code, str(one)) for one in paid)]


def _propose(ask: Ask) -> str:
    made = back_pays_propose(zone=ask.owner, actor=ask.actor, on=ask.on)
    return (
        f"提出{len(made)}笔，请由另一人审定。" if made else "已发放的批次与现在的数据相符，没有要补发扣回的。"
    )


def _add(ask: Ask) -> str:
    run = PayRun.objects.select_related("zone").get(zone=ask.owner, code=ask.data["run"])
    row = back_pay_add(
        run=run,
        person=_person(ask.owner, ask.data["person"]),
        amount=Decimal(ask.data["amount"]),
        reason=ask.data["reason"],
        cause=ask.data["cause"],
        actor=ask.actor,
        on=ask.on,
    )
    return f"已登记{row}，请由另一人审定。"


def _person(zone: Zone, asked: str) -> Person:
    """The one person of a name or an ID number."""
    text = asked.strip().upper()
    rows = Person.objects.filter(zone=zone)
    found = list(rows.filter(Q(name=text) | Q(id_number_hash=keyed_hash(text))))
    if len(found) != 1:
        why = "没有这个人" if not found else f"有{len(found)}个人叫这个名字，请填身份证号"
        raise Refused([f"“{asked}”：{why}"])
    return found[0]


def _each(ask: Ask, call: Any, word: str) -> Done:
    """A service for each of the selected rows; each refusal is told."""
    rows = ask.pick(back_pays_of(ask.owner))
    refused = []
    for row in rows:
        try:
            call(row)
        except RuleError as fault:
            refused.append(Refusal(row, tuple(getattr(fault, "reasons", None) or [str(fault)])))
    made = len(rows) - len(refused)
    return Done(f"{word}{made}笔。" if made else "", tuple(refused))


def _approve(ask: Ask) -> Done:
    return _each(ask, lambda row: back_pay_approve(back_pay=row, actor=ask.actor), "已审定")


def _withdraw(ask: Ask) -> Done:
    reason = ask.data["reason"]
    return _each(ask, lambda row: back_pay_withdraw(back_pay=row, actor=ask.actor, reason=reason), "已撤回")


ACTIONS: tuple[Action, ...] = (
    Action(
        "propose",
        "找出要补发扣回的",
        (OFFICE,),
        _propose,
        main=True,
        hint="把已发放的各批次与现在的任职、考核结果逐人比较",
    ),
    Action("add", "登记一笔", (OFFICE,), _add, AddForm),
    Action("approve", "审定", (FINANCE,), _approve, bulk=True, states=frozenset({OPEN}), main=True),
    Action(
        "withdraw",
        "撤回",
        (OFFICE,),
        _withdraw,
        ReasonForm,
        bulk=True,
        states=frozenset({OPEN, APPROVED}),
    ),
)


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """All of one kind: to be approved, approved, paid."""
    rows = scoped(back_pays_of(zone), request.user)
    kinds = {
        OPEN: rows.filter(approved_by=None),
        APPROVED: rows.exclude(approved_by=None).filter(paid_with=None),
        PAID: rows.exclude(paid_with=None),
    }
    chosen = request.GET.get("show", OPEN)
    if chosen not in kinds:
        chosen = OPEN
    counts = {key: found.count() for key, found in kinds.items()}
    pages = page_of(request, kinds[chosen])
    if pages.object_list:
        pay_lines_view_record(
            zone=zone, actor=actor_of(request), what=f"补发扣回（{LABELS[chosen]}）", people=len(pages)
        )
    shown = buttons(request, ACTIONS, zone, lambda key: reverse("admin:pay_back_pays_do", args=[key]), chosen)
    return render_page(
        request,
        site,
        "compensation/back_pays.html",
        "补发扣回",
        lead=_lead(counts),
        tabs=[(key, label, counts[key]) for key, label in LABELS.items()],
        chosen=chosen,
        pages=pages,
        buttons=[one for one in shown if not one.action.bulk],
        bulk=[one for one in shown if one.action.bulk] if pages.object_list else [],
    )


def _lead(counts: dict[str, int]) -> str:
    if counts[OPEN]:
        return f"{counts[OPEN]}笔等着审定"
    if counts[APPROVED]:
        return f"{counts[APPROVED]}笔已审定，随下一个月度批次发放"
    return "没有等着办的补发扣回"


def do(request: HttpRequest, site: AdminSite, zone: Zone, key: str) -> HttpResponse:
    """Take an action of the page."""
    action = action_of(ACTIONS, key)
    perform(request, action, zone)
    return redirect("admin:pay_back_pays")
