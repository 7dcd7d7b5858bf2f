"""Pages of a policy version: read it, see what differs, change a draft, submit, approve, copy another
zone's."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.views.decorators.http import require_POST

from reform.access import scoped
from reform.models import PolicyVersion, Zone
from reform.services.policy import (
    Difference,
    policy_approve,
    policy_copy_from,
    policy_differences,
    policy_draft,
    policy_edit,
    policy_editors,
    policy_in_force,
    policy_open,
    policy_return,
    policy_submit,
)
from reform.states import APPROVE_POLICY

from .pages import actor_of, attempt, form_faults, may, page_at, render_page, tell_reasons
from .policy_editor import area_of, by_area, editor, posted_value
from .policy_levels import posted_ladder, spare_levels
from .policy_words import methods, value_text, words_of

VIEW, ADD, EDIT = "reform.view_policyversion", "reform.add_policyversion", "reform.change_policyparameter"
State = PolicyVersion.State
STEPS: Mapping[str, tuple[Callable[..., None], str]] = {
    "submit": (policy_submit, "已提交，等待批准。"),
    "return": (policy_return, "已退回。"),
    "approve": (policy_approve, "已批准，自起用日期起生效。"),
}


def policy_urls(site: AdminSite) -> list[URLPattern]:
    """The addresses below /admin/policy/."""
    return [
        page_at(site, "policy/new/", require_POST(new), "policy_new", ADD),
        page_at(site, "policy/copy/", copy, "policy_copy", ADD),
        page_at(site, "policy/<int:pk>/", read, "policy", VIEW),
        page_at(site, "policy/<int:pk>/edit/", change, "policy_edit", EDIT),
        page_at(
            site, "policy/<int:pk>/<str:event>/", require_POST(step), "policy_step", EDIT, APPROVE_POLICY
        ),
    ]


def _version(request: HttpRequest, pk: int) -> PolicyVersion:
    found = scoped(PolicyVersion.objects.select_related("zone", "maker", "checker"), request.user)
    version = found.filter(pk=pk).first()
    if version is None:
        raise Http404
    return version


def pinned_by(version: PolicyVersion) -> list[str]:
    """What other apps have fixed to this version (rounds, cycles), by their names."""
    related: Any = version._meta.related_objects
    relations = [one for one in related if one.related_model._meta.app_label != version._meta.app_label]
    return [
        str(row)
        for relation in relations
        for row in relation.related_model._default_manager.filter(**{relation.field.name: version})
    ]


def read(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """A version with unit and clause beside each value; a draft with what it changes."""
    version = _version(request, pk)
    others = PolicyVersion.objects.filter(zone=zone).exclude(pk=pk).order_by("-number")
    against = _against(request, version, list(others))
    differences = policy_differences(against, version) if against else []
    changed = {one.key for one in differences}
    words = words_of(version)
    editors = policy_editors(version)
    return render_page(
        request,
        site,
        "admin/policy/read.html",
        str(version),
        version=version,
        areas=_areas(version, words, changed),
        levels=_ladder(version, words),
        against=against,
        others=others,
        differences=[_told(one, words, words_of(against)) for one in differences] if against else [],
        pinned=pinned_by(version),
        may_edit=may(request, EDIT) and version.state == State.DRAFT,
        may_return=version.state == State.SUBMITTED
        and (may(request, APPROVE_POLICY) or version.maker_id == actor_of(request).pk),
        may_approve=version.state == State.SUBMITTED and may(request, APPROVE_POLICY),
        own_work=actor_of(request).pk in editors,
        steps=_bar(version),
    )


def _against(
    request: HttpRequest, version: PolicyVersion, others: list[PolicyVersion]
) -> PolicyVersion | None:
    """The version that this one is compared with: the one asked for, else the one before."""
    wanted = request.GET.get("against", "")
    named = next((one for one in others if str(one.pk) == wanted), None)
    earlier = (one for one in others if one.number < version.number and one.state == State.IN_FORCE)
    return named or next(earlier, None)


def _bar(version: PolicyVersion) -> list[tuple[str, str]]:
    order = [State.DRAFT, State.SUBMITTED, State.IN_FORCE]
    here = order.index(State(version.state))
    done = version.state == State.IN_FORCE
    return [
        (str(one.label), "done" if place < here or done else "now" if place == here else "")
        for place, one in enumerate(order)
    ]


def _areas(
    version: PolicyVersion, words: Mapping[str, str], changed: set[str]
) -> list[tuple[str, list[Any]]]:
    areas: dict[str, list[Any]] = {}
    for one in by_area(version.parameters.all()):
        row = {"parameter": one, "text": value_text(one.key, one.value, words), "changed": one.key in changed}
        areas.setdefault(area_of(one.key), []).append(row)
    return list(areas.items())


def _ladder(
    version: PolicyVersion, words: Mapping[str, str], posted: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    posted = posted or {}
    return [
        {
            "row": one,
            "name": posted.get(f"level~{one.code}~name", one.name),
            "chosen": posted.get(f"level~{one.code}~method", one.method),
            "aliases": posted.get(f"level~{one.code}~aliases", "、".join(one.aliases)),
            "rank": posted.get(f"level~{one.code}~rank_order", str(one.rank_order)),
            "sub_levels": posted.get(f"level~{one.code}~sub_levels", "、".join(one.sub_levels)),
            "outside": posted.get(f"level~{one.code}~is_outside", "yes" if one.is_outside else ""),
            "removed": bool(posted.get(f"level~{one.code}~remove")),
            "titles": [(words.get(kind, kind), title) for kind, title in one.titles.items()],
            "method": methods().get(one.method, ""),
        }
        for one in version.levels.order_by("is_outside", "-rank_order")
    ]


def _told(one: Difference, words: Mapping[str, str], before: Mapping[str, str]) -> dict[str, Any]:
    return {
        "label": one.label,
        "old": value_text(one.key, one.old, {**before, **methods()}),
        "new": value_text(one.key, one.new, {**words, **methods()}),
        "unit": one.unit,
        "clause": one.clause,
    }


def new(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Draft a version from the one in force, or go on with the one that is open."""
    waiting = policy_open(zone)
    if waiting is not None:
        messages.info(request, f"{waiting}还没有办完，先办完它。")
        return redirect("admin:policy", pk=waiting.pk)
    made: list[PolicyVersion] = []
    on = timezone.localdate()
    if attempt(request, lambda: made.append(policy_draft(zone=zone, actor=actor_of(request), on=on))):
        return redirect("admin:policy_edit", pk=made[0].pk)
    return redirect("admin:reform_policyversion_changelist")


def copy(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Choose another zone's version in force, see how it differs, take it over as a draft."""
    versions = [
        found for other in Zone.objects.exclude(pk=zone.pk) if (found := policy_in_force(other)) is not None
    ]
    chosen = next((one for one in versions if str(one.pk) == request.GET.get("from", "")), None)
    if request.method == "POST":
        source = next((one for one in versions if str(one.pk) == request.POST.get("from", "")), None)
        if source is None:
            raise Http404
        made: list[PolicyVersion] = []
        on = timezone.localdate()
        if attempt(
            request,
            lambda: made.append(policy_copy_from(zone=zone, source=source, actor=actor_of(request), on=on)),
            f"已复制{source}的数值和层级，现在可以修改。",
        ):
            return redirect("admin:policy_edit", pk=made[0].pk)
        return redirect("admin:policy_copy")
    present = policy_in_force(zone)
    differences = (
        [_told(one, words_of(chosen), words_of(present)) for one in policy_differences(present, chosen)]
        if chosen and present
        else []
    )
    return render_page(
        request,
        site,
        "admin/policy/copy.html",
        "复制其他开发区的政策",
        versions=versions,
        chosen=chosen,
        present=present,
        differences=differences,
        waiting=policy_open(zone),
    )


class HeadForm(forms.Form):
    """From when a version counts, and on what it rests."""

    starts_on = forms.DateField(
        label="起用日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填写起用日期。", "invalid": "请写成 2022-01-09。"},
    )
    source = forms.CharField(label="依据文件", max_length=200, required=False)
    reason = forms.CharField(label="本次修改的原因", max_length=300, required=False)


def change(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """The form of a draft: every number under its Chinese name, the reading beside it."""
    version = _version(request, pk)
    if version.state != State.DRAFT:
        messages.error(request, f"{version}{version.get_state_display()}，不能再改。要修改请起草新版本。")
        return redirect("admin:policy", pk=pk)
    form = HeadForm(request.POST or None, initial={"starts_on": version.starts_on, "source": version.source})
    if request.method == "POST":
        if not form.is_valid():
            tell_reasons(request, form_faults(form), "没有保存")
        elif _save(request, version, form.cleaned_data):
            return redirect("admin:policy", pk=pk)
    words, posted = words_of(version), request.POST if request.method == "POST" else None
    levels = dict(version.levels.order_by("is_outside", "-rank_order").values_list("code", "name"))
    areas: dict[str, list[Any]] = {}
    for one in by_area(version.parameters.all()):
        areas.setdefault(area_of(one.key), []).append(editor(one, words, levels, posted))
    return render_page(
        request,
        site,
        "admin/policy/edit.html",
        f"修改{version}",
        version=version,
        form=form,
        areas=list(areas.items()),
        levels=_ladder(version, words, posted or {}),
        spare=spare_levels(posted or {}),
        methods=list(methods().items()),
    )


def _save(request: HttpRequest, version: PolicyVersion, head: Mapping[str, Any]) -> bool:
    values, faults = {}, []
    for one in version.parameters.all():
        try:
            values[one.key] = posted_value(one, request.POST)
        except ValueError as fault:
            faults.append(str(fault))
    if faults:
        tell_reasons(request, faults, "没有保存")
        return False
    sent = request.POST.dict().items()
    clauses = {key[7:]: str(text).strip() for key, text in sent if key.startswith("clause~")}
    return attempt(
        request,
        lambda: policy_edit(
            version=version,
            actor=actor_of(request),
            values=values,
            clauses={key: text for key, text in clauses.items() if key in values},
            **posted_ladder(request.POST, version.levels.all()),
            **head,
        ),
        lambda changed: f"已保存，改动{changed}处。" if changed else "没有改动。",
    )


def step(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, event: str) -> HttpResponse:
    """Submit, give back or approve."""
    version = _version(request, pk)
    if event not in STEPS:
        raise Http404
    service, done = STEPS[event]
    said = {"reason": request.POST.get("reason", "")[:300]}
    if event == "approve":
        said["document_no"] = request.POST.get("document_no", "")[:80]
    attempt(request, lambda: service(version=version, actor=actor_of(request), **said), done)
    return redirect("admin:policy", pk=pk)
