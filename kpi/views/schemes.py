"""考核方案: the list, a new one, and one scheme as it is checked: each subject's sheet with its weights."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from kpi.models import Indicator, Scheme
from kpi.rules.codes import OUTSIDE_RULES
from kpi.selectors.schemes import SubjectSheet, cycles_of, indicators_of, scheme_sheets
from kpi.services.schemes import indicators_remove, scheme_create
from kpi.states import OFFICE, SchemeState
from reform.access import bounds_of, scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    NoteForm,
    action_of,
    buttons,
    number_field,
    perform,
    text_field,
)
from reform.admin.pages import actor_of, attempt, may, render_page
from reform.models import Zone

from .rows import RuleWords, rule_words, scheme_policy, the_scheme

EARLIEST_YEAR = 2000


class SchemeForm(ActionForm):
    """A year's scheme, from another one or from nothing; `owner` is the zone."""

    year = number_field("年度", least=EARLIEST_YEAR)
    name = text_field("名称", longest=80)
    document_no = text_field("文号", required=False, longest=80)
    copied_from = forms.ModelChoiceField(
        label="从哪个方案开始",
        queryset=Scheme.objects.none(),
        required=False,
        empty_label="从空白开始",
        help_text="指标、权重、规则一并复制，目标值在考核周期里另定",
        error_messages={"invalid_choice": "请在列出的方案中选择。"},
    )

    def prepare(self) -> None:
        rows = scoped(Scheme.objects.order_by("-year"), self.user)
        self.fields["copied_from"].queryset = rows  # type: ignore[attr-defined]
        latest = rows.first()
        year = latest.year + 1 if latest else timezone.localdate().year
        self.fields["year"].initial = year
        self.fields["name"].initial = f"{self.owner.name}{year}年度绩效考核方案"
        self.fields["copied_from"].initial = latest


def _remove(ask: Ask) -> Done:
    rows = ask.pick(indicators_of(ask.owner))
    for one in rows:
        one.scheme = ask.owner
    indicators_remove(indicators=rows, actor=ask.actor, reason=ask.data["reason"])
    return Done(f"已删去{len(rows)}项指标。")


ACTIONS: tuple[Action, ...] = (
    Action(
        "remove",
        "删去",
        (OFFICE,),
        _remove,
        NoteForm,
        bulk=True,
        states=frozenset({SchemeState.DRAFT}),
        confirm="所选指标连同目标编制中的记录一并删去，确定吗？",
    ),
)


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """All schemes of the zone, the latest first."""
    leaf = Count("indicators", filter=Q(indicators__replaced_by=None))
    rows = scoped(Scheme.objects.select_related("copied_from"), request.user).annotate(leaves=leaf)
    cycles: dict[int, list[Any]] = {}
    for one in cycles_of(zone).order_by("starts_on", "-ends_before"):
        cycles.setdefault(one.scheme_id, []).append(one)
    return render_page(
        request,
        site,
        "kpi/schemes.html",
        "考核方案",
        rows=[(one, SchemeState(one.state).label, cycles.get(one.pk, ())) for one in rows],
        may_add=may(request, OFFICE),
    )


def new(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Make the scheme of a year."""
    form = SchemeForm(request.POST or None, owner=zone, user=request.user)
    if request.method == "POST" and form.is_valid():
        made: list[Scheme] = []
        if attempt(
            request,
            lambda: made.append(scheme_create(zone=zone, actor=actor_of(request), **form.cleaned_data)),
            "已新建考核方案。",
        ):
            return redirect("admin:kpi_scheme", pk=made[0].pk)
    return render_page(request, site, "kpi/scheme_new.html", "新建考核方案", form=form)


def scheme(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """One scheme, subject by subject, in the order of its tree."""
    row = the_scheme(request, pk)
    defaults = scheme_policy(row)["kpi.rule_defaults"]
    bound = bounds_of(request.user).unit_ids
    sheets = [_sheet(one, defaults, bound) for one in scheme_sheets(row)]
    sheets = [one for one in sheets if one["leaves"]]
    shown = buttons(
        request, ACTIONS, row, lambda key: reverse("admin:kpi_scheme_do", args=[pk, key]), row.state
    )
    return render_page(
        request,
        site,
        "kpi/scheme.html",
        row.name,
        scheme=row,
        state=SchemeState(row.state).label,
        frozen=row.state == SchemeState.FROZEN,
        lead=_lead(row, sheets),
        sheets=sheets,
        cycles=cycles_of(zone).filter(scheme=row).order_by("starts_on", "-ends_before"),
        replaced=scoped(Indicator.objects.filter(scheme=row).exclude(replaced_by=None), request.user).count(),
        bulk=shown,
        may_edit=may(request, OFFICE),
    )


def _sheet(sheet: SubjectSheet, defaults: Any, bound: frozenset[int] | None) -> dict[str, Any]:
    """A subject's sheet with its leaves below their 一级指标; who is held to some units sees theirs."""
    lines = []
    before = ("", "")
    for leaf in sheet.leaves:
        units = {leaf.subject_id, leaf.responsible_unit_id, leaf.source_unit_id}
        if bound is not None and not units & bound:
            continue
        words: RuleWords = rule_words(leaf, defaults)
        above = (leaf.level1, leaf.level2 if leaf.level3 else "")
        lines.append(
            {
                "leaf": leaf,
                "words": words,
                "level1": leaf.level1 if above[0] != before[0] else "",
                "level2": above[1] if above != before else "",
                "outside": leaf.rule in OUTSIDE_RULES,
            }
        )
        before = above
    return {"sheet": sheet, "leaves": lines, "whole": len(lines) == len(sheet.leaves)}


def _lead(row: Scheme, sheets: list[dict[str, Any]]) -> str:
    """The page's first sentence."""
    if not sheets:
        return "还没有指标"
    leaves = sum(len(one["leaves"]) for one in sheets)
    wrong = [one["sheet"] for one in sheets if one["whole"] and one["sheet"].problem]
    faults = sum(1 for one in sheets for line in one["leaves"] if line["words"].problem)
    parts = [f"{leaves}项指标，{len(sheets)}张考核表"]
    if wrong:
        first = wrong[0]
        parts.append(f"{len(wrong)}张权重合计不是100（{first.name}{_plain(first.weight)}）")
    else:
        parts.append("权重合计都是100")
    if faults:
        parts.append(f"{faults}项的计分规则要看一下")
    return "，".join(parts)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def do(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, key: str) -> HttpResponse:
    """Take an action on selected leaves."""
    row = the_scheme(request, pk)
    action = action_of(ACTIONS, key)
    perform(request, action, row)
    return redirect("admin:kpi_scheme", pk=pk)
