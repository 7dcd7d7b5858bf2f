"""机构沿革 as a line of time: units merged, split, renamed, founded and closed; and the forms for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from reform.access import scoped
from reform.models import Unit, UnitKind, UnitLineage, Zone
from reform.services.unit_changes import CHANGE, UnitPart, unit_close, unit_split

from .pages import actor_of, attempt, form_faults, may, page_at, render_page, tell_reasons

VIEW = "reform.view_unitlineage"


@dataclass(frozen=True)
class Event:
    """What happened on one day to one unit, or to several that became one."""

    on: date | None
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    document_no: str = ""


def unit_history_urls(site: AdminSite) -> list[URLPattern]:
    """The addresses below /admin/units/."""
    return [
        page_at(site, "units/history/", history, "unit_history", VIEW),
        page_at(site, "units/history/<str:what>/", require_POST(change), "unit_change", CHANGE),
    ]


class ChangeForm(forms.Form):
    """What both changes need."""

    unit = forms.ModelChoiceField(
        label="单位",
        queryset=Unit.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择单位。", "invalid_choice": "请选择单位。"},
    )
    on = forms.DateField(
        label="从哪一天起",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填写日期。", "invalid": "请写成 2022-01-09。"},
    )
    document_no = forms.CharField(label="文号", max_length=80, error_messages={"required": "请填写文号。"})
    reason = forms.CharField(label="理由", max_length=300, error_messages={"required": "请填写理由。"})
    use_required_attribute = False

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_now = Unit.objects.filter(ends_before=None, is_historical=False).exclude(kind=UnitKind.SECTION)
        self.fields["unit"].queryset = scoped(open_now, user).order_by("sort_no", "code")  # type: ignore[attr-defined]


class SplitForm(ChangeForm):
    """The parts, a line each."""

    parts = forms.CharField(
        label="分设为（一行一个单位）",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写成“投资促进局：招商科、综合科”；冒号后面是分给它的原有科室，可以不写。",
        error_messages={"required": "请填写后续单位。"},
    )

    def clean_parts(self) -> list[UnitPart]:
        found = []
        for line in self.cleaned_data["parts"].splitlines():
            name, _, rest = line.replace(":", "：").partition("：")
            sections = tuple(one.strip() for one in rest.replace("，", "、").split("、") if one.strip())
            if name.strip():
                found.append(UnitPart(name.strip(), sections))
        return found


FORMS: dict[str, type[ChangeForm]] = {"split": SplitForm, "close": ChangeForm}


def events(units: Iterable[Unit], lineages: Iterable[UnitLineage]) -> list[Event]:
    """The latest first, what has no date last; a merger or a split is one event."""
    groups: dict[Any, list[UnitLineage]] = {}
    for one in lineages:
        side = one.successor_id if one.kind == UnitLineage.Kind.MERGE else one.predecessor_id
        groups.setdefault((one.happened_on, one.kind, side, one.document_no), []).append(one)
    found = [
        Event(
            on,
            UnitLineage.Kind(kind).label,
            tuple(dict.fromkeys(_name(one.predecessor) for one in rows)),
            tuple(dict.fromkeys(_name(one.successor) for one in rows)),
            document_no,
        )
        for (on, kind, _, document_no), rows in groups.items()
    ]
    gone = {one.predecessor_id for rows in groups.values() for one in rows}
    come = {one.successor_id for rows in groups.values() for one in rows}
    for unit in units:
        if unit.is_historical or unit.kind == UnitKind.SECTION:
            continue
        if unit.ends_before and unit.pk not in gone:
            found.append(Event(unit.ends_before, "撤销", (_name(unit),), ()))
        if unit.starts_on and unit.pk not in come:
            found.append(Event(unit.starts_on, "成立", (), (_name(unit),), unit.document_no))
    return sorted(found, key=lambda one: (one.on or date.min, one.kind), reverse=True)


def _name(unit: Unit) -> str:
    return f"{unit.parent.name}·{unit.name}" if unit.kind == UnitKind.SECTION and unit.parent else unit.name


def history(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """The page."""
    units = list(scoped(Unit.objects.select_related("parent"), request.user))
    lineages = scoped(
        UnitLineage.objects.select_related("predecessor__parent", "successor__parent"), request.user
    )
    found = events(units, lineages)
    days: dict[date | None, list[Event]] = {}
    for one in found:
        days.setdefault(one.on, []).append(one)
    present = sum(
        1 for one in units if not one.is_historical and not one.ends_before and one.kind != UnitKind.SECTION
    )
    return render_page(
        request,
        site,
        "admin/unit_history.html",
        "机构沿革",
        days=[(on, rows) for on, rows in days.items()],
        present=present,
        changes=sum(1 for one in found if one.kind not in ("成立", "撤销")),
        forms=[
            (what, label, form(user=request.user, prefix=what))
            for what, label, form in (("split", "分设单位", SplitForm), ("close", "撤销单位", ChangeForm))
        ]
        if may(request, CHANGE)
        else [],
    )


def change(request: HttpRequest, site: AdminSite, zone: Zone, what: str) -> HttpResponse:
    """Split or close a unit."""
    if what not in FORMS:
        raise Http404
    form = FORMS[what](request.POST, user=request.user, prefix=what)
    if not form.is_valid():
        tell_reasons(request, form_faults(form), "没有登记")
        return redirect("admin:unit_history")
    data = dict(form.cleaned_data)
    on, actor = data.pop("on"), actor_of(request)
    if what == "split":
        attempt(
            request,
            lambda: unit_split(happened_on=on, actor=actor, **data),
            lambda made: f"“{data['unit']}”已分设为{'、'.join(one.name for one in made)}。",
        )
    else:
        attempt(request, lambda: unit_close(ends_before=on, actor=actor, **data), f"“{data['unit']}”已撤销。")
    return redirect("admin:unit_history")
