"""指标库: what is known from print, with its doubts, and what a scheme copies from it."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kpi.models import LibraryIndicator, Scheme
from kpi.selectors.schemes import library
from kpi.services.schemes import library_copy
from kpi.states import OFFICE, SchemeState
from reform.access import scoped
from reform.admin.actions import Action, ActionForm, Ask, Done, buttons, perform
from reform.admin.pages import page_of, render_page
from reform.models import Unit, Zone

from .rows import plain

QUALITY_TONES = {LibraryIndicator.Quality.SUSPECT: "doubt", LibraryIndicator.Quality.AMBIGUOUS: "doubt"}
QUALIFIER_SIGNS = {LibraryIndicator.Qualifier.GE: "≥", LibraryIndicator.Qualifier.ABOUT: "约"}


class CopyForm(ActionForm):
    """Where selected indicators go; `owner` is the zone."""

    scheme = forms.ModelChoiceField(
        label="复制到",
        queryset=Scheme.objects.none(),
        empty_label="请选择方案",
        error_messages={"required": "请选择方案。", "invalid_choice": "请选择方案。"},
    )
    subject = forms.ModelChoiceField(
        label="考核对象", queryset=Unit.objects.none(), required=False, empty_label="全区"
    )
    responsible_unit = forms.ModelChoiceField(
        label="责任单位", queryset=Unit.objects.none(), required=False, empty_label="同考核对象"
    )

    def prepare(self) -> None:
        rows = scoped(Scheme.objects.filter(state=SchemeState.DRAFT).order_by("-year"), self.user)
        self.fields["scheme"].queryset = rows  # type: ignore[attr-defined]
        units = Unit.objects.filter(zone=self.owner, ends_before=None).order_by("sort_no", "id")
        for name in ("subject", "responsible_unit"):
            self.fields[name].queryset = units  # type: ignore[attr-defined]


def _copy(ask: Ask) -> Done:
    rows = list(library().filter(pk__in=ask.rows))
    done = library_copy(library=rows, actor=ask.actor, **ask.data)
    left = len(rows) - done.created
    text = f"已复制{done.created}项到“{ask.data['scheme'].name}”，权重、规则和目标值另填。"
    return Done(text if done.created else "", warning=f"{left}项方案里已有，没有重复复制。" if left else "")


ACTION = Action(
    "copy",
    "复制到方案",
    (OFFICE,),
    _copy,
    CopyForm,
    bulk=True,
    main=True,
    hint="只复制指标本身；印出的数值不作为谁的目标值。",
)


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """The library; `quality` and `q` narrow it."""
    rows: QuerySet[LibraryIndicator] = library()
    counts = {
        str(one["quality"]): one["n"] for one in rows.order_by().values("quality").annotate(n=Count("pk"))
    }
    quality, words = request.GET.get("quality", ""), request.GET.get("q", "").strip()
    if quality in LibraryIndicator.Quality.values:
        rows = rows.filter(quality=quality)
    if words:
        rows = rows.filter(
            Q(level1__contains=words)
            | Q(level2__contains=words)
            | Q(level3__contains=words)
            | Q(code__iexact=words)
        )
    pages = page_of(request, rows)
    shown = buttons(request, (ACTION,), zone, lambda key: reverse("admin:kpi_library_copy"), "")
    for one in shown:
        if one.form and (start := request.GET.get("scheme", "")).isdecimal():
            one.form.fields["scheme"].initial = int(start)
    doubtful = sum(counts.get(one, 0) for one in ("SUSPECT", "AMBIGUOUS"))
    return render_page(
        request,
        site,
        "kpi/library.html",
        "指标库",
        pages=pages,
        rows=[_line(one) for one in pages.object_list],
        total=sum(counts.values()),
        doubtful=doubtful,
        qualities=[(value, label, counts.get(value, 0)) for value, label in LibraryIndicator.Quality.choices],
        quality=quality,
        words=words,
        bulk=shown,
    )


def _line(one: LibraryIndicator) -> dict[str, Any]:
    return {
        "row": one,
        "actual": plain(one.actual),
        "target": plain(one.target),
        "base": plain(one.base),
        "sign": QUALIFIER_SIGNS.get(LibraryIndicator.Qualifier(one.qualifier), ""),
        "tone": QUALITY_TONES.get(LibraryIndicator.Quality(one.quality), ""),
    }


def copy(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Copy the selected indicators into a scheme."""
    scheme = request.POST.get(f"{ACTION.key}-scheme", "")
    if perform(request, ACTION, zone) and scheme.isdecimal():
        return redirect("admin:kpi_scheme", pk=int(scheme))
    return redirect("admin:kpi_library")
